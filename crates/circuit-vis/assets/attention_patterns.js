// All heads of a layer at once: a grid, a thumbnail per head, and the text tinted by attention.

views.attention_patterns = (root, data) => {
  const { tokens, head_names: names } = data;
  const attention = decodeAttention(data.attention);
  const tint = attentionTint(attention);
  tint.maskBos = data.mask_bos;
  let fromSource = true; // read as: source ← destination
  let drawn; // whose grid is on the canvas: a head's, that of all (null), or none yet
  let cell = null; // [query, key] under the pointer in the grid

  const update = onFrame(draw);
  const heads = hoverLock(update);
  const focus = hoverLock(update);
  const grid = attentionGrid({
    tokens,
    n: attention.n,
    color: (query, key) => tint.cell(heads.focused, query, key),
    describe: cellRows,
    onCell: (now) => { cell = now; update(); },
  });
  const parts = layout();
  drive(parts.headRow, heads);
  drive(parts.tokenRow, focus);
  parts.tokenRow.addEventListener("pointerover", tellToken);
  parts.tokenRow.addEventListener("pointerleave", () => tooltip.hide());
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") [heads, focus].forEach((state) => state.clear());
  });
  theme.onChange(refresh);
  refresh();
  return { table: () => attentionTable(tokens, valueAt), picture };

  function layout() {
    const direction = el("select", { onchange: (event) => { fromSource = event.target.value === "from"; update(); } },
      el("option", { value: "from" }, "Source ← Destination"), el("option", { value: "to" }, "Destination ← Source"));
    const mask = checkbox("Mask token 0 (BOS)", tint.maskBos, (on) => { tint.maskBos = on; refresh(); });
    const legend = el("span", { class: "legend" });
    const thumbnails = names.map(() => el("canvas"));
    const headButtons = names.map((name, i) => (
      el("button", { type: "button", class: "head", "data-index": i }, thumbnails[i], el("bdi", {}, name))
    ));
    const headRow = el("div", { class: "heads", role: "group", "aria-label": "Heads" }, ...headButtons);
    const { row: tokenRow, buttons: tokenRowButtons } = tokenButtons(tokens, { value: true });
    tokenRow.setAttribute("aria-label", "Tokens");
    const status = el("p", { class: "status", role: "status" });
    root.append(
      el("div", { class: "controls" }, labeled("Tokens read as", direction), mask, legend),
      el("div", { class: "attention" },
        el("figure", {}, grid.element, grid.zoomer),
        el("div", { class: "selector" }, el("h4", {}, "Heads ", el("small", {}, "hover to focus, click to lock")), headRow)),
      el("h4", {}, "Tokens ", el("small", {}, "hover to focus, click to lock")),
      tokenRow,
      status,
    );
    return { legend, thumbnails, headButtons, headRow, tokenRow, tokenRowButtons, status };
  }

  function refresh() {
    tint.refresh();
    drawn = undefined;
    parts.thumbnails.forEach((canvas, head) => tint.thumbnail(canvas, head));
    parts.headButtons.forEach((button, head) => { button.style.borderColor = css(headColor(head, 1)); });
    update();
  }

  function draw() {
    drawGrid();
    grid.showBand(focus.focused, fromSource);
    markState(parts.headButtons, heads);
    markState(parts.tokenRowButtons, focus);
    parts.tokenRowButtons.forEach((button, i) => {
      const value = focus.focused === null ? null : between(focus.focused, i);
      tintToken(button, tint.token(heads.focused, focus.focused, fromSource, i), value !== null && !Number.isFinite(value));
      const text = value === null || isBeyond(i) ? "" : shortNumber(value);
      if (button.lastChild.textContent !== text) button.lastChild.textContent = text;
      button.classList.toggle("masked", tint.maskBos && i === 0);
      button.classList.toggle("at-query", cell !== null && cell[0] === i);
      button.classList.toggle("at-key", cell !== null && cell[1] === i);
    });
    parts.status.textContent = sentence();
  }

  // Most of the work for a long text, and the same for all tokens.
  function drawGrid() {
    if (drawn === heads.focused) return;
    drawn = heads.focused;
    grid.redraw();
    parts.legend.replaceChildren(headBar(drawn === null ? names.map((_, head) => head) : [drawn]));
  }

  // The whole grid with all its labels, whatever part of it is shown.
  function picture() {
    const labels = tokens.shown.map(labelToken);
    const spec = { rows: labels, columns: labels, value: valueAt, cellColor: (query, key) => tint.cell(heads.focused, query, key), xName: "source", yName: "destination", cell: [CELL, CELL], plain: true };
    return pictureOf(spec, Math.max(700, 4 * attention.n));
  }

  // Whether a causal mask lies between the focused token and another.
  function isBeyond(other) {
    return data.mask_upper_tri && (fromSource ? other > focus.focused : other < focus.focused);
  }

  // The attention between the focused token and another, by the focused head or as the mean over heads.
  function between(focused, other) {
    const [query, key] = fromSource ? [focused, other] : [other, focused];
    return valueAt(query, key);
  }

  function valueAt(query, key) {
    if (heads.focused !== null) return attention.at(heads.focused, query, key);
    let sum = 0;
    for (let head = 0; head < attention.heads; head++) sum += attention.at(head, query, key);
    return sum / attention.heads;
  }

  // Under a token there is room for three decimals; the tooltip has more.
  function shortNumber(value) {
    return Number.isFinite(value) ? value.toFixed(3) : formatNumber(value);
  }

  function sentence() {
    const who = heads.focused === null ? "All heads" : names[heads.focused];
    if (focus.focused === null) return `${who}. The stronger a token is colored, the more the other tokens look at it, on average.`;
    const [role, verb] = fromSource ? ["destination", "looks most at source"] : ["source", "is looked at most by destination"];
    const others = tokens.raw.map((_, i) => i).filter((i) => !(tint.maskBos && fromSource && i === 0));
    const best = others.reduce((a, b) => (between(focus.focused, b) > between(focus.focused, a) ? b : a), others[0] ?? 0);
    const value = formatNumber(between(focus.focused, best));
    const mean = heads.focused === null ? " (mean over heads)" : "";
    return `${who}: ${role} ${nameToken(tokens, focus.focused)} ${verb} ${nameToken(tokens, best)}, ${value}${mean}.`;
  }

  // While one token is locked, the token under the pointer says what passes between the two; else, where it looks most.
  function tellToken(event) {
    const button = event.target.closest("[data-index]");
    if (!button) return tooltip.hide();
    const here = Number(button.dataset.index);
    const { locked } = focus;
    const rows = locked === null || locked === here ? mostRows(here) : cellRows(...(fromSource ? [locked, here] : [here, locked]));
    return tooltip.show(rows, button);
  }

  // The three tokens that this one looks at most, or is looked at by.
  function mostRows(here) {
    const others = tokens.raw.map((_, i) => i).filter((i) => (fromSource ? i <= here || !data.mask_upper_tri : i >= here || !data.mask_upper_tri));
    const shown = others.filter((i) => !(tint.maskBos && i === 0)).map((i) => [i, between(here, i)]);
    shown.sort(([, a], [, b]) => b - a);
    const mean = heads.focused === null ? ", mean over heads" : "";
    return [`${fromSource ? "looks most at" : "is looked at most by"}${mean}`, ...shown.slice(0, 3).map(([i, value]) => [nameToken(tokens, i), formatNumber(value)])];
  }

  // One head's value, or those of the heads with most attention there.
  function cellRows(query, key) {
    const rows = [["destination", nameToken(tokens, query)], ["source", nameToken(tokens, key)]];
    const focused = heads.focused === null ? names.map((_, head) => head) : [heads.focused];
    const values = focused.map((head) => [names[head], attention.at(head, query, key)]);
    values.sort(([, a], [, b]) => b - a);
    values.slice(0, 4).forEach(([name, value]) => rows.push([name, formatNumber(value)]));
    if (values.length > 4) rows.push(["mean over heads", formatNumber(valueAt(query, key))]);
    return rows;
  }
};
