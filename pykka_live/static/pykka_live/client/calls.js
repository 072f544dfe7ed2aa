// The events of one view on their way to the server: a bounded number unanswered, the rest in order behind them.

import { isWaiting, waits } from "./waiting.js";
import { tell } from "./changes.js";
import { resetForm } from "./forms.js";

const UNANSWERED = 16;
const WAITING = 256;

export class Calls {
  #transmit;
  #queue = [];
  #sent = new Map();            // ref -> call
  #submitted = new Set();       // forms whose submission is unanswered

  /** How many calls were made, and the number of the last of those that were answered. */
  made = 0;
  answered = 0;

  /** `transmit(call)` sends a call and returns its ref. */
  constructor(transmit) {
    this.#transmit = transmit;
  }

  /** Takes a call, unless it is a second submission or one too many. */
  add(call) {
    if (this.#queue.length >= WAITING) return false;
    if (isWaiting(call.element) || (call.form && this.#submitted.has(call.form))) return true;
    this.#submitted.add(call.form);
    call.number = ++this.made;
    tell(call);
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

  /** Whatever comes now answers this call. */
  answer(ref) {
    const call = this.#sent.get(ref);
    if (call) {
      call.pending = false;
      this.answered = Math.max(this.answered, call.number);
    }
    return call;
  }

  /** The call has its answer, be it a good one or not. */
  settle(ref, succeeded) {
    const call = this.#sent.get(ref);
    if (!call) return;
    this.#sent.delete(ref);
    this.#end(call);
    if (succeeded) resetForm(call);
  }

  /** Gives up the calls that were sent (a connection was lost), or all of them, and returns them. */
  abandon(waiting) {
    const calls = [...this.#sent.values(), ...(waiting ? this.#queue.splice(0) : [])];
    this.#sent.clear();
    for (const call of calls) this.#end(call);
    return calls;
  }

  #end(call) {
    call.pending = false;
    this.#submitted.delete(call.form);
    this.#mark(call, -1);
  }

  #mark({ element, form, submitter }, change) {
    for (const each of new Set([element, form, submitter])) if (each) waits(each, change);
  }
}
