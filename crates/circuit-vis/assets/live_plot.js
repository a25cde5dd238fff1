// A plot whose curves get longer while a run goes on; its legend switches them on and off, as that of `lines` does. For live
// pages only: the pages of a run that is over draw `lines`.

// `series`: { name, value(frame) }. Returns a function that draws the frames, each with its `step`, and marks a step:
// `event` is { step, name } or null.
function livePlot(root, { y, least, most, series }) {
  const shown = series.map(() => true);
  let redraw = () => {};
  const buttons = series.map(({ name }, i) => el("button", { type: "button", class: `choice series-${i % 8}`, "aria-pressed": true, onclick: () => {
    shown[i] = !shown[i];
    buttons[i].setAttribute("aria-pressed", shown[i]);
    redraw();
  } }, swatch(i), el("bdi", {}, name)));
  const picture = svg("svg", { class: "lines", viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img", "aria-label": y });
  root.append(el("div", { class: "choices", role: "group", "aria-label": "Series" }, ...buttons), picture);
  return (frames, event) => {
    redraw = () => {
      const steps = frames.map(({ step }) => step);
      const lines = series.map(({ name, value }) => ({ name, x: steps, y: frames.map(value) }));
      const finite = lines.filter((_, i) => shown[i]).flatMap((line) => line.y).filter(Number.isFinite);
      const scale = plotScale(steps.length > 1 ? steps : [0, 1], [least, Math.max(most, ...finite) * 1.04]);
      const curves = lines.map((line, i) => (shown[i] ? curve(line, i, scale) : ""));
      picture.replaceChildren(axes(scale, { x: "step", y }), ...curves.filter(Boolean), ...eventMark(scale, event));
    };
    redraw();
  };
}

// A vertical line at a step, with what happened there.
function eventMark(scale, event) {
  if (event == null) return [];
  const x = scale.toX(event.step);
  const line = svg("line", { x1: x, x2: x, y1: PLOT.top, y2: PLOT.height - PLOT.bottom });
  const late = x > PLOT.width / 2;
  return [svg("g", { class: "event" }, line, svg("text", { x: late ? x - 5 : x + 5, y: PLOT.top + 12, "text-anchor": late ? "end" : "start" }, `${event.name}: step ${event.step}`))];
}
