"""The port for metrics."""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from pykka_live.observability import port as module
from pykka_live.observability.port import MetricsPort
from tests.server import free_port

ADDRESS = "127.0.0.1"


class Source:
    """Gives metrics, when it may."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, list[str]]] = []
        self.error: Exception | None = None
        self.reached = threading.Semaphore(0)
        self.open = threading.Event()
        self.open.set()

    def __call__(self, accept: str, names: Sequence[str]) -> tuple[bytes, str]:
        self.wanted.append((accept, list(names)))
        self.reached.release()
        self.open.wait(30)
        if self.error is not None:
            raise self.error
        return b"size 1\n", "text/plain"


@pytest.fixture
def source() -> Iterator[Source]:
    source = Source()
    yield source
    source.open.set()


@pytest.fixture
def make(source: Source) -> Iterator[Callable[[], MetricsPort]]:
    made = []

    def make() -> MetricsPort:
        made.append(MetricsPort(source))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def port(make: Callable[[], MetricsPort]) -> int:
    """The number of a port that is open."""
    number = free_port()
    make().open(ADDRESS, number, None)
    return number


def ask(
    port: int, method: str = "GET", path: str = "/metrics", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=20)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_metrics(port: int, source: Source) -> None:
    for path in ("/metrics", "/", "/metrics?name[]=a&name[]=b&other=c"):
        response, body = ask(port, path=path, Accept="x/y")
        assert (response.status, body) == (200, b"size 1\n")
        assert response.headers["Content-Length"] == "7"
        assert response.headers["Cache-Control"] == "no-store"
    assert source.wanted == [("x/y", []), ("x/y", []), ("x/y", ["a", "b"])]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/other", 404), ("GET", "/metrics/", 404), ("POST", "/metrics", 405)],
)
def test_nothing_else(port: int, source: Source, method: str, path: str, status: int) -> None:
    assert ask(port, method, path)[0].status == status
    assert source.wanted == []


def test_head(port: int) -> None:
    response, body = ask(port, "HEAD")
    assert (response.status, body) == (200, b"")


def test_a_token(make: Callable[[], MetricsPort], source: Source) -> None:
    port = free_port()
    make().open(ADDRESS, port, "open-sesame")
    for header in ({}, {"Authorization": "Bearer open"}, {"Authorization": "Basic open-sesame"}):
        response, _ = ask(port, **header)  # type: ignore[arg-type]
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert source.wanted == []
    assert ask(port, Authorization="Bearer open-sesame")[0].status == 200


def test_what_fails_is_logged_and_told_without_its_details(
    port: int, source: Source, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    source.error = LookupError("the secret")
    response, body = ask(port)
    assert response.status == 500
    assert b"secret" not in body
    [record] = caplog.records
    assert record.exc_info
    assert capfd.readouterr().err == ""


def test_several_share_a_port_and_one_may_go(
    make: Callable[[], MetricsPort], source: Source
) -> None:
    port = free_port()
    both = [make(), make()]
    for each in both:
        each.open(ADDRESS, port, None)
        each.open(ADDRESS, port, None)
        assert each.is_open
    both[0].close()
    both[0].close()
    assert not both[0].is_open
    for _ in range(10):
        assert ask(port)[0].status == 200
    both[1].close()
    with pytest.raises(ConnectionRefusedError):
        ask(port)


def test_another_program_has_the_port(make: Callable[[], MetricsPort]) -> None:
    with socket.create_server((ADDRESS, 0)) as other, pytest.raises(OSError, match="in use"):
        make().open(ADDRESS, other.getsockname()[1], None)


def test_ipv6(make: Callable[[], MetricsPort]) -> None:
    port = free_port()
    make().open("::1", port, None)
    connection = http.client.HTTPConnection("::1", port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_slow_scraper_delays_nobody(port: int, source: Source) -> None:
    with socket.create_connection((ADDRESS, port)) as slow:
        slow.sendall(b"GET /metrics HT")
        assert ask(port)[0].status == 200


def test_one_that_sends_nothing_is_dropped(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Handler, "timeout", 0.1)
    with socket.create_connection((ADDRESS, port), timeout=20) as silent:
        assert silent.recv(1) == b""


def test_more_than_there_are_threads_for_are_turned_away(port: int, source: Source) -> None:
    source.open.clear()
    clients = [socket.create_connection((ADDRESS, port), timeout=20) for _ in range(module.AT_ONCE)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert source.reached.acquire(timeout=20)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(port)
    source.open.set()
    for client in clients:
        assert client.recv(12) == b"HTTP/1.0 200"
        client.close()
    while True:  # a thread has to end first
        try:
            assert ask(port)[0].status == 200
            break
        except (http.client.RemoteDisconnected, ConnectionResetError):
            continue


def test_without_descriptors_it_waits_and_goes_on(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket.accept
    refused = threading.Event()

    def accept(self: socket.socket) -> Any:
        if refused.is_set():
            return real(self)
        refused.set()
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(module, "SHORTAGE", 0.01)
    monkeypatch.setattr(socket.socket, "accept", accept)
    assert ask(port)[0].status == 200
    assert refused.is_set()


def test_the_child_of_a_fork_lets_go(make: Callable[[], MetricsPort], source: Source) -> None:
    port = free_port()
    ours = make()
    ours.open(ADDRESS, port, None)
    out, into = os.pipe()
    release, hold = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            ours._after_fork()
            os.write(into, b"%d" % ours.is_open)
            os.close(hold)
            os.read(release, 1)
        finally:
            os._exit(0)
    assert os.read(out, 1) == b"0"
    for _ in range(10):
        assert ask(port)[0].status == 200
    ours.close()
    with pytest.raises(ConnectionRefusedError):  # the child does not listen either
        ask(port)
    os.close(hold)
    os.waitpid(child, 0)
    for descriptor in (out, into, release):
        os.close(descriptor)
