// Steering: a direction from pairs of prompts is added to the stream while the model writes.

import { el, views } from "./parts.js";
import { NEUTRAL, STEERING } from "./presets.js";
import { select, settings } from "./settings.js";
import { SETTINGS } from "./state.js";
import { signed, visible } from "./tokens.js";

const COEFFICIENTS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
const OWN = "of your own";

// `ask(request, options)` asks the engine; `problem(error)` shows what went wrong; `model()` says what is loaded;
// `change({ steering })` keeps what the controls say.
export function steeringPanel(root, { ask, problem, model, change }) {
  const set = select("Direction", [...STEERING.map(({ name }) => name), OWN]);
  const pairs = el("textarea", { rows: 4, spellcheck: "false", "aria-label": "Pairs of prompts, one pair per line, with => between them" });
  const words = el("input", { type: "text", "aria-label": "Words to count" });
  const layer = select("Before layer", []);
  const at = select("Where", ["all", "prompt", "new"], ["every position", "the prompt only", "new tokens only"]);
  const coefficient = el("input", { type: "range", min: -4, max: 4, step: 0.25, value: 1, "aria-label": "Coefficient" });
  const shownCoefficient = el("output", {}, "+1.00");
  const prompt = el("textarea", { rows: 2, spellcheck: "false", "aria-label": "Prompt" }, "Once upon a time there was a");
  const temperature = el("input", { type: "number", min: 0, max: 3, step: 0.1, value: 0.8, "aria-label": "Temperature; 0 takes the most probable token" });
  const seed = el("input", { type: "number", min: 0, max: 9999, step: 1, value: 1, "aria-label": "Seed" });
  const write = el("button", { type: "button", class: "primary" }, "Write");
  const curve = el("button", { type: "button" }, "Draw gain and cost");
  const texts = el("div", { class: "texts-beside" });
  const plot = el("div", { class: "plot" });
  const box = (label, ...controls) => el("label", { class: "control" }, el("span", {}, label), ...controls);
  root.append(
    el("p", { class: "hint" }, "The model reads each pair of prompts; the mean difference of its stream is a direction. Added while it writes, it pulls the text one way."),
    el("div", { class: "controls" }, box("Direction", set), box("before layer", layer), box("coefficient", coefficient, shownCoefficient), box("at", at)),
    el("details", { class: "own" }, el("summary", {}, "The pairs of prompts, and the words that count"),
      el("p", { class: "hint" }, "One pair per line: what has it => what lacks it. The stream is read at the last token but one, so end with a full stop."), pairs, el("label", { class: "control wide" }, el("span", {}, "words that count"), words)),
    el("div", { class: "controls" }, el("label", { class: "control wide" }, el("span", {}, "prompt"), prompt), box("temperature", temperature), box("seed", seed)),
    el("div", { class: "controls" }, write, curve), texts, plot);

  const preset = () => STEERING.find(({ name }) => name === set.value);
  const pairsOf = (direction) => direction.pairs.map((pair) => pair.join(" => ")).join("\n");
  const wordsOf = (direction) => direction.words.map((word) => word.trim()).join(", ");
  // A link need not say what the direction says.
  const remember = (values) => {
    const own = (text, ofPreset) => (preset() && text === ofPreset(preset()) ? "" : text);
    change({ steering: { ...values, pairs: own(values.pairs, pairsOf), words: own(values.words, wordsOf) } });
  };
  const counted = () => words.value.split(",").map((word) => word.trim()).filter(Boolean).map((word) => ` ${word}`);
  const steering = () => ({
    pairs: pairs.value.split("\n").filter((line) => line.trim()).map((line) => {
      const [positive, negative = ""] = line.split("=>").map((side) => side.trim());
      return [positive, negative];
    }),
    pos: -2, layer: Number(layer.value), coefficient: Number(coefficient.value), at: at.value,
  });
  // Before the form hears of it: another direction brings its pairs, its words and its layer.
  set.addEventListener("change", () => {
    if (!preset()) return;
    [pairs.value, words.value, layer.value] = [pairsOf(preset()), wordsOf(preset()), preset().layer];
  });
  pairs.addEventListener("input", () => { set.value = OWN; });
  const form = settings({ direction: set, layer, coefficient, at, prompt, temperature, seed, pairs, words }, SETTINGS.steering, remember);

  write.addEventListener("click", () => {
    const request = { do: "write", model: model().model, text: prompt.value, tokens: 60, temperature: Number(temperature.value), seed: Number(seed.value), steering: steering() };
    const draw = (answer) => texts.replaceChildren(...sideBySide(answer, counted(), request.steering.coefficient));
    ask(request, { onProgress: draw }).then(draw, problem);
  });
  curve.addEventListener("click", () => {
    const request = { do: "curve", model: model().model, prompts: NEUTRAL, words: counted(), coefficients: COEFFICIENTS, steering: steering() };
    const draw = (answer) => plot.replaceChildren(...curves(answer));
    ask(request, { onProgress: draw }).then(draw, problem);
  });

  return {
    show(loaded, wanted) {
      if (layer.options.length !== loaded.n_layers) {
        layer.replaceChildren(...Array.from({ length: loaded.n_layers }, (_, i) => new Option(i, i)));
      }
      form.fill({ direction: wanted.direction });
      const direction = preset();
      const usual = direction ? { layer: direction.layer, pairs: pairsOf(direction), words: wordsOf(direction) } : { layer: 0, pairs: "", words: "" };
      const isThere = [...layer.options].some(({ value }) => value === wanted.layer);
      const ofPreset = String(Math.min(usual.layer, loaded.n_layers - 1));
      form.fill({ ...wanted, direction: set.value, layer: isThere ? wanted.layer : ofPreset, pairs: wanted.pairs || usual.pairs, words: wanted.words || usual.words });
      shownCoefficient.textContent = signed(Number(coefficient.value));
    },
  };
}

function sideBySide(answer, words, coefficient) {
  const side = (title, tokens) => {
    const hits = tokens.filter((token) => words.includes(token)).length;
    return el("figure", { class: "written" },
      el("figcaption", {}, `${title}: ${hits} ${hits === 1 ? "word" : "words"} that count`),
      el("p", {}, ...tokens.flatMap((token) => (words.includes(token) ? marked(token) : token.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, visible)))));
  };
  return [side("Without", answer.plain), side(`With ${signed(coefficient)}`, answer.steered)];
}

// The space before a word is not marked: at the end of a line it would be a mark of its own.
function marked(token) {
  const word = token.trimStart();
  return [token.slice(0, token.length - word.length), el("mark", {}, word)];
}

// The curves as circuit-vis draws them.
function curves(answer) {
  const { coefficients, gains, costs } = answer.arrays;
  const section = el("div", {});
  const all = [...gains.values, ...costs.values, 0];
  views.lines(section, {
    title: "Gain and cost", x: "coefficient", y: "nats", min: Math.min(...all) - 0.1, max: Math.max(...all) + 0.1,
    series: [["gain: the words become more likely", gains], ["cost: the whole prediction moves (KL)", costs]].map(([name, y]) => ({ name, x: block(coefficients), y: block(y) })),
  });
  return [el("h3", {}, "Gain and cost ", el("small", {}, `mean over ${NEUTRAL.length} neutral prompts; ${answer.done} of ${answer.of} coefficients`)), section];
}

// An array as circuit-vis reads it from a page.
function block({ shape, values }) {
  return { shape, base64: btoa(String.fromCharCode(...new Uint8Array(values.buffer, values.byteOffset, values.byteLength))) };
}
