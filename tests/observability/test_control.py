"""The control socket answers, whatever its clients are like."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pykka_live.observability import ControlError, ControlServer, SocketDirectory, control
from pykka_live.observability.processes import ServerProcess

from .clients import ask, read, thread_of

HUGE = 8 * 1024 * 1024  # more than a socket's buffers hold


def fail(_request: object) -> dict[str, Any]:
    raise LookupError("nothing there")


@pytest.fixture
def server(directory: SocketDirectory) -> Iterator[ControlServer]:
    server = ControlServer(
        {
            "echo": lambda request: {"request": dict(request)},
            "huge": lambda _request: {"text": "x" * HUGE},
            "fail": fail,
        },
        lambda: [directory],
    )
    yield server
    server.close()


class TestLife:
    def test_open_and_close(self, server: ControlServer, directory: SocketDirectory) -> None:
        assert server.path is None
        path = server.open()
        assert path == directory.path / f"{os.getpid()}.sock"
        assert server.open() == server.path == path
        thread = thread_of(server)
        assert thread.daemon
        server.close()
        server.close()
        assert server.path is None
        assert not thread.is_alive()
        assert list(directory.path.iterdir()) == []

    def test_opened_again(self, server: ControlServer) -> None:
        server.open()
        server.close()
        assert ask(server.open(), number=1) == {"request": {"command": "echo", "number": 1}}

    def test_the_socket_of_a_dead_process_with_our_number(
        self, server: ControlServer, directory: SocketDirectory
    ) -> None:
        directory.make()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(directory.socket_path(os.getpid())))
        assert ask(server.open())

    def test_others_are_swept(self, server: ControlServer, directory: SocketDirectory) -> None:
        directory.make()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(directory.socket_path(1234)))
        server.open()
        assert [pid for pid, _ in directory.sockets()] == [os.getpid()]

    def test_the_place_is_taken(self, path: Path, directory: SocketDirectory) -> None:
        with pytest.raises(ControlError, match="in use"):
            ControlServer({}, lambda: [directory]).open()
        assert ask(path)

    def test_what_took_our_place_stays(self, server: ControlServer, path: Path) -> None:
        path.unlink()
        path.touch()
        server.close()
        assert path.exists()

    def test_the_first_possible_place(self, directory: SocketDirectory) -> None:
        places = [SocketDirectory(Path("/proc/pykka_live")), directory]
        server = ControlServer({}, lambda: places)
        assert server.open().parent == directory.path
        server.close()

    def test_no_place(self) -> None:
        places = [SocketDirectory(Path("/proc/a")), SocketDirectory(Path("/tmp") / ("x" * 99))]
        with pytest.raises(ControlError, match=r"no place .*/proc/a: .*; /tmp/x+: Too long"):
            ControlServer({}, lambda: places).open()

    def test_a_place_that_is_not_private(
        self, server: ControlServer, directory: SocketDirectory
    ) -> None:
        directory.path.mkdir(mode=0o755)
        with pytest.raises(ControlError, match="0755 instead of 0700"):
            server.open()
        assert server.path is None
        assert list(directory.path.iterdir()) == []

    def test_fork(self, server: ControlServer, path: Path) -> None:
        """The child opens its own socket, and takes nothing from its parent."""
        connection, childs = socket.socketpair()
        child = os.fork()
        if child == 0:  # nothing here may raise into pytest
            code = 1
            try:
                good = server.path is None
                server.close()
                good = good and path.exists()
                own = server.open()
                childs.send(b"1" if good and own != path else b"0")
                childs.recv(1)
                server.close()
                code = 0 if path.exists() and not own.exists() else 1
            finally:
                os._exit(code)
        connection.settimeout(20)
        assert connection.recv(1) == b"1"
        childs_path = path.with_name(f"{child}.sock")
        assert ask(childs_path, who="child")
        assert ask(path, who="parent")
        connection.send(b"1")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ask(path)
        connection.close()
        childs.close()

    def test_a_fork_does_not_keep_a_dead_parents_socket(
        self, server: ControlServer, path: Path, directory: SocketDirectory
    ) -> None:
        connection, childs = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                connection.close()  # or it would never see that the test is over
                childs.send(b"1")
                childs.recv(1)
            finally:
                os._exit(0)
        assert connection.recv(1) == b"1"
        path.rename(path.with_name("1.sock"))
        server.close()
        directory.sweep()
        assert list(directory.sockets()) == []
        connection.close()
        childs.close()
        os.waitpid(child, 0)


class TestRequests:
    @pytest.mark.parametrize(
        ("request_", "error"),
        [
            (b"rubbish\n", "no JSON"),
            (b"\xff\xfe\n", "no JSON"),
            (b"\n", "no JSON"),
            (b"[" * 10_000 + b"\n", "no JSON"),
            (b"[1]\n", "no JSON object"),
            (b"{}\n", "one of: echo, fail, huge"),
            (b'{"command": ["echo"]}\n', "one of: echo, fail, huge"),
            (b'{"command": "rm"}\n', "one of: echo, fail, huge"),
            (b'{"command": "fail"}\n', "LookupError: nothing there"),
            (b"x" * (control.REQUEST_LIMIT + 1), "end after 16384 bytes"),
        ],
    )
    def test_bad(
        self, connect: Callable[[], socket.socket], path: Path, request_: bytes, error: str
    ) -> None:
        client = connect()
        client.sendall(request_)
        answer = read(client)
        assert list(answer) == ["error"]
        assert error in answer["error"]
        assert ask(path)

    def test_in_pieces(self, connect: Callable[[], socket.socket]) -> None:
        client = connect()
        for byte in b'{"command": "echo"}\n':
            client.send(bytes([byte]))
        assert read(client) == {"request": {"command": "echo"}}

    def test_without_an_end_of_line(self, connect: Callable[[], socket.socket]) -> None:
        client = connect()
        client.sendall(b'{"command": "echo"}')
        client.shutdown(socket.SHUT_WR)
        assert read(client) == {"request": {"command": "echo"}}

    def test_nothing(self, connect: Callable[[], socket.socket], path: Path) -> None:
        client = connect()
        client.shutdown(socket.SHUT_WR)
        assert read(client) is None
        assert ask(path)

    def test_a_long_answer(self, path: Path) -> None:
        assert len(ServerProcess(1, path).ask("huge")["text"]) == HUGE


class TestHostileClients:
    def test_silent_ones_hold_up_nobody(
        self, connect: Callable[[], socket.socket], path: Path
    ) -> None:
        silent = [connect() for _ in range(20)]
        for _ in range(5):
            assert ask(path)
        for client in silent:
            client.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.recv(1)  # still connected

    def test_silent_ones_are_dropped(
        self, connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control, "TIMEOUT", 0.1)
        assert read(connect()) is None

    def test_a_trickle_does_not_extend_the_time(
        self, connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control, "TIMEOUT", 0.2)
        client = connect()

        def trickle() -> None:
            for _ in range(10_000):
                client.send(b" ")
                time.sleep(0.002)

        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            trickle()

    def test_too_many_push_out_the_oldest(
        self, connect: Callable[[], socket.socket], path: Path
    ) -> None:
        oldest = connect()
        for _ in range(control.CONNECTION_LIMIT):
            connect()
        assert read(oldest) is None
        assert ask(path)

    def test_one_that_does_not_read(
        self,
        connect: Callable[[], socket.socket],
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(control, "TIMEOUT", 1.0)
        given_up = threading.Event()
        drop = control._Service._drop

        def tell(service: Any, connection: Any) -> None:
            drop(service, connection)
            if connection.answer:
                given_up.set()

        monkeypatch.setattr(control._Service, "_drop", tell)
        deaf = connect()
        deaf.sendall(b'{"command": "huge"}\n')
        for _ in range(5):
            assert ask(path)
        assert given_up.wait(20)  # what was on its way arrives, and then the end
        received = 0
        while part := deaf.recv(1 << 20):
            received += len(part)
        assert received < HUGE

    def test_one_that_goes_away(self, connect: Callable[[], socket.socket], path: Path) -> None:
        for _ in range(10):
            client = connect()
            client.sendall(b'{"command": "huge"}\n')
            client.close()
        assert ServerProcess(1, path).ask("echo")

    def test_no_file_descriptors_left(
        self, connect: Callable[[], socket.socket], path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = socket.socket.accept
        refused = threading.Event()

        def accept(self: socket.socket) -> Any:
            if refused.is_set():
                return real(self)
            refused.set()
            raise OSError(24, "Too many open files")

        monkeypatch.setattr(socket.socket, "accept", accept)
        assert ServerProcess(1, path).ask("echo")
        assert refused.is_set()
