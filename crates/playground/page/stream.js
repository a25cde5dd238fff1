// The residual stream: what it would predict after each layer, and who wrote the logit of a token.

import { el, matrix, signedColor, css, inkOn, colorBar, formatNumber, tooltip } from "./parts.js";
import { percent, signed, visible } from "./tokens.js";

// `on`: target(token id or null), pos(index), head([layer, head]).
export function streamPanel(root, on) {
  const chooser = el("select", { "aria-label": "Token whose logit is taken apart", onchange: () => on.target(Number(chooser.value)) });
  const lens = el("div", { class: "table-scroll" });
  const parts = el("div", {});
  root.append(
    el("h3", {}, "Logit lens ", el("small", {}, "what the stream would predict if it went to the unembedding at once: from the embedding (top) to the end (bottom)")),
    lens,
    el("h3", {}, "Who wrote the logit"),
    el("div", { class: "controls" }, el("label", { class: "control" }, el("span", {}, "Logit of"), chooser)),
    parts);
  return {
    show(state, look, answer, model) {
      lens.replaceChildren(lensTable(look, answer, state, on.pos));
      drawChooser(chooser, look, answer);
      parts.replaceChildren(...attribution(answer, model, on.head));
    },
  };
}

function lensTable(look, answer, state, onPos) {
  const { lens_probs: probs, lens_next: next } = answer.arrays;
  const { tokens } = look.first;
  const head = el("tr", {}, el("th", { scope: "col" }, "before"), ...tokens.map((token, pos) => (
    el("th", { scope: "col", class: pos === state.pos ? "chosen" : "" }, el("bdi", {}, visible(token))))));
  const rows = answer.lens_layers.map((label, layer) => el("tr", {},
    el("th", { scope: "row" }, layerName(label)),
    ...tokens.map((_, pos) => {
      const id = answer.lens_top[layer][pos];
      const p = probs.values[layer * tokens.length + pos];
      const rgb = signedColor(p, [-1, 1]);
      const right = look.first.ids[pos + 1] === id;
      const cell = el("td", { "data-pos": pos, "data-layer": layer, class: right ? "right" : "" }, el("bdi", {}, visible(answer.words[id])));
      cell.style.backgroundColor = css(rgb);
      cell.style.color = inkOn(rgb);
      return cell;
    })));
  const table = el("table", { class: "lens" }, el("thead", {}, head), el("tbody", {}, ...rows));
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return tooltip.hide();
    const [pos, layer] = [Number(cell.dataset.pos), Number(cell.dataset.layer)];
    const rows = [["after", `${pos} ${visible(tokens[pos])}`], ["best guess", visible(answer.words[answer.lens_top[layer][pos]])], ["probability", percent(probs.values[layer * tokens.length + pos])]];
    if (pos + 1 < tokens.length) rows.push(["the token that comes", visible(tokens[pos + 1])], ["its log-probability", formatNumber(next.values[layer * (tokens.length - 1) + pos])]);
    return tooltip.show(rows, cell);
  });
  table.addEventListener("pointerleave", () => tooltip.hide());
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) onPos(Number(cell.dataset.pos));
  });
  return table;
}

function layerName(label) {
  if (label === "final_post") return "the end";
  return `layer ${label.split("_")[0]}`;
}

function drawChooser(chooser, look, answer) {
  const pos = answer.pos;
  const ids = [...new Set([answer.token, look.first.ids[pos + 1], ...(look.edited_top ?? look.top)[pos].map(([id]) => id)])].filter((id) => id !== undefined);
  const words = { ...look.words, ...answer.words };
  const name = (id) => visible(words[id] ?? look.first.tokens[look.first.ids.indexOf(id)] ?? `[${id}]`);
  chooser.replaceChildren(...ids.map((id) => el("option", { value: id, selected: id === answer.token }, `${name(id)}${id === look.first.ids[pos + 1] ? " (the token that comes)" : ""}`)));
}

// What each part adds to the logit directly, beside gradient times activation: to first order, what it adds on every way.
function attribution(answer, model, onHead) {
  const { direct, by_gradient: gradient } = answer.arrays;
  const of = (values) => Object.fromEntries(answer.components.map((name, i) => [name, values[i]]));
  const [directly, byGradient] = [of(direct.values), of(gradient.values)];
  const headName = (layer, head) => `L${layer}H${head}`;
  const others = answer.components.filter((name) => !/^L\d+H\d+$/.test(name));
  const rest = answer.logit - direct.values.reduce((sum, value) => sum + value, 0);
  const table = (title, values) => {
    const numbers = Array.from({ length: model.n_layers * model.n_heads }, (_, i) => values[headName(Math.floor(i / model.n_heads), i % model.n_heads)]);
    const end = Math.max(...numbers.filter(Number.isFinite).map(Math.abs), 1e-6);
    const view = matrix({
      rows: Array.from({ length: model.n_layers }, (_, i) => `layer ${i}`),
      columns: Array.from({ length: model.n_heads }, (_, i) => String(i)),
      value: (row, column) => numbers[row * model.n_heads + column],
      color: (value) => signedColor(value, [-end, end]),
      describe: (row, column) => [["head", `${row}.${column}`], [title, formatNumber(numbers[row * model.n_heads + column])]],
      xName: "head", cell: [52, 26], label: title,
    });
    const figure = el("figure", {}, el("figcaption", {}, title), view.element, colorBar([-end, end]));
    queueMicrotask(view.redraw);
    return figure;
  };
  const largest = answer.components.map((name, i) => [name, direct.values[i]]).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))[0];
  const match = /^L(\d+)H(\d+)$/.exec(largest[0]);
  const open = match && el("button", { type: "button", class: "choice", onclick: () => onHead([Number(match[1]), Number(match[2])]) }, `Open head ${match[1]}.${match[2]}`);
  return [
    el("p", { class: "status", role: "status" }, `Logit ${answer.logit.toFixed(2)} after position ${answer.pos}. The largest part is ${readable(largest[0])}, ${signed(largest[1])}. `, ...(open ? [open] : [])),
    el("div", { class: "figures" }, table("written directly", directly), table("gradient times activation", byGradient)),
    el("table", { class: "topk parts" }, el("thead", {}, el("tr", {}, ...["part", "directly", "by gradient"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...others.map((name) => row(readable(name), directly[name], byGradient[name])), row("biases, and what the norm adds", rest, NaN))),
  ];
}

function row(name, directly, byGradient) {
  const number = (value) => el("td", { class: "value" }, Number.isFinite(value) ? signed(value) : "–");
  return el("tr", {}, el("th", { scope: "row" }, name), number(directly), number(byGradient));
}

function readable(name) {
  const head = /^L(\d+)H(\d+)$/.exec(name);
  if (head) return `head ${head[1]}.${head[2]}`;
  const mlp = /^(\d+)_mlp_out$/.exec(name);
  if (mlp) return `MLP ${mlp[1]}`;
  return { embed: "the token's embedding", pos_embed: "the position's embedding" }[name] ?? name;
}
