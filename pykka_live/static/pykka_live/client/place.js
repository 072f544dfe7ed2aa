// Where the DOM nodes of entries stand among others, be they ours or not.

import { pageOf } from "./dom.js";

/** Inserts the nodes of a range of new children, at once. */
export function insert(entry, start, end) {
  const { children, home } = entry;
  const fragment = pageOf(home).createDocumentFragment();
  fragment.append(...children.slice(start, end).map(({ node }) => node));
  home.insertBefore(fragment, nodeBehind(entry, start, end));
}

/** The node before which those of a range of children belong, be it ours or not; null at the end. */
function nodeBehind({ children, home }, start, end) {
  for (let index = end; index < children.length; index++) {
    if (children[index].node.parentNode === home) return children[index].node;
  }
  for (let index = start - 1; index >= 0; index--) {
    if (children[index].node.parentNode === home) return children[index].node.nextSibling;
  }
  return null;
}

/** Puts the nodes of a range of children where they belong among the nodes of the others. */
export function place(entry, start, end) {
  const { children, home } = entry;
  let before = nodeBehind(entry, start, end);
  for (let index = end - 1; index >= start; index--) {
    const { node } = children[index];
    // What a script has taken to another place of the page stays there.
    if (node.parentNode !== home && node.isConnected) continue;
    if (node === before) before = node.nextSibling;
    putBefore(home, node, before);
    before = node;
  }
}

/** Keeps focus, playing media and frames where the browser can. */
function putBefore(home, node, before) {
  if (node.nextSibling === before && node.parentNode === home) return;
  if (node.parentNode === home && home.moveBefore) home.moveBefore(node, before);
  else home.insertBefore(node, before);
}
