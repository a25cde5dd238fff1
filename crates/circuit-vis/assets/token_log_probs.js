// Each token colored by how likely it was, with the predictions that competed with it.

views.token_log_probs = (root, data) => {
  const { tokens, ranks, top, d_vocab: vocabulary } = data;
  const { values: logProbs } = decodeArray(data.log_probs); // [pos - 1]: of tokens 1, 2, ...
  const best = decodeArray(data.top_log_probs); // [pos - 1, k]
  const k = best.shape[1];

  // At a log-probability of -5 and below there is no color.
  const strength = (i) => (Number.isNaN(logProbs[i]) ? NaN : Math.max(5 + logProbs[i], 0));
  const percent = (logProb) => (Number.isNaN(logProb) ? "NaN" : `${(100 * Math.exp(logProb)).toFixed(2)} %`);
  const predicted = { raw: tokens.raw.slice(1), shown: tokens.shown.slice(1) };
  const { row, paint } = coloredRow(predicted, { value: strength, range: () => [0, 5], describe, first: 1 });
  const legend = el("div", { class: "legend" });
  root.append(el("div", { class: "controls" }, legend), row);
  theme.onChange(redraw);
  redraw();

  function redraw() {
    legend.replaceChildren(colorBar([0, 5], "log-probability", ["−5 or less", "0"]));
    paint();
  }

  const table = () => [
    ["position", "token", "log-probability", "rank", ...Array.from({ length: k }, (_, rank) => [`prediction ${rank + 1}`, `log-probability ${rank + 1}`]).flat()],
    ...predicted.raw.map((token, i) => [i + 1, token, logProbs[i], ranks[i] + 1,
      ...Array.from({ length: k }, (_, rank) => [top[i].raw[rank], best.values[i * k + rank]]).flat()]),
  ];
  return { table };

  function describe(i) {
    const competitors = Array.from({ length: k }, (_, rank) => {
      const mark = top[i].raw[rank] === predicted.raw[i] ? " ←" : "";
      return [`${rank + 1}. ${top[i].shown[rank]}${mark}`, percent(best.values[i * k + rank])];
    });
    return [
      `${nameToken(tokens, i)} → ${nameToken(tokens, i + 1)}`,
      ["rank", `${ranks[i] + 1} of ${vocabulary}`], // the data counts from 0, a person from 1
      ["probability", percent(logProbs[i])],
      ["log-probability", formatNumber(logProbs[i])],
      "top predictions",
      ...competitors,
    ];
  }
};
