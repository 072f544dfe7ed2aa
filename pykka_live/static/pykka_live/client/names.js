// Names that both sides, or several modules, agree on.

export const ROOT = "data-liveview-root";
export const TOKEN = "data-live-token";
export const COMPONENT = "live-component";
export const TARGET = "live-target";
export const IGNORE = "live-ignore";
export const DISABLE_WITH = "live-disable-with";
export const RESET = "live-reset";
export const BINDING = "live-on:";

// The classes that the client sets; a patch of `class` leaves them where they are.
export const LOADING = "live-loading";
export const STATES = ["live-connecting", "live-connected", "live-disconnected", "live-stopped"];
export const OWN_CLASSES = [LOADING, ...STATES];

/** What a map holds for a key; if there is nothing yet, a new object of `Kind`. */
export const madeIn = (map, key, Kind) => map.get(key) ?? map.set(key, new Kind()).get(key);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export const FIELDS = "input, select, textarea";

// A form's fields hide its own properties (`<input name="contains">`), so what may be looked up on a form is
// not taken from the element itself.
const method = (name, found = Element.prototype[name]) => (element, ...args) => found.apply(element, args);
export const holds = method("contains");
export const matches = method("matches");
export const closest = method("closest");
export const has = method("hasAttribute");
export const get = method("getAttribute");
export const set = method("setAttribute");
export const unset = method("removeAttribute");
export const all = (element, selector) => [...Element.prototype.querySelectorAll.call(element, selector)];
export const pageOf = (node) => Reflect.get(Node.prototype, "ownerDocument", node);

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
