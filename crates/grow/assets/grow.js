// The live page: curves, scores and attention, redrawn with every frame that the server sends; or, in the page that the run
// leaves as a file, drawn once from the frames inside it.

const MOST_FRAMES = 600; // when there are more, every second one is dropped

function startGrow() {
  const run = { about: null, frames: [], arrived: [] };
  const pictures = { plots: [], attention: null };
  const draw = onFrame(() => drawRun(run, pictures));
  const take = ({ about, frame }) => {
    if (about) {
      run.about = about;
      preparePictures(run, pictures);
    }
    if (frame) {
      run.frames.push(frame);
      run.arrived.push(performance.now());
      if (run.frames.length > MOST_FRAMES) run.frames = run.frames.filter((_, i) => i % 2 === 0 || i === run.frames.length - 1);
    }
    draw();
  };
  const inside = document.getElementById("run");
  if (inside) return JSON.parse(inside.textContent).forEach(take);
  const events = new EventSource("events");
  events.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    take(message);
    if (message.frame?.done) events.close();
  };
}

function preparePictures({ about }, pictures) {
  const place = (id) => document.getElementById(id);
  place("recipe").textContent = about.recipe;
  const heads = Array.from({ length: about.layers }, (_, l) => Array.from({ length: about.heads }, (__, h) => [l, h])).flat();
  const ofHeads = (score) => heads.map(([l, h]) => ({ name: `${l}.${h}`, value: (frame) => frame[score][l][h] }));
  pictures.plots = [
    livePlot(place("losses"), { y: "loss (nats)", least: 0, most: 1, series: [
      { name: "first copy", value: (frame) => frame.first_copy },
      { name: "second copy", value: (frame) => frame.second_copy },
      { name: "even guess", value: () => about.even_guess },
    ] }),
    livePlot(place("induction"), { y: "induction score", least: 0, most: 1, series: ofHeads("induction") }),
    livePlot(place("previous"), { y: "previous-token score", least: 0, most: 1, series: ofHeads("previous") }),
  ];
  pictures.attention = liveAttention(place("attention"), about.tokens);
}

function drawRun({ about, frames, arrived }, pictures) {
  const latest = frames.at(-1);
  if (!about || !latest) return;
  const bump = latest.bump == null ? null : { step: latest.bump, name: "bump" };
  pictures.plots.forEach((plot) => plot(frames, bump));
  pictures.attention(latest);
  const [layer, head] = latest.head;
  const score = latest.induction[layer][head].toFixed(2);
  document.getElementById("attention-title").textContent = `Attention of head ${layer}.${head} (induction score ${score})`;
  document.getElementById("story").textContent = latest.story;
  showNumbers(latest, arrived);
  const root = document.documentElement;
  root.dataset.redraws = Number(root.dataset.redraws ?? 0) + 1;
  root.dataset.done = latest.done;
}

function showNumbers(latest, arrived) {
  const recent = arrived.filter((time) => arrived.at(-1) - time < 2000);
  const perSecond = recent.length > 1 ? (1000 * (recent.length - 1)) / (recent.at(-1) - recent[0]) : 0;
  const numbers = [
    [latest.step, "steps"],
    [(latest.tokens / 1e6).toFixed(2), "million tokens"],
    [latest.seconds.toFixed(1), "seconds"],
    [latest.second_copy.toFixed(2), "nats on the second copy"],
    [latest.done ? "done" : perSecond.toFixed(0), latest.done ? "" : "redraws per second"],
  ];
  const shown = numbers.map(([number, unit]) => el("div", {}, el("b", {}, String(number)), " ", el("span", {}, unit)));
  document.getElementById("numbers").replaceChildren(...shown);
}

function liveAttention(root, tokens) {
  let values = new Uint8Array(tokens.length ** 2);
  const value = (row, column) => values[row * tokens.length + column] / 255;
  const picture = matrix({
    rows: tokens, columns: tokens, value, cell: [9, 9], xName: "key", yName: "query", label: "Attention of the induction head",
    color: (share) => mix(PAPER[theme.name], POSITIVE[theme.name], share),
    masked: (row, column) => column > row,
    describe: (row, column) => [["query", `${tokens[row]} (${row})`], ["key", `${tokens[column]} (${column})`], ["attention", value(row, column).toFixed(2)]],
  });
  root.append(picture.element);
  return ({ attention }) => {
    values = Uint8Array.from(atob(attention), (byte) => byte.charCodeAt(0));
    picture.redraw();
  };
}

startGrow();
