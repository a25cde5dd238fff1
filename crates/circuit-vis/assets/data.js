// Reading the data block: arrays are base64 of little-endian f32. Attention may be its lower triangle only, and on a long text
// one byte per cell.

function decodeArray(block) {
  const bytes = Uint8Array.from(atob(block.base64), (char) => char.charCodeAt(0));
  const values = block.dtype === "u8" ? Float32Array.from(bytes, (byte) => byte * block.step) : new Float32Array(bytes.buffer);
  return { shape: block.shape, values, layout: block.layout };
}

// A sentence about values that were rounded for a small page, or null.
function roundedValues(blocks) {
  const steps = blocks.filter((block) => block.dtype === "u8").map((block) => block.step);
  return steps.length ? `Long text: values are rounded to steps of ${formatNumber(Math.max(...steps))}.` : null;
}

// [head, query_pos, key_pos]
function decodeAttention(block) {
  const { shape: [heads, n], values, layout } = decodeArray(block);
  const lower = layout === "lower";
  const at = lower
    ? (head, query, key) => (key > query ? 0 : values[(head * n * (n + 1) + query * (query + 1)) / 2 + key])
    : (head, query, key) => values[(head * n + query) * n + key];
  return { heads, n, values, lower, at };
}

// A number as a person reads it: four decimals, or four digits where the number is smaller than that; a power of ten only
// where the zeros would have to be counted.
function formatNumber(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  return plainNumber(value, size).replace("-", "−");
}

function plainNumber(value, size) {
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return value.toFixed(4);
  if (size >= 1e9 || size < 1e-6) {
    const [digits, power] = value.toExponential(3).split("e");
    return `${digits} × 10${[...power.replace("+", "")].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("")}`;
  }
  if (size >= 1e5) return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
  const rounded = Number(value.toPrecision(4));
  return rounded.toFixed(3 - Math.floor(Math.log10(Math.abs(rounded))));
}

// Attention as a table: a row per query, a column per key.
function attentionTable(tokens, at) {
  const name = (token, i) => `${i} ${token}`;
  return [["query \\ key", ...tokens.raw.map(name)], ...tokens.raw.map((token, query) => [name(token, query), ...tokens.raw.map((_, key) => at(query, key))])];
}

// A sentence about values that are not numbers, or null if there are none.
function oddValues(...arrays) {
  let nan = 0;
  let infinite = 0;
  for (const { values } of arrays) {
    for (const value of values) {
      if (Number.isNaN(value)) nan++;
      else if (!Number.isFinite(value)) infinite++;
    }
  }
  const counts = [nan && `${nan} NaN`, infinite && `${infinite} infinite`].filter(Boolean);
  return counts.length ? `Not finite: ${counts.join(", ")}. Such values are marked.` : null;
}
