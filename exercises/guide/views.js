// A page that was opened from a file may not look into the frames of its live views, nor they at the page. So they send
// messages: the page says whether it is dark, and a view how high it is.

(() => {
  const frames = [...document.querySelectorAll("iframe.live-view")];
  const isDark = () => ["coal", "navy", "ayu"].some((name) => document.documentElement.classList.contains(name));
  const tell = (frame) => frame.contentWindow.postMessage({ circuitVisTheme: isDark() ? "dark" : "light" }, "*");

  window.addEventListener("message", ({ source, data }) => {
    const frame = frames.find((frame) => frame.contentWindow === source);
    if (frame && typeof data?.circuitVisHeight === "number") frame.style.height = `${data.circuitVisHeight}px`;
  });
  for (const frame of frames) {
    frame.addEventListener("load", () => tell(frame));
    tell(frame); // for one that was there before this script
  }
  new MutationObserver(() => frames.forEach(tell))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
})();
