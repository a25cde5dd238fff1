// Inside an <iframe> of another page: take the height of the content, and the theme of an mdBook around it, which has its
// own menu to change it. A page that was opened from a file is kept from its frames; then both are messages, and the page
// has to do its part.

function startFrame() {
  if (window.parent === window) return;
  document.documentElement.classList.add("framed");
  const frame = accessibleFrame();
  if (frame) {
    onHeight((height) => { frame.style.height = `${height}px`; });
    followTheme(frame.ownerDocument.documentElement);
  } else {
    onHeight((height) => window.parent.postMessage({ circuitVisHeight: height }, "*"));
    window.addEventListener("message", ({ source, data }) => {
      if (source === window.parent && ["dark", "light"].includes(data?.circuitVisTheme)) takeTheme(data.circuitVisTheme);
    });
  }
}

function accessibleFrame() {
  try {
    return window.frameElement;
  } catch {
    return null; // A page from elsewhere.
  }
}

// Calls back with the height of the content whenever it changes. In a frame that may not be looked into, the browser puts
// off drawing and this alike until the frame is scrolled into sight.
function onHeight(callback) {
  const main = document.querySelector("main");
  new ResizeObserver(() => callback(Math.ceil(main.getBoundingClientRect().height))).observe(main);
}

function followTheme(host) {
  const follow = () => {
    const dark = ["coal", "navy", "ayu"].some((name) => host.classList.contains(name));
    const light = ["light", "rust"].some((name) => host.classList.contains(name));
    document.querySelector(".theme").hidden = false;
    if (dark || light) takeTheme(dark ? "dark" : "light");
  };
  new MutationObserver(follow).observe(host, { attributes: true, attributeFilter: ["class"] });
  follow();
}

// The theme of the page around this one, whose own button is then one too many.
function takeTheme(name) {
  document.querySelector(".theme").hidden = true;
  theme.set(name);
}
