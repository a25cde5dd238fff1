// One tooltip a page, for values at the pointer or at the keyboard's focus. It is a live region, so it is also read aloud.
// A click pins it, so that its numbers can be compared or copied; a second click, Escape, or a click elsewhere lets it go.

const tooltip = {
  box: el("div", { class: "tooltip", role: "status", hidden: true }),
  pinned: null, // what it is pinned to
  released: null, // what the press that is under way has unpinned: its click must not pin it again

  // `rows` are [name, value] pairs, or single strings that take the whole width; `near` is a point or an element.
  show(rows, near) {
    if (this.pinned !== null) return;
    if (!rows.length) return this.hide();
    this.box.replaceChildren(...rows.flatMap((row) => (
      typeof row === "string"
        ? [el("div", { class: "wide" }, row)]
        : [el("div", { class: "name" }, el("bdi", {}, row[0])), el("div", { class: "value" }, el("bdi", {}, row[1]))]
    )));
    this.box.hidden = false;
    const at = near instanceof Element ? near.getBoundingClientRect() : null;
    this.place(at ? at.left : near.clientX + 14, at ? at.bottom + 6 : near.clientY + 14, at ? at.top - 6 : near.clientY - 10);
  },

  // Below the point, or above it where the window ends. It is part of the page, so that it scrolls with what it is about.
  place(left, below, above) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const top = below + height > innerHeight && above - height > 0 ? above - height : below;
    this.box.style.left = `${scrollX + Math.max(4, Math.min(left, document.documentElement.clientWidth - width - 4))}px`;
    this.box.style.top = `${scrollY + top}px`;
  },

  // `what` names the place that is pinned.
  pin(what, rows, near) {
    const again = this.released === what;
    this.released = null;
    if (again) return;
    this.unpin();
    this.show(rows, near);
    this.pinned = what;
    this.box.classList.add("pinned");
  },

  unpin() {
    this.pinned = null;
    this.box.classList.remove("pinned");
    this.box.hidden = true;
  },

  hide() {
    if (this.pinned === null) this.box.hidden = true;
  },
};

// A finger has no place where it hovers: what a tap showed goes with the next tap elsewhere, and when the page is scrolled.
function startTooltip() {
  document.body.append(tooltip.box);
  let touch = false;
  document.addEventListener("pointerdown", (event) => {
    touch = event.pointerType === "touch";
    if (tooltip.box.contains(event.target)) return;
    tooltip.released = tooltip.pinned;
    tooltip.unpin();
  }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tooltip.unpin(); }, true);
  document.addEventListener("scroll", () => { if (touch) tooltip.hide(); }, { capture: true, passive: true });
}
