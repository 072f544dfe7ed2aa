"""How long a tab is without its page after a crash, over a real WebSocket under uvicorn.

The handler changes the state and raises. The error frame comes, the next incarnation repaints the
good state (its `on_restore` changes a number, so there is a patch to wait for), and the event that
was queued behind the crash is answered. All is measured from the sending of the event that
crashes; the answer to an ordinary event stands beside it. Milliseconds. There is no backoff. No
peer restarts anything, so there is nothing to measure beside it.

python -m benchmarks.recovery [--crashes N] [--quick] [--write]
"""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from websockets.sync.client import ClientConnection, connect

from benchmarks.machine import SERVED
from benchmarks.report import Table, parse, parser, publish

ROWS = (0, 1000)


def serve(descriptor: int) -> None:
    """Run the site on a socket that listens, in this process."""
    import django
    import uvicorn
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    settings.configure(
        SECRET_KEY="benchmarks",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["pykka_live"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        PYKKA_LIVE={
            "SUPERVISION": {"view": {"backoff": [0, 0], "max_restarts": 1_000_000}},
        },
    )
    django.setup()
    logging.getLogger("pykka_live").setLevel(logging.CRITICAL)

    from pykka_live import LiveView, event
    from pykka_live.routing import websocket_urlpatterns, with_lifespan

    class Page(LiveView):
        """A number, and as many rows as the URL says."""

        template = (
            "<div data-liveview-root><b>{{ count }}</b><i>{{ lives }}</i><table>"
            "{% for row in rows %}<tr><td>{{ row }}</td></tr>{% endfor %}</table></div>"
        )

        def mount(self, request: Any, rows: int) -> None:
            self.count = 0
            self.lives = 1
            self.rows = [f"row {n}" for n in range(rows)]

        def on_restore(self) -> None:
            self.lives += 1

        @event
        def up(self) -> None:
            self.count += 1

        @event
        def fail(self) -> None:
            self.count += 1000
            raise ValueError("on purpose")

    from django.urls import path

    globals()["urlpatterns"] = [path("<int:rows>/", Page.as_view())]
    routes = {"http": get_asgi_application(), "websocket": URLRouter(websocket_urlpatterns)}
    config = uvicorn.Config(with_lifespan(ProtocolTypeRouter(routes)), log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


class Tab:
    """One tab, which is shown `count` and answered in the order in which it asks."""

    def __init__(self, port: int, rows: int) -> None:
        address = f"127.0.0.1:{port}"
        with urllib.request.urlopen(f"http://{address}/{rows}/") as response:
            token = re.search(r'data-live-token="([^"]+)"', response.read().decode())
        assert token is not None
        self.socket: ClientConnection = connect(
            f"ws://{address}/live/websocket/", compression=None, max_size=None
        ).__enter__()
        self.ref = 0
        ref = self.send(t="join", protocol=1, token=token[1], tab="t" * 20, v=0, fingerprint=0)
        assert self.receive()["ref"] == ref

    def send(self, **frame: Any) -> int:
        self.ref += 1
        self.socket.send(json.dumps({"ref": self.ref, "view": 1, **frame}))
        return self.ref

    def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=60))
        return frame

    def ordinary(self) -> float:
        """Return how long an event takes that succeeds."""
        start = time.perf_counter()
        ref = self.send(t="event", name="up", params={})
        frame = self.receive()
        assert (frame["t"], frame["ref"]) == ("patch", ref), frame
        return time.perf_counter() - start

    def crash(self) -> tuple[float, float, float]:
        """Return when the error has come, the repainting patch, and the queued event's answer."""
        start = time.perf_counter()
        failing = self.send(t="event", name="fail", params={})
        queued = self.send(t="event", name="up", params={})
        error, restored, answer = ((self.receive(), time.perf_counter() - start) for _ in range(3))
        assert (error[0]["ref"], error[0].get("code")) == (failing, "handler_failed"), error
        assert (restored[0]["t"], restored[0].get("ref")) == ("patch", None), restored
        assert (answer[0]["t"], answer[0]["ref"]) == ("patch", queued), answer
        return error[1], restored[1], answer[1]


def measured(tab: Tab, rows: int, crashes: int) -> Table:
    """Return what happens to one tab."""
    measure: Callable[[], tuple[float, ...]] = lambda: (tab.ordinary(), *tab.crash())  # noqa: E731
    columns = zip(*(measure() for _ in range(crashes)), strict=True)
    names = ("ordinary event", "error frame", "good state repainted", "queued event answered")
    table = Table(f"After a crash, {rows} rows, ms", ("", "median", "p95", "n"))
    for name, column in zip(names, columns, strict=True):
        p95 = quantiles(column, n=20, method="inclusive")[-1]
        table.add(name, f"{median(column) * 1e3:.2f}", f"{p95 * 1e3:.2f}", f"{len(column)}")
    table.print()
    return table


def main() -> None:
    """Print a table for each size of the page."""
    arguments = parser(__doc__)
    arguments.add_argument("--crashes", type=int, default=300)
    options = parse(arguments, others=SERVED)
    crashes = 3 if options.quick else options.crashes
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "benchmarks.recovery", "--serve", str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
        port = listener.getsockname()[1]
    try:
        tables = [measured(Tab(port, rows), rows, crashes) for rows in ROWS]
    finally:
        server.terminate()
        server.wait()
    publish("recovery", __doc__, tables, options)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
