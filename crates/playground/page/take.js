// Taking it away: a link with everything in it, a picture, the numbers for numpy, and the lines of Rust.

import { el } from "./parts.js";

// `ask`, `problem`, `state` as elsewhere.
export function takePanel(root, { ask, problem, state }) {
  const link = el("input", { type: "text", readonly: true, "aria-label": "Link to this state" });
  const said = el("p", { class: "status", role: "status" });
  const rust = el("pre", { tabindex: 0, "aria-label": "Lines of Rust" });
  const button = (name, onclick) => el("button", { type: "button", onclick }, name);
  const copy = (text, what) => navigator.clipboard.writeText(text).then(
    () => { said.textContent = `${what} copied.`; }, () => { said.textContent = `The browser does not let the page copy; select ${what.toLowerCase()} and copy it.`; });
  root.append(
    el("h3", {}, "A link ", el("small", {}, "text, edits, the open head, the settings of every tab: everything is in the address")), link,
    el("div", { class: "controls" }, button("Copy the link", () => copy(link.value, "The link"))),
    el("h3", {}, "The numbers"),
    el("p", { class: "hint" }, "Every activation of the edited run, under its TransformerLens name, for ", el("code", {}, "numpy.load"), "."),
    el("div", { class: "controls" }, button("Save the .npz", () => take().then(({ file }) => save(new Blob([file]), "activations.npz"), problem)),
      button("Save the open head as a picture", () => picture())),
    el("h3", {}, "The same in Rust"), rust,
    el("div", { class: "controls" }, button("Copy the lines", () => copy(rust.textContent, "The lines"))), said);

  const request = () => {
    const { model, text, second, edits } = state();
    return { do: "take", model, text, second, edits };
  };
  const take = () => ask(request());
  function picture() {
    const canvas = document.querySelector(".large canvas.matrix");
    if (!canvas) return problem(new Error("no head is open; open one under Heads first"));
    return canvas.toBlob((blob) => save(blob, `head-${state().head.join(".")}.png`));
  }

  return {
    show() {
      link.value = location.href;
      take().then((answer) => { rust.textContent = answer.rust; }, problem);
    },
  };
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const anchor = el("a", { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
