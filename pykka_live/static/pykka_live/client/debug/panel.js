// The panel at the bottom of the page: closed, it shows the last event; open, a table of the last ones.

import { make } from "./elements.js";
import { COLUMNS, SLOW, STAGES, VERY_SLOW } from "./rows.js";
import { STYLE } from "./style.js";

export const HOST = "pykka-live-debug";

const KEPT = 50;
const MEMORY = "pykka_live.debug";
// What is done in the panel concerns no binding of the page, such as `.outside` and `.window`.
const OWN = ["click", "pointerdown", "pointerup", "mousedown", "mouseup", "keydown", "keyup", "keypress", "wheel"];

export class Panel {
  host = document.createElement(HOST);
  #panel = make("div.panel", { hidden: true });
  #dot = make("span.dot", {});
  #last = make("span", {});
  #pill = make("button.pill", { type: "button", title: "Show what events cost" },
    this.#dot, make("span.unseen", {}, "Debug panel: "), this.#last);
  #rows = make("tbody", {});
  #close = make("button", { type: "button" }, "Close");
  #sheet = make("section.sheet", { id: "sheet", ariaLabel: "What events cost", ariaLive: "off" });

  constructor() {
    const clear = make("button", { type: "button" }, "Clear");
    const header = make("header", {}, make("strong", {}, "pykka_live"), legend(), clear, this.#close);
    this.#sheet.append(header, table(this.#rows));
    this.#pill.setAttribute("aria-controls", "sheet");
    this.#pill.addEventListener("click", () => this.#choose(true));
    this.#close.addEventListener("click", () => this.#choose(false));
    clear.addEventListener("click", () => this.#rows.replaceChildren());

    this.#panel.append(this.#pill, this.#sheet);
    this.#panel.addEventListener("keydown", ({ key }) => { if (key === "Escape") this.#choose(false); });
    for (const type of OWN) this.#panel.addEventListener(type, (event) => event.stopPropagation());
    // A constructed style sheet needs no permission of a Content Security Policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    // Closed: what drives a browser to test the page would look into an open one.
    const root = this.host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#panel);
    this.#show(remembered() === "open");
    leaveRoomFor(this.#panel);
  }

  /** Puts a line on top; the panel is there from the first one on. */
  add({ row, name, text, state }) {
    this.#panel.hidden = false;
    this.#rows.prepend(row);
    while (this.#rows.rows.length > KEPT) this.#rows.lastElementChild.remove();
    this.#dot.className = `dot ${state}`;
    this.#last.replaceChildren(name, " ", make("b", {}, text));
  }

  #choose(open) {
    this.#show(open);
    (open ? this.#close : this.#pill).focus();
    remember(open ? "open" : "closed");
  }

  #show(open) {
    this.#sheet.hidden = !open;
    this.#pill.hidden = open;
    this.#pill.ariaExpanded = String(open);
  }
}

/** Tells the page how much of its lower edge is covered, as `--pykka-live-debug`; what it makes of it is its own business. */
function leaveRoomFor(panel) {
  // Not as an attribute of the root, which may be part of a live region.
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const tell = () => sheet.replaceSync(`:root { --pykka-live-debug: ${Math.ceil(panel.getBoundingClientRect().height)}px; }`);
  new ResizeObserver(tell).observe(panel);
}

function table(rows) {
  const names = COLUMNS.map((name) => make("th", { scope: "col" }, name));
  const caption = make("caption.unseen", {}, "The last events, newest first");
  const found = make("table", {}, caption, make("thead", {}, make("tr", {}, ...names)), rows);
  // It can be scrolled, so it has to be reached with the keyboard.
  return make("div.scroll", { tabIndex: 0, role: "region", ariaLabel: "Events" }, found);
}

function legend() {
  const stages = STAGES.map((stage) => make("li", {}, make(`span.swatch.${stage}`, {}), stage));
  const slow = make("li.slow", {}, `over ${SLOW} ms`);
  const verySlow = make("li.very-slow", {}, `over ${VERY_SLOW} ms`);
  return make("ul", {}, ...stages, slow, verySlow);
}

// A browser may keep no storage for the page; then the panel begins closed each time.
function remembered() {
  try {
    return localStorage.getItem(MEMORY);
  } catch {
    return null;
  }
}

function remember(state) {
  try {
    localStorage.setItem(MEMORY, state);
  } catch {
    // As above.
  }
}
