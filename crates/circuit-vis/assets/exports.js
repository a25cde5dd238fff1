// What a view shows, taken along: the numbers as CSV, copied or saved, and the picture as PNG.

// `table()` gives rows of cells, the first of them names; `picture()`, where there is one, a canvas or an SVG.
function exports(title, { table, picture }) {
  const done = el("span", { class: "done", role: "status" });
  const button = (label, work) => el("button", { type: "button", onclick: async () => { done.textContent = await work(); } }, label);
  const name = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "view";
  const buttons = [
    button("Copy CSV", () => copyText(asCsv(table()))),
    button("Save CSV", () => saveFile(`${name}.csv`, new Blob([asCsv(table())], { type: "text/csv" }))),
  ];
  if (picture) buttons.push(button("Save PNG", async () => saveFile(`${name}.png`, await asPng(picture()))));
  return el("div", { class: "exports" }, done, ...buttons);
}

// Numbers are written in full. A text that a spreadsheet would take for a formula stays a text.
function asCsv(rows) {
  const cell = (value) => {
    if (typeof value === "number") return String(value);
    const text = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

// A page opened from a file, or in a frame, may be refused the clipboard; then the old way of a selection is tried.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    const area = el("textarea", { class: "offscreen", "aria-hidden": true });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied ? "copied" : "this browser does not let the page copy; save the file instead";
  }
}

function saveFile(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return `saved as ${name}`;
}

async function asPng(picture) {
  const canvas = picture instanceof HTMLCanvasElement ? picture : await drawnSvg(picture);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

// The style sheet does not come along into an image, so each element gets what it has computed.
async function drawnSvg(original) {
  const copy = original.cloneNode(true);
  const [from, to] = [original, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    ["fill", "stroke", "stroke-width", "stroke-dasharray", "font", "text-anchor", "visibility"].forEach((name) => {
      to[i].style.setProperty(name, style.getPropertyValue(name));
    });
  });
  const { width, height } = original.viewBox.baseVal;
  copy.setAttribute("width", 2 * width);
  copy.setAttribute("height", 2 * height);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = el("canvas", { width: 2 * width, height: 2 * height });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--panel");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  return canvas;
}
