// What an element shows while the server has not answered its events.

import { get, has, mark, set, unset } from "./dom.js";

const calls = new Map();      // element -> how many calls it waits for
const disabled = new Map();   // element -> what makes it again what it was
let focused = null;           // the one of them that had the focus

/** One more call of this element waits for its answer, or one less. */
export function waits(element, change) {
  const count = (calls.get(element) || 0) + change;
  mark(element, "live-loading", count > 0);
  calls.set(element, count);
  // Disabled at once, a button that was clicked would not submit its form.
  if (count) return setTimeout(disable, 0, element);
  calls.delete(element);
  enable(element);
  if (element !== focused) return;
  focused = null;
  if (document.activeElement === document.body) element.focus();
}

/** Whether one more event of this element is one too many. */
export const isWaiting = (element) => calls.has(element) && has(element, "live-disable-with");

/** Makes elements what the server knows them as, for patches. Returns what disables them again. */
export function lift() {
  const lifted = [...disabled.keys()];
  lifted.forEach(enable);
  return () => lifted.forEach(disable);
}

function disable(element) {
  if (!isWaiting(element) || has(element, "disabled")) return;
  if (element === document.activeElement) focused = element;
  set(element, "disabled", "");
  const label = get(element, "live-disable-with");
  // One text shows the label, the others nothing.
  const texts = label ? textsIn(element).map((node) => [node, node.nodeValue]) : [];
  texts.forEach(([node], index) => { node.nodeValue = index ? "" : label; });
  disabled.set(element, () => {
    unset(element, "disabled");
    for (const [node, text] of texts) node.nodeValue = text;
  });
}

function enable(element) {
  disabled.get(element)?.();
  disabled.delete(element);
}

/** The texts of a button, or the attribute that is an input's. */
function textsIn(node) {
  if (node.nodeValue?.trim()) return node instanceof Comment ? [] : [node];
  const value = node.localName === "input" && node.getAttributeNode("value");
  return value ? [value] : [...node.childNodes].flatMap(textsIn);
}
