// The page: what is shown follows from the state; the state follows from what a person does.

import { el, startTheme, startFrame, startTooltip, theme } from "./parts.js";
import { challengesPanel, tour } from "./challenges.js";
import { Client, Replaced } from "./client.js";
import { chosen, embedded, makeWorker, module } from "./files.js";
import { findPanel } from "./find.js";
import { growPanel } from "./grow.js";
import { headsPanel } from "./heads.js";
import { freshState, fromLink, toLink } from "./state.js";
import { steeringPanel } from "./steering.js";
import { streamPanel } from "./stream.js";
import { takePanel } from "./take.js";
import { textPanel } from "./text_panel.js";

const EMBEDDED = ["gpt2-tales", "attn-only-2l-tales"];
const OWN = "your own";
const GROWN = "grown";
const TABS = [["heads", "Heads"], ["stream", "Residual stream"], ["steering", "Steering"], ["find", "Find heads"], ["grow", "Grow"], ["take", "Take it away"], ["challenges", "Challenges"]];
const LINK_AFTER = 400; // milliseconds without a change before the address follows

let state = fromLink(location.hash);
let look = null; // the last answer about the state
let looked = null; // the text that it is about
let client = null;
let compiled = null; // the module, which every worker runs
const models = new Map(); // name -> what loading it said

const root = document.documentElement;
const at = (id) => document.getElementById(id);
const notice = at("notice");
const panels = {};

function problem(error) {
  if (error instanceof Replaced) return;
  notice.textContent = error.message;
  notice.hidden = false;
}

const ask = (request, options) => {
  notice.hidden = true;
  return client.ask(request, options);
};

function change(changes) {
  const elsewhere = ["pos", "text", "model", "edits"].some((name) => name in changes);
  state = { ...state, ...(elsewhere ? { target: null } : {}), ...changes };
  rememberSoon();
  const asked = ["model", "text", "second", "edits"].some((name) => name in changes);
  if (asked) refresh();
  else draw();
}

let remembering = 0;
function rememberSoon() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    history.replaceState(null, "", toLink(state));
    if (state.tab === "take") panels.take.show();
  }, LINK_AFTER);
}

// Ask about the state, and draw the answer. For the tests: when the first picture was there, and how many there were.
async function refresh() {
  text.show(state, null);
  try {
    await load(state.model);
    const { model, text: typed, second, edits } = state;
    const answer = await ask({ do: "look", model, text: typed, second, edits });
    look = answer;
    looked = typed;
    state.pos = text.caret(look.first.tokens) ?? Math.min(state.pos, look.first.tokens.length - 1);
    panels.find.stale();
    draw();
    root.dataset.opened ??= performance.now().toFixed(0);
    root.dataset.drawn = Number(root.dataset.drawn ?? 0) + 1;
    root.dataset.ready = "true";
  } catch (error) {
    problem(error);
    if (!(error instanceof Replaced)) root.dataset.ready = "true";
  }
}

function draw() {
  const model = models.get(state.model);
  if (!look || !model) return;
  drawTabs();
  text.show(state, look);
  if (state.tab === "heads") panels.heads.show(state, look, model);
  if (state.tab === "stream") askStream(model);
  if (state.tab === "steering") panels.steering.show(model, state.steering);
  if (state.tab === "find") panels.find.show();
  if (state.tab === "grow") panels.grow.show();
  if (state.tab === "take") rememberSoon();
  const solved = panels.challenges.check(state, look);
  if (solved) problem(new Error(solved));
}

async function askStream(model) {
  const { model: name, text: typed, second, edits, pos, target } = state;
  try {
    const answer = await ask({ do: "stream", model: name, text: typed, second, edits, pos, token: target });
    panels.stream.show(state, look, answer, model);
    root.dataset.stream = Number(root.dataset.stream ?? 0) + 1;
  } catch (error) {
    problem(error);
  }
}

// Load a model once.
const loading = new Map();
function load(name) {
  if (!loading.has(name)) {
    if (!EMBEDDED.includes(name)) return Promise.reject(new Error(`the model “${name}” is not here; choose one above, ${name === GROWN ? "or press Train under Grow, and then Look inside" : "or drop the files of your own on the page"}`));
    loading.set(name, keep(name, embedded(name)));
  }
  return loading.get(name);
}

async function keep(name, reading) {
  try {
    const files = await reading;
    const request = { do: "load", model: name, files: files.map(({ name: file, bytes }) => ({ name: file, length: bytes.byteLength })) };
    models.set(name, await client.ask(request, { files: files.map(({ bytes }) => bytes) }));
  } catch (error) {
    loading.delete(name);
    throw error;
  }
}

async function loadOwn(list) {
  try {
    const files = await chosen(list);
    loading.set(OWN, keep(OWN, Promise.resolve(files)));
    await loading.get(OWN);
    drawBar();
    change({ model: OWN, edits: [], head: null });
  } catch (error) {
    problem(error);
  }
}

// A model that grew in the page, with the row of tokens that its run shows. Its files come one behind the other.
async function showGrown({ files, file: bytes }, about, head) {
  let end = 0;
  const each = files.map(({ name, length }) => ({ name, bytes: bytes.slice(end, (end += length)) }));
  try {
    loading.set(GROWN, keep(GROWN, Promise.resolve(each)));
    await loading.get(GROWN);
    change({ model: GROWN, text: about.text, second: null, edits: [], head, pos: Math.ceil(about.tokens.length * 0.7), tab: "heads" });
    drawBar();
    at("text").scrollIntoView({ block: "nearest" });
  } catch (error) {
    problem(error);
  }
}

function drawBar() {
  const names = [...EMBEDDED, ...[OWN, GROWN].filter((name) => models.has(name))];
  const select = el("select", { "aria-label": "Model", onchange: () => change({ model: select.value, edits: [], head: null }) },
    ...names.map((name) => el("option", { value: name, selected: name === state.model }, name)));
  const input = el("input", { type: "file", multiple: true, hidden: true, onchange: () => loadOwn(input.files) });
  at("bar").replaceChildren(
    el("label", { class: "control" }, el("span", {}, "Model"), select),
    el("button", { type: "button", title: "config.json, model.safetensors and tokenizer.json of a folder; or drop them on the page. They stay on this computer.", onclick: () => input.click() }, "Your own model…"), input,
    el("button", { type: "button", onclick: () => { notice.hidden = true; change(freshState()); drawBar(); } }, "Start again"),
    el("button", { type: "button", onclick: () => { change({ tab: "heads" }); tour(true); } }, "Tour"));
}

function drawTabs() {
  for (const [name] of TABS) {
    const tab = at(`tab-${name}`);
    tab.setAttribute("aria-selected", state.tab === name);
    tab.tabIndex = state.tab === name ? 0 : -1;
    panels[name].box.hidden = state.tab !== name;
  }
  at("panel").setAttribute("aria-labelledby", `tab-${state.tab}`);
}

function makeTabs() {
  const tabs = TABS.map(([name, label]) => el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", onclick: () => change({ tab: name }) }, label));
  at("tabs").replaceChildren(...tabs);
  at("tabs").addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || !tabs[to]) return;
    event.preventDefault();
    tabs[to].focus();
    tabs[to].click();
  });
  const shared = { ask, problem, change, model: () => models.get(state.model), state: () => state, look: () => look };
  const open = (head) => change({ head, tab: "heads" });
  const make = {
    heads: (box) => headsPanel(box, { head: (head) => change({ head }), edits: (edits) => change({ edits }) }),
    stream: (box) => streamPanel(box, { target: (token) => change({ target: token }), pos: (pos) => change({ pos }), head: open }),
    steering: (box) => steeringPanel(box, shared),
    find: (box) => findPanel(box, { ...shared, head: open }),
    grow: (box) => growPanel(box, { ...shared, makeClient: (onPanic) => new Client(compiled, makeWorker, onPanic), open: showGrown }),
    take: (box) => takePanel(box, shared),
    challenges: (box) => challengesPanel(box, { begin: (text) => change({ model: "gpt2-tales", text, second: null, edits: [], head: [2, 1], pos: 12 }) }),
  };
  for (const [name] of TABS) {
    const box = el("div", { hidden: true });
    at("panel").append(box);
    panels[name] = Object.assign(make[name](box), { box });
  }
}

function takeDrops() {
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) root.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("dropping");
    if (event.dataTransfer.files.length) loadOwn(event.dataTransfer.files);
  });
}

const text = textPanel(at("text"), {
  text: (value) => change({ text: value }),
  second: (value) => change({ second: value }),
  pos: (pos) => change({ pos }),
  caret: () => {
    const pos = look && looked === state.text ? text.caret(look.first.tokens) : null;
    if (pos !== null && pos !== state.pos) change({ pos });
  },
  example: ({ model, text: typed, second = null, pos, head = null }) => { change({ model, text: typed, second, pos, head, edits: [] }); drawBar(); },
});

startTooltip();
startTheme();
startFrame();
makeTabs();
drawBar();
drawTabs();
takeDrops();
theme.onChange(() => draw());
window.addEventListener("hashchange", () => { state = fromLink(location.hash); drawBar(); refresh(); });

try {
  compiled = await module();
  client = new Client(compiled, makeWorker, (message, again) => {
    problem(new Error(`The model stopped (${message}). ${again ? "It was started again. Your last request may be the cause." : "It stopped repeatedly. Reload the page."}`));
    root.dataset.restarts = Number(root.dataset.restarts ?? 0) + 1;
  });
  await refresh();
} catch (error) {
  problem(new Error(`The playground could not start: ${error.message}`));
  root.dataset.ready = "failed";
}
at("starting").remove();
tour();

// For tests: ask the engine as the page does.
window.playground = { ask: (request) => client.ask(request), state: () => state, change, losses: (run) => panels.grow.losses(run) };
