// One head at a time, large and with labeled axes; thumbnails choose which. `attention_pattern` is the same with one head.

views.attention_heads = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const range = [data.min, data.max];
  // A half of the scale that no value needs is not in the legend.
  const used = [attention.values.some((value) => value < 0) ? data.min : Math.max(0, data.min), data.max];
  let maskBos = data.mask_bos;
  const single = attention.heads === 1;

  const masked = (query, key) => (data.mask_upper_tri && key > query) || (maskBos && key === 0);
  const color = (value) => signedColor(value, range);
  const state = hoverLock(() => { title.textContent = heading(); large.redraw(); mark(); }, 0);
  const labels = tokens.shown.map(labelToken);
  const large = matrix({
    rows: labels,
    columns: labels,
    value: (query, key) => attention.at(head(), query, key),
    color,
    masked,
    describe,
    xName: "source",
    yName: "destination",
    cell: [30, 30],
    label: "Attention, destination by source",
  });
  const title = el("h4", {}, heading());
  const thumbnails = names.map(() => el("canvas"));
  const buttons = names.map((name, i) => {
    const button = el("button", { type: "button", class: "head", "data-index": i }, thumbnails[i], el("bdi", {}, name));
    return button;
  });
  const row = el("div", { class: "heads", role: "group", "aria-label": "Heads" }, ...buttons);
  const mask = checkbox("Mask token 0 (BOS)", maskBos, (on) => { maskBos = on; redraw(); });

  root.append(el("div", { class: "controls" }, mask, el("span", { class: "legend" })));
  if (!single) root.append(el("h4", {}, "Heads ", el("small", {}, "hover to view, click to lock")), row);
  root.append(title, large.element);
  drive(row, state);
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") state.clear(); });
  theme.onChange(redraw);
  redraw();
  return { table: () => attentionTable(tokens, (query, key) => attention.at(head(), query, key)), picture: large.picture };

  // With nothing hovered or locked there is still something to show.
  function head() {
    return state.focused ?? 0;
  }

  function heading() {
    if (single) return names[0] === "Head 0" ? "" : names[0];
    return `${names[head()]} Zoomed`;
  }

  function mark() {
    markState(buttons, { focused: head(), locked: state.locked });
  }

  function redraw() {
    root.querySelector(".legend").replaceChildren(colorBar(used, "attention"));
    thumbnails.forEach((canvas, i) => thumbnail(canvas, i));
    buttons.forEach((button, i) => { button.style.borderColor = css(headColor(i, 1)); });
    large.redraw();
    mark();
  }

  // As in attention_tint.js: a pixel shows the strongest of its cells.
  function thumbnail(canvas, index) {
    const size = Math.min(attention.n, 96);
    const start = (pixel) => Math.floor((pixel * attention.n) / size);
    paint(canvas, size, size, (y, x) => {
      let best = null;
      for (let query = start(y); query < start(y + 1); query++) {
        for (let key = start(x); key < start(x + 1); key++) {
          if (masked(query, key)) continue;
          const value = attention.at(index, query, key);
          if (best === null || Number.isNaN(value) || Math.abs(value) > Math.abs(best)) best = value;
        }
      }
      return best === null ? MASKED[theme.name] : color(best);
    });
  }

  function describe(query, key) {
    const beyond = data.mask_upper_tri && key > query;
    const value = beyond ? "N/A" : formatNumber(attention.at(head(), query, key));
    return [`(${query}, ${key})`, ["Src", nameToken(tokens, key)], ["Dest", nameToken(tokens, query)], ["Val", value]];
  }
};

views.attention_pattern = views.attention_heads;
