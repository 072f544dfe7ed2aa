// What an element shows while the server has not answered its events.

import { get, has, mark, set, unset } from "./dom.js";
import { DISABLE_WITH, LOADING } from "./names.js";

const calls = new WeakMap();    // element -> how many calls it waits for
const before = new WeakMap();   // element -> what makes it again what it was
const labels = new WeakSet();   // the texts and attributes that show a label

/** One more call of this element waits for its answer, or one less. */
export function waits(element, change) {
  const count = (calls.get(element) ?? 0) + change;
  calls.set(element, count);
  mark(element, LOADING, count > 0);
  const label = get(element, DISABLE_WITH);
  if (label !== null && count === 1 && change > 0) disable(element, label);
  if (count) return;
  before.get(element)?.();
  before.delete(element);
}

function disable(element, label) {
  if (has(element, "disabled")) return;
  const focused = element === document.activeElement;
  const node = element.getAttributeNode("value") ?? [...element.childNodes].find((one) => one.data?.trim());
  const text = node?.nodeValue;
  set(element, "disabled", LOADING);
  if (node && label) {
    labels.add(node);
    node.nodeValue = label;
  }
  // What a patch has changed meanwhile stays.
  before.set(element, () => {
    if (get(element, "disabled") === LOADING) unset(element, "disabled");
    if (labels.delete(node) && node.nodeValue === label) node.nodeValue = text;
    if (focused && document.activeElement === document.body) element.focus();
  });
}

/** A patch has the say about a text, be it that of the label. */
export const overrule = (node) => labels.delete(node);
