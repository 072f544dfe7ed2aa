// One line of the panel: what a message of a view has cost, or how it has failed.

import { make } from "./elements.js";

export const STAGES = ["waited", "handler", "render", "checkpoint", "diff"];
export const COLUMNS = ["Event", "Where the time went", "Total", "Waited", "Handler", "Render", "Checkpoint", "Diff", "Patches", "Bytes", "Rows rendered", "Rendered where"];

// Milliseconds: a frame of the screen, and what a person notices.
export const SLOW = 16;
export const VERY_SLOW = 100;

/** A row for the `detail` of `live:debug`. */
export function reportRow(report) {
  const { class: view, kind, event, total, patches, bytes, rendered, reused, page } = report;
  const name = make("th.name", { scope: "row", title: `${view} (${kind})` }, event, make("span.view", {}, view.split(".").pop()));
  if (page) name.append(make("span.page", { title: "Made from the whole page; manage.py live_check says why." }, "whole page"));
  const rows = rendered + reused;
  const row = make("tr", {},
    name,
    make("td.way", {}, bar(report)),
    time(total, "total"),
    ...STAGES.map((stage) => time(report[stage], stage)),
    make("td", {}, patches ? String(patches) : "–"),
    make("td", {}, bytes ? bytes.toLocaleString("en") : "–"),
    make("td", { title: `${rendered} rendered, ${reused} taken over` }, rows ? `${rendered} of ${rows}` : "–"),
    make("td.where", {}, ...places(report)),
  );
  return { row, name: event, text: milliseconds(total), state: speed(total) || (page ? "slow" : "") };
}

/** A row for the `detail` of `live:error`. */
export function failureRow({ name, code, message }) {
  const what = name ?? "the page";
  const row = make("tr.failed", {},
    make("th.name", { scope: "row" }, what),
    make("td", { colSpan: COLUMNS.length - 1 }, make("b", {}, code), ` ${message}`),
  );
  return { row, name: what, text: code, state: "failed" };
}

// Which loops have rendered rows, what was rendered as a string, and which names may have made that necessary.
function places({ loops, strings, asked }) {
  return [
    ...loops.map(([place, rendered, rows]) => make("span", {}, place, make("b", {}, ` ${rendered} of ${rows}`))),
    ...strings.map((place) => make("span.string", { title: "Rendered as a string; manage.py live_check says why." }, place, make("b", {}, " string"))),
    ...asked.map((name) => make("span.asked", { title: "May be something else each time, so rows that show it are rendered each time; pykka_live.pure says that it is not." }, name, make("b", {}, " asked"))),
  ];
}

function bar(report) {
  const way = make("div.bar", {});
  for (const stage of STAGES) {
    const part = make(`span.${stage}`, {});
    part.style.flexGrow = report[stage];
    way.append(part);
  }
  const rest = make("span", {});
  rest.style.flexGrow = Math.max(0, report.total - STAGES.reduce((sum, stage) => sum + report[stage], 0));
  way.append(rest);
  return way;
}

function time(value, stage) {
  return make(`td.time.${stage}${speed(value) && `.${speed(value)}`}`, {}, milliseconds(value));
}

function speed(value) {
  if (value >= VERY_SLOW) return "very-slow";
  return value >= SLOW ? "slow" : "";
}

function milliseconds(value) {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}
