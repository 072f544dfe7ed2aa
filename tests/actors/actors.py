"""Actors, and other things, that the tests of supervision share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from pykka_live.actors import ActorSystem, Cell, ChildSpec, Event, Ping, Reply, SupervisedActor

TIMEOUT = 10.0


class Crash(Exception):
    """What the actors here raise when they are told to."""


class Worker(SupervisedActor):
    """Calls a callable message with itself; notes and echoes any other.

    `log`, if there is one, gets `(path, what)` for each start, stop and failure.
    """

    def __init__(self, log: list[tuple[str, str]] | None = None) -> None:
        super().__init__()
        self.log = log

    def note(self, what: str) -> None:
        if self.log is not None:
            self.log.append((self.path, what))

    def on_start(self) -> None:
        self.note("start")

    def on_stop(self) -> None:
        self.note(f"stop {self.stop_reason}")

    def on_failure(self, *_exc_info: Any) -> None:
        self.note("failure")

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message(self)
        self.cell.data.setdefault("got", []).append(message)
        return message


def crash(_actor: Any) -> None:
    """A message that fails the actor."""
    raise Crash("as told")


def got(actor: Any) -> list[Any]:
    """A message that asks for the messages noted so far, by all incarnations."""
    return list(actor.cell.data.get("got", []))


def number(actor: Any) -> int:
    """A message that asks for the number of the incarnation."""
    return int(actor.cell.incarnation)


class Gate:
    """A message that says when it is being handled, and is handled until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _actor: Any = None) -> str:
        self.entered.set()
        assert self.opened.wait(TIMEOUT)
        return "through"

    def hold(self, cell: Cell) -> Gate:
        """Occupy an actor."""
        cell.tell(self)
        assert self.entered.wait(TIMEOUT)
        return self


class Port:
    """A reply port that counts."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.answered = threading.Event()

    def set(self, value: Any) -> None:
        self.answers.append(value)
        self.answered.set()

    set_exception = set

    def get(self) -> Any:
        assert self.answered.wait(TIMEOUT)
        return self.answers[0]


class Clock:
    """Seconds that go on when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.real = False

    def __call__(self) -> float:
        return time.monotonic() + 10_000 if self.real else self.now

    def advance(self, seconds: float, *cells: Cell) -> None:
        """Go on, and have supervisors notice."""
        self.now += seconds
        for cell in cells:
            assert cell.request(Ping(), TIMEOUT)


class Events:
    """A listener that remembers, and can be waited for."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.seen: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._condition:
            self.seen.append(event)
            self._condition.notify_all()

    def of(self, kind: str) -> list[Event]:
        """All events of a kind so far."""
        with self._condition:
            return [event for event in self.seen if event.kind == kind]

    def wait(self, kind: str, count: int = 1) -> list[Event]:
        """Wait for so many events of a kind."""
        with self._condition:
            assert self._condition.wait_for(
                lambda: sum(event.kind == kind for event in self.seen) >= count, TIMEOUT
            ), f"{count} x {kind}: {[(e.kind, e.cell.path) for e in self.seen]}"
        return self.of(kind)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what nobody tells of."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def no_thread_left() -> Iterator[threading.Event]:
    """Let no thread start; what it yields is set when one was to."""
    refused = threading.Event()

    def refuse(_thread: threading.Thread) -> None:
        refused.set()
        raise RuntimeError("can't start new thread")

    with mock.patch.object(threading.Thread, "start", refuse):
        yield refused


def ended(cell: Cell) -> str:
    """Wait for the end of an actor and return the reason."""
    reply = Reply()
    cell.watch(lambda _cell, reason: reply.set(reason))
    return str(reply.get(TIMEOUT))


def stop(cell: Cell, reason: str = "shutdown") -> None:
    """Stop an actor and wait for its end."""
    reply = Reply()
    cell.stop(reason, reply)
    assert reply.get(TIMEOUT) is True


def worker(
    system: ActorSystem,
    id: str = "worker",
    start: Callable[[], SupervisedActor] = Worker,
    **options: Any,
) -> Cell:
    """Start a worker under the root."""
    return system.start_child(ChildSpec(id, start, **options), TIMEOUT)
