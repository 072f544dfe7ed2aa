// The mirror: for each node of the server's tree an entry {node, home, children}. Patches address the children
// of entries and never those of the live DOM, so nodes that others put into the page do not count.
//
// `home` is where the DOM nodes of the children live: the element itself, the content of a template, or, where
// the page's subtree is not ours to change at present, an unseen copy of the element (see `shade`).
//
// It is one tree, with all components in their places, as in the DOM. Nothing in it tells where a component
// begins, but that the patcher is told of each one's entry.

import { createElement } from "./elements.js";
import { COMPONENT, IGNORE, isObject } from "./names.js";
import { get, has, pageOf } from "./dom.js";

const leaf = (node) => ({ node, home: null, children: null });

export const homeOf = (element) => (element.localName === "template" && element.content) || element;

/** The first child of a home that may be the page's: what is in a selectedcontent the browser has copied there. */
export const firstIn = (home) => (home.localName === "selectedcontent" ? null : home.firstChild);

/** The mirror of a DOM tree that is already there. */
export function adopt(node, patcher) {
  if (!(node instanceof Element)) return leaf(node);
  const entry = { node, home: homeOf(node), children: [] };
  // Browsers split the texts that they parse.
  if (entry.home !== node) entry.home.normalize();
  for (let child = firstIn(entry.home); child; child = child.nextSibling) entry.children.push(adopt(child, patcher));
  return come(entry, patcher, 1);
}

/** New nodes, with their entry, from a tree as data. They are to become children of `parent`, in `home`. */
export function build(data, parent, home, patcher) {
  const page = pageOf(home);
  if (typeof data === "string") return leaf(page.createTextNode(data));
  const { tag, attributes, children } = parts(data);
  if (tag === "!") return leaf(page.createComment(children[0] ?? ""));
  const id = attributes[COMPONENT];
  const known = id && patcher.take(id, tag);
  if (known) return known;
  const node = createElement(tag, attributes, parent, page);
  const entry = { node, home: homeOf(node), children: [] };
  for (const child of children) {
    const made = build(child, node, entry.home, patcher);
    if (!patcher.moved.has(made.node)) entry.home.appendChild(made.node);
    entry.children.push(made);
  }
  return come(entry, patcher, 0);
}

function come(entry, patcher, version) {
  const { node } = entry;
  patcher.added(node);
  if (has(node, COMPONENT)) patcher.shown.add(get(node, COMPONENT), entry, version);
  if (has(node, IGNORE)) shade(entry);
  return entry;
}

/** The tag, attributes and children of an element (or comment) as data. */
export function parts(data) {
  if (!Array.isArray(data) || typeof data[0] !== "string") throw new Error("no node here");
  const given = isObject(data[1]);
  return { tag: data[0], attributes: given ? data[1] : {}, children: expand(data.slice(given ? 2 : 1)) };
}

/** Siblings as data, without groups (docs/protocol.md). */
export const expand = (items) => items.flatMap((data) => (typeof data[0] === "number" ? repeat(data) : [data]));

function repeat([period, ...shapes]) {
  const strings = shapes.splice(period).reverse();
  const made = [];
  const fill = (part) => {
    if (Array.isArray(part)) return part.map(fill);
    if (isObject(part)) return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value)]));
    if (part !== 0) return part;
    if (!strings.length) throw new Error("no group here");
    return strings.pop();
  };
  do {
    const { length } = strings;
    made.push(...shapes.map(fill));
    if (strings.length === length) throw new Error("no group here");
  } while (strings.length);
  return made;
}

/** The entries from one down to that of a node; null if it has none there. */
export function wayTo(node, from) {
  if (from.node === node) return [from];
  for (const child of from.children ?? []) {
    const rest = wayTo(node, child);
    if (rest) return [from, ...rest];
  }
  return null;
}

export const isShaded = (entry) => entry.home !== null && entry.home !== homeOf(entry.node);

/** From now on patches inside this element change an unseen copy; the page's nodes are left alone. */
export function shade(entry) {
  if (!isShaded(entry)) moveTo(entry, entry.node.cloneNode(false));
}

function moveTo(entry, copy) {
  entry.home = homeOf(copy);
  for (const child of entry.children) {
    child.node = child.node.cloneNode(false);
    entry.home.appendChild(child.node);
    if (child.children) moveTo(child, child.node);
  }
}

/** Shows the copy that has been kept since `shade`. */
export function unshade(entry) {
  if (!isShaded(entry)) return;
  const copy = entry.home;
  entry.home = homeOf(entry.node);
  entry.home.replaceChildren(...entry.children.map(({ node }) => node).filter((node) => node.parentNode === copy));
}
