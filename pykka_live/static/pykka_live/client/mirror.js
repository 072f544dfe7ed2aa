// The mirror: for each node of the server's tree an entry {node, home, children}. Patches address the children
// of entries and never those of the live DOM, so nodes that others put into the page do not count.
//
// `home` is where the DOM nodes of the children live: the element itself, the content of a template, or, where
// the page's subtree is not ours to change at present, an unseen copy of the element (see `shade`).
//
// It is one tree, with all components in their places, as in the DOM. Nothing in it tells where a component
// begins, but that the patcher is told of each one's entry.

import { COMPONENT, IGNORE, isObject } from "./names.js";
import { createElement } from "./elements.js";

const KINDS = new Set([Node.ELEMENT_NODE, Node.TEXT_NODE, Node.COMMENT_NODE]);

export const homeOf = (element) => (element.localName === "template" && element.content) || element;

/** The first child of a home that may be the page's: what is in a selectedcontent the browser has copied there. */
export const firstIn = (home) => (home.localName === "selectedcontent" ? null : home.firstChild);

/** The mirror of a DOM tree that is already there. */
export function adopt(node, patcher) {
  if (node.nodeType !== Node.ELEMENT_NODE) return { node, home: null, children: null };
  const entry = { node, home: homeOf(node), children: [] };
  for (let child = firstIn(entry.home); child; child = child.nextSibling) {
    if (KINDS.has(child.nodeType)) entry.children.push(adopt(child, patcher));
  }
  patcher.added(node);
  if (node.hasAttribute(COMPONENT)) patcher.shown.add(node.getAttribute(COMPONENT), entry, 1);
  if (node.hasAttribute(IGNORE)) shade(entry);
  return entry;
}

/** New nodes, with their entry, from a tree as data. They are to become children of `parent`, in `home`. */
export function build(data, parent, home, patcher) {
  if (typeof data === "string") {
    return { node: home.ownerDocument.createTextNode(data), home: null, children: null };
  }
  const { tag, attributes, children } = parts(data);
  if (tag === "!") {
    return { node: home.ownerDocument.createComment(children[0] ?? ""), home: null, children: null };
  }
  const id = attributes[COMPONENT];
  const known = id && patcher.take(id, tag);
  if (known) return known;
  const node = createElement(tag, attributes, parent, home);
  const entry = { node, home: homeOf(node), children: [] };
  for (const child of children) {
    const made = build(child, node, entry.home, patcher);
    entry.home.appendChild(made.node);
    entry.children.push(made);
  }
  patcher.added(node);
  if (id) patcher.shown.add(id, entry, 0);
  if (node.hasAttribute(IGNORE)) shade(entry);
  return entry;
}

/** The tag, attributes and children of an element (or comment) as data. */
export function parts(data) {
  if (!Array.isArray(data) || typeof data[0] !== "string") throw new TypeError("this is no node");
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
    if (!strings.length) throw new TypeError("a group has too few strings");
    return strings.pop();
  };
  do {
    const { length } = strings;
    made.push(...shapes.map(fill));
    if (strings.length === length) throw new TypeError("a group has no holes");
  } while (strings.length);
  return made;
}

/** The entries from one down to another that is somewhere below it, which is left out itself. */
export function wayTo(entry, from) {
  if (from === entry) return [];
  for (const child of from.children ?? []) {
    const rest = wayTo(entry, child);
    if (rest) return [from, ...rest];
  }
  return null;
}

export const isShaded = (entry) => entry.home !== null && entry.home !== homeOf(entry.node);

/** From now on patches inside this element change an unseen copy; the page's nodes are left alone. */
export function shade(entry) {
  if (isShaded(entry)) return;
  entry.home = homeOf(entry.node.cloneNode(false));
  for (const child of entry.children) entry.home.appendChild(moveToCopy(child));
}

/** Shows the copy that has been kept since `shade`. */
export function unshade(entry) {
  if (!isShaded(entry)) return;
  const copy = entry.home;
  entry.home = homeOf(entry.node);
  while (entry.home.firstChild) entry.home.removeChild(entry.home.firstChild);
  for (const child of entry.children) {
    if (child.node.parentNode === copy) entry.home.appendChild(child.node);
  }
}

function moveToCopy(entry) {
  entry.node = entry.node.cloneNode(false);
  if (entry.children) {
    entry.home = homeOf(entry.node);
    for (const child of entry.children) entry.home.appendChild(moveToCopy(child));
  }
  return entry.node;
}

/** Adjacent texts become one, also in the content of templates: browsers split what they parse. */
export function normalize(root) {
  root.normalize();
  normalizeTemplates(Element.prototype.querySelectorAll.call(root, "template"));
}

function normalizeTemplates(templates) {
  for (const { content } of templates) {
    if (!content) continue;   // it is SVG's or MathML's
    content.normalize();
    normalizeTemplates(content.querySelectorAll("template"));
  }
}
