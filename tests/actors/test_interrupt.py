"""Threads that are given up are interrupted where that does no harm."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorSystem,
    Backoff,
    Cell,
    Killed,
    Reply,
)
from pykka_live.actors._interrupt import interrupt
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Gate,
    got,
    number,
    until,
    worker,
)
from tests.actors.otp.family import STUCK, stick

NO_DELAY = Backoff(0, 0)
AGAIN = 0.1  # more than what a supervisor waits before it tries again


class Interrupted:
    """A message that does something, and notes what is raised in its thread."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.deed = deed
        self.thread: threading.Thread | None = None
        self.entered = threading.Event()
        self.outcome = Reply()

    def __call__(self, _actor: Any = None) -> None:
        self.thread = threading.current_thread()
        self.entered.set()
        try:
            self.outcome.set(self.deed())
        except BaseException as error:
            self.outcome.set(type(error))
            raise

    def is_in(self, module: str, function: str) -> bool:
        """Whether the innermost Python function of its thread is that one."""
        ident = self.thread and self.thread.ident
        frame = sys._current_frames().get(ident or 0)
        return frame is not None and (
            frame.f_globals["__name__"],
            frame.f_code.co_name,
        ) == (module, function)

    def occupy(self, cell: Cell, module: str, function: str) -> None:
        """Have an actor be there."""
        cell.tell(self)
        assert self.entered.wait(TIMEOUT)
        until(lambda: self.is_in(module, function))


def sleeps() -> None:
    """Code of a user that can be interrupted, once a moment."""
    while True:
        threading.Event().wait(0.001)


def test_code_of_the_user_is_interrupted(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    message = Interrupted(sleeps)
    cell.tell(message)
    assert message.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 2
    assert message.outcome.get(TIMEOUT) is Killed


def test_one_who_waits_for_an_answer_is_interrupted(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    other = worker(timed, "other")
    gate = Gate().hold(other)
    message = Interrupted(lambda: other.ask("a", 1.0))
    message.occupy(cell, "pykka_live.actors._replies", "_wait")
    stick(cell, clock)
    assert message.outcome.get(TIMEOUT) is Killed
    gate.opened.set()


def test_one_who_waits_for_room_is_interrupted_and_takes_its_message_back(
    timed: ActorSystem, clock: Clock
) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    other = worker(timed, "other", capacity=1, block_timeout=1.0)
    gate = Gate().hold(other)
    other.tell("first")
    message = Interrupted(lambda: other.tell("late"))
    message.occupy(cell, "pykka_live.actors._replies", "_wait")
    stick(cell, clock)
    assert message.outcome.get(TIMEOUT) is Killed
    gate.opened.set()
    assert other.ask(got, TIMEOUT) == ["first"]


def test_code_of_the_actor_system_is_not_interrupted_but_what_follows_it_is(
    timed: ActorSystem, clock: Clock
) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    other = worker(timed, "other")
    passed = threading.Event()

    def tell_and_sleep() -> None:
        other.tell("begun in time")
        passed.set()
        sleeps()

    message = Interrupted(tell_and_sleep)
    with other.mailbox._lock:
        message.occupy(cell, "pykka_live.actors._mailbox", "offer")
        stick(cell, clock)
        until(lambda: cell.incarnation == 2)
        clock.advance(AGAIN, timed.root, timed.root)
        assert not passed.is_set()
        assert timed.abandoned() == ["/worker#1"]
    assert passed.wait(TIMEOUT)
    clock.advance(AGAIN, timed.root)
    assert message.outcome.get(TIMEOUT) is Killed
    assert other.ask(got, TIMEOUT) == ["begun in time"]


def test_a_thread_is_interrupted_once_though_two_supervisors_try(
    timed: ActorSystem, clock: Clock
) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    killed, gate = threading.Event(), Gate()

    def survive() -> str:
        with contextlib.suppress(Killed):
            sleeps()
        killed.set()
        return gate()

    message = Interrupted(survive)
    cell.tell(message)
    assert message.entered.wait(TIMEOUT)
    incarnation = cell._incarnation
    stick(cell, clock)
    assert killed.wait(TIMEOUT)
    assert gate.entered.wait(TIMEOUT)
    assert incarnation is not None
    assert incarnation.interrupt() is True
    gate.opened.set()
    assert message.outcome.get(TIMEOUT) == "through"


# What exactly


def held_in(module: str, function: str, inner: str) -> tuple[threading.Thread, Any, Reply]:
    """A thread in these two functions, held until the lock is released: the first of a module, the
    second of the same, unless it has one of its own before a colon."""
    *others, inner = inner.split(":")
    outside: dict[str, Any] = {"__name__": module}
    within = {"__name__": others[0]} if others else outside
    exec(f"def {inner}(lock):\n    lock.acquire()\n", within)
    if others or inner != function:
        outside[inner] = within[inner]
        exec(f"def {function}(lock):\n    {inner}(lock)\n", outside)
    lock = threading.Lock()
    lock.acquire()
    message = Interrupted(lambda: outside[function](lock))

    def run() -> None:
        with contextlib.suppress(Killed):
            message()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert message.entered.wait(TIMEOUT)
    until(lambda: message.is_in(within["__name__"], inner))
    return thread, lock, message.outcome


@pytest.mark.parametrize(
    ("module", "function", "inner", "harmless"),
    [
        ("shop.views", "handle", "handle", True),
        ("asyncio.locks", "acquire", "acquire", True),
        ("pykka_live.actors._replies", "get", "get", True),
        ("pykka_live.actors._mailbox", "wait", "wait", False),
        ("pykka_live.actors._mailbox", "get", "get", False),
        ("pykka_live.actors._loop", "_deliver", "_deliver", False),
        ("pykka_live.transport.outbox", "put", "put", False),
        ("logging", "handle", "handle", False),
        ("logging.handlers", "emit", "emit", False),
        ("asyncio.base_events", "call_soon_threadsafe", "call_soon_threadsafe", False),
        ("asyncio.base_events", "call_soon_threadsafe", "_write_to_self", False),
        ("shop.views", "handle", "threading:wait", True),
        ("pykka_live.actors._dispatcher", "_start", "threading:wait", False),
    ],
)
def test_where_a_thread_is_interrupted(
    module: str, function: str, inner: str, harmless: bool
) -> None:
    thread, lock, outcome = held_in(module, function, inner)
    assert interrupt(thread.ident or 0, Killed) is harmless
    lock.release()
    assert outcome.get(TIMEOUT) is (Killed if harmless else None)
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_there_is_nothing_to_interrupt_in_a_thread_that_is_gone() -> None:
    thread = threading.Thread(target=str)
    thread.start()
    thread.join(TIMEOUT)
    assert interrupt(thread.ident or 0, Killed) is False
