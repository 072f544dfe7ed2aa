"""What probes are told by a real server."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request

from tests.server import Server, running
from tests.test_server import SETTINGS, Client


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def probe(server: Server, name: str) -> tuple[int, str]:
    """Return the status of a probe's answer, and what it says of the actors."""
    status, body = get(f"{server.url}/live/{name}")
    return status, json.loads(body)["root"]


def test_a_server_that_drains_says_so_as_long_as_it_accepts_connections() -> None:
    with running(Server("tests.draining_asgi:application", env=SETTINGS)) as server:
        assert probe(server, "health") == probe(server, "ready") == (200, "ok")
        tab = Client(server, "/slow/")
        tab.send(t="event", view=1, name="wait")  # for longer than this test takes
        assert get(f"{server.url}/drain")[0] == 404
        while probe(server, "ready") == (200, "ok"):
            pass
        assert probe(server, "ready") == (503, "stopping")
        assert probe(server, "health") == (200, "stopping")
        assert 'pykka_live_draining{worker="0"} 1.0' in get(f"{server.url}/metrics")[1]
        assert Client(server, "/counter/").joined["code"] == "stopped"
        # After SIGTERM uvicorn refuses new connections before anything else is told of it.
        os.kill(server.pid, signal.SIGTERM)
        while server._accepts():
            pass
        assert os.waitpid(server.pid, os.WNOHANG) == (0, 0)  # it is still there
        tab.close()
