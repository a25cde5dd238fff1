// Grow: the training of exercise 07 in the page. An induction head forms in two layers; beside it, one layer does not get there.

import { el } from "./parts.js";
import { growingRun } from "./growing_run.js";
import { select, settings } from "./settings.js";
import { SETTINGS } from "./state.js";

const AFTER_BUMP = 120; // steps that are taken after the bump, for the curves to settle
const ALONE = 600; // steps of a run that has no bump to wait for
const MOST = 1500; // steps of the recipe
const CHOICES = [["both", "two layers beside one", [2, 1]], ["2", "two layers", [2]], ["1", "one layer", [1]], ["3", "three layers beside one", [3, 1]]];
const NAMES = { 1: "One layer", 2: "Two layers", 3: "Three layers" };

// `makeClient(onPanic)` starts a worker; `problem`, `change`, `state` as in steering; `open(files, about, head)` shows a model.
export function growPanel(root, { makeClient, problem, change, state, open }) {
  const number = (label, attributes) => el("input", { type: "number", "aria-label": label, ...attributes });
  const layers = select("Layers", CHOICES.map(([value]) => value), CHOICES.map(([, name]) => name));
  const heads = number("Heads in a layer", { min: 1, max: 8, value: 2 });
  const width = number("Width of the residual stream", { min: 2, max: 128, step: 2, value: 64 });
  const repeated = number("Share of the rows that repeat a random segment", { min: 0, max: 1, step: 0.1, value: 0.5 });
  const optimizer = select("Optimizer", ["muon", "adam_w"], ["Muon", "AdamW"]);
  const seed = number("Seed of the run", { min: 0, max: 9999, value: 0 });
  const grow = el("button", { type: "button", class: "primary", onclick: () => start() }, "Train");
  const pause = el("button", { type: "button", disabled: true, onclick: () => toggle() }, "Pause");
  const back = el("input", { type: "range", min: 0, max: 0, value: 0, disabled: true, "aria-label": "Checkpoint to step back to", oninput: () => showStep(), onchange: () => stepBack() });
  const backStep = el("output", {}, "step 0");
  const look = el("button", { type: "button", disabled: true, onclick: () => lookInside() }, "Look inside");
  const place = el("div", { class: "runs" });
  const box = (label, ...controls) => el("label", { class: "control" }, el("span", {}, label), ...controls);
  root.append(
    el("p", { class: "hint" }, "A model of characters is trained here, from random weights, on Alice in Wonderland and on random segments that come twice. Press Train and watch the second copy: when its loss leaves that of the first, an induction head has formed."),
    el("div", { class: "controls" }, grow, pause, box("back to", back, backStep), look),
    el("details", { class: "own" }, el("summary", {}, "Settings"), el("div", { class: "controls" }, box("layers", layers), box("heads", heads), box("width", width), box("repeated rows", repeated), box("optimizer", optimizer), box("seed", seed))),
    place);
  const form = settings({ layers, heads, width, repeated, optimizer, seed }, SETTINGS.grow, (values) => change({ grow: values }));
  let runs = [];
  let settles = true; // whether the run ends by itself soon after the bump
  let started = 0; // counts the presses of Grow, so that an older one that is still starting gives way

  async function start() {
    const mine = ++started;
    runs.forEach((run) => run.end());
    const { heads: h, width: w, repeated: r, optimizer: o, seed: s, layers: chosen } = form.values();
    const plans = CHOICES.find(([value]) => value === chosen)[2].map((n) => ({ layers: n, heads: count(h), width: count(w), repeated: Number(r), optimizer: o, seed: count(s) }));
    runs = plans.map((plan) => growingRun({ title: NAMES[plan.layers], plan, makeClient, on: { frame, trouble: stopped, open } }));
    place.replaceChildren(...runs.map((run) => run.box));
    settles = true;
    drawControls();
    try {
      await Promise.all(runs.map((run) => run.begin()));
      if (mine === started) goOn();
    } catch (error) {
      if (mine === started) refuse(error);
    }
  }

  // A plan that cannot be: nothing is left of it but the message.
  function refuse(error) {
    runs.forEach((run) => run.end());
    runs = [];
    place.replaceChildren();
    drawControls();
    problem(error);
  }

  function stopped(error) {
    drawControls();
    problem(error);
  }

  const goal = () => (runs[0].about.layers > 1 ? MOST : ALONE);
  const isTraining = () => runs.some((run) => run.training);
  const settled = () => settles && runs[0].bump() !== null && runs[0].step() >= runs[0].bump() + AFTER_BUMP;

  function goOn() {
    // After the end, going on means: all steps.
    if (settled()) settles = false;
    runs[0].train(goal()).then(drawControls);
    follow();
    drawControls();
  }

  // The others come as far as the first, and not farther, so that what stands beside each other is of the same step.
  function follow() {
    for (const run of runs.slice(1)) {
      if (!run.training && !run.failed && run.step() < runs[0].step()) run.train(runs[0].step()).then(follow).then(drawControls);
    }
  }

  // The first stops, and the others come as far.
  const rest = () => runs[0].pause().then(drawControls);
  const toggle = () => (runs[0].training ? rest() : goOn());

  function frame(run) {
    if (run === runs[0] && run.training && settled()) run.pause().then(drawControls);
    if (run === runs[0]) follow();
    if (runs.includes(run)) drawControls();
  }

  const chosenStep = () => runs[0]?.kept()[Number(back.value)] ?? 0;
  const showStep = () => { backStep.textContent = `step ${chosenStep()}`; };

  async function stepBack() {
    const step = chosenStep();
    try {
      if (runs[0].training) await rest();
      await Promise.all(runs.map((run) => run.back(step)));
      follow();
    } catch (error) {
      problem(error);
    }
    settles = true;
    drawControls();
  }

  // The best induction head of the last layer, as it is now.
  function lookInside() {
    const scores = runs[0].frames.at(-1).induction.at(-1);
    runs[0].open([runs[0].about.layers - 1, scores.indexOf(Math.max(...scores))]);
  }

  function drawControls() {
    const there = runs.length > 0 && runs.every((run) => run.about);
    const training = Boolean(runs[0]?.training);
    grow.textContent = runs.length ? "Train again" : "Train";
    pause.textContent = there && !training ? "Go on" : "Pause";
    pause.disabled = !there || (!training && runs[0].step() >= goal());
    look.disabled = !there;
    const kept = there ? runs[0].kept() : [];
    back.disabled = kept.length < 2;
    back.max = Math.max(0, kept.length - 1);
    if (document.activeElement !== back || training) back.value = back.max;
    showStep();
    root.dataset.status = isTraining() ? "training" : there ? "resting" : "idle";
    root.dataset.step = there ? runs[0].step() : 0;
    root.dataset.bump = there ? runs[0].bump() ?? "" : "";
  }

  return {
    show() {
      form.fill(state().grow);
      runs.forEach((run) => run.draw());
    },
    // For tests: the loss of every batch of a run.
    losses: (run) => runs[run].frames.flatMap(({ losses }) => losses),
  };
}

// What is no count becomes 0, which the engine refuses in words.
const count = (text) => Math.max(0, Math.trunc(Number(text)) || 0);
