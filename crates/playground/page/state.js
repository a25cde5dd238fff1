// What the page shows. All of it fits into the address, so that a link shows the same to someone else.

const SILENCES = { z: "zero", m: "mean", s: "sample", p: "patch", f: "freeze" };
const LETTERS = Object.fromEntries(Object.entries(SILENCES).map(([letter, name]) => [name, letter]));
const TABS = ["heads", "stream", "steering", "find", "grow", "take", "challenges"];
// The settings of a tab: what its controls say, as texts. A link carries what is not as at the beginning.
export const SETTINGS = {
  steering: { direction: "food", layer: "", coefficient: "1", at: "all", prompt: "Once upon a time there was a", temperature: "0.8", seed: "1", pairs: "", words: "" },
  find: { pattern: "induction", seed: "1", silence: "zero", measure: "loss" },
  grow: { layers: "both", heads: "2", width: "64", repeated: "0.5", optimizer: "muon", seed: "0" },
};
const LONGEST = 4000; // characters of a text that a link may carry
const MOST_EDITS = 64;

export function freshState() {
  return {
    model: "gpt2-tales",
    text: "The little prince looked at the golden bird, and the golden bird looked at the little prince.",
    second: null,
    edits: [], // { layer, component: { head } or "mlp", silence }
    pos: 12, // the token whose next one is looked at
    head: [2, 1], // [layer, head] that is open, or null
    target: null, // the token whose logit is taken apart; null is the most probable one
    tab: "heads",
    ...structuredClone(SETTINGS),
  };
}

export function toLink(state) {
  const entries = new URLSearchParams({ model: state.model, text: state.text });
  if (state.second !== null) entries.set("second", state.second);
  if (state.edits.length) entries.set("edits", state.edits.map(editToText).join(","));
  if (state.head) entries.set("head", state.head.join("."));
  entries.set("pos", state.pos);
  entries.set("tab", state.tab);
  if (state.target !== null) entries.set("target", state.target);
  for (const [tab, usual] of Object.entries(SETTINGS)) {
    for (const name of Object.keys(usual)) {
      if (state[tab][name] !== usual[name]) entries.set(`${tab}.${name}`, state[tab][name]);
    }
  }
  return `#${entries}`;
}

// The state of a link. What it does not say, or what makes no sense, is as at the beginning.
export function fromLink(hash) {
  const state = freshState();
  const entries = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name) => entries.get(name)?.slice(0, LONGEST);
  const number = (value) => (/^\d{1,4}$/.test(value ?? "") ? Number(value) : null);
  state.model = text("model") ?? state.model;
  if (entries.has("text")) Object.assign(state, { text: text("text"), head: null });
  if (entries.has("second")) state.second = text("second");
  state.edits = (entries.get("edits") ?? "").split(",").slice(0, MOST_EDITS).map(editFromText).filter(Boolean);
  state.pos = number(entries.get("pos")) ?? (entries.has("text") ? 1 : state.pos);
  const head = (entries.get("head") ?? "").split(".").map(number);
  if (head.length === 2 && head.every((part) => part !== null)) state.head = head;
  if (TABS.includes(entries.get("tab"))) state.tab = entries.get("tab");
  const target = entries.get("target");
  if (/^\d{1,7}$/.test(target ?? "")) state.target = Number(target);
  for (const [tab, usual] of Object.entries(SETTINGS)) {
    for (const name of Object.keys(usual)) state[tab][name] = text(`${tab}.${name}`) ?? usual[name];
  }
  return state;
}

// "2.1z": head 1 of layer 2, zero; "2.mz": the MLP of layer 2.
function editToText({ layer, component, silence }) {
  return `${layer}.${component === "mlp" ? "m" : component.head}${LETTERS[silence]}`;
}

function editFromText(text) {
  const parts = /^(\d{1,3})\.(?:(\d{1,3})|m)([zmspf])$/.exec(text);
  if (!parts) return null;
  const [, layer, head, silence] = parts;
  return { layer: Number(layer), component: head === undefined ? "mlp" : { head: Number(head) }, silence: SILENCES[silence] };
}

export function sameComponent(a, b) {
  return a.layer === b.layer && (a.component === "mlp" ? b.component === "mlp" : a.component.head === b.component.head);
}

// "2.1 zero"
export function nameEdit({ layer, component, silence }) {
  const names = { zero: "zero", mean: "mean of this text", sample: "mean of a sample", patch: "from the second text", freeze: "pattern frozen" };
  return `${component === "mlp" ? `MLP ${layer}` : `${layer}.${component.head}`}: ${names[silence]}`;
}
