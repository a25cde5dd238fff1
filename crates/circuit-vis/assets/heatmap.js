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
