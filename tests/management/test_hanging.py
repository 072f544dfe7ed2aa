"""The commands reach a server whose event loop and actors hang."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.management.place import run
from tests.server import Server, running


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    """A real server, under uvicorn, which hangs; and where its control socket is."""
    place = tempfile.mkdtemp(prefix="pykka_live-")
    env = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TMPDIR": place, "XDG_RUNTIME_DIR": place}
    with running(Server("tests.management.hanging:application", env=env)) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
            client.sendall(b"GET /hang/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            seen = b""
            while b"it hangs" not in seen:
                part = client.recv(4096)
                assert part, server.log
                seen += part
            yield place
        server.kill()
    shutil.rmtree(Path(place))


@pytest.fixture(autouse=True)
def _look_there(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", place)
    monkeypatch.setattr(tempfile, "tempdir", place)  # in the common one are those of other tests


def states() -> dict[str, str]:
    [process] = json.loads(run("actor_tree", "--json"))["processes"]
    return {actor["path"]: actor["state"] for actor in process["actors"]}


def test_the_tree_of_a_server_that_hangs() -> None:
    assert states()["/spinner"] == states()["/sleeper"] == "busy"


def test_where_it_hangs() -> None:
    assert "in on_receive" in run("actor_inspect", "spinner")
    assert "async_to_sync(asyncio.sleep)(1e6)" in run("actor_inspect", "sleeper")


def test_one_that_hangs_is_replaced() -> None:
    for id in ("spinner", "sleeper"):
        said = run("actor_restart", id, "--yes", "--within", "0", "--timeout", "60")
        assert said == f"/{id} is up again, as instance 2.\n"
    assert states()["/spinner"] == states()["/sleeper"] == "running"
