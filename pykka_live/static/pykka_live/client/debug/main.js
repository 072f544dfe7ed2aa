// The entry of the debug panel, a script of its own that pages have with DEBUG only.

import { HOST, Panel } from "./panel.js";
import { failureRow, reportRow } from "./rows.js";

// It stands beside the body, so that it is no part of a live region whatever the page is like.
if (!document.querySelector(HOST)) {
  const panel = new Panel();
  document.documentElement.append(panel.host);
  document.addEventListener("live:debug", ({ detail }) => panel.add(reportRow(detail)));
  document.addEventListener("live:error", ({ detail }) => panel.add(failureRow(detail)));
}
