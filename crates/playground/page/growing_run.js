// One training run: a worker of its own, its frames, and its pictures.

import { el, livePlot, onFrame } from "./parts.js";
import { Replaced } from "./client.js";
import { drawTile, tileColors } from "./tiles.js";

// `makeClient(onPanic)` starts a worker. `on`: frame(run) after each one, trouble(error), open(files, about, head) to look inside.
export function growingRun({ title, plan, makeClient, on }) {
  const client = makeClient((message) => {
    run.failed = true;
    on.trouble(new Error(`The run of ${title} stopped (${message}). Press Train to begin again.`));
  });
  const frames = []; // losses and scores, from the first step on
  let pictures = null;
  let latest = null; // the last frame, with its patterns
  const story = el("p", { class: "story", role: "status" }, "Starting.");
  const numbers = el("p", { class: "numbers" });
  const recipe = el("p", { class: "hint" });
  const views = el("div", {});
  const box = el("section", { class: "run themed", "aria-label": title, onthemechange: () => draw() }, el("h3", {}, title), numbers, story, views, recipe);
  const draw = onFrame(() => pictures?.draw(frames, latest));

  const run = {
    box,
    frames,
    about: null,
    failed: false,
    training: false,
    seconds: 0,
    step: () => latest?.step ?? 0,
    bump: () => latest?.bump ?? null,
    kept: () => latest?.kept ?? [],
    draw,
    async begin() {
      run.about = await client.ask({ do: "grow", ...plan });
      recipe.textContent = run.about.recipe;
      pictures = makePictures(views, run.about, (head) => run.open(head));
      take(run.about);
    },
    // Until so many steps are taken; a later call, such as `pause`, takes the place of this one.
    async train(until) {
      run.training = true;
      let before = performance.now();
      const hear = (frame) => {
        const now = performance.now();
        run.seconds += (now - before) / 1000;
        before = now;
        take(frame);
      };
      try {
        hear(await client.ask({ do: "train", until }, { onProgress: hear }));
        run.training = false;
      } catch (error) {
        if (error instanceof Replaced) return;
        run.training = false;
        run.failed = true;
        on.trouble(error);
      }
    },
    pause: () => run.train(0),
    async back(step) {
      take(await client.ask({ do: "back", step }));
      [run.training, run.failed] = [false, false];
    },
    async open(head) {
      try {
        if (run.training) await run.pause();
        on.open(await client.ask({ do: "grown" }), run.about, head);
      } catch (error) {
        on.trouble(error);
      }
    },
    end: () => client.end(),
  };

  // After a step back the frames that come are of steps that were seen before; a pause shows the last one once more.
  function take(frame) {
    const { step, first_copy, second_copy, previous, induction } = frame;
    let losses = [...frame.arrays.losses.values];
    while (frames.length && frames.at(-1).step >= step) {
      const before = frames.pop();
      if (before.step === step && !losses.length) losses = before.losses;
    }
    frames.push({ step, first_copy, second_copy, previous, induction, losses });
    latest = frame;
    story.textContent = frame.bump === null && frame.obstacle ? `${frame.story} ${frame.obstacle}` : frame.story;
    numbers.textContent = `Step ${step} · ${(frame.trained_on / 1000).toFixed(0)} thousand tokens · ${run.seconds.toFixed(1)} seconds · ${second_copy.toFixed(2)} nats on the second copy`;
    draw();
    on.frame(run);
  }
  return run;
}

// The curves, and the pattern of every head; a click on a head looks inside the model.
function makePictures(root, about, onHead) {
  const heads = Array.from({ length: about.layers * about.heads }, (_, i) => [Math.floor(i / about.heads), i % about.heads]);
  const name = ([layer, head]) => `${layer}.${head}`;
  const ofHeads = (score) => heads.map(([layer, head]) => ({ name: name([layer, head]), value: (frame) => frame[score][layer][head] }));
  const plot = (title, y, series) => {
    const place = el("div", {});
    root.append(el("h4", {}, title), place);
    return livePlot(place, { y, least: 0, most: 1, series });
  };
  const losses = plot("Loss on a random segment, and on its repetition", "loss (nats)", [
    { name: "first copy", value: (frame) => frame.first_copy },
    { name: "second copy", value: (frame) => frame.second_copy },
    { name: "even guess", value: () => about.even_guess },
  ]);
  const tiles = heads.map((head) => el("button", { type: "button", class: "head", "data-grown": name(head), onclick: () => onHead(head) },
    el("canvas"), el("span", { class: "name" }, name(head)), el("span", { class: "badge" }, el("span"), el("br"), el("span"))));
  const rows = Array.from({ length: about.layers }, (_, layer) => el("div", { class: "grown", role: "group", "aria-label": `Heads of layer ${layer}; choose one to look inside the model` },
    ...tiles.slice(layer * about.heads, (layer + 1) * about.heads)));
  root.append(el("h4", {}, "Where every head looks, on a random segment that comes twice"), ...rows);
  const plots = [losses, plot("Induction score of every head", "induction score", ofHeads("induction")), plot("Previous-token score of every head", "previous-token score", ofHeads("previous"))];
  return {
    draw(frames, latest) {
      if (!root.isConnected || root.clientWidth === 0) return; // its tab is not shown
      const bump = latest.bump === null ? null : { step: latest.bump, name: "bump" };
      plots.forEach((drawPlot) => drawPlot(frames, bump));
      const { shape: [, , n], values } = latest.arrays.patterns;
      const colors = tileColors();
      tiles.forEach((tile, i) => {
        const [layer, head] = heads[i];
        drawTile(tile.firstChild, values, i * n * n, n, colors);
        const scores = [`induction ${latest.induction[layer][head].toFixed(2)}`, `previous ${latest.previous[layer][head].toFixed(2)}`];
        [tile.lastChild.firstChild.textContent, tile.lastChild.lastChild.textContent] = scores;
        tile.setAttribute("aria-label", `Head ${name(heads[i])}, ${scores.join(", ")}: look inside`);
      });
    },
  };
}
