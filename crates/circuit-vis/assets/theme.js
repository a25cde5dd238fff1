// Light or dark: as the system says, until the button is pressed. Views that paint colors of their own ask to be told; an
// element that comes and goes has the class "themed" instead and hears "themechange" while it is in the page, so that
// nothing holds it when it has gone.

const theme = {
  name: "light",
  listeners: [],
  onChange(listener) {
    this.listeners.push(listener);
  },
  set(name) {
    this.name = name;
    document.documentElement.dataset.theme = name;
    this.listeners.forEach((listener) => listener());
    document.querySelectorAll(".themed").forEach((element) => element.dispatchEvent(new Event("themechange")));
  },
};

function startTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();
  const button = el("button", { class: "theme", type: "button" });
  theme.onChange(() => {
    button.textContent = theme.name === "dark" ? "☀ Light theme" : "☾ Dark theme";
  });
  button.addEventListener("click", () => {
    chosen = theme.name === "dark" ? "light" : "dark";
    remember(chosen);
    theme.set(chosen);
  });
  system.addEventListener("change", () => {
    if (!chosen) theme.set(system.matches ? "dark" : "light");
  });
  document.querySelector("main").prepend(button);
  theme.set(chosen ?? (system.matches ? "dark" : "light"));
}

// A page opened from a file may be refused storage; then the choice lasts as long as the page.
function remembered() {
  try {
    const name = localStorage.getItem("circuit-vis-theme");
    return name === "dark" || name === "light" ? name : null;
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem("circuit-vis-theme", name);
  } catch {
    // Nothing to do: see above.
  }
}
