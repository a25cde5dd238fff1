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
