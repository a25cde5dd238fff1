// The page's side of the worker: a question, and a promise of its answer.

// Why a promise was not kept: the question was replaced by a newer one.
export class Replaced extends Error {}

// What replaces each other though it is not the same question: what is asked of a training run.
const KINDS = { train: "grow", back: "grow", grown: "grow" };
const MOST_RESTARTS = 3; // within RESTARTS_WITHIN milliseconds; then something is wrong for good
const RESTARTS_WITHIN = 10_000;

export class Client {
  #module;
  #makeWorker;
  #worker = null;
  #ready = null;
  #waiting = new Map(); // id -> { kind, resolve, reject, onProgress }
  #loads = new Map(); // model -> the request and files that load it, for a worker that has to start again
  #next = 1;
  #restarts = [];
  #onPanic;

  // `onPanic(message, again)` hears of a module that ended; `again` is whether another was started.
  constructor(module, makeWorker, onPanic) {
    this.#module = module;
    this.#makeWorker = makeWorker;
    this.#onPanic = onPanic;
    this.#start();
  }

  // Ask, in place of what was asked of the same kind before. A new look also replaces all questions about the old state.
  ask(request, { files, onProgress } = {}) {
    const kind = KINDS[request.do] ?? request.do;
    const id = this.#next++;
    for (const [other, { kind: otherKind, reject }] of this.#waiting) {
      if (otherKind !== "load" && (otherKind === kind || (kind === "look" && otherKind !== "grow"))) {
        this.#waiting.delete(other);
        reject(new Replaced());
      }
    }
    if (kind === "load") this.#loads.set(request.model, { request, files });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { kind, resolve, reject, onProgress });
      this.#ready.then(() => this.#worker.postMessage({ request: { ...request, id }, files }), reject);
    });
  }

  // Ends the worker: what was asked is not answered.
  end() {
    this.#worker.terminate();
    this.#giveUp();
  }

  #giveUp() {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    waiting.forEach(({ reject }) => reject(new Replaced()));
  }

  #start() {
    this.#worker = this.#makeWorker();
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => {
        if (data.kind === "ready") resolve();
        else if (data.kind === "panic") this.#restart(data.message);
        else this.#hear(data);
      };
      this.#worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    });
    this.#worker.postMessage({ module: this.#module });
  }

  #hear({ kind, answer }) {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return; // of a question that was replaced
    if (kind === "progress") {
      waiting.onProgress?.(answer);
      return;
    }
    this.#waiting.delete(answer.id);
    if (kind === "error") waiting.reject(new Error(answer.error));
    else waiting.resolve(answer);
  }

  async #restart(message) {
    this.#worker.terminate();
    const now = performance.now();
    this.#restarts = [...this.#restarts.filter((time) => now - time < RESTARTS_WITHIN), now];
    const again = this.#restarts.length <= MOST_RESTARTS;
    this.#giveUp();
    if (again) {
      this.#start();
      await Promise.all([...this.#loads.values()].map(({ request, files }) => this.ask(request, { files })));
    }
    this.#onPanic(message, again);
  }
}
