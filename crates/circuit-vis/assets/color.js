// Colours as [r, g, b] from 0 to 255. Zero is the paper, and a larger value is farther from it. The light theme has the
// colours of CircuitsVis; the dark theme mirrors them on dark paper.

const PAPER = { light: [255, 255, 255], dark: [24, 27, 33] };
const MASKED = { light: [222, 225, 230], dark: [52, 57, 66] };
const ODD = { light: [255, 176, 0], dark: [201, 138, 0] }; // NaN and infinities: a colour that no scale has
const POSITIVE = { light: [9, 80, 190], dark: [106, 170, 255] };
const NEGATIVE = { light: [196, 30, 40], dark: [255, 122, 110] };

const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;

function mix(from, to, share) {
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * share));
}

function hsl(hue, saturation, lightness) {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

// Each head has its hue; attention 0 is the paper and 1 the full colour.
function headColor(head, heads, attention) {
  const hue = (360 * head) / heads;
  const share = Math.max(0, Math.min(1, attention));
  if (theme.name === "light") return hsl(hue, 0.8, 1 - 0.75 * share);
  return mix(PAPER.dark, hsl(hue, 0.8, 0.65), share);
}

// Blue for positive, red for negative, linear from zero to the ends of the range.
function signedColor(value, [min, max]) {
  const { name } = theme;
  if (!Number.isFinite(value)) return ODD[name];
  const end = value >= 0 ? max : min;
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

// Black or white, whichever reads better on the colour: never less than 4.5 to 1.
function inkOn(rgb) {
  return luminance(rgb) > 0.179 ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
}

// A canvas with one pixel a cell.
function paint(canvas, rows, columns, color) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let row = 0, offset = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, offset += 4) {
      const [r, g, b] = color(row, column);
      image.data[offset] = r;
      image.data[offset + 1] = g;
      image.data[offset + 2] = b;
      image.data[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
