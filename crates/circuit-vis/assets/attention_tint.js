// The colours of attention: one head's, or all heads at once, where for each cell the strongest colour wins.

const STEPS = 4096; // of a colour table; far finer than the 255 steps of a channel

function attentionTint(attention) {
  const { heads, n, at } = attention;
  const tint = { maskBos: false, refresh, cell, draw, thumbnail, token };
  let tables; // head -> STEPS + 1 colours
  let combined; // n * n colours

  // After a change of theme or mask.
  function refresh() {
    tables = Array.from({ length: heads }, (_, head) => (
      Array.from({ length: STEPS + 1 }, (_, step) => headColor(head, heads, step / STEPS))
    ));
    combined = new Array(n * n);
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) combined[query * n + key] = strongest(query, key);
    }
  }

  const isMasked = (key) => tint.maskBos && key === 0;
  const paper = () => PAPER[theme.name];

  function one(head, query, key) {
    if (isMasked(key)) return MASKED[theme.name];
    const value = at(head, query, key);
    if (!Number.isFinite(value)) return ODD[theme.name];
    return tables[head][Math.round(Math.max(0, Math.min(1, value)) * STEPS)];
  }

  // Channel by channel the farthest from the paper: the darkest on white, the lightest on black.
  function strongest(query, key) {
    if (isMasked(key)) return MASKED[theme.name];
    if (attention.lower && key > query) return paper();
    const farther = theme.name === "light" ? Math.min : Math.max;
    let [r, g, b] = paper();
    for (let head = 0; head < heads; head++) {
      const color = one(head, query, key);
      if (color === ODD[theme.name]) return color;
      r = farther(r, color[0]);
      g = farther(g, color[1]);
      b = farther(b, color[2]);
    }
    return [r, g, b];
  }

  // What wins where several cells share a pixel: a NaN over all, anything over a masked cell.
  function strength(head, query, key) {
    const value = at(head, query, key);
    return isMasked(key) ? -Infinity : Number.isNaN(value) ? Infinity : value;
  }

  // `head` null: all heads.
  function cell(head, query, key) {
    return head === null ? combined[query * n + key] : one(head, query, key);
  }

  // One pixel a cell; the style sheet makes it large.
  function draw(canvas, head) {
    paint(canvas, n, n, (query, key) => cell(head, query, key));
  }

  // Small whatever the length of the text: a pixel shows the strongest of its cells, so that a thin diagonal survives.
  function thumbnail(canvas, head) {
    const size = Math.min(n, 96);
    const start = (pixel) => Math.floor((pixel * n) / size);
    paint(canvas, size, size, (row, column) => {
      let best = [start(row), start(column)];
      for (let query = start(row); query < start(row + 1); query++) {
        for (let key = start(column); key < start(column + 1); key++) {
          if (strength(head, query, key) > strength(head, ...best)) best = [query, key];
        }
      }
      return one(head, ...best);
    });
  }

  // The mean colour of the cells that concern a token; null where there are none.
  // Nothing focused: the sources that it looks at. A token focused: the one cell between the two.
  function token(head, focused, fromSource, i) {
    if (focused !== null) return fromSource ? cell(head, focused, i) : cell(head, i, focused);
    const sum = [0, 0, 0];
    const first = tint.maskBos ? 1 : 0;
    for (let key = first; key <= i; key++) cell(head, i, key).forEach((channel, c) => { sum[c] += channel; });
    return first > i ? paper() : sum.map((channel) => Math.round(channel / (i + 1 - first)));
  }

  return tint;
}
