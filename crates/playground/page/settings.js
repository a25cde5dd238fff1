// The controls of a tab whose values are part of the state, and so of its link.

// `controls`: name -> control; `usual`: what each says at the beginning. `changed(values)` hears of every change that a person
// makes.
export function settings(controls, usual, changed) {
  const values = () => Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value]));
  for (const control of Object.values(controls)) {
    control.addEventListener(control.tagName === "SELECT" ? "change" : "input", () => changed(values()));
  }
  return {
    values,
    // What a link says may not be among what a control can say; then it says what is usual. What is being typed stays.
    fill(wanted) {
      for (const [name, control] of Object.entries(controls)) {
        if (wanted[name] === undefined || wanted[name] === control.value || control === document.activeElement) continue;
        control.value = wanted[name];
        const isOneOfSome = control.tagName === "SELECT" || ["range", "number"].includes(control.type);
        if (isOneOfSome && control.value !== wanted[name]) control.value = usual[name];
      }
    },
  };
}

export function select(label, values, names = values) {
  const control = document.createElement("select");
  control.setAttribute("aria-label", label);
  control.append(...values.map((value, i) => new Option(names[i], value)));
  return control;
}
