// What of the mirror has patches and versions of its own: the view and its components. For the view's patches (and
// those of the components around it) a component is one element, whose content is not theirs.

import { COMPONENT } from "./names.js";
import { homeOf } from "./mirror.js";
import { get, remove, unset } from "./dom.js";

/** Maps ids to {entry, version}; the view is where there is no id. */
export class Shown extends Map {
  add(id, entry, version) {
    if (this.has(id)) unset(this.get(id).entry.node, COMPONENT);
    this.set(id, { entry, version });
  }

  /** Another object has become the entry. */
  renew(old, entry) {
    for (const part of this.values()) if (part.entry === old) part.entry = entry;
  }

  /** The component comes along to a new place, as it is: its entry, or null. What stays at its old place is hollow. */
  take(id, tag) {
    const { entry } = this.get(id) ?? {};
    if (entry?.node.localName !== tag) return null;
    const taken = { ...entry };
    this.renew(entry, taken);
    remove(taken.node);
    entry.node = taken.node.cloneNode(false);
    unset(entry.node, COMPONENT);
    entry.home = homeOf(entry.node);
    entry.children = [];
    return taken;
  }

  /** Nothing of what is below this entry is shown any longer. */
  forget(entry) {
    if (this.size === 1 || !entry.children) return;
    const id = get(entry.node, COMPONENT);
    if (this.get(id)?.entry === entry) this.delete(id);
    for (const child of entry.children) this.forget(child);
  }

  /** The versions of the components, by id; undefined where there are none. */
  versions() {
    if (this.size === 1) return undefined;
    return Object.fromEntries([...this].filter(([id]) => id).map(([id, { version }]) => [id, version]));
  }
}
