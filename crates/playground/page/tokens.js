// Tokens as people can read them: the JavaScript half of circuit-vis's `visible.rs`.

const HIDDEN = /[\u0080-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

export function visible(token) {
  if (token === "") return "∅";
  const characters = [...token];
  return characters.map((c) => mark(c, characters.length > 1)).join("");
}

function mark(c, joins) {
  const code = c.codePointAt(0);
  if (c === " ") return "·";
  if (c === "\n") return "⏎";
  if (c === "\t") return "⇥";
  if (c === "\u00a0") return "⍽";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  if (joins && (code === 0x200c || code === 0x200d)) return c;
  return HIDDEN.test(c) ? `‹${code.toString(16).toUpperCase().padStart(4, "0")}›` : c;
}

export const shown = (tokens) => ({ raw: tokens, shown: tokens.map(visible) });

// A number with its sign, short: "+0.31".
export function signed(value, digits = 2) {
  if (!Number.isFinite(value)) return "×";
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : "+"}${text}`;
}

export const percent = (p) => (p >= 0.0995 ? `${Math.round(100 * p)} %` : `${(100 * p).toFixed(1)} %`);
