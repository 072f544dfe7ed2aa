// Applies patches (docs/protocol.md) to the mirror of one root and to the DOM nodes that it holds.

import { adopt, build, expand, isShaded, shade, unshade, wayTo } from "./mirror.js";
import { all, get, has, holds, isBusy, matches, remove } from "./dom.js";
import { foreignTo, rebuildAttributes, rebuildElement } from "./rebuild.js";
import { attributesOf, changeAttribute } from "./elements.js";
import { lift } from "./waiting.js";
import { FieldGuard } from "./fields.js";
import { bringHome, insert, place, putBefore } from "./place.js";
import { Shown } from "./shown.js";
import { isUsed } from "./changes.js";
import { COMPONENT, IGNORE, TOKEN } from "./names.js";

export class Patcher {
  #watcher;
  #guard = null;       // during a round of updates
  #first = false;      // whether the round is the first one
  #gone = [];          // the entries that were dropped in it
  #edited = null;      // the entry of the last editor that was shaded
  #late = new Map();   // field -> its attributes that have changed, and that its properties are to follow later
  shown = new Shown();
  moved = new Set();   // what has the focus, or holds it, and comes to another place when the round ends

  /**
   * Mirrors what is inside `root`. The optional `watcher` is told what comes and goes: `added(element)`,
   * `changed(element, attribute)`, and `dropped()` after nodes have gone.
   */
  constructor(root, watcher = null) {
    this.root = root;
    this.#watcher = watcher;
    root.normalize();   // browsers split the texts that they parse
    this.mirror = adopt(root, this);
    this.shown.add(undefined, this.mirror, 0);
  }
  get version() { return this.shown.get().version; }

  /** Applies one patch in the wire's nested form. Throws when it does not fit; then only `rebuild` helps. */
  apply(patch, version, id) {
    this.#update(id, version, (entry) => this.#walk(entry, null, 0, patch));
  }

  /** Makes the DOM equal to a tree as data, keeping the nodes that fit. */
  rebuild(tree, version, id) {
    this.#update(id, version, (entry) => {
      rebuildElement(this, entry, tree, this.#first ? foreignTo(tree) : () => false);
    });
  }

  #update(id, version, work) {
    const part = this.shown.get(id);
    this.together(() => {
      if (id) this.#openAbove(part.entry);
      work(part.entry);
      part.version = version ?? part.version + 1;
    });
  }

  /** Makes one round of all the updates that `work` makes. For `answered` and `call` see `FieldGuard`. */
  together(work, answered = Infinity, call) {
    if (this.#guard) return work();
    const lower = lift();
    this.#first = !this.version;
    this.#guard = new FieldGuard(this.root, this.#late, answered, call);
    try {
      if (this.#edited) this.open(this.#edited);
      return work();
    } finally {
      this.#finish(this.#gone.splice(0));
      lower();
    }
  }

  #finish(gone) {
    try {
      for (const node of this.moved) bringHome(node, this.mirror);
      this.moved.clear();
      this.#guard.settle(gone.map(({ node }) => node), (old, heir) => this.#exchange(old, heir));
    } finally {
      this.#guard = null;
      this.#watcher?.dropped();
      for (const entry of gone) this.shown.forget(entry);
    }
  }

  /** An element has come, or has come into sight. */
  added(element) {
    this.#watcher?.added(element);
    if (this.#guard && has(element, "autofocus")) this.#guard.wish(element);
    if (has(element, "indeterminate")) element.indeterminate = true;
  }

  /** The entry of a component that is shown at another place so far, or null. */
  take(id, tag) {
    const entry = this.shown.take(id, tag);
    if (!entry) return null;
    if (isBusy(entry.node)) this.moved.add(entry.node);
    for (const element of [entry.node, ...all(entry.node, "*")]) this.#watcher?.added(element);
    return entry;
  }

  #walk(entry, parent, at, patch) {
    let step = 0;
    this.open(entry);
    for (; typeof patch[step] === "number"; step++) {
      parent = entry;
      at = patch[step];
      entry = parent.children?.[at];
      if (!entry) throw new Error(`no node at ${patch.slice(0, step + 1)}`);
      this.open(entry);
    }
    if (typeof patch[step] === "string") this.#operate(entry, parent, at, patch.slice(step));
    else for (const inner of patch.slice(step)) this.#walk(entry, parent, at, inner);
  }

  #operate(entry, parent, at, [operation, first, ...more]) {
    switch (operation) {
      case "t": return this.setText(entry, parent, at, first);
      case "a": case "r": return this.setAttribute(entry, first, ...more);
      case "i": return this.#insert(entry, first, more);
      case "d": return this.#delete(entry, first, ...more);
      case "m": return this.#move(entry, first, ...more);
      case "s": return this.#swap(entry, parent, at, first);
      default: throw new Error(`no operation ${operation}`);
    }
  }

  /** What a component's patches have to pass as well, though their paths begin below it. */
  #openAbove(entry) {
    const { editing } = this.#guard;
    const out = !holds(this.root, entry.node) || (editing && holds(editing, entry.node));
    if (out) wayTo(entry.node, this.mirror)?.forEach((above) => this.open(above));
  }

  /** Called on the way to a node: a person who edits here is left alone until that was told, and answered. */
  open(entry) {
    const { node } = entry;
    if (node.localName === "select") this.#guard.choose(node, this.#first);
    const isEditing = node === this.#guard.editing;
    // What somebody has put into an editor is not in the mirror, and goes when the copy comes.
    if (isEditing || (node.isContentEditable && isUsed(node))) shade((this.#edited = entry));
    if (!isEditing && isShaded(entry) && !has(node, IGNORE) && !this.#guard.isAhead(node)) this.#show(entry);
  }

  #show(entry) {
    unshade(entry);
    for (const element of all(entry.node, "*")) this.added(element);
    this.#watcher?.dropped();
  }

  setText(entry, parent, at, text) {
    if (entry.children) throw new Error("no text here");
    if (!holds(parent.home, entry.node)) place(parent, at, at + 1);
    if (entry.node.data === text) return;
    entry.node.data = text;
    this.contentChanged(parent);
  }

  /** A textarea's value is its content until someone types. */
  contentChanged({ node }) {
    if (node.localName === "textarea") this.#guard.touch(node, "text");
  }

  /** Without a value the attribute goes. */
  setAttribute(entry, name, value) {
    const { node, home } = entry;
    if (!home || name === COMPONENT) throw new Error(`no attribute ${name} here`);
    if (node === this.root && name === TOKEN) return;
    const copy = isShaded(entry) && home instanceof Element ? home : null;
    if (copy) changeAttribute(copy, name, value);
    // An ignored element belongs to another script, which may still be told something by data attributes.
    if (has(node, IGNORE) && !/^(data|live)-/.test(name)) return;
    this.#guard.touch(node, name);
    // The page around a modal dialog is inert until that is closed.
    if (name === "open" && value == null && matches(node, ":modal")) node.close?.();
    changeAttribute(node, name, value);
    if (name === IGNORE) this.#ignoreChanged(entry, copy);
    this.#watcher?.changed(node, name);
  }

  #ignoreChanged(entry, copy) {
    const { node } = entry;
    if (has(node, IGNORE)) return shade(entry);
    this.#show(entry);
    if (copy) rebuildAttributes(this, entry, attributesOf(copy));
  }

  #insert(entry, index, nodes) {
    this.#range(entry, index, 0);
    const made = expand(nodes).map((data) => this.build(entry, data));
    entry.children = entry.children.slice(0, index).concat(made, entry.children.slice(index));
    insert(entry, index, index + made.length);
    this.contentChanged(entry);
  }

  #delete(entry, index, count = 1) {
    this.#range(entry, index, count);
    for (const gone of entry.children.splice(index, count)) this.drop(gone);
    this.contentChanged(entry);
  }

  #move(entry, from, to, count = 1) {
    this.#range(entry, from, count);
    this.#range(entry, to, count);
    const moved = entry.children.splice(from, count);
    entry.children = entry.children.slice(0, to).concat(moved, entry.children.slice(to));
    // Not what has the focus moves, but the nodes that are passed.
    if (!moved.some(({ node }) => isBusy(node))) place(entry, to, to + count);
    else if (to < from) place(entry, to + count, from + count);
    else place(entry, from, to);
  }

  #swap(entry, parent, at, data) {
    if (!parent) throw new Error("no child here");
    const made = this.build(parent, data);
    const old = { ...entry };
    // The entry stays, since patches that share a path hold on to it.
    Object.assign(entry, made);
    this.shown.renew(entry, old);
    this.shown.renew(made, entry);
    if (old.node.parentNode === parent.home && !isBusy(entry.node)) parent.home.insertBefore(entry.node, old.node);
    else place(parent, at, at + 1);
    this.drop(old);
    this.contentChanged(parent);
  }

  #range(entry, index, count) {
    const fits = index >= 0 && count >= 0 && index + count <= entry.children?.length;
    if (!fits) throw new Error(`no ${count} children at ${index}`);
  }

  build(parent, data) { return build(data, parent.node, parent.home, this); }

  drop(entry) {
    remove(entry.node);
    this.#gone.push(entry);
  }

  /** The element that has the focus goes on in the place of one that was made anew, if it can; it is returned then. */
  #exchange(old, heir) {
    const entry = wayTo(heir, this.mirror)?.pop();
    if (!entry || get(old, COMPONENT) !== get(heir, COMPONENT)) return false;
    putBefore(heir.parentNode, old, heir);
    heir.remove();
    entry.node = old;
    rebuildAttributes(this, entry, attributesOf(heir));
    if (old !== this.#guard.editing) this.#show(entry);   // an editor has got its unseen copy
    this.contentChanged(entry);
    return old;
  }
}
