// A page that was opened from a file may not look into the frames of its live views, nor they at the page. So they tell
// each other: a view its height, the page whether it is dark.

(() => {
  const frames = () => [...document.querySelectorAll("iframe.live-view")];
  const isDark = () => ["coal", "navy", "ayu"].some((name) => document.documentElement.classList.contains(name));
  const tellTheme = (frame) => frame.contentWindow.postMessage({ circuitVisTheme: isDark() ? "dark" : "light" }, "*");

  window.addEventListener("message", ({ source, data }) => {
    const frame = frames().find((frame) => frame.contentWindow === source);
    if (!frame || typeof data?.circuitVisHeight !== "number") return;
    frame.style.height = `${data.circuitVisHeight}px`;
    tellTheme(frame);
  });
  new MutationObserver(() => frames().forEach(tellTheme))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
})();
