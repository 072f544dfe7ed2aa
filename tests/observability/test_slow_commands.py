"""Commands of the control socket that take long are carried out in threads of their own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pykka_live.observability import ControlServer, SocketDirectory, control

from .clients import ask, read, thread_of

HUGE = 8 * 1024 * 1024  # more than a socket's buffers hold


class Gate:
    """A slow command: answers when it may."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.reached.release()
        self.opened.wait(30)
        if "raise" in request:
            raise SystemExit(request["raise"])
        return {"text": "x" * HUGE}


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def server(directory: SocketDirectory, gate: Gate) -> Iterator[ControlServer]:
    known = {"echo": lambda request: {"request": dict(request)}, "gate": gate}
    server = ControlServer(known, lambda: [directory], slow=("gate",))
    yield server
    server.close()


class TestSlowCommands:
    def test_nobody_waits_for_them(
        self, connect: Callable[[], socket.socket], path: Path, gate: Gate
    ) -> None:
        clients = [connect() for _ in range(3)]
        for client in clients:
            client.sendall(b'{"command": "gate"}\n')
            assert gate.reached.acquire(timeout=20)
        assert ask(path)
        gate.opened.set()
        for client in clients:
            assert len(read(client)["text"]) == HUGE

    def test_who_says_no_more_gets_the_answer(
        self, connect: Callable[[], socket.socket], path: Path, gate: Gate
    ) -> None:
        client, gone = connect(), connect()
        for each in (client, gone):
            each.sendall(b'{"command": "gate"}\n')
            each.shutdown(socket.SHUT_WR)
            assert gate.reached.acquire(timeout=20)
        gone.close()
        assert ask(path)  # by now the service has seen that
        gate.opened.set()
        assert len(read(client)["text"]) == HUGE
        assert ask(path)

    def test_what_they_raise_is_the_answer(
        self, connect: Callable[[], socket.socket], path: Path, gate: Gate
    ) -> None:
        gate.opened.set()
        client = connect()
        client.sendall(b'{"command": "gate", "raise": "enough"}\n')
        assert read(client) == {"error": "SystemExit: enough"}
        assert ask(path)

    def test_the_answer_that_comes_too_late_goes_to_nobody(
        self,
        connect: Callable[[], socket.socket],
        path: Path,
        gate: Gate,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(control, "TIMEOUT", 0.1)
        client = connect()
        client.sendall(b'{"command": "gate"}\n')
        assert read(client) is None
        monkeypatch.undo()
        assert gate.reached.acquire(timeout=20)
        gate.opened.set()
        for thread in threading.enumerate():
            if thread.name == "pykka_live control gate":
                thread.join(20)
        assert ask(path)

    def test_without_a_thread_to_be_had(
        self,
        connect: Callable[[], socket.socket],
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        client = connect()
        client.sendall(b'{"command": "gate"}\n')
        assert read(client) == {"error": "can't start new thread"}
        monkeypatch.undo()
        assert ask(path)

    def test_the_end_does_not_wait_for_them(
        self, connect: Callable[[], socket.socket], server: ControlServer, gate: Gate
    ) -> None:
        client = connect()
        client.sendall(b'{"command": "gate"}\n')
        assert gate.reached.acquire(timeout=20)
        thread = thread_of(server)
        server.close()
        assert read(client) is None
        assert not thread.is_alive()
