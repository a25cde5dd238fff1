// Hover to focus, click to lock, click again to unlock; the same with arrow keys, Enter and Escape.

// What is focused is what is hovered, or else what is locked.
function hoverLock(onChange, locked = null) {
  return {
    hovered: null,
    locked,
    get focused() {
      return this.hovered ?? this.locked;
    },
    hover(item) {
      if (this.hovered === item) return;
      this.hovered = item;
      onChange();
    },
    toggle(item) {
      this.locked = this.locked === item ? null : item;
      onChange();
    },
    clear() {
      this.locked = null;
      onChange();
    },
  };
}

// Show which button is focused and which is locked. Only what changes is touched: a text may have a thousand buttons.
function markState(buttons, { focused, locked }) {
  buttons.forEach((button, i) => {
    if (button.classList.contains("focused") !== (focused === i)) button.classList.toggle("focused");
    const pressed = String(locked === i);
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  });
}

// Let the buttons with a data-index in `group` drive `state`. One listener a group, however many buttons it has.
function drive(group, state) {
  const index = (event) => {
    const button = event.target.closest("[data-index]");
    return button ? Number(button.dataset.index) : null;
  };
  group.addEventListener("pointerover", (event) => state.hover(index(event)));
  group.addEventListener("pointerleave", () => state.hover(null));
  group.addEventListener("focusin", (event) => {
    if (event.target.matches(":focus-visible")) state.hover(index(event));
  });
  group.addEventListener("focusout", () => state.hover(null));
  group.addEventListener("click", (event) => {
    const item = index(event);
    if (item !== null) state.toggle(item);
  });
  rove(group);
}

// Tab enters the group once; arrow keys, Home and End move within it.
function rove(group) {
  const buttons = [...group.querySelectorAll("[data-index]")];
  buttons.forEach((button, i) => { button.tabIndex = i === 0 ? 0 : -1; });
  group.addEventListener("focusin", (event) => {
    const button = event.target.closest("[data-index]");
    if (!button) return;
    buttons.forEach((other) => { other.tabIndex = -1; });
    button.tabIndex = 0;
  });
  group.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(event.target.closest("[data-index]"));
    const target = here < 0 ? null : neighbor(buttons, here, event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}

function neighbor(buttons, here, key) {
  switch (key) {
    case "ArrowRight": return buttons[here + 1];
    case "ArrowLeft": return buttons[here - 1];
    case "Home": return buttons[0];
    case "End": return buttons.at(-1);
    case "ArrowDown": return inNextRow(buttons.slice(here + 1), buttons[here]);
    case "ArrowUp": return inNextRow(buttons.slice(0, here).reverse(), buttons[here]);
    default: return null;
  }
}

// The nearest button of the first row that follows: buttons wrap like words.
function inNextRow(candidates, from) {
  const next = candidates.find((button) => button.offsetTop !== from.offsetTop);
  const row = candidates.filter((button) => button.offsetTop === next?.offsetTop);
  const distance = (button) => Math.abs(button.offsetLeft - from.offsetLeft);
  return row.sort((a, b) => distance(a) - distance(b))[0];
}
