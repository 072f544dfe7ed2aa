// One live region of the page: joins, sends events, applies what comes back.

import { STATES, TOKEN } from "./names.js";
import { Backoff } from "./backoff.js";
import { Bindings } from "./bindings.js";
import { Calls } from "./calls.js";
import { fingerprint } from "./fingerprint.js";
import { normalize } from "./mirror.js";
import { showNotice } from "./notice.js";
import { Patcher } from "./patcher.js";

const PROTOCOL = 1;
// Joins that failed for a reason that may pass.
const TRY_AGAIN = new Set(["mount_failed", "template_failed", "handler_failed", "timeout", "overloaded", "mailbox_full", "stopped"]);

export class View {
  #connection;
  #tab;
  #texts;
  #fingerprint;
  #bindings;
  #patcher;
  #calls;
  #backoff = new Backoff();
  #timer = null;
  #joinRef = null;
  #refreshRef = null;

  /** The view's number on this socket, while it is joined. */
  number = null;
  stopped = false;

  constructor(root, { tab, texts }) {
    this.root = root;
    this.#tab = tab;
    this.#texts = texts;
    normalize(root);
    this.#fingerprint = fingerprint(root);   // before anything of ours is in the DOM
    this.#bindings = new Bindings(root, (call) => this.#call(call));
    this.#patcher = new Patcher(root, this.#bindings);
    this.#calls = new Calls(({ name, params }) => this.#request({ t: "event", view: this.number, name, params }));
    this.#show("live-connecting");
  }

  attach(connection) {
    this.#connection = connection;
  }

  flush() {
    this.#bindings.flush();
  }

  connected() {
    if (this.stopped) return;
    const { version } = this.#patcher;
    const known = version ? { v: version } : { v: 0, fingerprint: this.#fingerprint };
    const token = this.root.getAttribute(TOKEN);
    this.#joinRef = this.#request({ t: "join", protocol: PROTOCOL, token, tab: this.#tab, ...known });
  }

  disconnected() {
    clearTimeout(this.#timer);
    const joined = this.number !== null;
    this.number = this.#joinRef = this.#refreshRef = null;
    for (const { name } of this.#calls.abandonSent()) this.#lost(name);
    if (this.stopped || !joined) return;
    this.#show("live-disconnected");
    this.#tell("disconnected");
  }

  /** The view has ended for good; only loading the page again helps. */
  stop(code, message) {
    if (this.stopped) return;
    this.stopped = true;
    this.number = null;
    clearTimeout(this.#timer);
    for (const { name } of [...this.#calls.abandonSent(), ...this.#calls.abandonQueued()]) {
      this.#tell("error", { code: "stopped", message, ref: null, name });
    }
    this.#show("live-stopped");
    this.#tell("stopped", { code, message });
    showNotice(this.#texts);
    this.#connection.viewStopped();
  }

  receive(frame, ref) {
    if (this.stopped) return;
    if (frame.debug) this.#tell("debug", frame.debug);
    switch (frame.t) {
      case "joined": return this.#joined(frame);
      case "patch": return this.#patched(frame, ref);
      case "tree": return this.#rebuilt(frame, ref);
      case "ok": return this.#answered(ref, true);
      case "error": return this.#failed(frame, ref);
      case "redirect": return goTo(frame.to);
      case "stopped": return this.stop(frame.code, frame.message);
      default: return undefined;
    }
  }

  #joined({ view, v, p, tree, resumed }) {
    const first = this.#patcher.version === 0;
    this.#joinRef = null;
    clearTimeout(this.#timer);
    this.number = view;
    this.#backoff.reset();
    this.#connection.joined();
    // A new live session knows nothing of what was done in the old one.
    if (!first && !resumed) for (const { name } of this.#calls.abandonQueued()) this.#lost(name);
    if (tree) this.#apply("rebuild", tree, v);
    else if (p) this.#apply("apply", p, v);
    else this.#patcher.version = v;
    this.#show("live-connected");
    this.#tell("connected", { resumed: Boolean(resumed) });
    this.#calls.pump();
  }

  #patched({ v, p }, ref) {
    if (v === this.#patcher.version + 1) this.#apply("apply", p, v);
    else this.#refresh();
    this.#answered(ref, true);
  }

  #rebuilt({ v, tree }, ref) {
    if (ref === this.#refreshRef) this.#refreshRef = null;
    this.#apply("rebuild", tree, v);
  }

  /** Does what a frame says; what does not fit is asked for as a whole. */
  #apply(method, data, version) {
    this.#bindings.muted = true;
    try {
      this.#patcher[method](data, version);
    } catch (error) {
      console.error("PykkaLive: a frame does not fit this page", error);
      if (method === "rebuild") this.stop("bad_tree", String(error));
      else this.#refresh();
      return;
    } finally {
      this.#bindings.muted = false;
    }
    this.#tell("patched", { version });
  }

  #refresh() {
    this.#refreshRef ??= this.#request({ t: "refresh", view: this.number });
  }

  #failed({ code, message, detail }, ref) {
    const call = this.#calls.get(ref);
    this.#error(code, message, ref, call?.name, detail);
    if (ref !== null && ref === this.#joinRef) this.#joinFailed(code, message);
    else if (ref !== null && ref === this.#refreshRef) this.#refreshRef = null;
    if (code === "unknown_view" && this.number !== null) this.#rejoin();
    this.#answered(ref, false);
  }

  /** The server does not know this view any more, though the socket is alive. */
  #rejoin() {
    this.number = this.#refreshRef = null;
    this.connected();
  }

  #joinFailed(code, message) {
    this.#joinRef = null;
    if (TRY_AGAIN.has(code)) this.#timer = setTimeout(() => this.connected(), this.#backoff.next());
    else this.stop(code, message);
  }

  #answered(ref, succeeded) {
    this.#calls.settle(ref, succeeded);
    if (this.number !== null) this.#calls.pump();
  }

  #call(call) {
    if (this.stopped) return;
    if (!this.#calls.add(call)) this.#error("overloaded", "too many events wait to be sent", null, call.name);
    else if (this.number !== null) this.#calls.pump();
  }

  #request(frame) {
    return this.#connection.request(this, frame);
  }

  #lost(name) {
    console.warn(`PykkaLive: the connection was lost before ${name} was answered`);
    this.#tell("error", { code: "connection_lost", message: "the connection was lost", ref: null, name });
  }

  #error(code, message, ref, name, detail) {
    console.error(`PykkaLive: ${name ? `${name}: ` : ""}${code}: ${message}`, ...(detail ? [`\n${detail}`] : []));
    this.#tell("error", { code, message, ref, name });
  }

  #show(state) {
    this.root.classList.remove(...STATES);
    this.root.classList.add(state);
  }

  #tell(what, detail = {}) {
    this.root.dispatchEvent(new CustomEvent(`live:${what}`, { bubbles: true, detail }));
  }
}

/** Goes where the server says, as long as it is a page. */
function goTo(to) {
  const url = new URL(to, location.href);
  if (/^https?:$/.test(url.protocol)) location.assign(url.href);
  else console.error(`PykkaLive: a redirect to ${to} is refused`);
}
