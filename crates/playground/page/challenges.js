// Small challenges that the page checks by the numbers that it shows, and a tour for the first visit.

import { el } from "./parts.js";

const PRINCE = "The little prince looked at the golden bird, and the golden bird looked at the little prince.";
const TWICE = "lamp river seven wing apple soft horse door glass lamp river seven wing apple soft horse door glass";

const headsOnly = (state, layer) => state.edits.every((edit) => edit.component !== "mlp" && (layer === undefined || edit.layer === layer));
const lossAt = (look, pos) => [look.arrays.losses.values[pos - 1], look.arrays.edited_losses?.values[pos - 1]];
const induction = (look, layer, head) => {
  const { shape: [, layers, heads], values } = look.arrays.scores;
  return values[(look.score_names.indexOf("induction") * layers + layer) * heads + head];
};

// `check(state, look)` returns whether it is solved, and a sentence about how far one is.
const CHALLENGES = [
  {
    name: "The second bird",
    text: PRINCE,
    task: "After the second “golden” the model expects “bird”. Silence one single head, so that this “bird” costs at least 2 nats more.",
    check(state, look) {
      const [before, after = before] = lossAt(look, 13);
      const one = state.edits.length === 1 && headsOnly(state);
      return [one && after - before >= 2, `“bird” costs ${before.toFixed(2)} nats, with ${state.edits.length} edits ${after.toFixed(2)}.`];
    },
    found: "Two heads can do it: the one that looks back to “bird”, and the one in an earlier layer that tells it where. Which is which?",
  },
  {
    name: "Blind the induction head",
    text: TWICE,
    task: "Head 2.1 looks at the token after the earlier occurrence. Without touching layer 2, bring its induction score below 0.05, with one head silenced.",
    check(state, look) {
      const score = induction(look, 2, 1);
      const one = state.edits.length === 1 && headsOnly(state) && state.edits[0].layer !== 2;
      return [one && score < 0.05, `Its induction score is ${score.toFixed(2)}.`];
    },
    found: "K-composition: head 2.1 reads what an earlier head wrote about the token before. Without it, 2.1 has nothing to find.",
  },
  {
    name: "Better without",
    text: PRINCE,
    task: "Not every head helps on every text. Silence one head by zero, so that the loss of this text falls.",
    check(state, look) {
      const one = state.edits.length === 1 && headsOnly(state) && state.edits[0].silence === "zero";
      const change = (look.edited_loss ?? look.loss) - look.loss;
      return [one && change < 0, `The loss changed by ${change.toFixed(4)}.`];
    },
    found: "The map under Find heads shows all of them at once: the text is better off without what is blue there.",
  },
  {
    name: "Keep the pattern",
    text: TWICE,
    task: "Silence MLP 0: the loss rises. Now freeze the pattern of one head, so that at least a tenth of a nat comes back.",
    check(state, look) {
      const mlp = state.edits.some((edit) => edit.component === "mlp" && edit.layer === 0);
      const frozen = state.edits.filter((edit) => edit.silence === "freeze");
      const rest = state.edits.length === 2 && mlp && frozen.length === 1;
      if (mlp && state.edits.length === 1) this.alone = look.edited_loss;
      const gained = rest && this.alone !== undefined ? this.alone - look.edited_loss : 0;
      return [gained >= 0.1, mlp ? `The loss is ${look.edited_loss.toFixed(3)}${rest ? `, ${gained.toFixed(3)} better than without the frozen pattern` : ""}.` : "MLP 0 is still there."];
    },
    found: "A part of what the MLP does is to help heads find their places. The frozen pattern gives back just that part.",
  },
];

// `begin(text)` shows a text without edits.
export function challengesPanel(root, { begin }) {
  const solved = remembered();
  let active = null;
  const list = el("div", { class: "choices", role: "group", "aria-label": "Challenges" });
  const task = el("p", { class: "task" });
  const said = el("p", { class: "status", role: "status" });
  root.append(el("p", { class: "hint" }, "Choose one, then go to Heads and try. The page checks while you work; come back here to read how far you are."), list, task, said);

  function drawList() {
    list.replaceChildren(...CHALLENGES.map((challenge) => el("button", { type: "button", class: "choice", "aria-pressed": challenge === active, onclick: () => choose(challenge) },
      `${solved.has(challenge.name) ? "✓ " : ""}${challenge.name}`)));
  }
  function choose(challenge) {
    active = challenge;
    task.textContent = challenge.task;
    drawList();
    begin(challenge.text);
  }
  drawList();
  return {
    // Checks the state that is shown; returns a sentence when the active challenge has just been solved.
    check(state, look) {
      if (!active || state.text !== active.text || state.model !== "gpt2-tales") return null;
      const [done, sentence] = active.check(state, look);
      said.textContent = done ? `Solved. ${active.found}` : sentence;
      if (!done || solved.has(active.name)) return null;
      solved.add(active.name);
      remember(solved);
      drawList();
      return `“${active.name}” is solved. ${active.found}`;
    },
  };
}

function remembered() {
  try {
    return new Set(JSON.parse(localStorage.getItem("playground-solved") ?? "[]"));
  } catch {
    return new Set(); // A page of a file may be refused storage.
  }
}

function remember(solved) {
  try {
    localStorage.setItem("playground-solved", JSON.stringify([...solved]));
  } catch {
    // Then it lasts as long as the page.
  }
}

const TOUR = [
  ["#text textarea", "This is the text. Change a word: everything below follows."],
  ["#text .tokens", "Its tokens. The redder, the more it surprised the model; the number below is the loss. Click one to see what the model expected after it."],
  [".layers", "All attention heads, layer by layer. The dark spots are where they look. Click one to open it."],
  [".large .choices", "Silence the open head. Then see what the prediction loses, token by token, under “What changed”."],
];

// Four steps on the first visit; `again` starts it once more.
export function tour(again = false) {
  if (!again && (location.hash || seen())) return;
  const box = el("div", { class: "tour", role: "dialog", "aria-label": "A short tour" });
  let step = -1;
  let marked = null;
  const end = () => {
    marked?.classList.remove("toured");
    box.remove();
    try {
      localStorage.setItem("playground-tour", "seen");
    } catch {
      // It comes again next time.
    }
  };
  const next = () => {
    marked?.classList.remove("toured");
    step += 1;
    if (step === TOUR.length) return end();
    const [css, words] = TOUR[step];
    marked = document.querySelector(css);
    marked?.classList.add("toured");
    marked?.scrollIntoView({ block: "nearest" });
    box.replaceChildren(el("p", {}, `${step + 1} of ${TOUR.length}. ${words}`),
      el("button", { type: "button", class: "primary", onclick: next }, step + 1 === TOUR.length ? "Done" : "Next"),
      el("button", { type: "button", onclick: end }, "Skip the tour"));
    // In the book the page is a frame as high as its content: its lower end may be far below what is seen.
    if (marked && window !== window.parent) box.style.top = `${marked.getBoundingClientRect().bottom + window.scrollY + 12}px`;
    return undefined;
  };
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  document.body.append(box);
  next();
}

function seen() {
  try {
    return localStorage.getItem("playground-tour") === "seen";
  } catch {
    return true;
  }
}
