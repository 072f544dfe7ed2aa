"""Errors, listeners, watchers, ports and log filters that misbehave; nobody else suffers."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from pykka_live.actors import (
    ActorFailed,
    ActorStopped,
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    Event,
    Fenced,
    Ping,
    Reply,
    StartChild,
    StartFailed,
    Supervisor,
    WhichChildren,
)
from tests.actors.actors import (
    TIMEOUT,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    ended,
    number,
    stop,
    worker,
)

NO_DELAY = Backoff(0, 0)
BASE_ERRORS = [SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit, Fenced]


class Unspeakable(Exception):
    """Cannot be shown."""

    def __str__(self) -> str:
        raise Crash("no str")

    def __repr__(self) -> str:
        raise Crash("no repr")


class UnspeakableBase(BaseException):
    """Cannot be shown, and is no `Exception`."""

    __str__ = __repr__ = Unspeakable.__str__


def raising(error: type[BaseException]) -> Any:
    """A function that raises, whatever it is called with."""

    def function(*_args: Any) -> None:
        raise error("on purpose")

    return function


class HostilePort:
    """Raises when it is given an answer."""

    def __init__(self, error: type[BaseException]) -> None:
        self.set = self.set_exception = raising(error)


def is_unharmed(system: ActorSystem, *cells: Cell) -> bool:
    """Whether the root and these still serve, in their first lives."""
    assert system.root.request(Ping(), TIMEOUT)
    return [cell.ask(number, TIMEOUT) for cell in (worker(system, "new"), *cells)] == [
        1 for _ in range(len(cells) + 1)
    ]


# Errors


@pytest.mark.parametrize(
    ("error", "answer"), [(Unspeakable, Unspeakable), (UnspeakableBase, ActorFailed)]
)
def test_an_error_that_cannot_be_shown_is_a_failure_like_others(
    system: ActorSystem, events: Events, error: type[BaseException], answer: type[Exception]
) -> None:
    cell = worker(system, backoff=NO_DELAY)
    with pytest.raises(answer):
        cell.ask(raising(error), TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    assert [(event.cell, event.reason) for event in events.of("failed")] == [(cell, error.__name__)]
    last_error = cell.info().last_error
    assert last_error is not None
    assert last_error.type == error.__name__


@pytest.mark.parametrize("error", [Unspeakable, UnspeakableBase])
def test_a_start_with_an_error_that_cannot_be_shown_fails_alone(
    system: ActorSystem, error: type[BaseException]
) -> None:
    class Bad(Worker):
        on_start = raising(error)

    bystander = worker(system, "bystander")
    with pytest.raises(StartFailed, match=f"/bad .*{error.__name__}") as caught:
        worker(system, "bad", Bad)
    assert isinstance(caught.value.__cause__, error)
    assert is_unharmed(system, bystander)


def test_a_fence_of_another_actor_is_a_failure_like_others(
    system: ActorSystem, events: Events
) -> None:
    cell, other = worker(system, backoff=NO_DELAY), worker(system, "other")
    with pytest.raises(ActorFailed) as caught:
        cell.ask(lambda _actor: other.commit(7, lambda: None), TIMEOUT)
    assert isinstance(caught.value.__cause__, Fenced)
    assert cell.ask(number, TIMEOUT) == 2
    assert [event.cell for event in events.of("failed")] == [cell]
    assert is_unharmed(system, other)


def test_a_fence_of_another_actor_fails_a_start(system: ActorSystem) -> None:
    other = worker(system, "other")

    class Bad(Worker):
        def on_start(self) -> None:
            other.commit(7, lambda: None)

    with pytest.raises(StartFailed, match="Fenced"):
        worker(system, "bad", Bad)
    assert is_unharmed(system, other)


# Listeners, watchers, tracers


@pytest.mark.parametrize("error", BASE_ERRORS)
@pytest.mark.parametrize("kind", ["started", "failed", "restarted", "stopped"])
def test_what_a_listener_raises_concerns_no_actor(
    system: ActorSystem, kind: str, error: type[BaseException]
) -> None:
    told: list[Event] = []

    def hostile(event: Event) -> None:
        if event.kind == kind:
            told.append(event)
            raise error

    bystander = worker(system, "bystander")
    system.add_listener(hostile)
    cell = worker(system, backoff=NO_DELAY)
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    stop(cell)
    assert is_unharmed(system, bystander)
    assert told


@pytest.mark.parametrize("error", BASE_ERRORS)
def test_all_askers_are_answered_though_a_listener_fails_on_each_letter(
    system: ActorSystem, error: type[BaseException]
) -> None:
    sup = system.start_child(ChildSpec("sup", Supervisor), TIMEOUT)
    cell = sup.request(StartChild(ChildSpec("a", Worker)), TIMEOUT)

    def hostile(event: Event) -> None:
        if event.kind == "dead_letter":
            raise error

    system.add_listener(hostile)
    gate = Gate().hold(cell)
    asked = [Reply() for _ in range(5)]
    for reply in asked:
        cell.offer("late", reply)
    cell.stop()
    assert sup.request(Ping(), TIMEOUT)  # it has told it to stop
    gate.opened.set()
    for reply in asked:
        with pytest.raises(ActorStopped):
            reply.get(TIMEOUT)
    assert ended(cell) == "shutdown"
    assert sup.request(Ping(), TIMEOUT)
    assert len(system.dead_letters) == 5


@pytest.mark.parametrize("error", BASE_ERRORS)
def test_what_a_watcher_raises_keeps_nobody_from_being_told(
    system: ActorSystem, error: type[BaseException]
) -> None:
    cell, bystander = worker(system), worker(system, "bystander")
    told = Reply()
    cell.watch(raising(error))
    cell.watch(lambda _cell, reason: told.set(reason))
    stop(cell, "over")
    assert told.get(TIMEOUT) == "over"
    assert is_unharmed(system, bystander)


@pytest.mark.parametrize("error", BASE_ERRORS)
def test_what_a_tracer_raises_changes_no_answer(
    system: ActorSystem, error: type[BaseException]
) -> None:
    cell = worker(system)
    cell.trace(raising(error))
    assert cell.ask("a", TIMEOUT) == "a"
    assert cell.ask(number, TIMEOUT) == 1


# Ports


@pytest.mark.parametrize("error", [*BASE_ERRORS, Crash])
def test_what_a_port_raises_fails_no_worker(
    system: ActorSystem, error: type[BaseException]
) -> None:
    cell = worker(system, strategy="resume")
    cell.offer("a", HostilePort(error))
    assert cell.ask(number, TIMEOUT) == 1
    assert cell.failures == 0
    cell.offer(crash, HostilePort(error))
    assert cell.ask(number, TIMEOUT) == 1
    assert cell.failures == 1


@pytest.mark.parametrize("error", [*BASE_ERRORS, Crash])
def test_what_a_port_raises_fails_no_supervisor(
    system: ActorSystem, error: type[BaseException]
) -> None:
    bystander = worker(system, "bystander")
    system.root.post(WhichChildren(), HostilePort(error))
    system.root.post(StartChild(ChildSpec("bystander", Worker)), HostilePort(error))
    system.root.post(StartChild(ChildSpec("another", Worker)), HostilePort(error))
    assert is_unharmed(system, bystander)


# Logging


class Filter(logging.Filter):
    """Raises on each record."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def filter(self, record: logging.LogRecord) -> bool:
        self.calls += 1
        raise Crash("filter")


def test_a_log_filter_that_raises_concerns_no_actor(
    system: ActorSystem, caplog: pytest.LogCaptureFixture
) -> None:
    bystander = worker(system, "bystander")
    logger = logging.getLogger("pykka_live.actors")
    caplog.set_level(logging.DEBUG, logger="pykka_live.actors")
    hostile = Filter()
    logger.addFilter(hostile)
    try:
        cell = worker(system, backoff=NO_DELAY)
        with pytest.raises(Crash):
            cell.ask(crash, TIMEOUT)
        assert cell.ask(number, TIMEOUT) == 2
        cell.watch(raising(Crash))
        cell.trace(raising(Crash))
        cell.offer("a", HostilePort(Crash))
        stop(cell)
        assert is_unharmed(system, bystander)
    finally:
        logger.removeFilter(hostile)
    assert hostile.calls > 3
