// Makes an existing DOM equal to a tree as data: after a join whose fingerprint or version differs, or a gap.
// What fits is kept (and with it what a person typed, focus and scroll positions); only the rest is made anew.

import { get } from "./dom.js";
import { COMPONENT, madeIn, TOKEN } from "./names.js";
import { place } from "./place.js";
import { parts } from "./mirror.js";

// What a person has opened stays open.
const KEPT = [TOKEN, COMPONENT, "open"];

/**
 * At the first look an extension's element cannot be told from the page's by its place. Its name can: it has a
 * hyphen, no script of the page defines it, and it is not in the server's tree. It is passed over.
 */
export function foreignTo(tree) {
  const text = JSON.stringify(tree);
  return ({ localName }) =>
    localName?.includes("-") && !customElements.get(localName) && !text.includes(`["${localName}"`);
}

/** `entry` is an element's; `data` an element of the same name. What `isForeign` is neither used nor removed. */
export function rebuildElement(patcher, entry, data, isForeign) {
  const { tag, attributes, children } = parts(data);
  if (tag !== entry.node.localName) throw new Error(`no ${tag} here`);
  patcher.open(entry);
  rebuildAttributes(patcher, entry, attributes);
  rebuildChildren(patcher, entry, children, isForeign);
}

export function rebuildAttributes(patcher, entry, attributes) {
  const { node } = entry;
  for (const name of node.getAttributeNames()) {
    if (!Object.hasOwn(attributes, name) && !KEPT.includes(name)) patcher.setAttribute(entry, name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (get(node, name) !== value) patcher.setAttribute(entry, name, value);
  }
}

function rebuildChildren(patcher, entry, trees, isForeign) {
  const before = new Set(entry.children);
  const candidates = new Map();   // what a child can become -> the children that can, the first one last
  for (const child of [...entry.children].reverse()) madeIn(candidates, kindOfNode(child.node), Array).push(child);
  entry.children = trees.map((data) => {
    const fit = candidates.get(kindOf(data))?.pop();
    if (!fit) return patcher.build(entry, data);
    // A component has a tree of its own.
    if (fit.children && !data[1]?.[COMPONENT]) rebuildElement(patcher, fit, data, isForeign);
    return fit;
  });
  const left = [...candidates.values()].flat().filter(({ node }) => !isForeign(node));
  for (const child of left) patcher.drop(child);
  const nodes = new Set(entry.children.map(({ node }) => node));
  for (let index = trees.length - 1; index >= 0; index--) arrange(entry, index, nodes);
  trees.forEach((data, index) => {
    const child = entry.children[index];
    if (!child.children) patcher.setText(child, entry, index, typeof data === "string" ? data : data[1] ?? "");
  });
  if (left.length || entry.children.some((child) => !before.has(child))) patcher.contentChanged(entry);
}

// Only what is out of order moves. Nodes that are not in the mirror are passed over.
function arrange(entry, index, nodes) {
  const { children, home } = entry;
  const { node } = children[index];
  if (node.parentNode === home) {
    let after = node.nextSibling;
    while (after && !nodes.has(after)) after = after.nextSibling;
    if (after === (children[index + 1]?.node ?? null)) return;
  }
  place(entry, index, index + 1);
}

const kindOf = (data) =>
  typeof data === "string" ? "#text" : data[0] === "!" ? "#comment" : kind(data[0], (name) => data[1]?.[name]);

const kindOfNode = (node) =>
  node instanceof Element ? kind(node.localName, (name) => get(node, name)) : node.nodeName;

/**
 * Components come before keys, and keys before ids, as in the server's comparison. The encoding decides about the
 * namespace of what is inside.
 */
function kind(tag, read) {
  const component = read(COMPONENT);
  return [tag, component ? [COMPONENT, component] : read("encoding") || read("live-key") || read("id")].join();
}
