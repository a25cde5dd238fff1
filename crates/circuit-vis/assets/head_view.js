// Lines between tokens, destinations on the left and sources on the right: one color per head, stronger for more attention.

const FAINT = 0.03; // attention below this draws no line

views.head_view = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const shown = names.map(() => true);
  let maskBos = data.mask_bos;
  const update = onFrame(draw);
  const focus = hoverLock(update); // a destination i is i, a source is n + i
  const n = attention.n;

  const buttons = names.map((name, head) => el("button", { type: "button", class: "choice head-choice", "aria-pressed": true, onclick: () => toggle(head), ondblclick: () => only(head) }, el("span", { class: "head-color" }), el("bdi", {}, name)));
  const mask = checkbox("Mask token 0 (BOS)", maskBos, (on) => { maskBos = on; update(); });
  const [left, right] = [["destination", 0], ["source", n]].map(([side, first]) => column(tokens, side, first));
  const canvas = el("canvas", { class: "threads", role: "img", "aria-label": "Lines from destinations to sources" });
  const legend = el("span", { class: "legend" });
  const board = el("div", { class: "head-view" }, left.element, canvas, right.element);
  root.append(el("div", { class: "controls" }, mask, legend),
    el("h4", {}, "Heads ", el("small", {}, "click to switch, double-click for that one alone")), el("div", { class: "choices", role: "group", "aria-label": "Heads" }, ...buttons),
    el("h4", {}, "Destination → source ", el("small", {}, "hover a token for its lines alone, click to lock")), board);
  drive(board, focus);
  board.addEventListener("pointerover", tell);
  board.addEventListener("pointerleave", () => tooltip.hide());
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") focus.clear(); });
  new ResizeObserver(update).observe(board);
  theme.onChange(recolor);
  recolor();
  return { table, picture: () => onPaper(canvas) };

  function toggle(head) {
    shown[head] = !shown[head];
    recolor();
  }

  function only(head) {
    shown.forEach((_, other) => { shown[other] = other === head; });
    recolor();
  }

  function recolor() {
    buttons.forEach((button, head) => {
      button.setAttribute("aria-pressed", shown[head]);
      button.firstChild.style.backgroundColor = css(headColor(head, 1));
    });
    legend.replaceChildren(...(heads().length ? [headBar(heads())] : []));
    update();
  }

  function heads() {
    return names.map((_, head) => head).filter((head) => shown[head]);
  }

  function draw() {
    markState([...left.buttons, ...right.buttons], focus);
    const { focused } = focus;
    const room = { width: canvas.clientWidth, height: left.element.offsetHeight };
    const context = sized(canvas, room);
    threads(context, room, n, heads(), (head, query, key) => {
      if (maskBos && key === 0) return 0;
      if (focused !== null && focused !== (focused < n ? query : n + key)) return 0;
      return attention.at(head, query, key);
    });
  }

  // How much attention passes between the token under the pointer and the three that matter most to it.
  function tell(event) {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const index = Number(button.dataset.index);
    const [here, isQuery] = index < n ? [index, true] : [index - n, false];
    const rows = heads().flatMap((head) => tokens.raw.map((_, other) => [head, other, attention.at(head, ...(isQuery ? [here, other] : [other, here]))]));
    rows.sort(([, , a], [, , b]) => b - a);
    return tooltip.show([isQuery ? "looks most at" : "is looked at most by", ...rows.slice(0, 4).map(([head, other, value]) => [`${nameToken(tokens, other)} (${names[head]})`, formatNumber(value)])], button);
  }

  function table() {
    return [["head", "destination", "source", "attention"], ...heads().flatMap((head) => tokens.raw.flatMap((_, query) => (
      tokens.raw.map((__, key) => [names[head], query, key, attention.at(head, query, key)]).filter(([, , , value]) => value !== 0)
    )))];
  }
};

// The tokens of one side, one below the other.
function column(tokens, side, first) {
  const buttons = tokens.shown.map((text, i) => el("button", { type: "button", class: "thread-token", "data-index": first + i, "aria-label": `${side} ${nameToken(tokens, i)}` }, el("span", { class: "index" }, String(i)), el("bdi", {}, text)));
  return { element: el("div", { class: `thread-column ${side}` }, ...buttons), buttons };
}

// A canvas with as many pixels as the screen shows there.
function sized(canvas, { width, height }) {
  const scale = devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

// One line per head, destination and source, for whatever `strength` is not faint.
function threads(context, { width, height }, n, heads, strength) {
  const y = (i) => ((i + 0.5) * height) / n;
  context.lineWidth = Math.max(1, Math.min(3, height / n / 5));
  for (const head of heads) {
    context.strokeStyle = css(headColor(head, 1));
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) {
        const value = strength(head, query, key);
        if (!(value >= FAINT)) continue;
        context.globalAlpha = Math.min(1, value);
        context.beginPath();
        context.moveTo(0, y(query));
        context.lineTo(width, y(key));
        context.stroke();
      }
    }
  }
  context.globalAlpha = 1;
}
