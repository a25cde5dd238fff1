// The module and the models: beside the page on a server, or inside it.

const decoded = new Map(); // name -> bytes of a file that was inside the page

// A file of the site, as an ArrayBuffer. A text that was read is taken out of the page: it is larger than its bytes.
export async function file(name) {
  const inside = document.getElementById(`file:${name}`);
  if (inside) {
    decoded.set(name, decode(inside.textContent));
    inside.remove();
  }
  if (decoded.has(name)) return decoded.get(name);
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}

// The module, which travels packed; some servers have it unpacked on the way.
export async function module() {
  const bytes = await file("playground.wasm.gz");
  const [first, second] = new Uint8Array(bytes, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return WebAssembly.compile(bytes);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

function decode(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64).buffer;
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

// A page that was opened from a file may not start a worker from another file, so there the script is inside, too.
export function makeWorker() {
  const inside = document.getElementById("file:worker.js");
  if (!inside) return new Worker("worker.js");
  const address = URL.createObjectURL(new Blob([inside.textContent], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}

const NAMES = ["config.json", "model.safetensors", "tokenizer.json"];
const ALSO = /^(config\.json|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|vocab\.json|merges\.txt|model.*\.safetensors(\.index\.json)?)$/;
const LARGEST = 700e6; // bytes of a model of one's own: a page has at most 4 GB, and weights are widened to 32 bits

export async function embedded(model) {
  return Promise.all(NAMES.map(async (name) => ({ name, bytes: await file(`models/${model}/${name}`) })));
}

// The files of a folder that make a model, from a drop or a chooser.
export async function chosen(list) {
  const files = [...list].filter(({ name }) => ALSO.test(name));
  if (!files.some(({ name }) => name === "config.json")) {
    throw new Error(`a model needs config.json, model.safetensors and tokenizer.json; there ${list.length === 1 ? "was" : "were"} ${[...list].slice(0, 6).map(({ name }) => name).join(", ") || "no file"}`);
  }
  const size = files.reduce((sum, { size: bytes }) => sum + bytes, 0);
  if (size > LARGEST) throw new Error(`${Math.round(size / 1e6)} MB is more than a page can hold; choose a model of at most ${LARGEST / 1e6} MB`);
  return Promise.all(files.map(async (item) => ({ name: item.name, bytes: await item.arrayBuffer() })));
}
