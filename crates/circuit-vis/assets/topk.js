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
