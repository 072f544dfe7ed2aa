// Listens for the events that `live-on:` attributes ask for, and hands them on.
//
// They are delegated: the root has two listeners per type, one for events that bubble and one for those that do not,
// which read the attributes of the elements on the event's way, so bindings come and go with the attributes. Those of
// `.stop`, and of `.window`, `.document` and `.outside`, have listeners of their own.

import { BINDING, madeIn } from "./names.js";
import { targetOf } from "./target.js";
import { Timing } from "./timing.js";
import { CHANGES, told } from "./forms.js";
import { closest, get, has, holds, matches } from "./dom.js";
import { answersTo, parseBinding } from "./modifiers.js";

const FOCUS = /^(focus|blur)/;

export class Bindings {
  #root;
  #send;
  #timing;
  #delegated = new Map();      // event type -> the attribute names that bind it
  #own = new Map();            // element -> Map(attribute -> AbortController)
  #done = new WeakMap();       // element -> the attributes whose `.once` is over
  #seen = new WeakSet();       // events that were delegated before the root saw them
  #pressed = null;             // where the pointer went down last

  /** While patches are applied the focus may leave a field and come back; nobody is to hear of it. */
  muted = false;
  /** Once the view has ended, forms still do not leave the page. */
  stopped = false;

  /** `send({c, name, params, fields, element, form, submitter})` is called for each event that has a handler. */
  constructor(root, send) {
    this.#root = root;
    this.#send = (call) => {
      const { element, attribute } = call;
      if (!element.isConnected || !has(element, attribute)) return;
      if (parseBinding(attribute).once) madeIn(this.#done, element, Set).add(attribute);
      send(call);
    };
    this.#timing = new Timing(this.#send);
    // What waits comes before what ends the typing.
    for (const type of ["focusout", "change", "submit"]) {
      root.addEventListener(type, () => { if (!this.muted) this.flush(type); }, true);
    }
    document.addEventListener("pointerdown", (event) => { this.#pressed = event.composedPath()[0]; }, true);
  }

  /** Sends what waits, except for the events of a type. */
  flush(but) {
    this.#timing.flush(but);
  }

  added(element) {
    for (const name of element.getAttributeNames()) if (name.startsWith(BINDING)) this.#bind(element, name);
  }

  changed(element, name) {
    if (!name.startsWith(BINDING)) return;
    if (has(element, name)) {
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
    if (CHANGES.includes(event.type) && form && !path.includes(form)) path.splice(1, 0, form);
    for (const element of path) {
      if (element instanceof Element && holds(this.#root, element)) {
        for (const name of names) {
          const binding = has(element, name) && parseBinding(name);
          if (binding && this.#accepts(element, binding, event)) this.#fire(element, binding, event);
        }
      }
      if (element === last) return;
    }
  }

  #accepts(element, binding, event) {
    const { type, target } = event;
    const { attribute, once, self, place } = binding;
    if (!element.isConnected || (this.muted && FOCUS.test(type)) || (self && target !== element)) return false;
    if (place === "outside" && !this.#isOutside(element, event)) return false;
    // A live form never leaves the page.
    if (type === "submit") event.preventDefault();
    if (this.stopped || (once && this.#done.get(element)?.has(attribute))) return false;
    // What is half typed (`1e`, a date without its year) has no value yet.
    if (CHANGES.includes(type) && target === element && element.validity?.badInput) return false;
    if (event instanceof MouseEvent && (matches(element, ":disabled") || opensElsewhere(event, binding))) return false;
    return answersTo(binding, event);
  }

  #isOutside(element, event) {
    if (event.composedPath().includes(element)) return false;
    // A selection that was dragged out of the element is no click outside. And Enter in a field clicks the button of
    // its form, wherever that is.
    const begun = event.detail ? this.#pressed : document.activeElement;
    return element.getClientRects().length && !(event.type === "click" && holds(element, begun));
  }

  #fire(element, binding, event) {
    const { attribute, keys, prevent, stop, debounce, throttle } = binding;
    const { target, type, submitter } = event;
    if (prevent) event.preventDefault();
    if (stop) event.stopPropagation();
    const name = get(element, attribute);
    if (!name) return;   // `@click.stop` alone
    const call = { c: targetOf(element, this.#root), name, ...told(event, element), element, attribute, submitter };
    if (type === "submit") call.form = target;
    // What was typed before a key or a click comes before it.
    if (keys.length || type === "click") this.flush(type);
    if (debounce >= 0) this.#timing.debounce(call, binding);
    else if (throttle >= 0) this.#timing.throttle(call, binding, event.key);
    else this.#send(call);
  }
}

/** A click that the browser answers with another tab or window. */
function opensElsewhere(event, { system }) {
  const { type, target, ctrlKey, metaKey, shiftKey } = event;
  if (type !== "click" || system.length || !(ctrlKey || metaKey || shiftKey)) return false;
  return target instanceof Element && closest(target, ":any-link");
}
