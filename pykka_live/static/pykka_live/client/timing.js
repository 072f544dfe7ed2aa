// Debounce and throttle, per element and binding.

export class Timing {
  #waiting = new Set();   // {element, attribute, type, key, timer, job}

  /** Runs the last of a burst of jobs, once the burst is over. */
  debounce(element, { attribute, type, debounce }, job) {
    const entry = this.#find(element, attribute) ?? { element, attribute, type };
    entry.job = job;
    this.#after(debounce, entry);
  }

  /** Runs the first job at once, and then at most one per interval; the last one always runs. Each `key` has its own. */
  throttle(element, binding, job, key) {
    const { attribute, type, throttle } = binding;
    const found = this.#find(element, attribute, key);
    if (found) {
      found.job = () => this.throttle(element, binding, job, key);
      return;
    }
    this.#after(throttle, { element, attribute, type, key });
    job();
  }

  /** Runs now what still waits, for the elements and event types that `wanted` picks. */
  flush(wanted = () => true) {
    for (const entry of [...this.#waiting]) if (entry.job && wanted(entry.element, entry.type)) this.#run(entry);
  }

  #find(element, attribute, key) {
    return [...this.#waiting].find((one) => one.element === element && one.attribute === attribute && one.key === key);
  }

  #after(delay, entry) {
    this.#waiting.add(entry);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#run(entry), delay);
  }

  #run(entry) {
    clearTimeout(entry.timer);
    this.#waiting.delete(entry);
    entry.job?.();
  }
}
