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
