// How long to wait before the next attempt: exponential, with full jitter, so that a server that comes back
// is not met by all its clients at once.

const BASE = 200;
const CAP = 10_000;
const AFTER_RESTART = 500;

export class Backoff {
  #attempts = 0;

  /** Milliseconds. After a restart that the server announced, the first attempt may come soon. */
  next(restarted = false) {
    const limit = restarted && this.#attempts === 0 ? AFTER_RESTART : Math.min(CAP, BASE * 2 ** this.#attempts);
    this.#attempts++;
    return Math.random() * limit;
  }

  reset() {
    this.#attempts = 0;
  }
}
