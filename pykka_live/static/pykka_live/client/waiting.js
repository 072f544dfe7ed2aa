// What an element shows while the server has not answered its events.

import { DISABLE_WITH, LOADING, mark } from "./names.js";

const calls = new WeakMap();    // element -> how many calls it waits for
const before = new WeakMap();   // element -> {node, text, focused} as they were

/** One more call of this element waits for its answer, or one less. */
export function waits(element, change) {
  const count = (calls.get(element) ?? 0) + change;
  calls.set(element, count);
  mark(element, LOADING, count > 0);
  const label = element.getAttribute(DISABLE_WITH);
  if (label !== null && count === 1 && change > 0) disable(element, label);
  if (!count) enable(element, label);
}

function disable(element, label) {
  if (element.hasAttribute("disabled")) return;
  const node = element.getAttributeNode("value") ?? Array.from(element.childNodes).find((one) => one.data?.trim());
  before.set(element, { node, text: node?.nodeValue, focused: element === element.ownerDocument.activeElement });
  element.setAttribute("disabled", LOADING);
  if (node && label) node.nodeValue = label;
}

// What a patch has changed meanwhile stays.
function enable(element, label) {
  const { node, text, focused } = before.get(element) ?? {};
  if (!before.delete(element)) return;
  if (element.getAttribute("disabled") === LOADING) element.removeAttribute("disabled");
  if (node?.nodeValue === label) node.nodeValue = text;
  if (focused && element.ownerDocument.activeElement === element.ownerDocument.body) element.focus();
}
