// The worker: the module and its one loop. A request that comes in is handed over at once; then the module works step by
// step, and between two steps messages are heard, so that a newer request can take the place of an older one.

let module = null; // what the module exports
let panic = ""; // what it said before it ended
let turning = false;

const turns = new MessageChannel(); // a turn of the loop that waits behind messages, and is not slowed down as timers are
turns.port1.onmessage = turn;

const KINDS = ["idle", "progress", "done", "error"];

self.onmessage = async ({ data }) => {
  if (data.module) {
    await start(data.module);
  } else {
    guarded(() => begin(data.request, data.files ?? []));
    if (!turning) {
      turning = true;
      turns.port2.postMessage(null);
    }
  }
};

async function start(compiled) {
  const page = {
    panicked: (at, length) => { panic = new TextDecoder().decode(new Uint8Array(module.memory.buffer, at, length)); },
  };
  module = (await WebAssembly.instantiate(compiled, { page })).exports;
  module.start();
  self.postMessage({ kind: "ready" });
}

function turn() {
  turning = guarded(() => tell(module.step()) !== "idle");
  if (turning) turns.port2.postMessage(null);
}

// A panic ends the module: the page starts another worker.
function guarded(work) {
  try {
    return work();
  } catch (error) {
    self.postMessage({ kind: "panic", message: panic || String(error) });
    return false;
  }
}

// See src/wasm.rs for what lies where.
function begin(request, files) {
  if (request.do === "panic") return module.panic_now();
  const json = new TextEncoder().encode(JSON.stringify(request));
  const length = 4 + json.length + files.reduce((sum, file) => sum + file.byteLength, 0);
  const at = module.allocate(length);
  const bytes = new Uint8Array(module.memory.buffer, at, length);
  new DataView(module.memory.buffer, at).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let end = 4 + json.length;
  for (const file of files) {
    bytes.set(new Uint8Array(file), end);
    end += file.byteLength;
  }
  return tell(module.begin(at, length));
}

// Send an answer to the page, and say of which kind it was.
function tell(at) {
  const { buffer } = module.memory;
  const view = new DataView(buffer, at);
  const [length, kind] = [view.getUint32(0, true), KINDS[view.getUint8(4)]];
  if (kind === "idle") return kind;
  const jsonLength = view.getUint32(8, true);
  const start = at + 12;
  const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start, jsonLength)));
  const moved = [];
  let numbers = 0;
  for (const array of Object.values(answer.arrays)) {
    const count = array.shape.reduce((product, side) => product * side, 1);
    array.values = new Float32Array(buffer.slice(start + jsonLength + 4 * array.start, start + jsonLength + 4 * (array.start + count)));
    numbers += count;
    moved.push(array.values.buffer);
  }
  if (answer.file_bytes) {
    const from = start + jsonLength + 4 * numbers;
    answer.file = buffer.slice(from, from + answer.file_bytes);
    moved.push(answer.file);
  }
  if (8 + 4 + jsonLength + 4 * numbers + answer.file_bytes !== length + 8) throw new Error("an answer of another length than announced");
  self.postMessage({ kind, answer }, moved);
  return kind;
}
