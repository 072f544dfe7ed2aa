"""What a worker makes of the others' answers; `tests/test_workers.py` has real servers."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.parser import text_string_to_metric_families

from pykka_live.observability import NoAnswer, ServerProcess, SocketDirectory, workers
from pykka_live.observability.control import ControlServer
from pykka_live.observability.directory import ControlError
from pykka_live.observability.processes import ask_all
from pykka_live.observability.workers import NAMES_LIMIT, BadNames, Workers

PLAIN = "text/plain; version=0.0.4; charset=utf-8"
HERE = "('127.0.0.1', 8000)"


class Others:
    """Other processes of the project, by id, and what they answer."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.answers: dict[int, Any] = {}
        self.asked: list[int] = []
        self.requests: list[Mapping[str, Any]] = []
        self.now = 1000.0
        self.listeners: dict[int, socket.socket] = {}

    def processes(self, _directories: object) -> list[ServerProcess]:
        return [ServerProcess(pid, self.place / str(pid)) for pid in (os.getpid(), *self.answers)]

    def ask_all(
        self, processes: list[ServerProcess], _command: str, _timeout: float, **arguments: Any
    ) -> list[Any]:
        self.asked = [process.pid for process in processes]
        self.requests.append(arguments)
        return [self.answers[pid] for pid in self.asked]

    def is_there(self, pid: int, answer: Any) -> None:
        listener = self.listeners[pid] = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.place / str(pid)))
        listener.listen()
        self.answers[pid] = answer

    def ends(self, pid: int) -> None:
        (self.place / str(pid)).unlink()


@pytest.fixture
def others(directory: SocketDirectory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Others]:
    directory.make()
    others = Others(directory.path)
    monkeypatch.setattr(workers, "server_processes", others.processes)
    monkeypatch.setattr(workers, "ask_all", others.ask_all)
    monkeypatch.setattr(workers.time, "monotonic", lambda: others.now)
    yield others
    for listener in others.listeners.values():
        listener.close()


@pytest.fixture
def ours(registry: CollectorRegistry, others: Others, monkeypatch: pytest.MonkeyPatch) -> Workers:
    Gauge("size", "Size.", registry=registry).set(7)
    ours = Workers(registry, lambda: 0, list)
    monkeypatch.setattr(ours._addresses, "current", lambda _age=0.0: frozenset({HERE}))
    return ours


def told(number: str, value: int = 1, **changes: Any) -> dict[str, Any]:
    """Return what a worker answers."""
    text = f'# HELP size Size.\n# TYPE size gauge\nsize{{worker="{number}"}} {value}\n'
    return {"worker": number, "content_type": PLAIN, "text": text, **changes}


def sizes(ours: Workers) -> dict[str, float]:
    """Expose, and return the size of each worker; and how many did and did not answer."""
    body, content_type = ours.expose()
    assert content_type == PLAIN
    return {
        sample.labels.get("worker", sample.name.removeprefix("pykka_live_")): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def test_all_that_answer_are_there(ours: Workers, others: Others) -> None:
    others.is_there(1, told("2", 5))
    others.is_there(2, told("1", 6))
    assert sizes(ours) == {"0": 7, "1": 6, "2": 5, "workers": 3, "silent_workers": 0}
    assert list(sizes(ours))[:3] == ["0", "1", "2"]
    assert others.asked == [1, 2]
    assert others.requests[0] == {"addresses": [HERE], "accept": PLAIN, "names": []}


@pytest.mark.parametrize(
    "answer",
    [
        NoAnswer("process 1: the request's command must be one of: tree"),  # an older version
        told("1", content_type="application/openmetrics-text; version=2.0.0"),
        told("0"),
        told("x"),
        told("1", text=None),
        told("1", worker=1),
        {},
    ],
)
def test_one_that_does_not_make_sense_is_left_out_counted_and_logged_once(
    ours: Workers, others: Others, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    others.is_there(1, answer)
    others.is_there(2, told("2"))
    with caplog.at_level(logging.WARNING, "pykka_live.observability"):
        for _ in range(2):
            assert sizes(ours) == {"0": 7, "2": 1, "workers": 2, "silent_workers": 1}
    [record] = caplog.records
    assert record.message.startswith("The metrics of worker process 1 are missing: ")
    others.answers[1] = told("1")
    assert sizes(ours)["silent_workers"] == 0
    others.answers[1] = answer
    sizes(ours)
    assert len(caplog.records) == 2  # it is news again


def test_one_that_has_ended_meanwhile_is_not_silent(ours: Workers, others: Others) -> None:
    others.is_there(1, NoAnswer("process 1: Connection refused"))
    others.ends(1)
    others.is_there(2, NoAnswer("process 2: Connection reset by peer"))
    others.listeners[2].close()  # it was killed, and its parent has not noticed
    assert sizes(ours) == {"0": 7, "workers": 1, "silent_workers": 0}


def test_one_of_another_server_is_left_alone_when_it_hangs(ours: Workers, others: Others) -> None:
    others.is_there(1, {"apart": True})
    alone = {"0": 7, "workers": 1, "silent_workers": 0}
    for _ in range(2):
        assert sizes(ours) == alone
        assert others.asked == [1]  # it might have begun to listen
    others.answers[1] = NoAnswer("process 1 does not answer within 2 s")
    assert sizes(ours) == alone
    assert others.asked == [1]
    assert sizes(ours) == alone
    assert others.asked == []
    others.now += workers.ASKED_AGAIN + 1
    others.answers[1] = told("1")
    assert sizes(ours) == {"0": 7, "1": 1, "workers": 2, "silent_workers": 0}


def test_who_listens_nowhere_is_alone(
    ours: Workers, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    others.is_there(1, told("1"))
    monkeypatch.setattr(ours._addresses, "current", lambda _age=0.0: frozenset())
    assert sizes(ours) == {"0": 7, "workers": 1, "silent_workers": 0}


def test_without_unix_sockets_it_is_alone(ours: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_directories: object) -> list[ServerProcess]:
        raise ControlError("This operating system has no Unix sockets.")

    monkeypatch.setattr(workers, "server_processes", refuse)
    assert sizes(ours) == {"0": 7, "workers": 1, "silent_workers": 0}


def test_the_answer_to_another(ours: Workers) -> None:
    request = {"addresses": [HERE, "elsewhere"], "accept": "", "names": []}
    answer = ours.answer(request)
    assert answer == told("0", text=answer["text"])
    assert 'size{worker="0"} 7.0\n' in answer["text"]
    assert ours.answer({**request, "names": ["other"]})["text"] == ""
    assert ours.answer({**request, "addresses": ["elsewhere"]}) == {"apart": True}


def test_too_many_names(ours: Workers) -> None:
    with pytest.raises(BadNames, match=str(NAMES_LIMIT)):
        ours.expose("", ["x" * 10] * NAMES_LIMIT)


def test_a_collector_that_fails_is_an_error(ours: Workers, registry: CollectorRegistry) -> None:
    registry.register(Failing())
    with pytest.raises(LookupError, match="nothing there"):
        ours.expose()


class Failing:
    """A user's collector."""

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> list[Any]:
        raise LookupError("nothing there")


def test_those_that_hang_delay_the_others_once_however_many_they_are(
    directory: SocketDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All have the same moment by which to answer, even if not all are asked at once."""
    left: list[float] = []
    lock = threading.Lock()

    def ask(_process: ServerProcess, _command: str, timeout: float) -> dict[str, Any]:
        with lock:
            left.append(timeout)
        raise NoAnswer("it hangs")

    monkeypatch.setattr(ServerProcess, "ask", ask)
    monkeypatch.setattr("pykka_live.observability.processes.AT_ONCE", 1)
    clock: Callable[[], float] = iter([100.0, 100.0, 101.5, 102.5]).__next__
    monkeypatch.setattr("pykka_live.observability.processes.time.monotonic", clock)
    processes = [ServerProcess(os.getpid(), directory.path) for _ in range(3)]
    assert all(isinstance(answer, NoAnswer) for answer in ask_all(processes, "tree", 2.0))
    assert left == [2.0, 0.5, 0.001]


def test_the_control_socket_tells_metrics(
    directory: SocketDirectory, ours: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    ours._addresses._seen = float("inf"), frozenset({HERE})
    server = ControlServer({workers.COMMAND: ours.answer}, lambda: [directory], (workers.COMMAND,))
    try:
        process = ServerProcess(os.getpid(), server.open())
        request = {"addresses": [HERE], "accept": PLAIN, "names": []}
        assert process.ask(workers.COMMAND, **request)["worker"] == "0"
        with pytest.raises(NoAnswer, match="KeyError: 'addresses'"):
            process.ask(workers.COMMAND)
    finally:
        server.close()
