// The entry: finds the live regions of the page and connects them.

import { ROOT, TOKEN, holds } from "./names.js";
import { Connection } from "./connection.js";
import { fingerprint } from "./fingerprint.js";
import { Patcher } from "./patcher.js";
import { View } from "./view.js";

const script = document.currentScript ?? document.querySelector("script[data-live-socket]");
let connection = null;
let views = [];

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
  views.find((view) => holds(view.root, node))?.leave();
}

function start() {
  const roots = Array.from(document.querySelectorAll(`[${ROOT}][${TOKEN}]`));
  if (!roots.length) return null;
  const { liveSocket = "/live/websocket/", liveNotice, liveReload } = script?.dataset ?? {};
  const texts = { stopped: liveNotice, reload: liveReload };
  const tab = String(crypto.getRandomValues(new Uint32Array(4)));
  views = roots.map((root) => new View(root, { tab, texts }));
  const url = new URL(liveSocket, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const opened = new Connection(url.href, views);
  for (const view of views) view.attach(opened);

  // A page that the browser keeps in its memory may come back as it was left.
  window.addEventListener("pagehide", ({ persisted }) => {
    for (const view of views) view.flush();
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
