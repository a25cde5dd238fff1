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
