// All heads by layer, one of them opened large, and what can be done to it.

import { el, matrix, signedColor, rove, theme, labelToken, tintToken, tokenButtons, formatNumber, tooltip } from "./parts.js";
import { nameEdit, sameComponent } from "./state.js";
import { drawTile, tileColors } from "./tiles.js";
import { shown, signed, visible } from "./tokens.js";

const SILENCES = [
  ["zero", "Zero", "What the head writes becomes zero"],
  ["mean", "Mean of this text", "It writes the same at every position: its mean over this text"],
  ["sample", "Mean of a sample", "It writes the same at every position: its mean over a stored page of a fairy tale"],
  ["patch", "From the second text", "It writes what it writes on the second text, position by position"],
  ["freeze", "Freeze its pattern", "It looks where it looks without any edits, whatever happens before it"],
];
const NOTABLE = 0.3; // a score that is worth a badge
const [ATTENTION, CHANGE] = [[-1, 1], [-3, 3]];

// `on`: head([layer, head]), edits(list).
export function headsPanel(root, on) {
  const grid = el("div", { class: "layers" });
  const large = el("div", { class: "large" });
  const changes = el("div", { class: "changes" });
  const edits = el("div", { class: "choices", role: "group", "aria-label": "Edits" });
  root.append(
    el("p", { class: "hint" }, "Each square is a head: rows are tokens that look, columns the tokens looked at. Click one to open it; press S on one to silence it."),
    edits, el("div", { class: "columns" }, grid, large), changes);
  let latest = null; // [state, answer], for the listeners

  const toggle = (layer, component, silence) => {
    const edit = { layer, component, silence };
    const others = latest[0].edits.filter((other) => !sameComponent(other, edit));
    const same = latest[0].edits.some((other) => sameComponent(other, edit) && other.silence === silence);
    on.edits(same ? others : [...others, edit]);
  };
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("[data-layer]");
    if (!button) return;
    const { layer, head } = button.dataset;
    if (head === undefined) toggle(Number(layer), "mlp", "zero");
    else on.head([Number(layer), Number(head)]);
  });
  grid.addEventListener("keydown", (event) => {
    const button = event.target.closest("[data-head]");
    if (!button || event.key.toLowerCase() !== "s" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    toggle(Number(button.dataset.layer), { head: Number(button.dataset.head) }, "zero");
  });

  let cells = []; // the grid's buttons, kept as long as the model stays
  const opened = largeHead(toggle);
  const none = el("p", { class: "hint" }, "No head is open.");

  return {
    show(state, answer, model) {
      latest = [state, answer];
      if (cells.length !== model.n_layers * model.n_heads || grid.dataset.model !== model.model) cells = makeGrid(grid, model);
      drawGrid(cells, grid, state, answer);
      drawEdits(edits, state, on);
      const [layers, heads] = answer.arrays.patterns.shape;
      const isOpen = state.head !== null && state.head[0] < layers && state.head[1] < heads;
      const parts = isOpen ? opened.parts : [none];
      if (large.firstChild !== parts[0]) large.replaceChildren(...parts);
      if (isOpen) opened.draw(state, answer);
      drawChanges(changes, answer, state);
    },
    theme() {
      if (latest) drawGrid(cells, grid, ...latest);
    },
  };
}

function makeGrid(grid, model) {
  grid.dataset.model = model.model;
  const cells = [];
  const rows = Array.from({ length: model.n_layers }, (_, layer) => {
    const heads = Array.from({ length: model.n_heads }, (__, head) => {
      const cell = el("button", { type: "button", class: "head", "data-layer": layer, "data-head": head, "data-index": cells.length },
        el("canvas"), el("span", { class: "name" }, `${layer}.${head}`), el("span", { class: "badge" }));
      cells.push(cell);
      return cell;
    });
    const mlp = model.attn_only ? [] : [el("button", { type: "button", class: "mlp", "data-layer": layer, "data-mlp": layer, "aria-pressed": false }, `MLP ${layer}`)];
    return el("div", { class: "layer", role: "group", "aria-label": `Layer ${layer}` }, el("div", { class: "layer-name" }, `layer ${layer}`, ...mlp), ...heads);
  });
  grid.replaceChildren(...rows);
  rove(grid);
  return cells;
}

function drawGrid(cells, grid, state, answer) {
  const { patterns, scores } = answer.arrays;
  const [, heads, n] = patterns.shape;
  const { values } = patterns;
  const colors = tileColors();
  cells.forEach((cell, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    drawTile(cell.firstChild, values, i * n * n, n, colors);
    const best = bestScore(answer, scores, layer, head);
    cell.lastChild.textContent = best ? `${best.name} ${best.value.toFixed(2).replace(/^0/, "")}` : "";
    const edit = state.edits.find((other) => other.layer === layer && other.component.head === head);
    cell.classList.toggle("edited", Boolean(edit));
    cell.setAttribute("aria-pressed", state.head?.[0] === layer && state.head?.[1] === head);
    cell.setAttribute("aria-label", `Head ${layer}.${head}${best ? `, ${best.name} ${best.value.toFixed(2)}` : ""}${edit ? `, ${nameEdit(edit)}` : ""}`);
  });
  grid.querySelectorAll("[data-mlp]").forEach((button) => {
    const edited = state.edits.some(({ layer, component }) => component === "mlp" && layer === Number(button.dataset.mlp));
    button.classList.toggle("edited", edited);
    button.setAttribute("aria-pressed", edited);
    button.setAttribute("aria-label", `MLP of layer ${button.dataset.mlp}${edited ? ", silenced" : "; click to silence it"}`);
  });
}

const scoreAt = ({ shape: [, layers, heads], values }, score, layer, head) => values[(score * layers + layer) * heads + head];

function bestScore(answer, scores, layer, head) {
  const named = answer.score_names.map((name, i) => ({ name, value: scoreAt(scores, i, layer, head) }));
  return named.filter(({ value }) => value >= NOTABLE).sort((a, b) => b.value - a.value)[0];
}

function drawEdits(box, state, on) {
  const chip = (edit) => el("button", { type: "button", class: "choice edit", "aria-label": `Undo ${nameEdit(edit)}`, onclick: () => on.edits(state.edits.filter((other) => other !== edit)) }, `${nameEdit(edit)} ✕`);
  box.replaceChildren(...state.edits.map(chip));
  if (state.edits.length) box.append(el("button", { type: "button", class: "choice", onclick: () => on.edits([]) }, "Undo all"));
}

// The open head: made once, and then drawn again for every text and every head.
function largeHead(toggle) {
  let shown = null; // what is drawn: layer, head, from where on its pattern is in `values`, labels
  const at = (query, source) => shown.values[shown.from + query * shown.labels.length + source];
  const spec = {
    rows: [],
    columns: [],
    value: at,
    masked: (query, source) => source > query,
    color: (value) => signedColor(value, ATTENTION),
    describe: (query, source) => [["from", shown.labels[query]], ["to", shown.labels[source]], ["attention", formatNumber(at(query, source))]],
    xName: "looked at",
    yName: "looks",
    cell: [26, 26],
    label: "Attention of the open head",
  };
  const table = matrix(spec);
  const title = el("h3", {});
  const scoreLine = el("p", { class: "scores" });
  const buttons = SILENCES.map(([silence, name, about]) => (
    el("button", { type: "button", class: "choice", "data-silence": silence, title: about, onclick: () => toggle(shown.layer, { head: shown.head }, silence) }, name)));
  const group = el("div", { class: "choices", role: "group" }, el("span", { class: "hint" }, "Silence it:"), ...buttons);
  return {
    parts: [title, scoreLine, group, table.element],
    draw(state, answer) {
      const { patterns, scores } = answer.arrays;
      const [, heads, n] = patterns.shape;
      const [layer, head] = state.head;
      const labels = answer.first.tokens.map((token, i) => labelToken(visible(token), i));
      shown = { layer, head, labels, values: patterns.values, from: (layer * heads + head) * n * n };
      Object.assign(spec, { rows: labels, columns: labels, label: `Attention of head ${layer}.${head}` });
      title.textContent = `Head ${layer}.${head}`;
      group.setAttribute("aria-label", `Edit head ${layer}.${head}`);
      scoreLine.textContent = answer.score_names.map((name, i) => {
        const value = scoreAt(scores, i, layer, head);
        return `${name} ${Number.isFinite(value) ? value.toFixed(2) : "–"}`;
      }).join(" · ");
      const edit = state.edits.find((other) => other.layer === layer && other.component.head === head);
      buttons.forEach((button) => {
        button.setAttribute("aria-pressed", edit?.silence === button.dataset.silence);
        button.disabled = button.dataset.silence === "patch" && !answer.second;
      });
      table.redraw();
    },
  };
}

// At every position: the loss before, after, and the difference; and how far the prediction moved.
function drawChanges(box, answer, state) {
  const after = answer.arrays.edited_losses?.values;
  if (!after) {
    box.replaceChildren();
    return;
  }
  const before = answer.arrays.losses.values;
  const { tokens } = answer.first;
  const { row, buttons } = tokenButtons(shown(tokens), { value: true });
  row.setAttribute("aria-label", "Change of the loss at each token");
  buttons.forEach((button, i) => {
    const change = i === 0 ? 0 : after[i - 1] - before[i - 1];
    tintToken(button, signedColor(-change, CHANGE), !Number.isFinite(change));
    button.lastChild.textContent = i === 0 ? "" : signed(change, 1);
    button.setAttribute("aria-label", i === 0 ? visible(tokens[0]) : `${i} ${visible(tokens[i])}, loss ${before[i - 1].toFixed(2)}, then ${after[i - 1].toFixed(2)}`);
  });
  const tell = (event) => {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const i = Number(button.dataset.index);
    return tooltip.show([["token", `${i} ${visible(tokens[i])}`], ...(i ? [["before", formatNumber(before[i - 1])], ["after", formatNumber(after[i - 1])],
      ["difference", signed(after[i - 1] - before[i - 1], 3)], ["its prediction moved by (KL)", formatNumber(answer.arrays.divergence.values[i - 1])]] : [])], button);
  };
  row.addEventListener("pointerover", tell);
  row.addEventListener("focusin", tell);
  row.addEventListener("pointerleave", () => tooltip.hide());
  row.addEventListener("focusout", () => tooltip.hide());
  rove(row);
  const worst = after.reduce((best, value, i) => (value - before[i] > after[best] - before[best] ? i : best), 0);
  box.replaceChildren(
    el("h3", {}, "What changed ", el("small", {}, "loss after the edits minus loss before; red is worse, blue is better")),
    row,
    el("p", { class: "status", role: "status" }, tokens.length > 1 ? `Most is lost at ${worst + 1} ${visible(tokens[worst + 1])}: ${before[worst].toFixed(2)} becomes ${after[worst].toFixed(2)}.` : ""));
}
