// Which component an event goes to, or that it goes to the view.

import { COMPONENT } from "./names.js";
import { closest, get, holds } from "./dom.js";

const COMPONENTS = `[${COMPONENT}]`;

/** The id of the component that hears of the events of `element`; undefined where it is the view, whose root is `root`. */
export function targetOf(element, root) {
  const owner = closest(element, COMPONENTS) ?? root;
  const marked = closest(element, "[live-target]");
  // Beyond the component's root, the attribute speaks of others.
  const target = marked && holds(owner, marked) ? get(marked, "live-target") : "";
  if (target === "view") return undefined;
  if (target.startsWith("#")) return target.slice(1);
  if (target && target !== "parent") console.error("PykkaLive: an unknown live-target", target);
  const chosen = target === "parent" ? closest(owner.parentElement, COMPONENTS) : owner;
  return (chosen && get(chosen, COMPONENT)) ?? undefined;
}
