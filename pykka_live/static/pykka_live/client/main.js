// The entry: finds the live regions of the page and connects them.

import { Patcher } from "./patcher.js";
import { View } from "./view.js";
import { ROOT, TOKEN } from "./names.js";
import { holds } from "./dom.js";
import { fingerprint } from "./fingerprint.js";
import { Connection } from "./connection.js";

let connection = null;

/** Joins the page's live regions; after `disconnect`, again. */
function connect() {
  connection ??= start();
  connection?.connect();
}

function disconnect() {
  connection?.disconnect();
}

/** Ends the view in whose region a node is; the page's other views go on. */
function leave(node) {
  connection?.views.find((view) => holds(view.root, node))?.leave();
}

function start() {
  const roots = [...document.querySelectorAll(`[${ROOT}][${TOKEN}]`)];
  if (!roots.length) return null;
  const { dataset } = document.querySelector("script[data-live-socket]");
  const { href } = new URL(dataset.liveSocket, location.href);
  const opened = new Connection(href.replace(/^http/, "ws"));
  opened.views = roots.map((root) => new View(root, opened, dataset));

  // A page that the browser keeps in its memory may come back as it was left.
  window.addEventListener("pagehide", ({ persisted }) => {
    for (const view of opened.views) view.flush();
    opened.disconnect(persisted ? 4001 : 1000);
  });
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) opened.connect(); });
  return opened;
}

if (!window.PykkaLive) {
  window.PykkaLive = { Patcher, connect, disconnect, fingerprint, leave };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", connect);
  else connect();
}
