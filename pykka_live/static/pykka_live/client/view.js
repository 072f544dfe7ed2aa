// One live region of the page: joins, sends events, applies what comes back.

import { goTo } from "./redirect.js";
import { Bindings } from "./bindings.js";
import { retell, watchFields } from "./forms.js";
import { Calls } from "./calls.js";
import { TOKEN } from "./names.js";
import { get, mark } from "./dom.js";
import { fingerprint } from "./fingerprint.js";
import { Backoff } from "./backoff.js";
import { showNotice } from "./notice.js";
import { Patcher } from "./patcher.js";

const STATES = ["connecting", "connected", "disconnected", "stopped"];
// Joins that failed for a reason that may pass.
const TRY_AGAIN = /_failed$|^(timeout|overloaded|mailbox_full|stopped)$/;

export class View {
  #connection;
  #texts;
  #fingerprint;
  #bindings;
  #patcher;
  #calls;
  #backoff = new Backoff();
  #timer = null;
  #joinRef = 0;
  #refreshes = new Map();   // ref -> of which component, or undefined
  #leaving = false;
  #held = null;   // frames, while an input method composes in an editor: whatever moves it ends that

  /** The view's number on this socket, while it is joined. */
  number = null;
  stopped = false;

  constructor(root, connection, texts) {
    this.root = root;
    this.#connection = connection;
    this.#texts = texts;
    this.#bindings = new Bindings(root, (call) => this.#call(call));
    this.#patcher = new Patcher(root, this.#bindings);
    this.#fingerprint = fingerprint(root);   // before anything of ours is in the DOM
    this.#calls = new Calls(({ c, name, params }) => this.#request({ t: "event", view: this.number, c, name, params }));
    watchFields(root, this.#calls);
    root.addEventListener("compositionstart", ({ target }) => { if (target.isContentEditable) this.#held ??= []; });
    for (const type of ["compositionend", "focusout"]) root.addEventListener(type, () => this.#release(), true);
    mark(root, "live-connecting", true);
  }

  flush() { this.#bindings.flush(); }

  connected() {
    if (this.stopped) return;
    const { version, shown } = this.#patcher;
    const known = version ? { v: version, c: shown.versions() } : { v: 0, fingerprint: this.#fingerprint };
    const token = get(this.root, TOKEN);
    this.#joinRef = this.#request({ t: "join", protocol: 1, token, tab: this.#connection.tab, ...known });
  }

  disconnected() {
    const joined = this.number;
    this.number = null;
    this.#release();
    clearTimeout(this.#timer);
    this.#forget();
    this.#abandon();
    if (joined && !this.stopped) this.#become("disconnected");
  }

  /** Ends this view; the page's others go on. One that is not joined yet, or not again, is ended when it is. */
  leave() {
    this.#leaving = true;
    if (!this.number) return;
    this.flush();
    this.#request({ t: "leave", view: this.number });
    this.#finish("left", "the page has left");
  }

  /** The view has ended for good; only loading the page again helps. */
  stop(code, message) {
    if (this.stopped) return;
    this.#finish(code, message);
    showNotice(this.#texts);
  }

  #finish(code, message) {
    this.stopped = true;
    this.number = null;
    clearTimeout(this.#timer);
    this.#bindings.stopped = true;
    this.#abandon(true, "stopped", message);
    this.#become("stopped", { code, message });
    this.#connection.viewStopped();
  }

  receive(frame, ref) {
    if (this.stopped) return;
    if (this.#held) return this.#held.push([frame, ref]);
    if (frame.debug) this.#tell("debug", frame.debug);
    const call = this.#calls.answer(ref);
    switch (frame.t) {
      case "joined": return this.#joined(frame);
      case "redirect": return goTo(frame.to);
      case "stopped": return this.#ended(frame);
      case "patch":
      case "tree":
      case "batch":
      case "ok":
        this.#update(frame.parts ?? (frame.t === "ok" ? [] : [frame]), call?.number ?? this.#calls.answered, call);
        return this.#answered(ref, true);
      case "error":
        this.#failed(frame, ref, call);
        break;
      default:
        console.error("PykkaLive: an unknown frame", frame);
    }
    this.#answered(ref, false);
  }

  #release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const [frame, ref] of held) this.receive(frame, ref);
  }

  #joined({ view, v, p, tree, parts, resumed = false }) {
    const forgotten = this.#patcher.version > 0 && !resumed;
    clearTimeout(this.#timer);
    this.number = view;
    this.#backoff.reset();
    this.#connection.joined();
    // A new live session knows nothing of what was done in the old one.
    if (forgotten) this.#abandon(true);
    this.#update([{ v, p, tree }, parts ?? []], forgotten ? 0 : this.#calls.answered, undefined, true);
    if (this.stopped) return;
    this.#become("connected", { resumed });
    this.#pump();
    if (forgotten) retell(this.root);
    if (this.#leaving) this.leave();
  }

  /** Applies updates of the view and its components, in order. `leap`: from whatever version is shown. */
  #update(parts, answered, call, leap) {
    const done = [];
    this.#bindings.muted = true;
    try {
      this.#patcher.together(() => {
        for (const part of [parts].flat(2)) if (this.#apply(part ?? {}, leap)) done.push(part);
      }, answered, call);
    } finally {
      this.#bindings.muted = false;
    }
    for (const { c, v } of done) this.#tell("patched", { version: v }, c);
  }

  /** Does what an update says; what does not fit is asked for as a whole. */
  #apply({ c, v, p, tree }, leap) {
    const part = this.#patcher.shown.get(c);
    if (!part) return false;
    try {
      if (tree) this.#patcher.rebuild(tree, v, c);
      else if (!leap && v !== part.version + 1) return this.#refresh(c);
      else if (p) this.#patcher.apply(p, v, c);
      else part.version = v;
    } catch (error) {
      console.error("PykkaLive: a frame does not fit this page", error);
      if (tree) this.#ended({ c, code: "bad_tree", message: String(error) });
      else this.#refresh(c);
      return false;
    }
    if (c) mark(part.entry.node, "live-stopped", false);
    return tree || p;
  }

  #refresh(c) {
    const isAsked = [...this.#refreshes.values()].includes(c);
    if (!isAsked) this.#refreshes.set(this.#request({ t: "refresh", view: this.number, c }), c);
  }

  /** The view, or one of its components, has ended. */
  #ended({ c, code, message }) {
    if (!c) return this.stop(code, message);
    const part = this.#patcher.shown.get(c);
    if (part) mark(part.entry.node, "live-stopped", true);
    this.#tell("stopped", { code, message }, c);
  }

  #failed({ code, message, detail }, ref, call) {
    // Whatever it was to do, the component has gone meanwhile.
    if (code !== "unknown_component") this.#report(console.error, code, message, ref, call?.name, detail);
    if (ref === this.#joinRef) {
      if (TRY_AGAIN.test(code)) this.#timer = setTimeout(() => this.connected(), this.#backoff.next());
      else this.stop(code, message);
    }
    if (code === "unknown_view" && this.number) {
      // The server has forgotten this view, though the socket is alive.
      this.#forget();
      this.connected();
    }
  }

  /** What was agreed on with the server is no longer so. */
  #forget() {
    this.number = null;
    this.#joinRef = 0;
    this.#refreshes.clear();
  }

  #answered(ref, succeeded) {
    this.#refreshes.delete(ref);
    this.#calls.settle(ref, succeeded);
    this.#pump();
  }

  #call(call) {
    if (this.stopped) return;
    if (this.#calls.add(call)) this.#pump();
    else this.#report(console.error, "overloaded", "too many events wait to be sent", null, call.name);
  }

  #pump() {
    if (this.number) this.#calls.pump();
  }

  #request(frame) {
    return this.#connection.request(this, frame);
  }

  #abandon(waiting, code = "connection_lost", message = "the connection was lost") {
    for (const { name } of this.#calls.abandon(waiting)) this.#report(console.warn, code, message, null, name);
  }

  #report(say, code, message, ref, name, detail) {
    say(...["PykkaLive:", name, code, message, detail].filter(Boolean));
    this.#tell("error", { code, message, ref, name });
  }

  #become(state, detail) {
    for (const one of STATES) mark(this.root, `live-${one}`, one === state);
    this.#tell(state, detail);
  }

  /** Tells the page, on the view's root or on that of a component. */
  #tell(what, detail = {}, component) {
    if (component) detail.component = component;
    const { entry } = this.#patcher.shown.get(component) ?? {};
    entry?.node.dispatchEvent(new CustomEvent(`live:${what}`, { bubbles: true, detail }));
  }
}
