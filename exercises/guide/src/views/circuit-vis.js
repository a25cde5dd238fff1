(() => {
"use strict";
// Building elements. Text goes through text nodes and attributes only, so no token, name or label can become markup.

const views = {}; // kind of view -> function (root, data) that draws it; filled by the files that follow

function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

// Properties that start with "on" are listeners; false and null leave an attribute out, but ARIA spells its booleans.
function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.startsWith("aria-")) node.setAttribute(key, value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// Run `draw` once before the next frame, however often it is asked for until then.
function onFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
}
// Reading the data block: arrays are base64 of little-endian f32. Attention may be its lower triangle only, and on a long text
// one byte per cell.

function decodeArray(block) {
  const bytes = Uint8Array.from(atob(block.base64), (char) => char.charCodeAt(0));
  const values = block.dtype === "u8" ? Float32Array.from(bytes, (byte) => byte * block.step) : new Float32Array(bytes.buffer);
  return { shape: block.shape, values, layout: block.layout };
}

// A sentence about values that were rounded for a small page, or null.
function roundedValues(blocks) {
  const steps = blocks.filter((block) => block.dtype === "u8").map((block) => block.step);
  return steps.length ? `Long text: values are rounded to steps of ${formatNumber(Math.max(...steps))}.` : null;
}

// [head, query_pos, key_pos]
function decodeAttention(block) {
  const { shape: [heads, n], values, layout } = decodeArray(block);
  const lower = layout === "lower";
  const at = lower
    ? (head, query, key) => (key > query ? 0 : values[(head * n * (n + 1) + query * (query + 1)) / 2 + key])
    : (head, query, key) => values[(head * n + query) * n + key];
  return { heads, n, values, lower, at };
}

// A number as a person reads it: four decimals, or four digits where the number is smaller than that; a power of ten only
// where the zeros would have to be counted.
function formatNumber(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  return plainNumber(value, size).replace("-", "−");
}

function plainNumber(value, size) {
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return value.toFixed(4);
  if (size >= 1e9 || size < 1e-6) {
    const [digits, power] = value.toExponential(3).split("e");
    return `${digits} × 10${[...power.replace("+", "")].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("")}`;
  }
  if (size >= 1e5) return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
  const rounded = Number(value.toPrecision(4));
  return rounded.toFixed(3 - Math.floor(Math.log10(Math.abs(rounded))));
}

// Attention as a table: a row per query, a column per key.
function attentionTable(tokens, at) {
  const name = (token, i) => `${i} ${token}`;
  return [["query \\ key", ...tokens.raw.map(name)], ...tokens.raw.map((token, query) => [name(token, query), ...tokens.raw.map((_, key) => at(query, key))])];
}

// A sentence about values that are not numbers, or null if there are none.
function oddValues(...arrays) {
  let nan = 0;
  let infinite = 0;
  for (const { values } of arrays) {
    for (const value of values) {
      if (Number.isNaN(value)) nan++;
      else if (!Number.isFinite(value)) infinite++;
    }
  }
  const counts = [nan && `${nan} NaN`, infinite && `${infinite} infinite`].filter(Boolean);
  return counts.length ? `Not finite: ${counts.join(", ")}. Such values are marked.` : null;
}
// Colors as [r, g, b] from 0 to 255. Zero is the paper, and a larger value is farther from it.

const PAPER = { light: [255, 255, 255], dark: [24, 27, 33] };
const MASKED = { light: [222, 225, 230], dark: [52, 57, 66] };
const ODD = { light: [255, 176, 0], dark: [201, 138, 0] }; // NaN and infinities: a color that no scale has
const POSITIVE = { light: [9, 80, 190], dark: [106, 170, 255] };
const NEGATIVE = { light: [196, 30, 40], dark: [255, 122, 110] };

const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;

// Written out, since a picture of all heads asks for a hundred thousand colors.
function mix(from, to, share) {
  return [
    Math.round(from[0] + (to[0] - from[0]) * share),
    Math.round(from[1] + (to[1] - from[1]) * share),
    Math.round(from[2] + (to[2] - from[2]) * share),
  ];
}

// One color per head, the same for everybody who tells colors apart in another way: found by a search for the largest
// smallest distance (CIE Lab) between any two of them, with normal sight and under simulated deuteranopia, protanopia and
// tritanopia. That distance is 33 among the first eight (28 in the dark theme) and 17 among all twelve; between the hues that
// CircuitsVis spaces evenly it is 4.
const HEADS = {
  light: ["3300ee", "ff0000", "ee88cc", "661144", "aa66ee", "44bb77", "550088", "880011", "bb2288", "557744", "aa55bb", "77bb44"],
  dark: ["cc33aa", "22ff00", "668844", "aa33ff", "ffccff", "aadd99", "66aaff", "aa9922", "dd88aa", "338866", "7766dd", "777711"],
};

// Attention 0 is the paper and 1 the head's full color. After the twelfth head the colors come again, halfway to gray.
function headColor(head, attention) {
  const colors = HEADS[theme.name];
  const hex = colors[head % colors.length];
  const full = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const color = head < colors.length ? full : mix(full, [128, 128, 128], 0.5);
  return mix(PAPER[theme.name], color, Math.max(0, Math.min(1, attention)));
}

// Blue for positive, red for negative, linear from zero to the ends of the range.
function signedColor(value, range) {
  const { name } = theme;
  if (!Number.isFinite(value)) return ODD[name];
  const end = range[value >= 0 ? 1 : 0];
  const share = value === 0 ? 0 : end * value > 0 ? Math.min(1, value / end) : 1;
  return mix(PAPER[name], (value >= 0 ? POSITIVE : NEGATIVE)[name], share);
}

// Relative luminance as the web's accessibility guidelines define it.
function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Black or white, whichever reads better on the color: never less than 4.5 to 1.
function inkOn(rgb) {
  return luminance(rgb) > 0.179 ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
}

// A canvas with one pixel a cell.
function paint(canvas, rows, columns, color) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const { data } = image;
  for (let row = 0, offset = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, offset += 4) {
      const rgb = color(row, column);
      data[offset] = rgb[0];
      data[offset + 1] = rgb[1];
      data[offset + 2] = rgb[2];
      data[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
// Light or dark: as the system says, until the button is pressed. Views that paint colors of their own ask to be told; an
// element that comes and goes has the class "themed" instead and hears "themechange" while it is in the page, so that
// nothing holds it when it has gone.

const theme = {
  name: "light",
  listeners: [],
  onChange(listener) {
    this.listeners.push(listener);
  },
  set(name) {
    this.name = name;
    document.documentElement.dataset.theme = name;
    this.listeners.forEach((listener) => listener());
    document.querySelectorAll(".themed").forEach((element) => element.dispatchEvent(new Event("themechange")));
  },
};

function startTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();
  const button = el("button", { class: "theme", type: "button" });
  theme.onChange(() => {
    button.textContent = theme.name === "dark" ? "☀ Light theme" : "☾ Dark theme";
  });
  button.addEventListener("click", () => {
    chosen = theme.name === "dark" ? "light" : "dark";
    remember(chosen);
    theme.set(chosen);
  });
  system.addEventListener("change", () => {
    if (!chosen) theme.set(system.matches ? "dark" : "light");
  });
  document.querySelector("main").prepend(button);
  theme.set(chosen ?? (system.matches ? "dark" : "light"));
}

// A page opened from a file may be refused storage; then the choice lasts as long as the page.
function remembered() {
  try {
    const name = localStorage.getItem("circuit-vis-theme");
    return name === "dark" || name === "light" ? name : null;
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem("circuit-vis-theme", name);
  } catch {
    // Nothing to do: see above.
  }
}
// One tooltip a page, for values at the pointer or at the keyboard's focus. It is a live region, so it is also read aloud.
// A click pins it, so that its numbers can be compared or copied; a second click, Escape, or a click elsewhere lets it go.

const tooltip = {
  box: el("div", { class: "tooltip", role: "status", hidden: true }),
  pinned: null, // what it is pinned to
  released: null, // what the press that is under way has unpinned: its click must not pin it again

  // `rows` are [name, value] pairs, or single strings that take the whole width; `near` is a point or an element.
  show(rows, near) {
    if (this.pinned !== null) return;
    if (!rows.length) return this.hide();
    this.box.replaceChildren(...rows.flatMap((row) => (
      typeof row === "string"
        ? [el("div", { class: "wide" }, row)]
        : [el("div", { class: "name" }, el("bdi", {}, row[0])), el("div", { class: "value" }, el("bdi", {}, row[1]))]
    )));
    this.box.hidden = false;
    const at = near instanceof Element ? near.getBoundingClientRect() : null;
    this.place(at ? at.left : near.clientX + 14, at ? at.bottom + 6 : near.clientY + 14, at ? at.top - 6 : near.clientY - 10);
  },

  // Below the point, or above it where the window ends. It is part of the page, so that it scrolls with what it is about.
  place(left, below, above) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const top = below + height > innerHeight && above - height > 0 ? above - height : below;
    this.box.style.left = `${scrollX + Math.max(4, Math.min(left, document.documentElement.clientWidth - width - 4))}px`;
    this.box.style.top = `${scrollY + top}px`;
  },

  // `what` names the place that is pinned.
  pin(what, rows, near) {
    const again = this.released === what;
    this.released = null;
    if (again) return;
    this.unpin();
    this.show(rows, near);
    this.pinned = what;
    this.box.classList.add("pinned");
  },

  unpin() {
    this.pinned = null;
    this.box.classList.remove("pinned");
    this.box.hidden = true;
  },

  hide() {
    if (this.pinned === null) this.box.hidden = true;
  },
};

// A finger has no place where it hovers: what a tap showed goes with the next tap elsewhere, and when the page is scrolled.
function startTooltip() {
  document.body.append(tooltip.box);
  let touch = false;
  document.addEventListener("pointerdown", (event) => {
    touch = event.pointerType === "touch";
    if (tooltip.box.contains(event.target)) return;
    tooltip.released = tooltip.pinned;
    tooltip.unpin();
  }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tooltip.unpin(); }, true);
  document.addEventListener("scroll", () => { if (touch) tooltip.hide(); }, { capture: true, passive: true });
}
// Hover to focus, click to lock, click again to unlock; the same with arrow keys, Enter and Escape.

// What is focused is what is hovered, or else what is locked.
function hoverLock(onChange, locked = null) {
  return {
    hovered: null,
    locked,
    get focused() {
      return this.hovered ?? this.locked;
    },
    hover(item) {
      if (this.hovered === item) return;
      this.hovered = item;
      onChange();
    },
    toggle(item) {
      this.locked = this.locked === item ? null : item;
      onChange();
    },
    clear() {
      this.locked = null;
      onChange();
    },
  };
}

// Show which button is focused and which is locked. Only what changes is touched: a text may have a thousand buttons.
function markState(buttons, { focused, locked }) {
  buttons.forEach((button, i) => {
    if (button.classList.contains("focused") !== (focused === i)) button.classList.toggle("focused");
    const pressed = String(locked === i);
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  });
}

// Let the buttons with a data-index in `group` drive `state`. One listener a group, however many buttons it has.
function drive(group, state) {
  const index = (event) => {
    const button = event.target.closest("[data-index]");
    return button ? Number(button.dataset.index) : null;
  };
  group.addEventListener("pointerover", (event) => state.hover(index(event)));
  group.addEventListener("pointerleave", () => state.hover(null));
  group.addEventListener("focusin", (event) => {
    if (event.target.matches(":focus-visible")) state.hover(index(event));
  });
  group.addEventListener("focusout", () => state.hover(null));
  group.addEventListener("click", (event) => {
    const item = index(event);
    if (item !== null) state.toggle(item);
  });
  rove(group);
}

// Tab enters the group once; arrow keys, Home and End move within it.
function rove(group) {
  const buttons = [...group.querySelectorAll("[data-index]")];
  buttons.forEach((button, i) => { button.tabIndex = i === 0 ? 0 : -1; });
  group.addEventListener("focusin", (event) => {
    const button = event.target.closest("[data-index]");
    if (!button) return;
    buttons.forEach((other) => { other.tabIndex = -1; });
    button.tabIndex = 0;
  });
  group.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(event.target.closest("[data-index]"));
    const target = here < 0 ? null : neighbor(buttons, here, event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}

function neighbor(buttons, here, key) {
  switch (key) {
    case "ArrowRight": return buttons[here + 1];
    case "ArrowLeft": return buttons[here - 1];
    case "Home": return buttons[0];
    case "End": return buttons.at(-1);
    case "ArrowDown": return inNextRow(buttons.slice(here + 1), buttons[here]);
    case "ArrowUp": return inNextRow(buttons.slice(0, here).reverse(), buttons[here]);
    default: return null;
  }
}

// The nearest button of the first row that follows: buttons wrap like words.
function inNextRow(candidates, from) {
  const next = candidates.find((button) => button.offsetTop !== from.offsetTop);
  const row = candidates.filter((button) => button.offsetTop === next?.offsetTop);
  const distance = (button) => Math.abs(button.offsetLeft - from.offsetLeft);
  return row.sort((a, b) => distance(a) - distance(b))[0];
}
// Labeled form controls.

function labeled(label, control) {
  return el("label", { class: "control" }, el("span", {}, label), control);
}

// Choose one of `labels` by index. A long list of plain numbers is easier to type than to scroll.
function chooser(label, labels, onChange) {
  if (labels.length > 100 && labels.every((text, i) => text === String(i))) return numberInput(label, labels.length - 1, onChange);
  const options = labels.map((text, i) => el("option", { value: i }, text));
  return labeled(label, el("select", { onchange: (event) => onChange(Number(event.target.value)) }, ...options));
}

function numberInput(label, max, onChange) {
  const input = el("input", { type: "number", min: 0, max, value: 0 });
  input.addEventListener("input", () => {
    const value = Math.trunc(input.valueAsNumber);
    const valid = value >= 0 && value <= max;
    input.setAttribute("aria-invalid", !valid);
    if (valid) onChange(value);
  });
  return labeled(`${label} (0–${max})`, input);
}

function checkbox(label, checked, onChange) {
  const input = el("input", { type: "checkbox", checked, onchange: () => onChange(input.checked) });
  return el("label", { class: "control" }, input, el("span", {}, label));
}

// Previous and next over pages of `size` items; calls `onChange` with the first item of the page.
function pager(what, count, size, onChange) {
  const pages = Math.ceil(count / size);
  let page = 0;
  const where = el("span", { class: "where", role: "status" });
  const turn = (by) => {
    page = Math.max(0, Math.min(pages - 1, page + by));
    where.textContent = `${what} ${page * size}–${Math.min(count, (page + 1) * size) - 1} of ${count}`;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
    onChange(page * size);
  };
  const previous = el("button", { type: "button", "aria-label": "Previous page", onclick: () => turn(-1) }, "‹");
  const next = el("button", { type: "button", "aria-label": "Next page", onclick: () => turn(1) }, "›");
  turn(0);
  return el("div", { class: "control pager" }, previous, where, next);
}

// What the colors mean: a bar from the smallest to the largest value, or whatever its ends are to be called.
function colorBar([min, max], name = "", [first, last] = [endOfScale(min), endOfScale(max)]) {
  const canvas = el("canvas", { width: 160, height: 1, role: "img", "aria-label": "color scale" });
  const context = canvas.getContext("2d");
  for (let x = 0; x < canvas.width; x++) {
    context.fillStyle = css(signedColor(min + ((max - min) * x) / (canvas.width - 1), [min, max]));
    context.fillRect(x, 0, 1, 1);
  }
  return el("div", { class: "color-bar" }, name && el("span", { class: "name" }, name), el("span", {}, first), canvas, el("span", {}, last));
}

// A number that stands alone, without the zeros that make a column of numbers line up.
function endOfScale(value) {
  return formatNumber(value).replace(/\.0+$|(\.\d*[1-9])0+$/, "$1");
}

// From no attention to all of it in the colors of some heads, one below the other.
function headBar(heads) {
  const canvas = el("canvas", { role: "img", "aria-label": "color scale" });
  paint(canvas, heads.length, 64, (row, column) => headColor(heads[row], column / 63));
  return el("div", { class: "color-bar" }, el("span", { class: "name" }, "attention"), el("span", {}, "0"), canvas, el("span", {}, "1"));
}
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
// A text as a row of token buttons, each with its position, to be tinted.

// `value` reserves a line under each token for a number.
function tokenButtons(tokens, { value = false, first = 0 } = {}) {
  const buttons = tokens.shown.map((text, i) => el("button", { type: "button", class: "token", "data-index": i + first },
    el("bdi", { class: "text" }, text),
    el("span", { class: "index" }, String(i + first)),
    ...(value ? [el("span", { class: "value" })] : []),
  ));
  return { row: el("div", { class: "tokens", role: "group" }, ...buttons), buttons };
}

// Only what changes is touched: a browser styles again all that is.
function tintToken(button, rgb, odd = false) {
  const [background, ink] = [css(rgb), inkOn(rgb)];
  if (button.style.backgroundColor !== background) button.style.backgroundColor = background;
  if (button.style.color !== ink) button.style.color = ink;
  if (button.classList.contains("odd") !== odd) button.classList.toggle("odd");
}

// A row colored by `value(i)`, whose tokens say `describe(i)` when hovered or focused; a click pins it. The token itself is
// above the tooltip, so it is repeated only where it is cut. Returns the row and its repaint.
function coloredRow(tokens, { value, range, describe, first = 0 }) {
  const { row, buttons } = tokenButtons(tokens, { first });
  const name = (i) => `${i + first} ${tokens.shown[i]}`;
  const paint = () => buttons.forEach((button, i) => {
    tintToken(button, signedColor(value(i), range()), !Number.isFinite(value(i)));
    const told = [["token", name(i)], ...describe(i)];
    button.setAttribute("aria-label", told.map((part) => [part].flat().join(" ")).join(", "));
  });
  const index = (event) => event.target.closest("[data-index]");
  const rows = (button) => {
    const i = buttons.indexOf(button);
    const text = button.firstChild;
    const cut = text.scrollWidth > text.clientWidth ? [["token", name(i)]] : [];
    return [...cut, ...describe(i)];
  };
  const tell = (event) => {
    const button = index(event);
    if (button) tooltip.show(rows(button), button);
    else tooltip.hide();
  };
  row.addEventListener("pointerover", tell);
  row.addEventListener("click", (event) => {
    const button = index(event);
    if (button) tooltip.pin(button, rows(button), button);
  });
  row.addEventListener("pointerleave", () => tooltip.hide());
  row.addEventListener("focusin", tell);
  row.addEventListener("focusout", () => tooltip.hide());
  rove(row);
  paint();
  return { row, paint };
}

// "·cat (5)", for an axis: a long token is cut so that its position stays, and one that is written from right to left is
// isolated, so that its position stays on the right.
function labelToken(text, i) {
  const characters = [...text];
  const short = characters.length > 12 ? `${characters.slice(0, 11).join("")}…` : text;
  return `\u2068${short}\u2069 (${i})`;
}

// "5 ·cat"
const nameToken = (tokens, i) => `${i} ${tokens.shown[i]}`;
// A table of numbers on a canvas, with labels on both axes, the value at the pointer, and a cursor for the keyboard. A click
// or Enter pins the value.

const LABEL_FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const LABEL_ROOM = 150; // the most that a label may take before it is shortened
let nextMatrix = 0; // tells the pinned cells of different tables apart
const LINE = 13; // labels closer than this are thinned out

// `spec`, which may change between two drawings: rows, columns (labels), value(row, column), color(value), masked(row, column), describe(row, column),
// xName, yName, cell (the largest width and height of a cell), label (what it is, for a screen reader).
function matrix(spec) {
  const canvas = el("canvas", { class: "matrix", tabindex: 0, role: "application" });
  const cursor = el("div", { class: "cursor", hidden: true });
  const box = el("div", { class: "matrix-box" }, canvas, cursor);
  const element = el("div", { class: "matrix-scroll themed", onthemechange: () => redraw() }, box);
  const context = canvas.getContext("2d");
  let place = null; // where the cells are, once drawn
  let here = null; // [row, column] under the keyboard's cursor
  const id = nextMatrix++;
  const nameIt = () => canvas.setAttribute("aria-label", `${spec.label}; arrow keys move over the cells`);
  nameIt();

  const redraw = onFrame(() => {
    if (!element.isConnected || element.clientWidth === 0) return;
    place = measure(context, spec, element.clientWidth);
    drawMatrix(canvas, context, spec, place);
    nameIt();
    cursor.hidden = true;
  });

  function point(row, column, near) {
    Object.assign(cursor.style, {
      left: `${place.left + column * place.width}px`, top: `${place.top + row * place.height}px`,
      width: `${place.width}px`, height: `${place.height}px`,
    });
    cursor.hidden = false;
    tooltip.show(spec.describe(row, column), near ?? cursor);
  }

  function leave() {
    cursor.hidden = true;
    here = null;
    tooltip.hide();
  }

  const key = (cell) => `${id}:${cell}`;

  function cellAt(event) {
    const column = Math.floor((event.offsetX - place.left) / place.width);
    const row = Math.floor((event.offsetY - place.top) / place.height);
    return row >= 0 && row < spec.rows.length && column >= 0 && column < spec.columns.length ? [row, column] : null;
  }

  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    if (cell) point(...cell, event);
    else leave();
  });
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (cell) tooltip.pin(key(cell), spec.describe(...cell), event);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && here) tooltip.pin(key(here), spec.describe(...here), cursor);
    if (!step) return;
    event.preventDefault();
    const clamp = (index, length) => Math.max(0, Math.min(length - 1, index));
    here = here ? [clamp(here[0] + step[0], spec.rows.length), clamp(here[1] + step[1], spec.columns.length)] : [0, 0];
    point(...here);
    cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  new ResizeObserver(redraw).observe(element);

  return { element, redraw, picture: () => onPaper(canvas) };
}

// Sizes in CSS pixels. Cells are whole pixels wide, so that all are alike; what does not fit is scrolled to.
function measure(context, { rows, columns, cell, xName, yName }, room) {
  context.font = LABEL_FONT;
  const widest = (labels) => Math.min(LABEL_ROOM, Math.max(...labels.map((label) => context.measureText(label).width)));
  const left = Math.ceil(widest(rows)) + 8 + (yName ? 20 : 0);
  const [maxWidth, maxHeight] = cell;
  const width = Math.max(1, Math.min(maxWidth, Math.floor((room - left - 2) / columns.length)));
  const height = Math.max(1, Math.min(maxHeight, maxWidth === maxHeight ? width : Math.floor(2400 / rows.length)));
  const labelWidth = widest(columns);
  const upright = labelWidth + 6 > width; // labels that are wider than their column are turned
  const top = Math.ceil(upright ? labelWidth : LINE) + 8 + (xName ? 20 : 0);
  return { left, top, width, height, upright };
}

function drawMatrix(canvas, context, spec, place) {
  const { left, top, width, height } = place;
  const size = [left + width * spec.columns.length + 1, top + height * spec.rows.length + 1];
  const scale = devicePixelRatio || 1;
  [canvas.width, canvas.height] = size.map((pixels) => Math.round(pixels * scale));
  [canvas.style.width, canvas.style.height] = size.map((pixels) => `${pixels}px`);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const style = getComputedStyle(document.documentElement);
  const ink = { text: style.getPropertyValue("--ink"), line: style.getPropertyValue("--line"), muted: style.getPropertyValue("--muted") };
  drawCells(context, spec, place);
  context.strokeStyle = ink.line;
  context.strokeRect(left - 0.5, top - 0.5, width * spec.columns.length + 1, height * spec.rows.length + 1);
  drawLabels(context, spec, place, ink);
}

// Cells too small for a gap or a text are an image, scaled: there may be a million of them.
function drawCells(context, spec, place) {
  const { left, top, width, height } = place;
  if (width > 8 && height > 8) return drawLargeCells(context, spec, place);
  const [rows, columns] = [spec.rows.length, spec.columns.length];
  const image = document.createElement("canvas");
  paint(image, rows, columns, (row, column) => (
    colorOfCell(spec, row, column)
  ));
  context.imageSmoothingEnabled = false;
  return context.drawImage(image, left, top, width * columns, height * rows);
}

// By the cell's place, where its value alone does not say it.
function colorOfCell(spec, row, column) {
  if (spec.masked?.(row, column)) return MASKED[theme.name];
  return spec.cellColor ? spec.cellColor(row, column) : spec.color(spec.value(row, column));
}

// A table as an image for a file, drawn for a page so wide.
function pictureOf(spec, room) {
  const canvas = el("canvas");
  drawMatrix(canvas, canvas.getContext("2d"), spec, measure(canvas.getContext("2d"), spec, room));
  return onPaper(canvas);
}

// A canvas has no paper of its own.
function onPaper(canvas) {
  const image = el("canvas", { width: canvas.width, height: canvas.height });
  const context = image.getContext("2d");
  context.fillStyle = css(PAPER[theme.name]);
  context.fillRect(0, 0, image.width, image.height);
  context.drawImage(canvas, 0, 0);
  return image;
}

function drawLargeCells(context, spec, { left, top, width, height }) {
  const numbers = !spec.plain && width >= 46 && height >= 18 && spec.rows.length * spec.columns.length <= 400;
  context.font = LABEL_FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  spec.rows.forEach((_, row) => spec.columns.forEach((__, column) => {
    const [x, y] = [left + column * width, top + row * height];
    const masked = spec.masked?.(row, column);
    const value = spec.value(row, column);
    const rgb = colorOfCell(spec, row, column);
    context.fillStyle = css(rgb);
    context.fillRect(x, y, width - 1, height - 1);
    if (masked) return;
    if (!numbers && Number.isFinite(value)) return;
    context.fillStyle = inkOn(rgb);
    context.fillText(numbers ? inCell(value) : "×", x + width / 2, y + height / 2);
  }));
}

function inCell(value) {
  if (!Number.isFinite(value)) return formatNumber(value);
  const text = Math.abs(value) < 100 ? value.toFixed(2) : value.toPrecision(3);
  return text.replace(/^-(?=0\.00$)/, "").replace("-", "−");
}

function drawLabels(context, spec, { left, top, width, height, upright }, ink) {
  context.fillStyle = ink.text;
  context.font = LABEL_FONT;
  context.textBaseline = "middle";
  const every = (size) => Math.ceil(LINE / size);
  context.textAlign = "right";
  for (let row = 0; row < spec.rows.length; row += every(height)) {
    context.fillText(fit(context, spec.rows[row]), left - 6, top + (row + 0.5) * height);
  }
  for (let column = 0; column < spec.columns.length; column += upright ? every(width) : 1) {
    const [x, y] = [left + (column + 0.5) * width, top - 6];
    context.save();
    context.translate(x, upright ? y : y - LINE / 2);
    context.textAlign = upright ? "left" : "center";
    if (upright) context.rotate(-Math.PI / 2);
    context.fillText(fit(context, spec.columns[column]), 0, 0);
    context.restore();
  }
  drawNames(context, spec, { left, top, width, height }, ink);
}

function drawNames(context, { rows, columns, xName, yName }, { left, top, width, height }, ink) {
  context.fillStyle = ink.muted;
  context.textAlign = "left";
  if (xName) context.fillText(`${xName} →`, left, 9);
  if (!yName) return;
  context.save();
  context.translate(9, top);
  context.rotate(-Math.PI / 2);
  context.textAlign = "right";
  context.fillText(`← ${yName}`, 0, 0);
  context.restore();
}

// Shorten a label to the room that there is, by whole characters.
function fit(context, label) {
  if (context.measureText(label).width <= LABEL_ROOM) return label;
  const characters = [...label];
  while (characters.length && context.measureText(`${characters.join("")}…`).width > LABEL_ROOM) characters.pop();
  return `${characters.join("")}…`;
}
// The colors of attention: one head's, or all heads at once, where for each cell the strongest color wins.

const STEPS = 4096; // of a color table; far finer than the 255 steps of a channel

function attentionTint(attention) {
  const { heads, n, at } = attention;
  const tint = { maskBos: false, refresh, cell, thumbnail, token };
  let tables; // head -> STEPS + 1 colors
  let combined; // n * n colors
  let received; // [head, key]: the attention that a token gets from the other queries that can see it, on average

  // After a change of theme or mask.
  function refresh() {
    tables = Array.from({ length: heads }, (_, head) => (
      Array.from({ length: STEPS + 1 }, (_, step) => headColor(head, step / STEPS))
    ));
    combined = new Array(n * n);
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) combined[query * n + key] = strongest(query, key);
    }
    received ??= averages();
  }

  function averages() {
    const means = new Float32Array(heads * n);
    for (let head = 0; head < heads; head++) {
      for (let key = 0; key < n; key++) {
        let sum = 0;
        const first = attention.lower ? key + 1 : 0;
        for (let query = first; query < n; query++) if (query !== key) sum += at(head, query, key);
        means[head * n + key] = sum / Math.max(1, attention.lower ? n - first : n - 1);
      }
    }
    return means;
  }

  const isMasked = (key) => tint.maskBos && key === 0;
  const paper = () => PAPER[theme.name];

  function one(head, query, key) {
    return isMasked(key) ? MASKED[theme.name] : shade(head, at(head, query, key));
  }

  function shade(head, value) {
    if (!Number.isFinite(value)) return ODD[theme.name];
    return tables[head][Math.round(Math.max(0, Math.min(1, value)) * STEPS)];
  }

  // Channel by channel the farthest from the paper: the darkest on white, the lightest on black.
  function strongest(query, key) {
    if (isMasked(key)) return MASKED[theme.name];
    if (attention.lower && key > query) return paper();
    return farthest((head) => one(head, query, key));
  }

  function farthest(colorOf) {
    const farther = theme.name === "light" ? Math.min : Math.max;
    let [r, g, b] = paper();
    for (let head = 0; head < heads; head++) {
      const color = colorOf(head);
      if (color === ODD[theme.name]) return color;
      r = farther(r, color[0]);
      g = farther(g, color[1]);
      b = farther(b, color[2]);
    }
    return [r, g, b];
  }

  // What wins where several cells share a pixel: a NaN over all, anything over a masked cell.
  function strength(head, query, key) {
    const value = at(head, query, key);
    return isMasked(key) ? -Infinity : Number.isNaN(value) ? Infinity : value;
  }

  // `head` null: all heads.
  function cell(head, query, key) {
    return head === null ? combined[query * n + key] : one(head, query, key);
  }

  // Small whatever the length of the text: a pixel shows the strongest of its cells, so that a thin diagonal survives.
  function thumbnail(canvas, head) {
    const size = Math.min(n, 96);
    const start = (pixel) => Math.floor((pixel * n) / size);
    paint(canvas, size, size, (row, column) => {
      let best = [start(row), start(column)];
      for (let query = start(row); query < start(row + 1); query++) {
        for (let key = start(column); key < start(column + 1); key++) {
          if (strength(head, query, key) > strength(head, ...best)) best = [query, key];
        }
      }
      return one(head, ...best);
    });
  }

  // A token focused: the one cell between the two. Nothing focused: the attention that the token gets on average. (The mean
  // over the sources that it looks at, as in CircuitsVis, is one by their number: it would only fade from left to right.)
  function token(head, focused, fromSource, i) {
    if (focused !== null) return fromSource ? cell(head, focused, i) : cell(head, i, focused);
    if (isMasked(i)) return MASKED[theme.name];
    return head === null ? farthest((each) => shade(each, received[each * n + i])) : shade(head, received[head * n + i]);
  }

  return tint;
}
// Attention as a grid of destination by source, as large as there is room: tokens beside both axes, zoom, and a cursor for the
// keyboard. One pixel of the canvas is one cell; the style sheet makes it large.

const CELL = 28; // the largest side of a cell
const LABEL_STEP = 13; // labels closer than this are thinned out

// `spec`: tokens, n, color(query, key), describe(query, key), onCell(cell or null) when the pointer or the cursor is on one.
function attentionGrid(spec) {
  const { tokens, n } = spec;
  let view = { query: 0, key: 0, size: n }; // what is shown: `size` queries and keys, from these on
  let here = null; // [query, key] under the pointer or the cursor
  let marked = { query: null, key: null };

  const canvas = el("canvas", { class: "grid", tabindex: 0, role: "application", "aria-label": "Attention, destination by source; arrow keys move over the cells" });
  const band = el("div", { class: "band", hidden: true });
  const cursor = el("div", { class: "cell-cursor", hidden: true });
  const paper = el("div", { class: "paper" }, canvas, band, cursor);
  const [across, down] = ["grid-keys", "grid-queries"].map((name) => el("div", { class: name, "aria-hidden": true }));
  const where = el("span", { class: "where", role: "status" });
  const zoomButtons = [["−", "Zoom out", 2], ["+", "Zoom in", 0.5]].map(([sign, label, by]) => (
    el("button", { type: "button", "aria-label": label, title: label, onclick: () => zoom(by) }, sign)
  ));
  const zoomer = el("div", { class: "control zoom" }, ...zoomButtons, where);
  const element = el("div", { class: "grid-plot" }, el("span", { class: "corner" }, "destination ↓ source →"), across, down, paper);
  element.style.setProperty("--most", `${n * CELL}px`);

  canvas.addEventListener("pointermove", (event) => point(cellAt(event), event));
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("click", (event) => pin(cellAt(event), event));
  canvas.addEventListener("dblclick", (event) => { [here] = [cellAt(event)]; zoom(0.5); });
  canvas.addEventListener("keydown", onKey);
  new ResizeObserver(drawLabels).observe(paper);

  function cellAt(event) {
    const box = canvas.getBoundingClientRect();
    const index = (offset, side) => Math.max(0, Math.min(view.size - 1, Math.floor((offset / side) * view.size)));
    return [view.query + index(event.clientY - box.top, box.height), view.key + index(event.clientX - box.left, box.width)];
  }

  function point(cell, near) {
    here = cell;
    mark(...cell);
    spec.onCell(cell);
    tooltip.show(spec.describe(...cell), near);
  }

  function leave() {
    here = null;
    cursor.hidden = true;
    mark(null, null);
    spec.onCell(null);
    tooltip.hide();
  }

  const pin = (cell, near) => tooltip.pin(`grid:${cell}`, spec.describe(...cell), near);

  function onKey(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Escape") leave();
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 0.5 : 2);
    else if (event.key === "Enter" && here) pin(here, cursor);
    if (!step) return;
    event.preventDefault();
    const clamp = (index) => Math.max(0, Math.min(n - 1, index));
    const cell = here ? [clamp(here[0] + step[0]), clamp(here[1] + step[1])] : [view.query, view.key];
    lookAt(cell);
    place(cursor, cell[0], cell[1], 1, 1);
    point(cell, cursor);
  }

  // Shows a part half as large, or twice, around the cell that is pointed at.
  function zoom(by) {
    const size = Math.max(4, Math.min(n, Math.round(view.size * by)));
    const [query, key] = here ?? [view.query + view.size / 2, view.key + view.size / 2];
    const first = (middle) => Math.round(Math.max(0, Math.min(n - size, middle - size / 2)));
    view = { query: first(query), key: first(key), size };
    cursor.hidden = true;
    redraw();
  }

  // Moves what is shown as little as needed for a cell to be in it.
  function lookAt([query, key]) {
    const first = (from, index) => Math.min(index, Math.max(from, index - view.size + 1));
    const next = { ...view, query: first(view.query, query), key: first(view.key, key) };
    if (next.query === view.query && next.key === view.key) return;
    view = next;
    redraw();
  }

  // Puts a mark over some cells; it hides where none of them is shown.
  function place(node, query, key, queries, keys) {
    const clip = (from, count, first) => [Math.max(0, from - first), Math.min(view.size, from + count - first)];
    const [top, bottom] = clip(query, queries, view.query);
    const [left, right] = clip(key, keys, view.key);
    const share = (cells) => `${(100 * cells) / view.size}%`;
    node.hidden = top >= bottom || left >= right;
    Object.assign(node.style, { top: share(top), height: share(bottom - top), left: share(left), width: share(right - left) });
  }

  // The row of a destination or the column of a source, or neither.
  let banded = [null, true];
  function showBand(index, isQuery) {
    banded = [index, isQuery];
    if (index === null) band.hidden = true;
    else if (isQuery) place(band, index, 0, 1, n);
    else place(band, 0, index, n, 1);
  }

  function mark(query, key) {
    if (marked.query === query && marked.key === key) return;
    marked = { query, key };
    drawLabels();
  }

  function redraw() {
    paint(canvas, view.size, view.size, (row, column) => spec.color(view.query + row, view.key + column));
    where.textContent = view.size === n ? "" : `destinations ${view.query}–${view.query + view.size - 1}, sources ${view.key}–${view.key + view.size - 1} of ${n}`;
    zoomButtons[0].disabled = view.size === n;
    zoomButtons[1].disabled = view.size <= 4;
    showBand(...banded);
    drawLabels();
  }

  // As many as there is room for; those of the cell under the pointer always.
  function drawLabels() {
    const every = Math.max(1, Math.ceil((LABEL_STEP * view.size) / (paper.clientWidth || 1)));
    for (const [axis, first, chosen] of [[down, view.query, marked.query], [across, view.key, marked.key]]) {
      const indices = Array.from({ length: view.size }, (_, i) => first + i).filter((index, i) => (
        index === chosen || (i % every === 0 && (chosen === null || Math.abs(index - chosen) >= every || every === 1))
      ));
      axis.replaceChildren(...indices.map((index) => {
        const label = el("bdi", { class: index === chosen ? "chosen" : "" }, labelToken(tokens.shown[index], index));
        label.style.setProperty("--at", `${(100 * (index - first + 0.5)) / view.size}%`);
        return label;
      }));
    }
  }

  return { element, zoomer, canvas, redraw, showBand, mark };
}
// All heads of a layer at once: a grid, a thumbnail per head, and the text tinted by attention.

views.attention_patterns = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const tint = attentionTint(attention);
  tint.maskBos = data.mask_bos;
  let fromSource = true; // read as: source ← destination
  let drawn; // whose grid is on the canvas: a head's, that of all (null), or none yet
  let cell = null; // [query, key] under the pointer in the grid

  const update = onFrame(draw);
  const heads = hoverLock(update);
  const focus = hoverLock(update);
  const grid = attentionGrid({
    tokens,
    n: attention.n,
    color: (query, key) => tint.cell(heads.focused, query, key),
    describe: cellRows,
    onCell: (now) => { cell = now; update(); },
  });
  const parts = layout();
  drive(parts.headRow, heads);
  drive(parts.tokenRow, focus);
  parts.tokenRow.addEventListener("pointerover", tellToken);
  parts.tokenRow.addEventListener("pointerleave", () => tooltip.hide());
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") [heads, focus].forEach((state) => state.clear());
  });
  theme.onChange(refresh);
  refresh();
  return { table: () => attentionTable(tokens, valueAt), picture };

  function layout() {
    const direction = el("select", { onchange: (event) => { fromSource = event.target.value === "from"; update(); } },
      el("option", { value: "from" }, "Source ← Destination"), el("option", { value: "to" }, "Destination ← Source"));
    const mask = checkbox("Mask token 0 (BOS)", tint.maskBos, (on) => { tint.maskBos = on; refresh(); });
    const legend = el("span", { class: "legend" });
    const thumbnails = names.map(() => el("canvas"));
    const headButtons = names.map((name, i) => (
      el("button", { type: "button", class: "head", "data-index": i }, thumbnails[i], el("bdi", {}, name))
    ));
    const headRow = el("div", { class: "heads", role: "group", "aria-label": "Heads" }, ...headButtons);
    const { row: tokenRow, buttons: tokenRowButtons } = tokenButtons(tokens, { value: true });
    tokenRow.setAttribute("aria-label", "Tokens");
    const status = el("p", { class: "status", role: "status" });
    root.append(
      el("div", { class: "controls" }, labeled("Tokens read as", direction), mask, legend),
      el("div", { class: "attention" },
        el("figure", {}, grid.element, grid.zoomer),
        el("div", { class: "selector" }, el("h4", {}, "Heads ", el("small", {}, "hover to focus, click to lock")), headRow)),
      el("h4", {}, "Tokens ", el("small", {}, "hover to focus, click to lock")),
      tokenRow,
      status,
    );
    return { legend, thumbnails, headButtons, headRow, tokenRow, tokenRowButtons, status };
  }

  function refresh() {
    tint.refresh();
    drawn = undefined;
    parts.thumbnails.forEach((canvas, head) => tint.thumbnail(canvas, head));
    parts.headButtons.forEach((button, head) => { button.style.borderColor = css(headColor(head, 1)); });
    update();
  }

  function draw() {
    drawGrid();
    grid.showBand(focus.focused, fromSource);
    markState(parts.headButtons, heads);
    markState(parts.tokenRowButtons, focus);
    parts.tokenRowButtons.forEach((button, i) => {
      const value = focus.focused === null ? null : between(focus.focused, i);
      tintToken(button, tint.token(heads.focused, focus.focused, fromSource, i), value !== null && !Number.isFinite(value));
      const text = value === null || isBeyond(i) ? "" : shortNumber(value);
      if (button.lastChild.textContent !== text) button.lastChild.textContent = text;
      button.classList.toggle("masked", tint.maskBos && i === 0);
      button.classList.toggle("at-query", cell !== null && cell[0] === i);
      button.classList.toggle("at-key", cell !== null && cell[1] === i);
    });
    parts.status.textContent = sentence();
  }

  // Most of the work for a long text, and the same for all tokens.
  function drawGrid() {
    if (drawn === heads.focused) return;
    drawn = heads.focused;
    grid.redraw();
    parts.legend.replaceChildren(headBar(drawn === null ? names.map((_, head) => head) : [drawn]));
  }

  // The whole grid with all its labels, whatever part of it is shown.
  function picture() {
    const labels = tokens.shown.map(labelToken);
    const spec = { rows: labels, columns: labels, value: valueAt, cellColor: (query, key) => tint.cell(heads.focused, query, key), xName: "source", yName: "destination", cell: [CELL, CELL], plain: true };
    return pictureOf(spec, Math.max(700, 4 * attention.n));
  }

  // Whether a causal mask lies between the focused token and another.
  function isBeyond(other) {
    return data.mask_upper_tri && (fromSource ? other > focus.focused : other < focus.focused);
  }

  // The attention between the focused token and another, by the focused head or as the mean over heads.
  function between(focused, other) {
    const [query, key] = fromSource ? [focused, other] : [other, focused];
    return valueAt(query, key);
  }

  function valueAt(query, key) {
    if (heads.focused !== null) return attention.at(heads.focused, query, key);
    let sum = 0;
    for (let head = 0; head < attention.heads; head++) sum += attention.at(head, query, key);
    return sum / attention.heads;
  }

  // Under a token there is room for three decimals; the tooltip has more.
  function shortNumber(value) {
    return Number.isFinite(value) ? value.toFixed(3) : formatNumber(value);
  }

  function sentence() {
    const who = heads.focused === null ? "All heads" : names[heads.focused];
    if (focus.focused === null) return `${who}. The stronger a token is colored, the more the other tokens look at it, on average.`;
    const [role, verb] = fromSource ? ["destination", "looks most at source"] : ["source", "is looked at most by destination"];
    const others = tokens.raw.map((_, i) => i).filter((i) => !(tint.maskBos && fromSource && i === 0));
    const best = others.reduce((a, b) => (between(focus.focused, b) > between(focus.focused, a) ? b : a), others[0] ?? 0);
    const value = formatNumber(between(focus.focused, best));
    const mean = heads.focused === null ? " (mean over heads)" : "";
    return `${who}: ${role} ${nameToken(tokens, focus.focused)} ${verb} ${nameToken(tokens, best)}, ${value}${mean}.`;
  }

  // While one token is locked, the token under the pointer says what passes between the two; else, where it looks most.
  function tellToken(event) {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const here = Number(button.dataset.index);
    const { locked } = focus;
    const rows = locked === null || locked === here ? mostRows(here) : cellRows(...(fromSource ? [locked, here] : [here, locked]));
    return tooltip.show(rows, button);
  }

  // The three tokens that this one looks at most, or is looked at by.
  function mostRows(here) {
    const others = tokens.raw.map((_, i) => i).filter((i) => (fromSource ? i <= here || !data.mask_upper_tri : i >= here || !data.mask_upper_tri));
    const shown = others.filter((i) => !(tint.maskBos && i === 0)).map((i) => [i, between(here, i)]);
    shown.sort(([, a], [, b]) => b - a);
    const mean = heads.focused === null ? ", mean over heads" : "";
    return [`${fromSource ? "looks most at" : "is looked at most by"}${mean}`, ...shown.slice(0, 3).map(([i, value]) => [nameToken(tokens, i), formatNumber(value)])];
  }

  // One head's value, or those of the heads with most attention there.
  function cellRows(query, key) {
    const rows = [["destination", nameToken(tokens, query)], ["source", nameToken(tokens, key)]];
    const focused = heads.focused === null ? names.map((_, head) => head) : [heads.focused];
    const values = focused.map((head) => [names[head], attention.at(head, query, key)]);
    values.sort(([, a], [, b]) => b - a);
    values.slice(0, 4).forEach(([name, value]) => rows.push([name, formatNumber(value)]));
    if (values.length > 4) rows.push(["mean over heads", formatNumber(valueAt(query, key))]);
    return rows;
  }
};
// One head at a time, large and with labeled axes; thumbnails choose which. `attention_pattern` is the same with one head.

views.attention_heads = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const range = [data.min, data.max];
  // A half of the scale that no value needs is not in the legend.
  const used = [attention.values.some((value) => value < 0) ? data.min : Math.max(0, data.min), data.max];
  let maskBos = data.mask_bos;
  const single = attention.heads === 1;

  const masked = (query, key) => (data.mask_upper_tri && key > query) || (maskBos && key === 0);
  const color = (value) => signedColor(value, range);
  const state = hoverLock(() => { title.textContent = heading(); large.redraw(); mark(); }, 0);
  const labels = tokens.shown.map(labelToken);
  const large = matrix({
    rows: labels,
    columns: labels,
    value: (query, key) => attention.at(head(), query, key),
    color,
    masked,
    describe,
    xName: "source",
    yName: "destination",
    cell: [30, 30],
    label: "Attention, destination by source",
  });
  const title = el("h4", {}, heading());
  const thumbnails = names.map(() => el("canvas"));
  const buttons = names.map((name, i) => {
    const button = el("button", { type: "button", class: "head", "data-index": i }, thumbnails[i], el("bdi", {}, name));
    return button;
  });
  const row = el("div", { class: "heads", role: "group", "aria-label": "Heads" }, ...buttons);
  const mask = checkbox("Mask token 0 (BOS)", maskBos, (on) => { maskBos = on; redraw(); });

  root.append(el("div", { class: "controls" }, mask, el("span", { class: "legend" })));
  if (!single) root.append(el("h4", {}, "Heads ", el("small", {}, "hover to view, click to lock")), row);
  root.append(title, large.element);
  drive(row, state);
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") state.clear(); });
  theme.onChange(redraw);
  redraw();
  return { table: () => attentionTable(tokens, (query, key) => attention.at(head(), query, key)), picture: large.picture };

  // With nothing hovered or locked there is still something to show.
  function head() {
    return state.focused ?? 0;
  }

  function heading() {
    if (single) return names[0] === "Head 0" ? "" : names[0];
    return `${names[head()]} Zoomed`;
  }

  function mark() {
    markState(buttons, { focused: head(), locked: state.locked });
  }

  function redraw() {
    root.querySelector(".legend").replaceChildren(colorBar(used, "attention"));
    thumbnails.forEach((canvas, i) => thumbnail(canvas, i));
    buttons.forEach((button, i) => { button.style.borderColor = css(headColor(i, 1)); });
    large.redraw();
    mark();
  }

  // As in attention_tint.js: a pixel shows the strongest of its cells.
  function thumbnail(canvas, index) {
    const size = Math.min(attention.n, 96);
    const start = (pixel) => Math.floor((pixel * attention.n) / size);
    paint(canvas, size, size, (y, x) => {
      let best = null;
      for (let query = start(y); query < start(y + 1); query++) {
        for (let key = start(x); key < start(x + 1); key++) {
          if (masked(query, key)) continue;
          const value = attention.at(index, query, key);
          if (best === null || Number.isNaN(value) || Math.abs(value) > Math.abs(best)) best = value;
        }
      }
      return best === null ? MASKED[theme.name] : color(best);
    });
  }

  function describe(query, key) {
    const beyond = data.mask_upper_tri && key > query;
    const value = beyond ? "N/A" : formatNumber(attention.at(head(), query, key));
    return [`(${query}, ${key})`, ["Src", nameToken(tokens, key)], ["Dest", nameToken(tokens, query)], ["Val", value]];
  }
};

views.attention_pattern = views.attention_heads;
// Lines between tokens, destinations on the left and sources on the right: one color per head, stronger for more attention.

const FAINT = 0.03; // attention below this draws no line

views.head_view = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const shown = names.map(() => true);
  let maskBos = data.mask_bos;
  const update = onFrame(draw);
  const focus = hoverLock(update); // a destination i is i, a source is n + i
  const n = attention.n;

  const buttons = names.map((name, head) => el("button", { type: "button", class: "choice head-choice", "aria-pressed": true, onclick: () => toggle(head), ondblclick: () => only(head) }, el("span", { class: "head-color" }), el("bdi", {}, name)));
  const mask = checkbox("Mask token 0 (BOS)", maskBos, (on) => { maskBos = on; update(); });
  const [left, right] = [["destination", 0], ["source", n]].map(([side, first]) => column(tokens, side, first));
  const canvas = el("canvas", { class: "threads", role: "img", "aria-label": "Lines from destinations to sources" });
  const legend = el("span", { class: "legend" });
  const board = el("div", { class: "head-view" }, left.element, canvas, right.element);
  root.append(el("div", { class: "controls" }, mask, legend),
    el("h4", {}, "Heads ", el("small", {}, "click to switch, double-click for that one alone")), el("div", { class: "choices", role: "group", "aria-label": "Heads" }, ...buttons),
    el("h4", {}, "Destination → source ", el("small", {}, "hover a token for its lines alone, click to lock")), board);
  drive(board, focus);
  board.addEventListener("pointerover", tell);
  board.addEventListener("pointerleave", () => tooltip.hide());
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") focus.clear(); });
  new ResizeObserver(update).observe(board);
  theme.onChange(recolor);
  recolor();
  return { table, picture: () => onPaper(canvas) };

  function toggle(head) {
    shown[head] = !shown[head];
    recolor();
  }

  function only(head) {
    shown.forEach((_, other) => { shown[other] = other === head; });
    recolor();
  }

  function recolor() {
    buttons.forEach((button, head) => {
      button.setAttribute("aria-pressed", shown[head]);
      button.firstChild.style.backgroundColor = css(headColor(head, 1));
    });
    legend.replaceChildren(...(heads().length ? [headBar(heads())] : []));
    update();
  }

  function heads() {
    return names.map((_, head) => head).filter((head) => shown[head]);
  }

  function draw() {
    markState([...left.buttons, ...right.buttons], focus);
    const { focused } = focus;
    const room = { width: canvas.clientWidth, height: left.element.offsetHeight };
    const context = sized(canvas, room);
    threads(context, room, n, heads(), (head, query, key) => {
      if (maskBos && key === 0) return 0;
      if (focused !== null && focused !== (focused < n ? query : n + key)) return 0;
      return attention.at(head, query, key);
    });
  }

  // How much attention passes between the token under the pointer and the three that matter most to it.
  function tell(event) {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const index = Number(button.dataset.index);
    const [here, isQuery] = index < n ? [index, true] : [index - n, false];
    const rows = heads().flatMap((head) => tokens.raw.map((_, other) => [head, other, attention.at(head, ...(isQuery ? [here, other] : [other, here]))]));
    rows.sort(([, , a], [, , b]) => b - a);
    return tooltip.show([isQuery ? "looks most at" : "is looked at most by", ...rows.slice(0, 4).map(([head, other, value]) => [`${nameToken(tokens, other)} (${names[head]})`, formatNumber(value)])], button);
  }

  function table() {
    return [["head", "destination", "source", "attention"], ...heads().flatMap((head) => tokens.raw.flatMap((_, query) => (
      tokens.raw.map((__, key) => [names[head], query, key, attention.at(head, query, key)]).filter(([, , , value]) => value !== 0)
    )))];
  }
};

// The tokens of one side, one below the other.
function column(tokens, side, first) {
  const buttons = tokens.shown.map((text, i) => el("button", { type: "button", class: "thread-token", "data-index": first + i, "aria-label": `${side} ${nameToken(tokens, i)}` }, el("span", { class: "index" }, String(i)), el("bdi", {}, text)));
  return { element: el("div", { class: `thread-column ${side}` }, ...buttons), buttons };
}

// A canvas with as many pixels as the screen shows there.
function sized(canvas, { width, height }) {
  const scale = devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

// One line per head, destination and source, for whatever `strength` is not faint.
function threads(context, { width, height }, n, heads, strength) {
  const y = (i) => ((i + 0.5) * height) / n;
  context.lineWidth = Math.max(1, Math.min(3, height / n / 5));
  for (const head of heads) {
    context.strokeStyle = css(headColor(head, 1));
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) {
        const value = strength(head, query, key);
        if (!(value >= FAINT)) continue;
        context.globalAlpha = Math.min(1, value);
        context.beginPath();
        context.moveTo(0, y(query));
        context.lineTo(width, y(key));
        context.stroke();
      }
    }
  }
  context.globalAlpha = 1;
}
// Every head of every layer at once, one row per layer: as lines between tokens or as a small grid. One head is shown large
// below: hover to view, click to lock.

views.model_view = (root, data) => {
  const { tokens, layers } = data;
  const attention = decodeAttention(data.attention); // [layer * head, query_pos, key_pos]
  const perLayer = attention.heads / layers;
  const tint = attentionTint(attention);
  tint.maskBos = data.mask_bos;
  let asLines = true;
  const name = (i) => `${Math.floor(i / perLayer)}.${i % perLayer}`;
  const state = hoverLock(() => mark(), 0);
  const labels = tokens.shown.map(labelToken);
  const canvases = Array.from({ length: attention.heads }, () => el("canvas"));
  const buttons = canvases.map((canvas, i) => el("button", { type: "button", class: "model-head", "data-index": i, "aria-label": `Head ${name(i)}` }, canvas));
  const row = (layer) => el("tr", {}, el("th", { scope: "row" }, `Layer ${layer}`),
    ...buttons.slice(layer * perLayer, (layer + 1) * perLayer).map((button) => el("td", {}, button)));
  const header = el("tr", {}, el("td"), ...Array.from({ length: perLayer }, (_, head) => el("th", { scope: "col" }, `Head ${head}`)));
  const table = el("table", { class: "model-view" }, el("thead", {}, header), el("tbody", {}, ...Array.from({ length: layers }, (_, layer) => row(layer))));
  const scroll = el("div", { class: "table-scroll" }, table);
  const kind = el("select", { onchange: (event) => { asLines = event.target.value === "lines"; refresh(); } }, el("option", { value: "lines" }, "lines"), el("option", { value: "grids" }, "grids"));
  const mask = checkbox("Mask token 0 (BOS)", tint.maskBos, (on) => { tint.maskBos = on; refresh(); });
  const heading = el("h4");
  const large = matrix({
    rows: labels,
    columns: labels,
    value: (query, key) => attention.at(current(), query, key),
    cellColor: (query, key) => tint.cell(current(), query, key),
    describe: (query, key) => [`head ${name(current())}`, ["destination", nameToken(tokens, query)], ["source", nameToken(tokens, key)], ["attention", formatNumber(attention.at(current(), query, key))]],
    xName: "source",
    yName: "destination",
    cell: [26, 26],
    plain: true,
    label: "Attention of one head, destination by source",
  });
  root.append(el("div", { class: "controls" }, labeled("Heads drawn as", kind), mask, el("span", { class: "legend" })), scroll, heading, large.element);
  drive(table, state);
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") state.clear(); });
  theme.onChange(refresh);
  refresh();
  return { table: () => attentionTable(tokens, (query, key) => attention.at(current(), query, key)), picture: large.picture };

  function current() {
    return state.focused ?? 0;
  }

  function mark() {
    markState(buttons, { focused: current(), locked: state.locked });
    heading.textContent = `Head ${name(current())}`;
    root.querySelector(".legend").replaceChildren(headBar([current()]));
    large.redraw();
  }

  function refresh() {
    tint.refresh();
    canvases.forEach((canvas, i) => {
      if (!asLines) return tint.thumbnail(canvas, i);
      const side = { width: 72, height: 72 };
      return threads(sized(canvas, side), side, attention.n, [i], (head, query, key) => (tint.maskBos && key === 0 ? 0 : attention.at(head, query, key)));
    });
    mark();
  }
};
// Text colored by one of several numbers a token; with one number there is nothing to choose.

views.colored_tokens_multi = (root, data) => {
  const { tokens, labels, ranges } = data;
  const { values } = decodeArray(data.values); // [pos, label]
  const at = (pos, label) => values[pos * labels.length + label];
  let chosen = 0;
  let bounds = ranges.map((range) => [...range]);

  const row = coloredRow(tokens, {
    value: (i) => at(i, chosen),
    range: () => bounds[chosen],
    describe: (i) => labels.map((label, k) => [label, formatNumber(at(i, k))]),
  });
  const legend = el("div", { class: "legend" });
  const buttons = labels.map((label, i) => el("button", { type: "button", class: "choice", "data-index": i }, el("bdi", {}, label)));
  const chooserRow = el("div", { class: "choices", role: "group", "aria-label": "Color by" }, ...buttons);
  const choose = (event) => {
    const button = event.target.closest("[data-index]");
    if (!button) return;
    chosen = Number(button.dataset.index);
    redraw();
  };
  ["pointerover", "click", "focusin"].forEach((type) => chooserRow.addEventListener(type, choose));
  rove(chooserRow);

  const [low, high] = [0, 1].map((end) => el("input", { type: "number", step: "any", oninput: () => bound(end) }));
  const reset = el("button", { type: "button", onclick: () => { bounds[chosen] = [...ranges[chosen]]; redraw(); } }, "Reset");
  const controls = el("div", { class: "controls" }, labeled("from", low), labeled("to", high), reset, legend);
  if (labels.length > 1) root.append(chooserRow);
  root.append(controls, row.row);
  theme.onChange(redraw);
  redraw();
  return { table: () => [["position", "token", ...labels], ...tokens.raw.map((token, i) => [i, token, ...labels.map((_, k) => at(i, k))])] };

  // A range that is none is marked, and changes nothing.
  function bound(end) {
    const typed = [low.valueAsNumber, high.valueAsNumber];
    const valid = typed.every(Number.isFinite) && typed[0] < typed[1];
    [low, high][end].setAttribute("aria-invalid", !valid);
    if (!valid) return;
    bounds[chosen] = typed;
    recolor();
  }

  function redraw() {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
    [low.value, high.value] = bounds[chosen].map((value) => String(Number(value.toPrecision(6))));
    [low, high].forEach((input) => input.removeAttribute("aria-invalid"));
    recolor();
  }

  function recolor() {
    legend.replaceChildren(colorBar(bounds[chosen]));
    row.paint();
  }
};

views.colored_tokens = views.colored_tokens_multi;
// Texts colored by one neuron, which two selectors choose.

views.text_neuron_activations = (root, data) => {
  const { names, labels } = data.dimensions;
  const [layers, neurons] = labels.map((list) => list.length);
  const samples = data.samples.map(({ tokens, values }) => ({ tokens, values: decodeArray(values).values })); // [pos, layer, neuron]
  const chosen = [0, 0];
  const at = (sample, pos) => sample.values[(pos * layers + chosen[0]) * neurons + chosen[1]];
  let range = [0, 1];

  const rows = samples.map((sample) => coloredRow(sample.tokens, {
    value: (i) => at(sample, i),
    range: () => range,
    describe: (i) => [["activation", formatNumber(at(sample, i))]],
  }));
  const legend = el("div", { class: "legend" });
  const choosers = names.map((name, k) => chooser(name, labels[k], (index) => { chosen[k] = index; redraw(); }));
  const texts = el("div", { class: "texts" });
  root.append(el("div", { class: "controls" }, ...choosers, legend), texts);
  if (samples.length > PER_PAGE) root.append(pager("samples", samples.length, PER_PAGE, show));
  else show(0);
  theme.onChange(redraw);
  redraw();
  const table = () => [
    ["sample", "position", "token", `${names[0]} ${labels[0][chosen[0]]}, ${names[1]} ${labels[1][chosen[1]]}`],
    ...samples.flatMap((sample, s) => sample.tokens.raw.map((token, i) => [s, i, token, at(sample, i)])),
  ];
  return { table };

  function show(first) {
    texts.replaceChildren(...rows.slice(first, first + PER_PAGE).map(({ row }, i) => numberedText(first + i, row, samples.length)));
  }

  // All samples share the range of the chosen neuron, and it follows the choice.
  function redraw() {
    range = extent(samples.flatMap((sample) => sample.tokens.raw.map((_, pos) => at(sample, pos))));
    legend.replaceChildren(colorBar(range));
    rows.forEach((row) => row.paint());
  }
};

const PER_PAGE = 5;

function numberedText(index, row, count, note = "") {
  const caption = count > 1 ? [el("div", { class: "caption" }, `Sample ${index}${note}`)] : [];
  return el("div", { class: "text-sample" }, ...caption, row);
}

// The range of the finite values, and zero: as the Rust side's `extent`.
function extent(values) {
  const finite = values.filter(Number.isFinite);
  const range = [Math.min(0, ...finite), Math.max(0, ...finite)];
  return range[0] === range[1] ? [0, 1] : range;
}
// What neurons like most: a table of tokens with a column a neuron, and whole texts for one neuron.

views.topk_tokens = (root, data) => {
  const { names, labels } = data.dimensions;
  const neurons = labels[1].length;
  const lists = data.samples.map((sample) => ({
    tokens: sample.tokens,
    top: [decodeArray(sample.top), decodeArray(sample.top_values)],
    bottom: [decodeArray(sample.bottom), decodeArray(sample.bottom_values)],
  }));
  const state = { sample: 0, layer: 0, neuron: 0, columns: Math.min(5, neurons) };
  const table = el("div", { class: "table-scroll" });
  const set = (key) => (value) => { state[key] = value; redraw(); };
  const widths = [1, 5, 10, 20].filter((width) => width === 1 || width <= neurons).map(String);
  const controls = [chooser(names[0], labels[0], set("layer")), chooser(`${names[1]} from`, labels[1], set("neuron"))];
  if (lists.length > 1) controls.push(chooser("Sample", lists.map((_, i) => String(i)), set("sample")));
  if (widths.length > 1) {
    const columns = chooser("Columns", widths, (index) => set("columns")(Number(widths[index])));
    columns.querySelector("select").value = Math.max(0, widths.indexOf(String(state.columns)));
    controls.push(columns);
  }
  root.append(el("div", { class: "controls" }, ...controls), table);
  theme.onChange(redraw);
  redraw();
  return { table: everything };

  // Every neuron of the chosen layer and sample.
  function everything() {
    const { tokens, top, bottom } = lists[state.sample];
    const ranked = (what, [positions, values]) => labels[1].flatMap((label, neuron) => {
      const first = start(neuron, positions.shape[2]);
      return Array.from({ length: positions.shape[2] }, (_, rank) => (
        [what, rank + 1, label, positions.values[first + rank], tokens.raw[positions.values[first + rank]], values.values[first + rank]]
      ));
    });
    return [["list", "rank", names[1], "position", "token", "value"], ...ranked("most", top), ...ranked("least", bottom)];
  }

  function redraw() {
    const shown = Array.from({ length: state.columns }, (_, i) => state.neuron + i).filter((neuron) => neuron < neurons);
    const { tokens, top, bottom } = lists[state.sample];
    const range = extent([top, bottom].flatMap(([, { shape: [, , k], values }]) => (
      shown.flatMap((neuron) => [...values.slice(start(neuron, k), start(neuron, k) + k)])
    )));
    const head = shown.map((neuron) => el("th", { scope: "col" }, `${names[1]} `, el("bdi", {}, labels[1][neuron])));
    table.replaceChildren(el("table", { class: "topk" },
      el("thead", {}, el("tr", {}, el("th"), ...head)),
      section("most", top),
      section("least", bottom),
    ));

    function section(title, [positions, values]) {
      const k = positions.shape[2];
      const rows = Array.from({ length: k }, (_, rank) => el("tr", {},
        el("th", { scope: "row" }, `${title} ${rank + 1}`),
        ...shown.map((neuron) => tokenCell(tokens, positions.values[start(neuron, k) + rank], values.values[start(neuron, k) + rank], range))));
      return el("tbody", {}, ...rows);
    }
  }

  // Arrays are [layer, neuron, rank].
  function start(neuron, k) {
    return (state.layer * neurons + neuron) * k;
  }
};

function tokenCell(tokens, pos, value, range) {
  const color = signedColor(value, range);
  const chip = el("span", { class: "chip", title: nameToken(tokens, pos) }, el("bdi", {}, tokens.shown[pos]));
  chip.style.backgroundColor = css(color);
  chip.style.color = inkOn(color);
  return el("td", {}, chip, el("span", { class: "number" }, inColumn(value, range)));
}

// A number among others: with as many decimals as they have, unless all are too small for that.
function inColumn(value, range) {
  const largest = Math.max(...range.map(Math.abs));
  if (!Number.isFinite(value) || largest < 1e-2 || largest >= 1e5) return formatNumber(value);
  return value.toFixed(4).replace(/^-(?=0\.0+$)/, "").replace("-", "−");
}

views.topk_samples = (root, data) => {
  const { names, labels } = data.dimensions;
  const chosen = [0, 0];
  const legend = el("div", { class: "legend" });
  const texts = el("div", { class: "texts" });
  const choosers = names.map((name, k) => chooser(name, labels[k], (index) => { chosen[k] = index; show(); }));
  const samples = data.samples.map(({ values, ...sample }) => ({ ...sample, values: decodeArray(values).values }));
  root.append(el("div", { class: "controls" }, ...choosers, legend), texts);
  theme.onChange(show);
  show();
  return { table: () => [
    [...names, "sample", "position", "token", "activation"],
    ...samples.flatMap(({ layer, neuron, tokens, values }, s) => tokens.raw.map((token, i) => [labels[0][layer], labels[1][neuron], s, i, token, values[i]])),
  ] };

  // The samples come sorted.
  function show() {
    const mine = samples.filter(({ layer, neuron }) => layer === chosen[0] && neuron === chosen[1]);
    const range = extent(mine.flatMap(({ values }) => [...values]));
    legend.replaceChildren(colorBar(range));
    const rows = mine.map(({ tokens, values }) => coloredRow(tokens, {
      value: (i) => values[i],
      range: () => range,
      describe: (i) => [["activation", formatNumber(values[i])]],
    }).row);
    const largest = (values) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a));
    texts.replaceChildren(...rows.map((row, i) => numberedText(i, row, Infinity, `, largest ${formatNumber(largest(mine[i].values))}`)));
    if (!mine.length) texts.append(el("p", { class: "notice" }, "No samples for this neuron."));
  }
};
// Each token colored by how likely it was, with the predictions that competed with it.

views.token_log_probs = (root, data) => {
  const { tokens, ranks, top, d_vocab: vocabulary } = data;
  const { values: logProbs } = decodeArray(data.log_probs); // [pos - 1]: of tokens 1, 2, ...
  const best = decodeArray(data.top_log_probs); // [pos - 1, k]
  const k = best.shape[1];

  // At a log-probability of -5 and below there is no color.
  const strength = (i) => (Number.isNaN(logProbs[i]) ? NaN : Math.max(5 + logProbs[i], 0));
  const percent = (logProb) => (Number.isNaN(logProb) ? "NaN" : `${(100 * Math.exp(logProb)).toFixed(2)} %`);
  const predicted = { raw: tokens.raw.slice(1), shown: tokens.shown.slice(1) };
  const { row, paint } = coloredRow(predicted, { value: strength, range: () => [0, 5], describe, first: 1 });
  const legend = el("div", { class: "legend" });
  root.append(el("div", { class: "controls" }, legend), row);
  theme.onChange(redraw);
  redraw();

  function redraw() {
    legend.replaceChildren(colorBar([0, 5], "log-probability", ["−5 or less", "0"]));
    paint();
  }

  const table = () => [
    ["position", "token", "log-probability", "rank", ...Array.from({ length: k }, (_, rank) => [`prediction ${rank + 1}`, `log-probability ${rank + 1}`]).flat()],
    ...predicted.raw.map((token, i) => [i + 1, token, logProbs[i], ranks[i] + 1,
      ...Array.from({ length: k }, (_, rank) => [top[i].raw[rank], best.values[i * k + rank]]).flat()]),
  ];
  return { table };

  function describe(i) {
    const competitors = Array.from({ length: k }, (_, rank) => {
      const mark = top[i].raw[rank] === predicted.raw[i] ? " ←" : "";
      return [`${rank + 1}. ${top[i].shown[rank]}${mark}`, percent(best.values[i * k + rank])];
    });
    return [
      `${nameToken(tokens, i)} → ${nameToken(tokens, i + 1)}`,
      ["rank", `${ranks[i] + 1} of ${vocabulary}`], // the data counts from 0, a person from 1
      ["probability", percent(logProbs[i])],
      ["log-probability", formatNumber(logProbs[i])],
      "top predictions",
      ...competitors,
    ];
  }
};
// A table of numbers in color, with labels on both axes.

views.heatmap = (root, data) => {
  const { row_labels: rows, column_labels: columns, row_notes: notes } = data;
  const { values } = decodeArray(data.values); // [row, column]
  const at = (row, column) => values[row * columns.length + column];
  const range = [data.min, data.max];
  // The legend has no half of which no cell has a visible color.
  const isSeen = (end) => end !== 0 && values.some((value) => value / end > 0.01);
  const shown = range.map((end, i) => (range[0] < 0 && range[1] > 0 && !isSeen(end) && isSeen(range[1 - i]) ? 0 : end));
  const legend = el("div", { class: "legend" });
  const table = matrix({
    rows,
    columns,
    value: at,
    color: (value) => signedColor(value, range),
    describe: (row, column) => [
      [data.y || "row", rows[row]],
      ...(notes ? [["predicts", notes[row]]] : []),
      [data.x || "column", columns[column]],
      [data.value || "value", formatNumber(at(row, column))],
    ],
    xName: data.x,
    yName: data.y,
    cell: [64, 26],
    label: data.title,
  });
  root.append(el("div", { class: "controls" }, legend), table.element);
  const redraw = () => {
    legend.replaceChildren(colorBar(shown, data.value));
    table.redraw();
  };
  theme.onChange(redraw);
  redraw();
  return { table: () => [[`${data.y} \\ ${data.x}`, ...columns], ...rows.map((name, row) => [name, ...columns.map((_, column) => at(row, column))])], picture: table.picture };
};

views.plot_logit_attribution = views.heatmap;
// Curves in SVG, with a legend that switches them on and off and the values at the pointer. Curves differ by color, by dashes
// and by the shape of their markers, so that they can be told apart without color.

// A phone gets a plot of its own: that of a wide page, shrunk, could not be read.
const IS_NARROW = innerWidth <= 560;
const PLOT = IS_NARROW
  ? { width: 400, height: 290, left: 58, right: 12, top: 12, bottom: 46 }
  : { width: 760, height: 340, left: 64, right: 16, top: 14, bottom: 46 };

views.lines = (root, data) => {
  const numbers = (block) => block && decodeArray(block).values;
  const series = data.series.map(({ name, x, y, low, high }) => ({ name, x: numbers(x), y: numbers(y), low: numbers(low), high: numbers(high), shown: true }));
  const xs = [...new Set(series.flatMap(({ x }) => [...x]).filter(Number.isFinite))].sort((a, b) => a - b);
  const scale = plotScale(xs, [data.min, data.max]);
  const picture = svg("svg", { class: "lines", viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, tabindex: 0, role: "application", "aria-label": `${data.title}; left and right arrow move along the axis` });
  const cursor = svg("g", { class: "at", visibility: "hidden" });
  const curves = series.map((line, i) => curve(line, i, scale));
  picture.append(axes(scale, data), ...curves, cursor);
  const buttons = series.map((line, i) => el("button", { type: "button", class: `choice series-${i % 8}`, "aria-pressed": true, onclick: () => toggle(i) }, swatch(i), el("bdi", {}, line.name)));
  root.append(el("div", { class: "choices", role: "group", "aria-label": "Series" }, ...buttons), picture);

  let here = -1; // index into xs
  const point = (index, near) => {
    here = Math.max(0, Math.min(xs.length - 1, index));
    if (xs.length) tell(xs[here], near);
  };
  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    point(nearest(xs, scale.xAt(((event.clientX - box.left) / box.width) * PLOT.width)), event);
  });
  picture.addEventListener("pointerleave", leave);
  picture.addEventListener("blur", leave);
  picture.addEventListener("click", (event) => {
    if (here >= 0) tooltip.pin(`${data.title}:${here}`, describe(xs[here]), event);
  });
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") leave();
    if (!step) return;
    event.preventDefault();
    point(here + step, cursor);
  });

  function toggle(i) {
    series[i].shown = !series[i].shown;
    buttons[i].setAttribute("aria-pressed", series[i].shown);
    curves[i].setAttribute("visibility", series[i].shown ? "visible" : "hidden");
  }

  function leave() {
    here = -1;
    cursor.setAttribute("visibility", "hidden");
    tooltip.hide();
  }

  // The value of every curve that has one there.
  function describe(x) {
    const there = series.filter((line) => line.shown && line.x.includes(x));
    return [[data.x || "x", formatTick(x)], ...there.map((line) => [line.name, valueAt(line, line.x.indexOf(x))])];
  }

  function valueAt({ y, low, high }, index) {
    const range = low ? ` (${formatNumber(low[index])} to ${formatNumber(high[index])})` : "";
    return formatNumber(y[index]) + range;
  }

  function table() {
    const columns = series.flatMap((line) => [[line.name, line, line.y], ...(line.low ? [[`${line.name}, low`, line, line.low], [`${line.name}, high`, line, line.high]] : [])]);
    return [[data.x || "x", ...columns.map(([name]) => name)], ...xs.map((x) => [x, ...columns.map(([, line, values]) => {
      const index = line.x.indexOf(x);
      return index < 0 ? "" : values[index];
    })])];
  }

  function tell(x, near) {
    const px = scale.toX(x);
    cursor.replaceChildren(svg("line", { x1: px, x2: px, y1: PLOT.top, y2: PLOT.height - PLOT.bottom }));
    series.forEach((line, i) => {
      const index = line.x.indexOf(x);
      if (!line.shown || index < 0) return;
      if (Number.isFinite(line.y[index])) cursor.append(svg("circle", { class: `series-${i % 8}`, cx: px, cy: scale.toY(line.y[index]), r: 4 }));
    });
    cursor.setAttribute("visibility", "visible");
    tooltip.show(describe(x), near);
  }

  return { table, picture: () => picture };
};

// Around the origin, about as large as each other.
const MARKERS = [
  "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0", "M-3.2,-3.2h6.4v6.4h-6.4z", "M0,-4.2L4,3H-4z", "M0,-4.6L4.6,0L0,4.6L-4.6,0z",
  "M0,4.2L4,-3H-4z", "M-3.6,-3.6L3.6,3.6M-3.6,3.6L3.6,-3.6", "M0,-4.6V4.6M-4.6,0H4.6", "M-4.4,0L-1.4,-3.8H1.4L4.4,0L1.4,3.8H-1.4z",
];
const DASHES = ["none", "7 3", "2 3", "9 3 2 3"];
const MOST_MARKERS = 25; // of one curve; more would hide it

const marker = (i, x, y) => svg("path", { class: "marker", d: MARKERS[i % MARKERS.length], transform: `translate(${x} ${y})` });

// The piece of a curve that the legend shows.
function swatch(i) {
  const line = svg("line", { x1: 0, x2: 30, y1: 6, y2: 6, "stroke-dasharray": DASHES[i % DASHES.length] });
  return svg("svg", { class: `swatch series-${i % 8}`, width: 30, height: 12, "aria-hidden": true }, line, marker(i, 15, 6));
}

function plotScale(xs, [minY, maxY]) {
  const [minX, maxX] = xs.length ? [xs[0], xs.at(-1)] : [0, 1];
  const wide = maxX - minX || 1;
  const [width, height] = [PLOT.width - PLOT.left - PLOT.right, PLOT.height - PLOT.top - PLOT.bottom];
  const clamp = (share) => Math.max(0, Math.min(1, share));
  return {
    x: [minX, maxX],
    y: [minY, maxY],
    toX: (x) => PLOT.left + ((x - minX) / wide) * width,
    toY: (y) => PLOT.top + (1 - clamp((y - minY) / (maxY - minY))) * height,
    xAt: (px) => minX + ((px - PLOT.left) / width) * wide,
  };
}

// A gap where a value is not finite, with a mark on the axis below it; a single point between gaps is a marker alone.
function curve(line, i, scale) {
  const group = svg("g", { class: `series-${i % 8}` });
  if (line.low) group.append(band(line, scale));
  const every = Math.ceil(line.x.length / MOST_MARKERS);
  let run = [];
  const flush = () => {
    if (run.length > 1) group.append(svg("polyline", { points: run.map((at) => at.join(",")).join(" "), "stroke-dasharray": DASHES[i % DASHES.length] }));
    run.filter((_, k) => k % every === 0 || run.length === 1).forEach(([x, y]) => group.append(marker(i, x, y)));
    run = [];
  };
  line.x.forEach((x, k) => {
    if (!Number.isFinite(x)) return;
    if (Number.isFinite(line.y[k])) return void run.push([scale.toX(x), scale.toY(line.y[k])]);
    flush();
    group.append(svg("text", { class: "odd", x: scale.toX(x), y: PLOT.height - PLOT.bottom - 3 }, "×"));
  });
  flush();
  return group;
}

// The area between the edges of a series' band: forward along the upper edge, back along the lower one.
function band({ x, low, high }, scale) {
  const there = [...x.keys()].filter((k) => [x[k], low[k], high[k]].every(Number.isFinite));
  const along = (edge) => there.map((k) => `${scale.toX(x[k])},${scale.toY(edge[k])}`);
  return svg("polygon", { class: "band", points: [...along(high), ...along(low).reverse()].join(" ") });
}

function axes(scale, data) {
  const [left, right, top, bottom] = [PLOT.left, PLOT.width - PLOT.right, PLOT.top, PLOT.height - PLOT.bottom];
  const group = svg("g", { class: "axes" });
  for (const y of ticks(...scale.y, 6)) {
    const py = scale.toY(y);
    group.append(svg("line", { x1: left, x2: right, y1: py, y2: py }), svg("text", { x: left - 8, y: py + 4, "text-anchor": "end" }, formatTick(y)));
  }
  for (const x of ticks(...scale.x, IS_NARROW ? 5 : 9)) {
    const px = scale.toX(x);
    group.append(svg("line", { x1: px, x2: px, y1: bottom, y2: bottom + 4 }), svg("text", { x: px, y: bottom + 18, "text-anchor": "middle" }, formatTick(x)));
  }
  group.append(svg("text", { class: "name", x: (left + right) / 2, y: PLOT.height - 6, "text-anchor": "middle" }, data.x));
  group.append(svg("text", { class: "name", "text-anchor": "middle", transform: `translate(14 ${(top + bottom) / 2}) rotate(-90)` }, data.y));
  return group;
}

// About `count` round numbers between two ends.
function ticks(min, max, count) {
  if (!(max > min)) return [min];
  const rough = (max - min) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => size >= rough);
  const first = Math.ceil(min / step - 1e-9);
  return Array.from({ length: Math.floor(max / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

function formatTick(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

function nearest(sorted, value) {
  return sorted.reduce((best, x, i) => (Math.abs(x - value) < Math.abs(sorted[best] - value) ? i : best), 0);
}
// Inside an <iframe> of another page: take the height of the content, and the theme of an mdBook around it, which has its
// own menu to change it. A page that was opened from a file is kept from its frames; then both are messages, and the page
// has to do its part.

function startFrame() {
  if (window.parent === window) return;
  document.documentElement.classList.add("framed");
  const frame = accessibleFrame();
  if (frame) {
    onHeight((height) => { frame.style.height = `${height}px`; });
    followTheme(frame.ownerDocument.documentElement);
  } else {
    onHeight((height) => window.parent.postMessage({ circuitVisHeight: height }, "*"));
    window.addEventListener("message", ({ source, data }) => {
      if (source === window.parent && ["dark", "light"].includes(data?.circuitVisTheme)) takeTheme(data.circuitVisTheme);
    });
  }
}

function accessibleFrame() {
  try {
    return window.frameElement;
  } catch {
    return null; // A page from elsewhere.
  }
}

// Calls back with the height of the content whenever it changes. In a frame that may not be looked into, the browser puts
// off drawing and this alike until the frame is scrolled into sight.
function onHeight(callback) {
  const main = document.querySelector("main");
  new ResizeObserver(() => callback(Math.ceil(main.getBoundingClientRect().height))).observe(main);
}

function followTheme(host) {
  const follow = () => {
    const dark = ["coal", "navy", "ayu"].some((name) => host.classList.contains(name));
    const light = ["light", "rust"].some((name) => host.classList.contains(name));
    document.querySelector(".theme").hidden = false;
    if (dark || light) takeTheme(dark ? "dark" : "light");
  };
  new MutationObserver(follow).observe(host, { attributes: true, attributeFilter: ["class"] });
  follow();
}

// The theme of the page around this one, whose own button is then one too many.
function takeTheme(name) {
  document.querySelector(".theme").hidden = true;
  theme.set(name);
}
// Start: the theme, then every view of the page.

function startView(section) {
  const data = JSON.parse(section.querySelector("script").textContent);
  const heading = document.querySelector("h1") ? "h3" : "h1";
  const blocks = numbersOf(data);
  const odd = oddValues(...blocks.map(decodeArray));
  const rounded = roundedValues(blocks);
  section.append(el(heading, { class: "title" }, el("bdi", {}, data.title)));
  if (odd) section.append(el("p", { class: "notice" }, odd));
  if (rounded) section.append(el("p", { class: "notice" }, rounded));
  const offers = views[data.kind](section, data);
  if (offers) section.append(exports(data.title, offers));
}

// All array blocks of the data, wherever they are.
function numbersOf(value) {
  if (value === null || typeof value !== "object") return [];
  return "base64" in value ? [value] : Object.values(value).flatMap(numbersOf);
}

startTooltip();
startTheme();
startFrame();
document.querySelectorAll("section.view").forEach(startView);
document.documentElement.dataset.ready = "true";
})();
