// A hash of what the browser made of the page, to compare with the server's tree (docs/protocol.md).

import { firstIn, homeOf } from "./mirror.js";
import { get } from "./dom.js";

/** The 32-bit FNV-1a hash of everything inside `root`. */
export function fingerprint(root) {
  const prime = 16777619;
  let hash = 2166136261;

  // A variable of its own, for one that is shared is written to memory at each step.
  const mix = (unit, text) => {
    let mixed = Math.imul(hash ^ unit, prime);
    for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), prime);
    hash = mixed;
  };

  const visit = (node) => {
    if (!(node instanceof Element)) {
      mix(node instanceof Text ? 5 : 6, node.data);
    } else {
      mix(1, node.localName);
      for (const name of node.getAttributeNames()) {
        mix(2, name);
        mix(3, name === "nonce" ? node.nonce : get(node, name));   // browsers hide it
      }
      visitChildren(node);
      mix(4, "");
    }
  };

  const visitChildren = (element) => {
    for (let child = firstIn(homeOf(element)); child; child = child.nextSibling) visit(child);
  };

  visitChildren(root);
  return hash >>> 0;
}
