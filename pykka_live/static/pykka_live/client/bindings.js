// Listens for the events that `live-on:` attributes ask for, and hands them on.
//
// They are delegated: the root has two listeners per type, one for events that bubble and one for those that do not,
// which read the attributes of the elements on the event's way, so bindings come and go with the attributes. Those of
// `.stop`, and of `.window`, `.document` and `.outside`, have listeners of their own.

import { BINDING, holds, madeIn, matches } from "./names.js";
import { answersTo, parseBinding } from "./modifiers.js";
import { belongsTo, eventParams } from "./forms.js";
import { targetOf } from "./target.js";
import { Timing } from "./timing.js";

const CHANGES = new Set(["input", "change"]);
const FOCUS = new Set(["focus", "blur", "focusin", "focusout"]);

export class Bindings {
  #root;
  #send;
  #timing = new Timing();
  #delegated = new Map();      // event type -> the attribute names that bind it
  #own = new Map();            // element -> Map(attribute -> AbortController)
  #done = new WeakMap();       // element -> the attributes whose `.once` is over
  #seen = new WeakSet();       // events that were delegated before the root saw them
  #pressed = null;             // where the pointer went down last

  /** While patches are applied the focus may leave a field and come back; nobody is to hear of it. */
  muted = false;

  /** `send({c, name, params, element, form, submitter})` is called for each event that has a handler. */
  constructor(root, send) {
    this.#root = root;
    this.#send = send;
    const flush = (wanted) => (event) => {
      if (!this.muted) this.#timing.flush((element, type) => wanted(element, event.target, type));
    };
    const at = { capture: true };
    root.addEventListener("focusout", flush((element, target) => holds(element, target)), at);
    root.addEventListener("change", flush((element, target, type) => type !== "change" && holds(element, target)), at);
    root.addEventListener("submit", flush((element, form) => belongsTo(form, element)), at);
    document.addEventListener("pointerdown", (event) => { this.#pressed = event.composedPath()[0]; }, at);
  }

  flush() {
    this.#timing.flush();
  }

  added(element) {
    for (const name of element.getAttributeNames()) if (name.startsWith(BINDING)) this.#bind(element, name);
  }

  changed(element, name) {
    if (!name.startsWith(BINDING)) return;
    if (element.hasAttribute(name)) {
      this.#bind(element, name);
    } else {
      this.#own.get(element)?.get(name)?.abort();
      this.#own.get(element)?.delete(name);
      this.#done.get(element)?.delete(name);
    }
  }

  /** Nodes have gone from the page: so do the listeners of their own. */
  dropped() {
    for (const [element, controllers] of this.#own) {
      if (element.isConnected) continue;
      for (const controller of controllers.values()) controller.abort();
      this.#own.delete(element);
    }
  }

  #bind(element, name) {
    const binding = parseBinding(name);
    if (!binding) return;
    const { type, place, stop } = binding;
    if (!place && !stop) this.#delegate(type, name);
    else if (!this.#own.get(element)?.has(name)) this.#listen(element, binding);
  }

  #delegate(type, name) {
    if (!this.#delegated.has(type)) {
      for (const capture of [false, true]) {
        this.#root.addEventListener(type, (event) => {
          if (event.bubbles !== capture) this.#walk(event, capture ? event.target : this.#root);
        }, { capture, passive: false });
      }
    }
    madeIn(this.#delegated, type, Set).add(name);
  }

  #listen(element, binding) {
    const { type, place, stop } = binding;
    const target = place === "window" ? window : place ? document : element;
    const controller = new AbortController();
    target.addEventListener(type, (event) => {
      if (!this.#accepts(element, binding, event)) return;
      // The elements inside come first, as without delegation; the root will not see this event.
      if (stop && !place) this.#walk(event, element);
      this.#fire(element, binding, event);
    }, { signal: controller.signal, passive: false });
    madeIn(this.#own, element, Map).set(binding.attribute, controller);
  }

  /** The delegated bindings on the event's way, from its target up to `last`. */
  #walk(event, last) {
    const names = this.#delegated.get(event.type);
    if (!names || this.#seen.has(event)) return;
    if (last !== this.#root) this.#seen.add(event);
    const path = event.composedPath();
    const { form } = path[0];
    // A form hears of its fields wherever they stand.
    if (CHANGES.has(event.type) && form && !path.includes(form)) path.splice(1, 0, form);
    for (const element of path) {
      if (element instanceof Element && holds(this.#root, element)) {
        for (const name of names) {
          if (!element.hasAttribute(name)) continue;
          const binding = parseBinding(name);
          if (this.#accepts(element, binding, event)) this.#fire(element, binding, event);
        }
      }
      if (element === last) return;
    }
  }

  #accepts(element, binding, event) {
    if (!element.isConnected || (this.muted && FOCUS.has(event.type))) return false;
    if (binding.once && this.#done.get(element)?.has(binding.attribute)) {
      keepPage(event);
      return false;
    }
    if (binding.self && event.target !== element) return false;
    if (binding.place === "outside" && !this.#isOutside(element, event)) return false;
    if (event instanceof MouseEvent && (matches(element, ":disabled") || opensElsewhere(event, binding))) return false;
    return answersTo(binding, event);
  }

  #isOutside(element, event) {
    if (event.composedPath().includes(element)) return false;
    // A selection that was dragged out of the element is no click outside.
    if (event.type === "click" && this.#pressed && holds(element, this.#pressed)) return false;
    // Enter in a field clicks the button of its form, wherever that is.
    if (event.type === "click" && !event.detail && holds(element, document.activeElement)) return false;
    return element.getClientRects().length > 0;
  }

  #fire(element, binding, event) {
    const { attribute, once, prevent, stop, debounce, throttle } = binding;
    if (once) madeIn(this.#done, element, Set).add(attribute);
    if (prevent) event.preventDefault();
    keepPage(event);
    if (stop) event.stopPropagation();
    const name = element.getAttribute(attribute);
    if (!name) return;   // `@click.stop` alone
    const { target, type } = event;
    const form = type === "submit" ? target : null;
    const field = CHANGES.has(type) ? target : null;
    const c = targetOf(element, this.#root);
    const call = { c, name, params: eventParams(event, element), element, field, form, submitter: event.submitter ?? null };
    const job = () => { if (element.isConnected && element.hasAttribute(attribute)) this.#send(call); };
    // What was typed before a key or a click comes before it.
    if (binding.keys.length || type === "click") this.#timing.flush((other) => other !== element && holds(other, target));
    if (debounce !== null) this.#timing.debounce(element, binding, job);
    else if (throttle !== null) this.#timing.throttle(element, binding, job);
    else job();
  }
}

/** A live form never leaves the page. */
function keepPage(event) {
  if (event.type === "submit") event.preventDefault();
}

/** A click that the browser answers with another tab or window. */
function opensElsewhere(event, binding) {
  if (event.type !== "click" || binding.system.length) return false;
  const asked = event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1;
  return asked && Boolean(event.target.closest?.("a[href], area[href]"));
}
