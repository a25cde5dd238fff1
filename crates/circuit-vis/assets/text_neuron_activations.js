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
