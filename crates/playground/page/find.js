// Finding heads: scores on random tokens that come twice, and the map of what each head does for this text.

import { el, matrix, signedColor, colorBar, formatNumber } from "./parts.js";
import { select, settings } from "./settings.js";
import { SETTINGS } from "./state.js";
import { signed, visible } from "./tokens.js";

const SHOWN = 6;

// `ask`, `problem`, `model`, `change` as in steering; `state()`, `look()`: what is shown; `head([layer, head])` opens one.
export function findPanel(root, { ask, problem, model, state, look, change, head }) {
  const pattern = select("Pattern", ["induction", "previous", "current", "first"]);
  const seed = el("input", { type: "number", min: 0, max: 9999, value: 1, "aria-label": "Seed of the random tokens" });
  const search = el("button", { type: "button", class: "primary" }, "Search");
  const found = el("div", {});
  const silence = select("What takes the place of a head", ["zero", "mean", "sample", "patch"], ["zero", "its mean on this text", "its mean on a sample", "itself on the second text"]);
  const measure = select("What is measured", ["loss", "logit"], ["the loss of this text", "the logit of the token that comes after the chosen one"]);
  const form = settings({ pattern, seed, silence, measure }, SETTINGS.find, (find) => change({ find }));
  const sweep = el("button", { type: "button", class: "primary" }, "Try every head");
  const progress = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "Progress of the sweep" });
  const map = el("div", {});
  root.append(
    el("h3", {}, "By what they look at ", el("small", {}, "on random tokens that come twice: no meaning helps there, so induction stands out")),
    el("div", { class: "controls" }, el("label", { class: "control" }, el("span", {}, "Pattern"), pattern), el("label", { class: "control" }, el("span", {}, "seed"), seed), search), found,
    el("h3", {}, "By what they do ", el("small", {}, "each head of the model in turn is replaced, and this text runs again")),
    el("div", { class: "controls" }, el("label", { class: "control" }, el("span", {}, "Replace each head by"), silence), el("label", { class: "control" }, el("span", {}, "measure"), measure), sweep, progress), map);

  search.addEventListener("click", () => {
    ask({ do: "find", model: model().model, seed: Math.max(0, Math.trunc(Number(seed.value)) || 0), length: 48 }).then((answer) => {
      const { shape: [, layers, heads], values } = answer.arrays.scores;
      const score = answer.score_names.indexOf(pattern.value);
      const numbers = values.slice(score * layers * heads, (score + 1) * layers * heads);
      found.replaceChildren(...ranking(`${pattern.value} score`, numbers, heads, head, false), headMap(`${pattern.value} score`, numbers, layers, heads, [0, 1]));
    }, problem);
  });

  sweep.addEventListener("click", () => {
    const shown = state();
    const { first } = look();
    const pos = Math.min(shown.pos, first.ids.length - 2);
    if (measure.value === "logit" && pos < 0) return problem(new Error("there is no token after the chosen one"));
    const what = measure.value === "loss" ? "loss" : { logit: { pos, token: first.ids[pos + 1] } };
    const { model: name, text, second, edits } = shown;
    progress.hidden = false;
    progress.value = 0;
    const draw = (answer) => {
      progress.value = answer.done / answer.of;
      const { shape: [layers, heads], values } = answer.arrays.values;
      const change = values.map((value) => value - answer.unedited);
      const end = Math.max(...change.filter(Number.isFinite).map(Math.abs), 1e-6);
      const title = what === "loss" ? "change of the loss" : `change of the logit of ${visible(first.tokens[pos + 1])} after position ${pos}`;
      // As under Heads, red is worse: a loss that rises, a logit that falls.
      const better = what === "loss" ? -1 : 1;
      map.replaceChildren(
        headMap(title, change, layers, heads, [-end, end], better, [`worse ${signed(-better * end, 3)}`, `better ${signed(better * end, 3)}`]),
        ...ranking(title, change, heads, head, true));
    };
    const done = () => { progress.hidden = true; };
    return ask({ do: "sweep", model: name, text, second, edits, silence: silence.value, measure: what }, { onProgress: draw }).then((answer) => { draw(answer); done(); }, (error) => { done(); problem(error); });
  });

  return {
    show() {
      form.fill(state().find);
    },
    // A map belongs to its text.
    stale() {
      map.replaceChildren();
    },
  };
}

function ranking(title, numbers, heads, onHead, bySize) {
  const order = [...numbers].map((value, i) => [value, i]).filter(([value]) => Number.isFinite(value))
    .sort(([a], [b]) => (bySize ? Math.abs(b) - Math.abs(a) : b - a)).slice(0, SHOWN);
  return [el("div", { class: "choices", role: "group", "aria-label": `Heads by ${title}` }, ...order.map(([value, i]) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    return el("button", { type: "button", class: "choice", "data-found": `${layer}.${head}`, onclick: () => onHead([layer, head]) }, `${layer}.${head}  ${bySize ? signed(value, 3) : value.toFixed(2)}`);
  }))];
}

// `better`: -1 where a smaller number is the better one, so that it is blue. `ends`: what the ends of the scale mean, red first.
function headMap(title, numbers, layers, heads, range, better = 1, ends = undefined) {
  const view = matrix({
    rows: Array.from({ length: layers }, (_, i) => `layer ${i}`),
    columns: Array.from({ length: heads }, (_, i) => String(i)),
    value: (row, column) => numbers[row * heads + column],
    masked: (row, column) => Number.isNaN(numbers[row * heads + column]),
    color: (value) => signedColor(better * value, range),
    describe: (row, column) => [["head", `${row}.${column}`], [title, formatNumber(numbers[row * heads + column])]],
    xName: "head", cell: [60, 26], label: title,
  });
  queueMicrotask(view.redraw);
  return el("figure", {}, el("figcaption", {}, title), view.element, colorBar(range, "", ends));
}
