"""Answers of the control socket that are long, late, or have no end."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pykka_live.observability import ControlServer, SocketDirectory, control
from pykka_live.observability.processes import NoAnswer, ServerProcess
from pykka_live.observability.requests import Refused, Request
from pykka_live.observability.streams import Later, Stream

from .clients import ask, read


class Ticker(Stream):
    """Tells numbers, as many as there are at a time, up to an end."""

    def __init__(self) -> None:
        self.pending: list[int] = []
        self.is_over = False
        self.closed = threading.Event()

    def tell(self, *numbers: int, is_over: bool = False) -> None:
        self.pending += numbers
        self.is_over = is_over
        self.notify()

    def take(self) -> tuple[bytes, bool]:
        is_over = self.is_over
        numbers, self.pending = self.pending, []
        return b"".join(b'{"number": %d}\n' % number for number in numbers), is_over

    def close(self) -> None:
        self.closed.set()


def bits(request: Request) -> Iterator[bytes]:
    yield b'{"a": 1'
    if "fail" in request:
        raise LookupError
    yield from [b" " * 1_000_000] * 5
    yield b', "b": 2}'


class TestLongAnswers:
    """Answers that come bit by bit, and such that go on."""

    @pytest.fixture
    def ticker(self) -> Ticker:
        return Ticker()

    @pytest.fixture
    def later(self) -> Later:
        return Later(lambda value: {"value": value})

    @pytest.fixture
    def server(
        self, directory: SocketDirectory, ticker: Ticker, later: Later
    ) -> Iterator[ControlServer]:
        def refuse(_request: Request) -> Any:
            raise Refused("not you")

        server = ControlServer(
            {
                "bits": bits,
                "tick": lambda _request: ticker,
                "later": lambda _request: later,
                "echo": lambda request: {"request": dict(request)},
                "who": lambda request: {"who": request.sender, "pid": request.peer.pid},
                "refuse": refuse,
            },
            lambda: [directory],
        )
        yield server
        server.close()

    def test_bit_by_bit(self, path: Path) -> None:
        assert ServerProcess(1, path).ask("bits") == {"a": 1, "b": 2}

    def test_one_that_breaks_off(self, path: Path) -> None:
        with pytest.raises(NoAnswer, match="broke off its answer"):
            ServerProcess(1, path).ask("bits", fail=True)
        assert ask(path)

    def test_a_long_answer_holds_up_nobody(
        self, connect: Callable[[], socket.socket], path: Path
    ) -> None:
        slow = connect()
        slow.sendall(b'{"command": "bits"}\n')
        assert ask(path)
        assert read(slow) == {"a": 1, "b": 2}

    def test_it_goes_on_until_it_is_over(self, path: Path, ticker: Ticker) -> None:
        ticker.pending = [1]
        told = ServerProcess(1, path).follow("tick")
        assert next(told) == {"number": 1}
        ticker.tell(2, 3)
        assert [next(told), next(told)] == [{"number": 2}, {"number": 3}]
        assert ask(path)
        ticker.tell(4, is_over=True)
        assert next(told) == {"number": 4}
        with pytest.raises(NoAnswer, match="has ended, or let go of us"):
            next(told)
        assert ticker.closed.wait(20)

    def test_who_follows_may_wait_for_long(
        self,
        connect: Callable[[], socket.socket],
        path: Path,
        ticker: Ticker,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(control, "TIMEOUT", 0.05)
        told = ServerProcess(1, path).follow("tick", 20)
        ticker.pending = [1]
        assert next(told) == {"number": 1}
        assert read(connect()) is None  # who has asked for nothing is dropped meanwhile
        ticker.tell(2)
        assert next(told) == {"number": 2}

    def test_the_client_goes(
        self, connect: Callable[[], socket.socket], path: Path, ticker: Ticker
    ) -> None:
        client = connect()
        client.sendall(b'{"command": "tick"}\n')
        ticker.pending = [1]
        assert ask(path)
        client.close()
        assert ticker.closed.wait(20)
        ticker.tell(2)
        assert ask(path)

    def test_who_says_no_more_gets_an_answer_that_comes_later(
        self, connect: Callable[[], socket.socket], path: Path, later: Later
    ) -> None:
        client = connect()
        client.sendall(b'{"command": "later"}\n')
        assert ask(path)
        client.shutdown(socket.SHUT_WR)
        assert ask(path)  # the thread has seen by the end of
        assert ask(path)  # these that there is no more to come
        later.set(7)
        assert read(client) == {"value": 7}

    def test_who_goes_before_an_answer_comes_hinders_nobody(
        self, connect: Callable[[], socket.socket], path: Path, later: Later
    ) -> None:
        client = connect()
        client.sendall(b'{"command": "later"}\n')
        assert ask(path)
        client.close()
        assert ask(path)
        assert ask(path)
        later.set(7)
        assert ask(path)

    def test_the_server_goes(
        self, connect: Callable[[], socket.socket], server: ControlServer, ticker: Ticker
    ) -> None:
        server.open()
        client = connect()
        ticker.pending = [1]
        client.sendall(b'{"command": "tick"}\n')
        assert client.recv(100)
        server.close()
        assert ticker.closed.wait(20)
        ticker.tell(2)

    def test_many_threads_tell_at_once(self, path: Path, ticker: Ticker) -> None:
        told = ServerProcess(1, path).follow("tick", 20)
        ticker.pending = [0]
        next(told)
        crowd = [threading.Thread(target=ticker.notify) for _ in range(50)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        ticker.tell(7)
        assert next(told) == {"number": 7}

    def test_who_asks_is_known(self, path: Path) -> None:
        answer = ServerProcess(1, path).ask("who", peer="somebody else", user="root")
        assert answer["pid"] == os.getpid()
        assert f"(uid {os.geteuid()})" in answer["who"]
        assert f"(process {os.getpid()})" in answer["who"]

    def test_a_refusal_is_no_failure_of_the_server(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(NoAnswer, match="process 1: not you"):
            ServerProcess(1, path).ask("refuse")
        assert caplog.messages == []
