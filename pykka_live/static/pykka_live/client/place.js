// Where the DOM nodes of entries stand among others, be they ours or not.

import { holds, isBusy, pageOf } from "./dom.js";
import { wayTo } from "./mirror.js";

/** Inserts the nodes of a range of new children, at once. */
export function insert(entry, start, end) {
  const { children, home } = entry;
  const fragment = pageOf(home).createDocumentFragment();
  fragment.append(...children.slice(start, end).map(({ node }) => node).filter((node) => !isBusy(node)));
  const [parent, before] = gap(entry, start, end);
  parent.insertBefore(fragment, before);
}

/** Whether a node is among the children; others may have put something around it. */
const isAmong = ({ children, home }, node) =>
  node.parentNode === home ||
  (holds(home, node) && !isBusy(node) && !children.some((child) => child.node !== node && holds(child.node, node)));

/** Where those of a range of children belong: the parent, and the node before which they go, or null at the end. */
function gap(entry, start, end) {
  const { children, home } = entry;
  const nearest = (index, step, side) => {
    while (children[index] && !isAmong(entry, children[index].node)) index += step;
    let node = children[index]?.node;
    // What is around it alone is passed as well.
    while (node && node.parentNode !== home && !node[side]) node = node.parentNode;
    return node;
  };
  const next = nearest(end, 1, "previousSibling");
  const last = next ? null : nearest(start - 1, -1, "nextSibling");
  return [(next ?? last)?.parentNode ?? home, next ?? last?.nextSibling ?? null];
}

/** Puts the nodes of a range of children where they belong among the nodes of the others; `isHere`: wherever they are. */
export function place(entry, start, end, isHere) {
  let [parent, before] = gap(entry, start, end);
  for (let index = end - 1; index >= start; index--) {
    const { node } = entry.children[index];
    // What a script has taken to another place of the page stays there.
    if (!isHere && node.isConnected && !isAmong(entry, node)) continue;
    if (node === before) before = node.nextSibling;
    putBefore(parent, node, before);
    before = node;
  }
}

/** Puts a node that stayed where it was for the sake of the focus where the mirror has it now. */
export function bringHome(node, mirror) {
  const way = wayTo(node, mirror);
  if (!way) return node.remove();
  for (const parent of way.slice(0, -1)) place(parent, 0, parent.children.length, true);
}

/** Keeps focus, playing media and frames where the browser can. */
export function putBefore(parent, node, before) {
  if (node.nextSibling === before && node.parentNode === parent) return;
  if (node.isConnected && parent.isConnected && parent.moveBefore) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}
