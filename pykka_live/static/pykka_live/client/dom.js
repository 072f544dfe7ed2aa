// What is done with elements whatever their names: a form's fields hide its own properties and methods
// (`<input name="contains">`), so they are never looked up on the element itself.

const method = (name, found = Element.prototype[name]) => (element, one, two) => found.call(element, one, two);
export const holds = method("contains");
export const matches = method("matches");
export const closest = method("closest");
export const has = method("hasAttribute");
export const get = method("getAttribute");
export const set = method("setAttribute");
export const unset = method("removeAttribute");
export const all = method("querySelectorAll");
export const pageOf = (node) => Reflect.get(Node.prototype, "ownerDocument", node);

/** Whether a node has the focus, or what is inside. */
export const isBusy = (node) => holds(node, document.activeElement);

/** Takes a node out of the page; a busy one not yet, for it may go on at another place. */
export function remove(node) {
  if (!isBusy(node)) node.parentNode?.removeChild(node);
}

/** Sets or takes away a class of the client's own. It leaves those of the server as they are written. */
export function mark(element, name, wanted) {
  const words = get(element, "class")?.split(" ") ?? [];
  const at = words.indexOf(name);
  if (wanted === at >= 0) return;
  if (wanted) words.push(name);
  else words.splice(at, 1);
  if (words.length) set(element, "class", words.join(" "));
  else unset(element, "class");
}
