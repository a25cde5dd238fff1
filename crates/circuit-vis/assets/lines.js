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
