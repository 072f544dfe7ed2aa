// Debounce and throttle, per element and binding.

import { tell } from "./changes.js";

export class Timing {
  #send;
  #waiting = new Set();   // {element, binding, key, timer, call}

  /** `send(call)` is called for each call whose time has come. */
  constructor(send) {
    this.#send = send;
  }

  /** Sends the last of a burst of calls, once the burst is over. */
  debounce(call, binding) {
    const { element } = call;
    const entry = this.#find(element, binding) ?? { element, binding };
    this.#hold(entry, call);
    this.#after(binding.debounce, entry);
  }

  /** Sends the first call at once, and then at most one per interval; the last one is always sent. Each `key` has its own. */
  throttle(call, binding, key) {
    const { element } = call;
    const found = this.#find(element, binding, key);
    if (found) return this.#hold(found, call);
    this.#after(binding.throttle, { element, binding, key });
    this.#send(call);
  }

  /** Sends now what still waits, except for the events of a type. */
  flush(but) {
    for (const entry of [...this.#waiting]) if (entry.call && entry.binding.type !== but) this.#run(entry);
  }

  #find(element, binding, key) {
    return [...this.#waiting].find((one) => one.element === element && one.binding === binding && one.key === key);
  }

  #hold(entry, call) {
    if (entry.call) entry.call.pending = false;
    entry.call = call;
    tell(call);
  }

  #after(delay, entry) {
    this.#waiting.add(entry);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#run(entry), delay);
  }

  #run(entry) {
    const { call, binding, key, timer } = entry;
    clearTimeout(timer);
    this.#waiting.delete(entry);
    if (!call) return;
    if (binding.throttle >= 0) this.throttle(call, binding, key);
    else this.#send(call);
  }
}
