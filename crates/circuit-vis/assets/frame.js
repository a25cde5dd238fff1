// Inside an <iframe> of another page: take the height of the content, and the theme of an mdBook around it, which has its
// own menu to change it.

function startFrame() {
  let frame = null;
  try {
    frame = window.frameElement;
  } catch {
    // A page from elsewhere: it keeps its own height and theme.
  }
  if (!frame) return;
  document.documentElement.classList.add("framed");
  const fit = () => { frame.style.height = `${Math.ceil(document.querySelector("main").getBoundingClientRect().height)}px`; };
  new ResizeObserver(fit).observe(document.querySelector("main"));

  const host = frame.ownerDocument.documentElement;
  const follow = () => {
    const dark = ["coal", "navy", "ayu"].some((name) => host.classList.contains(name));
    const light = ["light", "rust"].some((name) => host.classList.contains(name));
    document.querySelector(".theme").hidden = dark || light;
    if (dark || light) theme.set(dark ? "dark" : "light");
  };
  new MutationObserver(follow).observe(host, { attributes: true, attributeFilter: ["class"] });
  follow();
}
