// How long to wait before the next attempt: exponential, with full jitter, so that a server that comes back
// is not met by all its clients at once.

const BASE = 400;
const CAP = 10_000;

export class Backoff {
  #attempts = 0;

  /** Milliseconds. */
  next() {
    return Math.random() * Math.min(CAP, BASE * 2 ** this.#attempts++);
  }

  reset() {
    this.#attempts = 0;
  }
}
