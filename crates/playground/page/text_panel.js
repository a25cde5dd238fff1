// The text: what is typed, the tokens tinted by how much they surprised the model, and what it expects next.

import { el, tintToken, tokenButtons, signedColor, rove, tooltip, formatNumber } from "./parts.js";
import { percent, shown, signed, visible } from "./tokens.js";
import { EXAMPLES } from "./presets.js";

const SURPRISE = [-9, 9]; // nats at the ends of the color scale

// `on`: text(value), second(value or null), pos(index), caret() when the caret in the text may have moved, example(example).
export function textPanel(root, on) {
  const area = (label, rows) => el("textarea", { rows, "aria-label": label, spellcheck: "false", maxlength: 20000 });
  const first = area("Text", 3);
  const second = area("Second text, to compare with and to patch from", 2);
  first.addEventListener("input", () => on.text(first.value));
  second.addEventListener("input", () => on.second(second.value));
  first.addEventListener("pointerup", on.caret);
  first.addEventListener("keyup", (event) => { if (event.key !== "Tab") on.caret(); });
  const compare = el("button", { type: "button", class: "compare", "aria-expanded": false }, "Compare with a second text");
  compare.addEventListener("click", () => on.second(compare.getAttribute("aria-expanded") === "true" ? null : first.value));
  const examples = el("div", { class: "choices", role: "group", "aria-label": "Examples" },
    el("span", { class: "hint" }, "Try:"), ...EXAMPLES.map((example) => (
      el("button", { type: "button", class: "choice", onclick: () => on.example(example) }, example.name))));
  const secondBox = el("div", { class: "second", hidden: true }, el("label", { class: "hint" }, "Second text"), second);
  const tokens = el("div", { class: "token-box" });
  const secondTokens = el("div", { class: "token-box" });
  const loss = el("p", { class: "loss", role: "status" });
  const next = el("div", { class: "next" });
  root.append(
    el("div", { class: "columns" },
      el("div", { class: "column" }, examples, first, el("div", { class: "controls" }, compare), secondBox,
        el("h3", {}, "Tokens ", el("small", {}, "redder is more surprising; click one, or move the caret, to see what was expected after it")), tokens, secondTokens, loss),
      el("div", { class: "column narrow" }, next)));

  return {
    // The position of the token before the caret, while the caret is in the text.
    caret: (tokens) => (document.activeElement === first ? tokenBefore(first.selectionStart, first.value, tokens) : null),
    show(state, answer) {
      if (first.value !== state.text) first.value = state.text;
      secondBox.hidden = state.second === null;
      compare.setAttribute("aria-expanded", state.second !== null);
      compare.textContent = state.second === null ? "Compare with a second text" : "Remove the second text";
      if (state.second !== null && second.value !== state.second) second.value = state.second;
      if (!answer) return;
      const changed = answer.arrays.edited_losses?.values;
      keepFocus(tokens, () => tokens.replaceChildren(tokenRow("Tokens", answer.first, answer.arrays.losses.values, state.pos, on.pos)));
      secondTokens.hidden = !answer.second;
      if (answer.second) {
        secondTokens.replaceChildren(tokenRow("Tokens of the second text", answer.second, answer.arrays.second_losses.values, state.pos, on.pos));
      }
      loss.textContent = lossSentence(answer, changed);
      next.replaceChildren(...predictions(answer, state));
    },
  };
}

// The position of the token that holds the character before this place in the text; null where tokens are not pieces of the
// text, as the single bytes of a rare letter.
function tokenBefore(place, text, tokens) {
  let end = 0;
  for (let i = text.startsWith(tokens[0]) ? 0 : 1; i < tokens.length && end < place; i++) {
    if (!text.startsWith(tokens[i], end)) return null;
    end += tokens[i].length;
    if (end >= place) return i;
  }
  return end < place ? tokens.length - 1 : 0;
}

function lossSentence(answer, changed) {
  const mean = (value) => (value === null ? "no token to predict yet" : `${value.toFixed(3)} nats per token`);
  const parts = [`Loss: ${mean(answer.loss)}`];
  if (changed && answer.loss !== null) parts.push(`after the edits ${answer.edited_loss.toFixed(3)} (${signed(answer.edited_loss - answer.loss, 3)})`);
  if (answer.second && answer.second_loss !== null) parts.push(`second text ${answer.second_loss.toFixed(3)}`);
  const cut = answer.first.cut ? ` The model has ${answer.first.tokens.length} positions; ${answer.first.cut} tokens at the end are left out.` : "";
  return `${parts.join("; ")}.${cut}`;
}

// A row of tokens, each with its loss below it; the chosen one is pressed.
function tokenRow(label, { tokens }, losses, pos, onPos) {
  const { row, buttons } = tokenButtons(shown(tokens), { value: true });
  row.setAttribute("aria-label", label);
  buttons.forEach((button, i) => {
    const value = i === 0 ? null : losses[i - 1];
    tintToken(button, signedColor(value === null ? 0 : -value, SURPRISE), value !== null && !Number.isFinite(value));
    button.lastChild.textContent = value === null ? "" : value.toFixed(1);
    button.setAttribute("aria-pressed", i === pos);
    button.setAttribute("aria-label", `${i} ${visible(tokens[i])}${value === null ? "" : `, loss ${value.toFixed(2)}`}`);
  });
  row.addEventListener("click", (event) => {
    const button = event.target.closest("[data-index]");
    if (button) onPos(Number(button.dataset.index));
  });
  row.addEventListener("pointerover", (event) => {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const i = Number(button.dataset.index);
    return tooltip.show([["token", `${i} ${visible(tokens[i])}`], ...(i ? [["loss", formatNumber(losses[i - 1])], ["probability", percent(Math.exp(-losses[i - 1]))]] : [])], button);
  });
  row.addEventListener("pointerleave", () => tooltip.hide());
  rove(row);
  buttons.forEach((button, i) => { button.tabIndex = i === Math.min(pos, buttons.length - 1) ? 0 : -1; });
  return row;
}

// A row is made again while the keyboard is on one of its tokens.
function keepFocus(box, redraw) {
  const index = box.contains(document.activeElement) ? document.activeElement.dataset.index : null;
  redraw();
  if (index != null) box.querySelector(`[data-index="${index}"]`)?.focus();
}

// What the model expects after the chosen token: before the edits, and after them.
function predictions(answer, state) {
  const { words } = answer;
  const pos = Math.min(state.pos, answer.first.tokens.length - 1);
  const [before, after] = [answer.top[pos], answer.edited_top?.[pos]];
  const actual = answer.first.ids[pos + 1];
  const heading = el("h3", {}, "After ", el("bdi", { class: "chip" }, visible(answer.first.tokens[pos])), el("small", {}, ` position ${pos}`));
  const lists = [predictionList(after ? "Before the edits" : "Expected next", before, words, actual)];
  if (after) lists.push(predictionList("With the edits", after, words, actual));
  if (answer.second_top && pos < answer.second.tokens.length) {
    lists.push(predictionList("In the second text", answer.second_top[pos], words, answer.second.ids[pos + 1]));
  }
  return [heading, ...lists];
}

function predictionList(title, list, words, actual) {
  const items = list.map(([id, p]) => {
    const bar = el("span", { class: "bar" });
    bar.style.width = `${Math.max(1, 100 * p)}%`;
    return el("li", { class: id === actual ? "actual" : "" }, bar, el("bdi", { class: "word" }, visible(words[id])), el("span", { class: "share" }, `${id === actual ? "✓ " : ""}${percent(p)}`));
  });
  return el("div", { class: "prediction" }, el("h4", {}, title), el("ol", {}, ...items));
}
