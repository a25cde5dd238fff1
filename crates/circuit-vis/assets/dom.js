// Building elements. Text goes through text nodes and attributes only, so no token, name or label can become markup.

const views = {}; // kind of view -> function (root, data) that draws it; filled by the files that follow

function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

// Properties that start with "on" are listeners; false and null leave an attribute out, but ARIA spells its booleans.
function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.startsWith("aria-")) node.setAttribute(key, value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// Run `draw` once before the next frame, however often it is asked for until then.
function onFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
}
