// The events of one view on their way to the server: a bounded number unanswered, the rest in order behind them.

import { LOADING, mark } from "./names.js";
import { formAnswered, formSubmitted } from "./fields.js";
import { resetLater } from "./forms.js";

const UNANSWERED = 16;
const WAITING = 256;

export class Calls {
  #transmit;
  #queue = [];
  #sent = new Map();            // ref -> call
  #loading = new WeakMap();     // element -> how many calls it waits for
  #submitted = new Set();       // forms whose submission is unanswered

  /** `transmit(call)` sends a call and returns its ref. */
  constructor(transmit) {
    this.#transmit = transmit;
  }

  /** Takes a call, unless it is a second submission or one too many. */
  add(call) {
    if (this.#queue.length >= WAITING) return false;
    if (call.form) {
      if (this.#submitted.has(call.form)) return true;
      this.#submitted.add(call.form);
      formSubmitted(call.form);
      call.reset = resetLater(call.form);
    }
    this.#mark(call, 1);
    this.#queue.push(call);
    return true;
  }

  /** Sends what may be sent. */
  pump() {
    while (this.#queue.length && this.#sent.size < UNANSWERED) {
      const call = this.#queue.shift();
      this.#sent.set(this.#transmit(call), call);
    }
  }

  get(ref) {
    return this.#sent.get(ref);
  }

  /** The call has its answer, be it a good one or not. */
  settle(ref, succeeded) {
    const call = this.#sent.get(ref);
    if (!call) return;
    this.#sent.delete(ref);
    this.#end(call);
    if (succeeded) call.reset?.();
  }

  /** Gives up the calls that were sent (a connection was lost), and returns them. */
  abandonSent() {
    const calls = Array.from(this.#sent.values());
    this.#sent.clear();
    return this.#abandon(calls);
  }

  /** Gives up the calls that were not sent yet, and returns them. */
  abandonQueued() {
    return this.#abandon(this.#queue.splice(0));
  }

  #abandon(calls) {
    for (const call of calls) this.#end(call);
    return calls;
  }

  #end(call) {
    if (call.form) {
      this.#submitted.delete(call.form);
      formAnswered(call.form);
    }
    this.#mark(call, -1);
  }

  #mark({ element, form, submitter }, change) {
    for (const marked of new Set([element, form, submitter])) {
      if (!marked) continue;
      const count = (this.#loading.get(marked) ?? 0) + change;
      this.#loading.set(marked, count);
      mark(marked, LOADING, count > 0);
    }
  }
}
