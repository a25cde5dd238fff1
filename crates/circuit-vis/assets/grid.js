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
