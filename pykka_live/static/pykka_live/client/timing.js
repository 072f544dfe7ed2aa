// Debounce and throttle, per element and binding.

import { madeIn } from "./names.js";

export class Timing {
  #waiting = new Map();   // element -> Map(attribute -> {timer, job, type})

  /** Runs the last of a burst of jobs, once the burst is over. */
  debounce(element, { attribute, type, debounce }, job) {
    clearTimeout(this.#get(element, attribute)?.timer);
    const timer = setTimeout(() => this.#take(element, attribute)?.job?.(), debounce);
    this.#set(element, attribute, { timer, job, type });
  }

  /** Runs the first job at once, and then at most one per interval; the last one always runs. */
  throttle(element, binding, job) {
    const { attribute, type } = binding;
    const waiting = this.#get(element, attribute);
    if (waiting) {
      waiting.job = job;
      return;
    }
    const timer = setTimeout(() => {
      const { job: last } = this.#take(element, attribute) ?? {};
      if (last) this.throttle(element, binding, last);
    }, binding.throttle);
    this.#set(element, attribute, { timer, job: null, type });
    job();
  }

  /** Runs now what still waits, for the elements and event types that `wanted` picks. */
  flush(wanted = () => true) {
    for (const [element, bindings] of Array.from(this.#waiting)) {
      for (const [attribute, { type, timer, job }] of Array.from(bindings)) {
        if (!job || !wanted(element, type)) continue;
        clearTimeout(timer);
        this.#take(element, attribute);
        job();
      }
    }
  }

  #get(element, attribute) {
    return this.#waiting.get(element)?.get(attribute);
  }

  #set(element, attribute, entry) {
    madeIn(this.#waiting, element, Map).set(attribute, entry);
  }

  #take(element, attribute) {
    const bindings = this.#waiting.get(element);
    const entry = bindings?.get(attribute);
    bindings?.delete(attribute);
    if (bindings?.size === 0) this.#waiting.delete(element);
    return entry;
  }
}
