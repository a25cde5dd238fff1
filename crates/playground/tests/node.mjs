// Runs the page's own worker under node: reads requests as JSON from standard input, and writes their last answers, each
// array with its numbers. `node node.mjs MODULE WORKER MODELS`.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const [module, worker, models] = process.argv.slice(2);
const requests = JSON.parse(readFileSync(0, "utf8"));

let hear = () => {};
const self = { postMessage: (message) => hear(message) };
new Function("self", readFileSync(worker, "utf8"))(self);

// The last message about what was sent.
function ask(data) {
  return new Promise((resolve) => {
    hear = (message) => { if (message.kind !== "progress") resolve(message); };
    self.onmessage({ data });
  });
}

const began = performance.now();
const bytes = readFileSync(module);
await ask({ module: await WebAssembly.compile(module.endsWith(".gz") ? gunzipSync(bytes) : bytes) });
const answers = [];
for (const request of requests) {
  let files = [];
  if (request.do === "load") {
    files = request.files.map(({ name }) => readFileSync(`${models}/${request.model}/${name}`));
    request.files.forEach((file, i) => { file.length = files[i].length; });
  }
  const start = performance.now();
  const { kind, answer, message } = await ask({ request: { ...request, id: answers.length + 1 }, files });
  const milliseconds = performance.now() - start;
  for (const array of Object.values(answer?.arrays ?? {})) array.values = [...array.values].map((x) => (Number.isFinite(x) ? x : String(x)));
  if (answer?.file) answer.file = Buffer.from(answer.file).toString("base64");
  answers.push({ kind, message, milliseconds, answer });
}
process.stdout.write(JSON.stringify({ answers, milliseconds: performance.now() - began }), () => process.exit());
