// The colors of attention: one head's, or all heads at once, where for each cell the strongest color wins.

const STEPS = 4096; // of a color table; far finer than the 255 steps of a channel

function attentionTint(attention) {
  const { heads, n, at } = attention;
  const tint = { maskBos: false, refresh, cell, thumbnail, token };
  let tables; // head -> STEPS + 1 colors
  let combined; // n * n colors
  let received; // [head, key]: the attention that a token gets from the other queries that can see it, on average

  // After a change of theme or mask.
  function refresh() {
    tables = Array.from({ length: heads }, (_, head) => (
      Array.from({ length: STEPS + 1 }, (_, step) => headColor(head, step / STEPS))
    ));
    combined = new Array(n * n);
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) combined[query * n + key] = strongest(query, key);
    }
    received ??= averages();
  }

  function averages() {
    const means = new Float32Array(heads * n);
    for (let head = 0; head < heads; head++) {
      for (let key = 0; key < n; key++) {
        let sum = 0;
        const first = attention.lower ? key + 1 : 0;
        for (let query = first; query < n; query++) if (query !== key) sum += at(head, query, key);
        means[head * n + key] = sum / Math.max(1, attention.lower ? n - first : n - 1);
      }
    }
    return means;
  }

  const isMasked = (key) => tint.maskBos && key === 0;
  const paper = () => PAPER[theme.name];

  function one(head, query, key) {
    return isMasked(key) ? MASKED[theme.name] : shade(head, at(head, query, key));
  }

  function shade(head, value) {
    if (!Number.isFinite(value)) return ODD[theme.name];
    return tables[head][Math.round(Math.max(0, Math.min(1, value)) * STEPS)];
  }

  // Channel by channel the farthest from the paper: the darkest on white, the lightest on black.
  function strongest(query, key) {
    if (isMasked(key)) return MASKED[theme.name];
    if (attention.lower && key > query) return paper();
    return farthest((head) => one(head, query, key));
  }

  function farthest(colorOf) {
    const farther = theme.name === "light" ? Math.min : Math.max;
    let [r, g, b] = paper();
    for (let head = 0; head < heads; head++) {
      const color = colorOf(head);
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

  // A token focused: the one cell between the two. Nothing focused: the attention that the token gets on average. (The mean
  // over the sources that it looks at, as in CircuitsVis, is one by their number: it would only fade from left to right.)
  function token(head, focused, fromSource, i) {
    if (focused !== null) return fromSource ? cell(head, focused, i) : cell(head, i, focused);
    if (isMasked(i)) return MASKED[theme.name];
    return head === null ? farthest((each) => shade(each, received[each * n + i])) : shade(head, received[head * n + i]);
  }

  return tint;
}
