// Types of what the browser client offers to the scripts of a page: `window.PykkaLive`, and its events.
//
//   document.addEventListener("live:error", ({ detail }) => console.log(detail.code));

interface Window {
  /** Is there once the client's script has run. */
  readonly PykkaLive: PykkaLive.Client;
}

declare const PykkaLive: PykkaLive.Client;

// All bubble. Those of a view are dispatched on its root, and those of a component on the root of that.
interface GlobalEventHandlersEventMap {
  "live:connected": CustomEvent<PykkaLive.Connected>;
  "live:disconnected": CustomEvent<PykkaLive.Disconnected>;
  "live:patched": CustomEvent<PykkaLive.Patched>;
  "live:stopped": CustomEvent<PykkaLive.Stopped>;
  "live:error": CustomEvent<PykkaLive.Failed>;
  /** Only with Django's `DEBUG`. */
  "live:debug": CustomEvent<PykkaLive.Debug>;
}

declare namespace PykkaLive {
  interface Client {
    /** Joins the page's live views; after `disconnect`, again. The script does that by itself when the page is loaded. */
    connect(): void;
    /** Closes the connection, and ends the page's live session. */
    disconnect(): void;
    /** Ends the view in whose region a node is; the page's other views go on. */
    leave(node: Node): void;
    /** The 32-bit hash of what is inside of an element, as a join tells it. */
    fingerprint(root: Element): number;
    /** Applies patches to a part of a page, without a server. */
    readonly Patcher: new (root: Element) => Patcher;
  }

  interface Patcher {
    /** Applies one patch, in the form that it has on the wire. Throws an `Error` where it does not fit. */
    apply(patch: Patch): void;
    /** Makes the element equal to a tree, and keeps the nodes that fit. */
    rebuild(tree: Tree): void;
  }

  type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
  /** A patch as data, such as `[1, 0, "t", "text"]`. */
  type Patch = readonly Json[];
  /** An element as data, such as `["p", {"class": "a"}, "text"]`. */
  type Tree = readonly Json[];

  /** A view is joined: for the first time, or again. */
  interface Connected {
    /** Whether the live session was still there. */
    resumed: boolean;
  }

  /** The connection is lost. The client connects again by itself. */
  interface Disconnected {}

  /** The picture of a view, or of a component, has changed. */
  interface Patched {
    version: number;
    /** The id of the component that this is about. */
    component?: string;
  }

  /** A view, or a component, has ended for good. */
  interface Stopped {
    /**
     * As the error codes of the protocol; `left` after `leave`, `closed` if the connection was closed for good, and
     * `bad_tree` if a tree came that is none.
     */
    code: string;
    message: string;
    /** The id of the component that this is about. */
    component?: string;
  }

  /** Something was asked of the server in vain. */
  interface Failed {
    /** As the error codes of the protocol; `connection_lost` for what was not answered before the connection was lost. */
    code: string;
    message: string;
    /** The number of the request that was answered; null if there is no answer, or it does not say to what. */
    ref: number | null;
    /** The event's handler, if it was an event. */
    name?: string;
  }

  /** What one message has cost on the server. Times are in milliseconds. */
  interface Debug {
    class: string;
    kind: string;
    event: string;
    waited: number;
    handler: number;
    render: number;
    checkpoint: number;
    diff: number;
    total: number;
    patches: number;
    bytes: number;
    rendered: number;
    reused: number;
    page: boolean;
    /** Template and line, rows rendered, and of how many. */
    loops: [string, number, number][];
    strings: string[];
    asked: string[];
  }
}
