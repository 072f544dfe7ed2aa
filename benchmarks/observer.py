"""What the observer costs the server that it looks at: the processor's time of a process with 2000
actors while nobody looks, and while a browser has the page open, in turns, under a load of its own.

The actors are 500 sessions with three views each. In each second 500 of them handle a message, so
that the table and the curves have something to show. What there is to pay is the difference, in
percent of one core: sampling, drawing the page, and sending what has changed.

python -m benchmarks.observer [--rounds N] [--seconds N] [--quick] [--write]
"""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from websockets.sync.client import ClientConnection, connect

from benchmarks.machine import SERVED, TICKS
from benchmarks.report import Table, Target, parse, parser, publish

VIEWS = 3
SETTLED = 3.0  # seconds after which what the page has begun, or ended, is done
LIMIT = Target("<", 2, lambda value: f"{value:g} %")


def staff(get_response: Any) -> Any:
    """Middleware: everybody is a member of the staff who may do everything."""
    user = SimpleNamespace(
        pk=1,
        is_active=True,
        is_staff=True,
        is_authenticated=True,
        has_perm=lambda _name: True,
        get_username=lambda: "bench",
    )

    def answer(request: Any) -> Any:
        request.user = user
        return get_response(request)

    return answer


def serve(descriptor: int, sessions: int) -> None:
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
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "pykka_live"),
            "django.contrib.staticfiles",
        ],
        STATIC_URL="static/",
        MIDDLEWARE=[f"{__name__}.staff"],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
    )
    django.setup()
    logging.getLogger("pykka_live").setLevel(logging.CRITICAL)

    from django.urls import include, path

    from pykka_live.observability.observer import sampler
    from pykka_live.routing import websocket_urlpatterns, with_lifespan

    sampler.LINGER = SETTLED / 2  # when the page is closed, sampling is soon over
    globals()["urlpatterns"] = [
        path("observer/", include("pykka_live.observability.observer.urls"))
    ]
    threading.Thread(target=populate, args=(sessions,), daemon=True).start()
    routes = {"http": get_asgi_application(), "websocket": URLRouter(websocket_urlpatterns)}
    config = uvicorn.Config(with_lifespan(ProtocolTypeRouter(routes)), log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


def populate(sessions: int) -> None:
    """Start the actors, and send each quarter of them a message in turn, once a second."""
    from pykka_live.actors import ChildSpec, SupervisedActor, Supervisor
    from pykka_live.live.system import actor_system, start

    class View(SupervisedActor):
        def on_start(self) -> None:
            self.cell.data["class"] = f"shop.views.Page{hash(self.path) % 7}"

        def on_receive(self, message: Any) -> None:
            pass

    class Session(Supervisor):
        def children(self) -> list[ChildSpec]:
            return [ChildSpec(f"views/{n}", View, kind="view", capacity=50) for n in range(VIEWS)]

    start()
    system = actor_system()
    for n in range(sessions):
        system.start_child(ChildSpec(f"sessions/{n:032x}", Session, kind="session"))
    views = [cell for cell in system.cells() if cell.kind == "view"]
    print("ready", flush=True)
    pause = threading.Event()
    turn = 0
    while not pause.wait(1.0):
        for cell in views[turn % VIEWS :: VIEWS]:
            cell.tell("look")
        turn += 1


class Look:
    """The page, open in something like a browser that reads what it is sent, and forgets it."""

    def __init__(self, port: int) -> None:
        address = f"127.0.0.1:{port}"
        with urllib.request.urlopen(f"http://{address}/observer/") as response:
            token = re.search(r'data-live-token="([^"]+)"', response.read().decode())
        assert token is not None
        self.bytes = self.frames = 0
        self._socket: ClientConnection = connect(
            f"ws://{address}/live/websocket/", compression=None, max_size=None
        ).__enter__()
        join = {"protocol": 1, "token": token[1], "tab": "t" * 20, "v": 0, "fingerprint": 0}
        self._socket.send(json.dumps({"ref": 1, "view": 1, "t": "join", **join}))
        answer = json.loads(self._socket.recv(timeout=60))
        assert answer["ref"] == 1, answer
        assert answer["t"] != "error", answer

    def watch(self, seconds: float) -> None:
        """Read for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                frame = self._socket.recv(timeout=left)
            except TimeoutError:
                return
            self.frames += 1
            self.bytes += len(frame)

    def close(self) -> None:
        """Leave for good."""
        self._socket.close(1000)


def cpu(pid: int) -> float:
    """Return the seconds that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(pid: int, port: int, rounds: int, seconds: float) -> Table:
    """Return what the process takes with the page closed, and with it open."""
    closed, opened, differences = [], [], []
    frames = size = 0
    for _ in range(rounds):
        time.sleep(SETTLED)
        before = cpu(pid)
        time.sleep(seconds)
        closed.append(100 * (cpu(pid) - before) / seconds)
        look = Look(port)
        look.watch(SETTLED)  # the join is no matter of each second
        look.frames = look.bytes = 0
        before = cpu(pid)
        look.watch(seconds)
        opened.append(100 * (cpu(pid) - before) / seconds)
        differences.append(opened[-1] - closed[-1])
        frames, size = frames + look.frames, size + look.bytes
        look.close()
    cost = median(differences)
    table = Table("Of a core, %", ("", "median", "lowest", "highest", "target"))
    for name, figures in (("page closed", closed), ("page open", opened)):
        table.add(name, *(f"{each:.2f}" for each in (median(figures), *extremes(figures))), "")
    figures = [f"{each:.2f}" for each in (cost, *extremes(differences))]
    table.add("the observer", *figures, LIMIT.judge(cost))
    print(f"{frames} frames of {size / max(1, frames):.0f} bytes\n")
    table.print()
    return table


def extremes(figures: list[float]) -> tuple[float, float]:
    """Return the lowest and the highest."""
    return min(figures), max(figures)


def main() -> None:
    """Print the table."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=float, default=20.0)
    options = parse(arguments, others=SERVED)
    rounds, seconds = (1, 2.0) if options.quick else (options.rounds, options.seconds)
    sessions = 20 if options.quick else 2000 // (1 + VIEWS)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        descriptor = listener.fileno()
        command = [sys.executable, "-m", "benchmarks.observer", "--serve", str(descriptor)]
        server = subprocess.Popen(
            [*command, str(sessions)], pass_fds=[descriptor], stdout=subprocess.PIPE, text=True
        )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        table = measure(server.pid, port, rounds, seconds)
    finally:
        server.terminate()
        server.wait()
    publish("observer", __doc__, [table], options)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
