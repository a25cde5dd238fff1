// One tooltip a page, for values at the pointer or at the keyboard's focus. It is a live region, so it is also read aloud.

const tooltip = {
  box: el("div", { class: "tooltip", role: "status", hidden: true }),

  // `rows` are [name, value] pairs, or single strings that take the whole width; `near` is a point or an element.
  show(rows, near) {
    this.box.replaceChildren(...rows.flatMap((row) => (
      typeof row === "string"
        ? [el("div", { class: "wide" }, row)]
        : [el("div", { class: "name" }, el("bdi", {}, row[0])), el("div", { class: "value" }, el("bdi", {}, row[1]))]
    )));
    this.box.hidden = false;
    const at = near instanceof Element ? near.getBoundingClientRect() : null;
    this.place(at ? at.left : near.clientX + 14, at ? at.bottom + 6 : near.clientY + 14, at ? at.top - 6 : near.clientY - 10);
  },

  // Below the point, or above it where the window ends.
  place(left, below, above) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const top = below + height > innerHeight && above - height > 0 ? above - height : below;
    this.box.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    this.box.style.top = `${top}px`;
  },

  hide() {
    this.box.hidden = true;
  },
};
