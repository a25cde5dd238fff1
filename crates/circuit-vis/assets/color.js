// Colors as [r, g, b] from 0 to 255. Zero is the paper, and a larger value is farther from it.

const PAPER = { light: [255, 255, 255], dark: [24, 27, 33] };
const MASKED = { light: [222, 225, 230], dark: [52, 57, 66] };
const ODD = { light: [255, 176, 0], dark: [201, 138, 0] }; // NaN and infinities: a color that no scale has
const POSITIVE = { light: [9, 80, 190], dark: [106, 170, 255] };
const NEGATIVE = { light: [196, 30, 40], dark: [255, 122, 110] };

const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;

// Written out, since a picture of all heads asks for a hundred thousand colors.
function mix(from, to, share) {
  return [
    Math.round(from[0] + (to[0] - from[0]) * share),
    Math.round(from[1] + (to[1] - from[1]) * share),
    Math.round(from[2] + (to[2] - from[2]) * share),
  ];
}

// One color per head, the same for everybody who tells colors apart in another way: found by a search for the largest
// smallest distance (CIE Lab) between any two of them, with normal sight and under simulated deuteranopia, protanopia and
// tritanopia. That distance is 33 among the first eight (28 in the dark theme) and 17 among all twelve; between the hues that
// CircuitsVis spaces evenly it is 4.
const HEADS = {
  light: ["3300ee", "ff0000", "ee88cc", "661144", "aa66ee", "44bb77", "550088", "880011", "bb2288", "557744", "aa55bb", "77bb44"],
  dark: ["cc33aa", "22ff00", "668844", "aa33ff", "ffccff", "aadd99", "66aaff", "aa9922", "dd88aa", "338866", "7766dd", "777711"],
};

// Attention 0 is the paper and 1 the head's full color. After the twelfth head the colors come again, halfway to gray.
function headColor(head, attention) {
  const colors = HEADS[theme.name];
  const hex = colors[head % colors.length];
  const full = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const color = head < colors.length ? full : mix(full, [128, 128, 128], 0.5);
  return mix(PAPER[theme.name], color, Math.max(0, Math.min(1, attention)));
}

// Blue for positive, red for negative, linear from zero to the ends of the range.
function signedColor(value, range) {
  const { name } = theme;
  if (!Number.isFinite(value)) return ODD[name];
  const end = range[value >= 0 ? 1 : 0];
  const share = value === 0 ? 0 : end * value > 0 ? Math.min(1, value / end) : 1;
  return mix(PAPER[name], (value >= 0 ? POSITIVE : NEGATIVE)[name], share);
}

// Relative luminance as the web's accessibility guidelines define it.
function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Black or white, whichever reads better on the color: never less than 4.5 to 1.
function inkOn(rgb) {
  return luminance(rgb) > 0.179 ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
}

// A canvas with one pixel a cell.
function paint(canvas, rows, columns, color) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const { data } = image;
  for (let row = 0, offset = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, offset += 4) {
      const rgb = color(row, column);
      data[offset] = rgb[0];
      data[offset + 1] = rgb[1];
      data[offset + 2] = rgb[2];
      data[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
