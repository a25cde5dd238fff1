// A text as a row of token buttons, each with its position, to be tinted.

// `value` reserves a line under each token for a number.
function tokenButtons(tokens, { value = false, first = 0 } = {}) {
  const buttons = tokens.shown.map((text, i) => el("button", { type: "button", class: "token", "data-index": i + first },
    el("bdi", { class: "text" }, text),
    el("span", { class: "index" }, String(i + first)),
    ...(value ? [el("span", { class: "value" })] : []),
  ));
  return { row: el("div", { class: "tokens", role: "group" }, ...buttons), buttons };
}

// Only what changes is touched: a browser styles again all that is.
function tintToken(button, rgb, odd = false) {
  const [background, ink] = [css(rgb), inkOn(rgb)];
  if (button.style.backgroundColor !== background) button.style.backgroundColor = background;
  if (button.style.color !== ink) button.style.color = ink;
  if (button.classList.contains("odd") !== odd) button.classList.toggle("odd");
}

// A row colored by `value(i)`, whose tokens say `describe(i)` when hovered or focused; a click pins it. The token itself is
// above the tooltip, so it is repeated only where it is cut. Returns the row and its repaint.
function coloredRow(tokens, { value, range, describe, first = 0 }) {
  const { row, buttons } = tokenButtons(tokens, { first });
  const name = (i) => `${i + first} ${tokens.shown[i]}`;
  const paint = () => buttons.forEach((button, i) => {
    tintToken(button, signedColor(value(i), range()), !Number.isFinite(value(i)));
    const told = [["token", name(i)], ...describe(i)];
    button.setAttribute("aria-label", told.map((part) => [part].flat().join(" ")).join(", "));
  });
  const index = (event) => event.target.closest("[data-index]");
  const rows = (button) => {
    const i = buttons.indexOf(button);
    const text = button.firstChild;
    const cut = text.scrollWidth > text.clientWidth ? [["token", name(i)]] : [];
    return [...cut, ...describe(i)];
  };
  const tell = (event) => {
    const button = index(event);
    if (button) tooltip.show(rows(button), button);
    else tooltip.hide();
  };
  row.addEventListener("pointerover", tell);
  row.addEventListener("click", (event) => {
    const button = index(event);
    if (button) tooltip.pin(button, rows(button), button);
  });
  row.addEventListener("pointerleave", () => tooltip.hide());
  row.addEventListener("focusin", tell);
  row.addEventListener("focusout", () => tooltip.hide());
  rove(row);
  paint();
  return { row, paint };
}

// "·cat (5)", for an axis: a long token is cut so that its position stays, and one that is written from right to left is
// isolated, so that its position stays on the right.
function labelToken(text, i) {
  const characters = [...text];
  const short = characters.length > 12 ? `${characters.slice(0, 11).join("")}…` : text;
  return `\u2068${short}\u2069 (${i})`;
}

// "5 ·cat"
const nameToken = (tokens, i) => `${i} ${tokens.shown[i]}`;
