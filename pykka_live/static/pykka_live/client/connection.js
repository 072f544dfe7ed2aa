// The one socket of a page, shared by its views. Requests get their refs here, and answers find their views.

import { Backoff } from "./backoff.js";

const PATIENCE = 10_000;   // with a socket that is to open, or to send a pong
const FINAL = [4000, 4008];   // the tab goes on elsewhere, or has sent what it should not have

export class Connection {
  #url;
  #socket = null;
  #backoff = new Backoff();
  #timer = null;        // for whatever comes next: an attempt, the end of one, a ping, a missing pong
  #wanted = false;
  #lastRef = 0;
  #requests = new Map();   // ref -> the view that waits for an answer

  views = [];
  tab = crypto.getRandomValues(new Uint32Array(4)).join();

  constructor(url) {
    this.#url = url;
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#hurry(); });
  }

  connect() {
    this.#wanted = true;
    if (!this.#socket) this.#open();
  }

  /** A normal close tells the server that nobody will come back. */
  disconnect(code = 1000) {
    this.#wanted = false;
    this.#drop(code);
  }

  /** Sends a request of `view`; the answer comes to its `receive`. */
  request(view, frame) {
    const ref = ++this.#lastRef;
    this.#requests.set(ref, view);
    this.#socket?.send(JSON.stringify({ ...frame, ref }));
    return ref;
  }

  /** A view was joined, so this server works. */
  joined() {
    this.#backoff.reset();
  }

  /** Views have ended: without any there is nothing to stay for. */
  viewStopped() {
    if (this.views.every((view) => view.stopped)) this.disconnect();
  }

  #open() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#lastRef = 0;
    this.#after(PATIENCE, () => this.#lost());
    // What an old socket still has to say is of no interest.
    const current = (handle) => (event) => { if (this.#socket === socket) handle(event); };
    socket.onopen = current(() => {
      this.#heard();
      for (const view of this.views) view.connected();
    });
    socket.onmessage = current(({ data }) => {
      this.#heard();
      this.#receive(data);
    });
    socket.onclose = current(({ code }) => this.#closed(code));
  }

  #heard() {
    this.#after(3 * PATIENCE, () => this.#ping());
  }

  #ping() {
    this.request(null, { t: "ping" });
    this.#after(PATIENCE, () => this.#lost());
  }

  #lost() {
    this.#drop(4001);
    this.#retry();
  }

  #closed(code) {
    this.#drop();
    if (FINAL.includes(code)) {
      for (const view of this.views) view.stop("closed", `the connection was closed: ${code}`);
    } else {
      this.#retry();
    }
  }

  #drop(code) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    this.#requests.clear();
    if (code) socket.close(code);
    for (const view of this.views) view.disconnected();
  }

  #retry() {
    if (this.#wanted) this.#after(this.#backoff.next(), () => this.#open());
  }

  /** The page is looked at again, or the network is back: no reason to wait, and one to check. */
  #hurry() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ping();
    else if (this.#wanted && !this.#socket) this.#after(0, () => this.#open());
  }

  #after(delay, job) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(job, delay);
  }

  #receive(data) {
    let frame = {};
    try {
      frame = JSON.parse(data) ?? {};
    } catch { /* It is none. */ }
    const { t, ref, code } = frame;
    const asked = this.#requests.has(ref);
    const view = asked ? this.#requests.get(ref) : this.views.find(({ number }) => number && number === frame.view);
    // A time-out is a first answer: the event's patch may still come.
    if (asked && code !== "timeout") this.#requests.delete(ref);
    if (t === "pong") return;
    if (view) view.receive(frame, asked ? ref : null);
    else if (t === "error") for (const one of this.views) one.receive(frame, null);
    else console.error("PykkaLive: an unknown frame", data);
  }
}
