// Start: the theme, then every view of the page.

function startView(section) {
  const data = JSON.parse(section.querySelector("script").textContent);
  const heading = document.querySelector("h1") ? "h3" : "h1";
  const blocks = numbersOf(data);
  const odd = oddValues(...blocks.map(decodeArray));
  const rounded = roundedValues(blocks);
  section.append(el(heading, { class: "title" }, el("bdi", {}, data.title)));
  if (odd) section.append(el("p", { class: "notice" }, odd));
  if (rounded) section.append(el("p", { class: "notice" }, rounded));
  const offers = views[data.kind](section, data);
  if (offers) section.append(exports(data.title, offers));
}

// All array blocks of the data, wherever they are.
function numbersOf(value) {
  if (value === null || typeof value !== "object") return [];
  return "base64" in value ? [value] : Object.values(value).flatMap(numbersOf);
}

startTooltip();
startTheme();
startFrame();
document.querySelectorAll("section.view").forEach(startView);
document.documentElement.dataset.ready = "true";
