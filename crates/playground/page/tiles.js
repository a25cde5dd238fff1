// Small pictures of attention, one pixel per cell. All heads on 64 tokens are a hundred thousand cells, drawn at every key
// that is pressed: so the colors are made once, and written as pixels.

import { signedColor } from "./parts.js";

const STEPS = 1024; // between no attention and all of it; a screen shows fewer
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const pixel = ([r, g, b]) => (IS_LITTLE_ENDIAN ? 0xff000000 | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | 0xff) >>> 0;

// The colors of this theme, for `drawTile`; the last one is for what is not a number.
export function tileColors() {
  const shares = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS);
  return Uint32Array.from([...shares, NaN], (share) => pixel(signedColor(share, [-1, 1])));
}

// Draws `n` by `n` of the values, from the one at `from` on.
export function drawTile(canvas, values, from, n, colors) {
  if (canvas.width !== n) canvas.width = n;
  if (canvas.height !== n) canvas.height = n;
  const context = canvas.getContext("2d");
  const image = context.createImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) {
    const value = values[from + i];
    pixels[i] = value >= 0 ? colors[Math.min(STEPS, Math.round(value * STEPS))] : colors[STEPS + 1];
  }
  context.putImageData(image, 0, 0);
}
