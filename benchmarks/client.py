"""What browsers do with what servers send: ours, djust's and Phoenix LiveView's client in Chromium.

Each has a page of 1000 rows of the same markup, with the keys that it knows, and buttons that
change them. A time is from the arrival of the answer until all is done and laid out; of the join
it is what scripts take with 1000 rows, less what they take with none. Memory is the JavaScript heap
after a collection, before and after 1000 changes of a cell. The pages take turns in several rounds;
the tables show medians, and the median of our ratio to each of each round. After each change all
show the same. Ours and djust have their own servers; for Phoenix LiveView's client, which is npm's,
a stand-in makes the diffs that Phoenix makes of a comprehension with keys.

python -m benchmarks.client [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.machine import NODE_MODULES, SERVED, is_installed
from benchmarks.report import Table, duration, parse, parser, publish, ratio
from benchmarks.report import size as volume
from benchmarks.server.dialects import Djust, Ours, Pyview
from benchmarks.server.site import Framework, Site, serving

PHOENIX = ("phoenix", "phoenix_live_view")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
]
BOOT = 'new LiveView.LiveSocket("/live", Phoenix.Socket).connect();'
MEASURED = {
    "replace": "replace 1000 rows",
    "swap": "swap 2 of 1000",
    "cell": "1 cell of 1000 rows",
    "update": "update every tenth of 1000",
    "clear": "clear 1000 rows",
    "fill": "1000 rows into an empty table",
    "append": "append 1000 to 1000",
}
ROUND = (*MEASURED, "cut")

# This listener is each socket's first, and what a client does in promises is done before the next
# task.
WATCH = """(() => {
  const { port1, port2 } = new MessageChannel();
  let start, spent, wanted, done;
  const shown = () => document.getElementById("step").textContent;
  port1.onmessage = () => {
    document.body.getBoundingClientRect();
    spent += performance.now() - start;
    if (shown() === wanted) done?.(spent);
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => { start = performance.now(); port2.postMessage(0); });
    }
  };
  window.turn = (name) => new Promise((resolve, reject) => {
    [spent, wanted, done] = [0, String(1 + Number(shown())), resolve];
    setTimeout(() => reject(new Error(`${name}: ${shown()} is shown, not ${wanted}`)), 30_000);
    document.getElementById(name).click();
  });
  window.seen = () => Array.from(document.querySelectorAll("tr"),
    (row) => row.id + Array.from(row.cells, (cell) => cell.textContent));
})()"""


@dataclass(frozen=True)
class Client:
    """A framework's client, and what serves it.

    Attributes:
        framework: its server.
        scripts: what its page loads.
        ready: what is true as soon as it is connected.
        boot: what starts it.
    """

    framework: Framework
    scripts: tuple[Path, ...]
    ready: str
    boot: str = ""


def clients() -> list[Client]:
    """Return the clients that are installed, ours first."""
    ours = Client(
        Framework("ours", "ours_rows", Ours),
        (package("pykka_live") / "static/pykka_live/pykka_live.js",),
        "() => document.querySelector('.live-connected')",
    )
    found = [ours]
    if is_installed("djust"):
        framework = Framework("djust", "djust_rows", Djust)
        script = package("djust") / "static/djust/client.min.js"
        found.append(Client(framework, (script,), "() => window.djust?._mountReady"))
    if all(map(is_installed, PHOENIX)):
        framework = Framework("Phoenix LiveView", "phoenix_rows", Pyview)
        scripts = (NODE_MODULES / name / f"priv/static/{name}.min.js" for name in PHOENIX)
        ready = "() => document.querySelector('.phx-connected')"
        found.append(Client(framework, tuple(scripts), ready, BOOT))
    return found


def package(name: str) -> Path:
    """Return where a package is."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations, name
    return Path(spec.submodule_search_locations[0])


class Tab:
    """A page in a browser of its own, so that nobody else's garbage is in it."""

    def __init__(self, browser: Browser, client: Client, site: Site) -> None:
        self._client, self._site = client, site
        self._scripts = "\n;".join([*(each.read_text() for each in client.scripts), client.boot])
        self.page: Page = browser.new_page()
        self.page.route("**/rows/*/", self._serve)
        self.page.route(
            "**/client.js",
            lambda route: route.fulfill(body=self._scripts, content_type="text/javascript"),
        )
        self.page.add_init_script(WATCH)
        self._devtools = self.page.context.new_cdp_session(self.page)
        self._devtools.send("Performance.enable")

    def _serve(self, route: Route) -> None:
        """The server's page, with the client, and with clocks that are exact."""
        answer = route.fetch()
        headers = {
            **answer.headers,
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-embedder-policy": "require-corp",
        }
        script = '<script src="/client.js" data-live-socket="/live/websocket/"></script>'
        body = f"<!doctype html><title>x</title>{answer.text()}{script}"
        route.fulfill(response=answer, headers=headers, body=body)

    def open(self, size: int) -> float:
        """Open the page with so many rows; return the seconds that scripts have taken."""
        self.page.goto(f"http://127.0.0.1:{self._site.port}/rows/{size}/")
        self.page.wait_for_function(self._client.ready)
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "ScriptDuration")

    def turn(self, name: str) -> float:
        """Change the rows; return the seconds that the browser takes for the answer."""
        return float(self.page.evaluate("name => turn(name)", name)) / 1000

    def seen(self) -> Any:
        """Return what a reader sees."""
        return self.page.evaluate("seen()")

    def heap(self) -> float:
        """Return the bytes of the JavaScript heap that are in use."""
        for _ in range(2):
            self._devtools.send("HeapProfiler.collectGarbage")
        return float(self._devtools.send("Runtime.getHeapUsage")["usedSize"])


def times(tabs: dict[str, Tab], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of each change, of each client, of each round but the first.

    Raises:
        SystemExit: if the pages do not show the same.
    """
    found: dict[str, dict[str, list[float]]] = {
        name: {client: [] for client in tabs} for name in ROUND
    }
    for _ in range(1 + rounds):
        for name in ROUND:
            for client, tab in tabs.items():
                found[name][client].append(tab.turn(name))
            if len({str(tab.seen()) for tab in tabs.values()}) > 1:
                raise SystemExit(f"{name}: not all pages show the same")
    return {name: {who: all_[1:] for who, all_ in each.items()} for name, each in found.items()}


def first_pictures(tabs: dict[str, Tab], size: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that so many rows cost each client when the page is joined."""
    found: dict[str, list[float]] = {client: [] for client in tabs}
    for _ in range(rounds):
        for client, tab in tabs.items():
            empty = tab.open(0)
            found[client].append(tab.open(size) - empty)
    return found


def add(table: Table, name: str, found: dict[str, list[float]], to_text: Any) -> None:
    """Add a row: medians, and ours to each."""
    ours = found["ours"]
    ratios = [
        ratio(median(a / b for a, b in zip(ours, theirs, strict=True)))
        for client, theirs in found.items()
        if client != "ours"
    ]
    table.add(name, *(to_text(median(each)) for each in found.values()), *ratios)


def heaps(tabs: dict[str, Tab], size: int, changes: int) -> dict[str, tuple[float, float]]:
    """Return the heap of each page as it was joined, and after so many changes of a cell."""
    found = {}
    for client, tab in tabs.items():
        tab.open(size)
        before = tab.heap()
        tab.page.evaluate("async (n) => { while (n--) await turn('cell'); }", changes)
        found[client] = (before, tab.heap())
    return found


@contextmanager
def opened() -> Iterator[dict[str, Tab]]:
    """Open a page of each client that is there."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        stack.callback(browser.close)
        tabs = {}
        for client in clients():
            site = stack.enter_context(serving(client.framework))
            tabs[client.framework.name] = Tab(browser, client, site)
        yield tabs


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    options = parse(arguments, ["djust", *PHOENIX], SERVED)
    rounds, size, changes = (1, 20, 20) if options.quick else (options.rounds, 1000, 1000)
    with opened() as tabs:
        names = list(tabs)
        head = ("", *names, *(f"ours / {name}" for name in names if name != "ours"))
        table = Table("From the message to the page, laid out", head)
        joined = first_pictures(tabs, size, rounds)
        for name, found in times(tabs, rounds).items():
            if name in MEASURED:
                add(table, MEASURED[name], found, duration)
        add(table, "1000 rows at the join", joined, duration)
        table.print()
        memory = Table("The JavaScript heap of a page of 1000 rows", head)
        found = heaps(tabs, size, changes)
        add(memory, "joined", {who: [each[0]] for who, each in found.items()}, volume)
        add(memory, "after 1000 changes", {who: [each[1]] for who, each in found.items()}, volume)
        memory.print()
    publish("client", __doc__, [table, memory], options)


if __name__ == "__main__":
    main()
