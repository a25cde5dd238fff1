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
