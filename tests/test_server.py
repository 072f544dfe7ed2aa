"""Real servers with real sockets: what is promised holds there too."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from pykka_live import vdom
from pykka_live.transport.consumer import MAX_BAD_FRAMES
from pykka_live.transport.frames import MAX_FRAME
from tests.server import Server, open_page, running

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.server_settings"}


@pytest.fixture(scope="module", params=["uvicorn", "daphne"])
def server(request):
    with running(Server("tests.asgi:application", request.param, env=SETTINGS)) as server:
        yield server


class Client:
    """One tab, over the network."""

    _names = itertools.count()

    def __init__(self, server: Server, path: str) -> None:
        html, cookies = open_page(server.url + path)
        token = re.search(r' data-live-token="([^"]+)"', html)
        assert token
        tree = vdom.parse_region(html.replace(token[0], ""))[1]
        self.refs = itertools.count(1)
        self._connection = connect(
            server.websocket_url + "/live/websocket/",
            origin=server.url,
            additional_headers={"Cookie": cookies},
        )
        self.socket: ClientConnection = self._connection.__enter__()
        self.joined = self.ask(
            t="join",
            protocol=1,
            token=token[1],
            tab=f"{next(self._names):020}",
            v=0,
            fingerprint=vdom.fingerprint(tree),
        )

    def send(self, **frame) -> int:
        ref = next(self.refs)
        self.socket.send(json.dumps({"ref": ref, **frame}))
        return ref

    def receive(self) -> dict:
        return json.loads(self.socket.recv(timeout=20))

    def ask(self, **frame) -> dict:
        ref = self.send(**frame)
        while True:
            answer = self.receive()
            if answer.get("ref") == ref:
                return answer

    def event(self, name: str, **params) -> dict:
        return self.ask(t="event", view=1, name=name, params=params)

    def close_code(self) -> int | None:
        with pytest.raises(ConnectionClosed) as closed:
            self.receive()
        return closed.value.rcvd.code if closed.value.rcvd else None

    def close(self) -> None:
        self._connection.__exit__(None, None, None)


def test_a_click_travels_to_the_view_and_a_patch_back(server):
    tab = Client(server, "/counter/")
    assert tab.joined == {"t": "joined", "ref": 1, "protocol": 1, "view": 1, "v": 1}
    assert tab.event("increment", amount="2")["p"] == [0, 0, "t", "2"]
    tab.close()


def test_while_a_handler_sleeps_other_tabs_are_answered(server):
    paths = ("/sleeper/", "/sleeper/", "/counter/")
    sleeper, same, other = (Client(server, path) for path in paths)
    ref = sleeper.send(t="event", view=1, name="sleep")
    for _ in range(50):
        assert same.event("up")["t"] == other.event("increment")["t"] == "patch"
    # 50 answers each came in the time of one: nothing has come for the sleeper yet.
    with pytest.raises(TimeoutError):
        sleeper.socket.recv(timeout=0)
    assert sleeper.receive()["ref"] == ref
    for tab in (sleeper, same, other):
        tab.close()


def test_two_hundred_tabs_at_once(server):
    def visit(_: int) -> dict:
        tab = Client(server, "/counter/")
        for _ in range(5):
            answer = tab.event("increment")
        tab.close()
        return answer

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(visit, range(200)))
    assert all(answer["p"] == [0, 0, "t", "5"] for answer in answers)


def test_a_socket_is_closed_with_our_codes(server):
    tab = Client(server, "/counter/")
    tab.socket.send("x" * (MAX_FRAME + 1))
    assert tab.receive()["code"] == "bad_frame"
    assert tab.close_code() == 4009
    tab = Client(server, "/counter/")
    for _ in range(MAX_BAD_FRAMES):
        tab.socket.send("[]")
    for _ in range(MAX_BAD_FRAMES):
        assert tab.receive()["code"] == "bad_frame"
    assert tab.close_code() == 4008


def test_metrics_are_served(server):
    tab = Client(server, "/counter/")
    tab.event("increment")
    with urllib.request.urlopen(server.url + "/metrics") as response:
        text = response.read().decode()
    assert re.search(
        r'pykka_live_events_total\{[^}]*event="increment"[^}]*outcome="ok"[^}]*\} [1-9]', text
    )
    tab.close()


def test_a_stopping_server_finishes_what_was_begun_and_says_goodbye():
    with running(Server("tests.asgi:application", "uvicorn", env=SETTINGS)) as server:
        tab = Client(server, "/sleeper/")
        tab.event("up")
        assert server.stop() in (0, -15)
        assert tab.close_code() == 1012  # uvicorn's own
        assert "terminated at 1" in server.log
        assert "Traceback" not in server.log


def test_a_server_without_lifespan_stops_its_actors_at_exit():
    with running(Server("tests.asgi:application", "daphne", env=SETTINGS)) as server:
        tab = Client(server, "/sleeper/")
        tab.event("up")
        server.stop()
        assert "terminated at 1" in server.log
        assert "Traceback" not in server.log


@pytest.mark.parametrize("name", ["hang", "hang_async", "wait_async"])
@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
def test_a_handler_that_never_returns_delays_the_stop_no_longer_than_its_deadline(kind, name):
    with running(Server("tests.quick_asgi:application", kind, env=SETTINGS)) as server:
        tab, other = Client(server, "/sleeper/"), Client(server, "/sleeper/")
        tab.send(t="event", view=1, name=name)
        while "hangs" not in server.log:
            other.event("up")
        answered = other.event("up")["p"][-1]
        assert server.stop() in (0, -15)  # or it would have been killed
        assert f"terminated at {answered}: " in server.log
        assert re.search(
            r"1 threads did not end in time and were abandoned: /sessions/\w+/views/[\w-]+#1\n",
            server.log,
        )
        assert "Traceback" not in server.log


def test_a_stopping_server_handles_what_is_queued_and_takes_no_more():
    with running(Server("tests.asgi:application", "uvicorn", env=SETTINGS)) as server:
        tab = Client(server, "/sleeper/")
        tab.send(t="event", view=1, name="sleep")
        for _ in range(20):
            tab.send(t="event", view=1, name="up")
        assert tab.ask(t="ping")["t"] == "pong"  # so all of it has arrived
        assert server.stop() in (0, -15)
        assert "terminated at 120: system shutdown" in server.log
        assert "Traceback" not in server.log
