// Where the DOM nodes of entries stand among others, be they ours or not.

/** Puts the nodes of a range of children where they belong among the nodes of the others. */
export function place(entry, start, end) {
  const { children, home } = entry;
  let before = null;
  for (let index = end; index < children.length && !before; index++) {
    if (children[index].node.parentNode === home) before = children[index].node;
  }
  for (let index = start - 1; index >= 0 && !before; index--) {
    if (children[index].node.parentNode === home) {
      before = children[index].node.nextSibling;
      break;
    }
  }
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
