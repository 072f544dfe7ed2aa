// Makes an existing DOM equal to a tree as data: after a join whose fingerprint or version differs, or a gap.
// What fits is kept (and with it what a person typed, focus and scroll positions); only the rest is made anew.

import { TOKEN } from "./names.js";
import { parts } from "./mirror.js";

/**
 * At the first look an extension's element cannot be told from the page's by its place. Its name can: it has a
 * hyphen, no script of the page defines it, and it is not in the server's tree. It is passed over.
 */
export function foreignTo(tree) {
  const text = JSON.stringify(tree);
  return ({ localName }) =>
    Boolean(localName?.includes("-")) && !customElements.get(localName) && !text.includes(`["${localName}"`);
}

/** `entry` is an element's; `data` an element of the same name. What `isForeign` is neither used nor removed. */
export function rebuildElement(patcher, entry, data, isForeign) {
  const { tag, attributes, children } = parts(data);
  if (tag !== entry.node.localName) throw new TypeError(`<${tag}> is not <${entry.node.localName}>`);
  patcher.open(entry);
  rebuildAttributes(patcher, entry, attributes);
  rebuildChildren(patcher, entry, children, isForeign);
}

function rebuildAttributes(patcher, entry, attributes) {
  const { node } = entry;
  for (const name of node.getAttributeNames()) {
    if (!Object.hasOwn(attributes, name) && name !== TOKEN) patcher.removeAttribute(entry, name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== value) patcher.setAttribute(entry, name, value);
  }
}

function rebuildChildren(patcher, entry, trees, isForeign) {
  const before = new Set(entry.children);
  const candidates = new Candidates(entry.children);
  entry.children = trees.map((data) => {
    const fit = candidates.take(kindOf(data));
    if (!fit) return patcher.build(entry, data);
    if (fit.children) rebuildElement(patcher, fit, data, isForeign);
    return fit;
  });
  const left = candidates.rest().filter(({ node }) => !isForeign(node));
  for (const child of left) patcher.drop(child);
  const nodes = new Set(entry.children.map(({ node }) => node));
  for (let index = trees.length - 1; index >= 0; index--) arrange(patcher, entry, index, nodes);
  trees.forEach((data, index) => {
    const child = entry.children[index];
    if (!child.children) patcher.setText(child, entry, index, typeof data === "string" ? data : data[1] ?? "");
  });
  if (left.length || entry.children.some((child) => !before.has(child))) patcher.contentChanged(entry);
}

// Only what is out of order moves. Nodes that are not in the mirror are passed over.
function arrange(patcher, entry, index, nodes) {
  const { children, home } = entry;
  const { node } = children[index];
  if (node.parentNode === home) {
    const next = children[index + 1]?.node ?? null;
    let after = node.nextSibling;
    while (after && !nodes.has(after)) after = after.nextSibling;
    if (after === next) return;
  }
  patcher.place(entry, index, index + 1);
}

/** The existing children, by what they can become. */
class Candidates {
  #byKind = new Map();

  constructor(entries) {
    for (const entry of entries) {
      const kind = kindOfNode(entry.node);
      if (this.#byKind.has(kind)) this.#byKind.get(kind).push(entry);
      else this.#byKind.set(kind, [entry]);
    }
    for (const queue of this.#byKind.values()) queue.reverse();
  }

  take(kind) {
    return this.#byKind.get(kind)?.pop();
  }

  rest() {
    return Array.from(this.#byKind.values()).flat();
  }
}

function kindOf(data) {
  if (typeof data === "string") return "#text";
  const { tag, attributes } = parts(data);
  return kind(tag, attributes["live-key"] ?? attributes.id);
}

function kindOfNode(node) {
  if (node.nodeType === Node.TEXT_NODE) return "#text";
  if (node.nodeType === Node.COMMENT_NODE) return "!";
  return kind(node.localName, node.getAttribute("live-key") ?? node.getAttribute("id"));
}

const kind = (tag, key) => (key === null || key === undefined ? tag : `${tag} ${key}`);
