"""Threads that are given up: interrupted where that does no harm, and without effect afterwards."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStuck,
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    Event,
    Fenced,
    Killed,
    MailboxFull,
    Ping,
    Reply,
    StartChild,
    TerminateChild,
)
from pykka_live.actors import _dispatcher as dispatch
from pykka_live.actors._interrupt import interrupt
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    got,
    number,
    until,
    worker,
)
from tests.actors.otp.family import STUCK, Session, Stubborn, stick

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
    message.occupy(cell, "pykka_live.actors._mailbox", "wait")
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
        ("pykka_live.actors._mailbox", "wait", "wait", True),
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


# Nothing counts that is given up


def test_one_that_is_given_up_before_its_thread_ran_runs_no_code(
    system: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def make() -> Worker:
        ran.append("constructor")
        return Noting()

    class Noting(Worker):
        def on_start(self) -> None:
            ran.append("on_start")

    assert system.root.request(Ping(), TIMEOUT)
    later: list[dispatch.Task] = []
    schedule = system.dispatcher.schedule
    with monkeypatch.context() as patch:
        patch.setattr(
            system.dispatcher,
            "schedule",
            lambda task: later.append(task) if "late" in task.name else schedule(task),
        )
        system.root.post(StartChild(ChildSpec("late", make, shutdown=0)))
        assert system.root.request(TerminateChild("late"), TIMEOUT) is True
    [task] = later
    assert system.abandoned() == ["/late#1"]
    assert task.turn(dispatch.Worker(system.dispatcher)) == "spoiled"
    assert ran == []
    assert system.abandoned() == []


@pytest.mark.parametrize("where", ["constructor", "on_start"])
def test_what_fails_after_it_was_given_up_is_not_booked_on_the_successor(
    timed: ActorSystem, clock: Clock, where: str
) -> None:
    events = Events()
    timed.add_listener(events)
    gate = Stubborn()
    starts: list[int] = []
    goodbyes: list[int] = []

    def late() -> None:
        starts.append(1)
        if len(starts) == 2:
            gate()
            raise Crash("late")

    class Late(Worker):
        def __init__(self) -> None:
            super().__init__()
            if where == "constructor":
                late()

        def on_start(self) -> None:
            if where == "on_start":
                late()

        def on_failure(self, *_exc_info: Any) -> None:
            goodbyes.append(self._incarnation.number)  # type: ignore[union-attr]

    cell = worker(timed, start=Late, stuck_timeout=STUCK, backoff=NO_DELAY)
    cell.tell(crash)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 3
    gate.opened.set()
    until(lambda: timed.abandoned() == [])
    assert cell.failures == 2
    assert [event.reason for event in events.of("failed")] == ["Crash", "ActorStuck"]
    assert goodbyes == [1]
    assert cell.ask(number, TIMEOUT) == 3


def test_a_supervisor_that_was_given_up_can_do_nothing_to_its_children(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = timed.start_child(
        ChildSpec(
            "sup",
            lambda: Session([ChildSpec("kept", Worker, keep=True)]),
            stuck_timeout=STUCK,
            backoff=NO_DELAY,
        ),
        TIMEOUT,
    )
    assert sup.request(TerminateChild("kept"), TIMEOUT) is True
    gate = Stubborn()
    outcomes: list[type] = []
    done = threading.Event()

    def late(actor: Any) -> None:
        gate(actor)
        for deed in (actor.restart_child, actor.terminate_child, actor.delete_child):
            try:
                deed("kept")
            except BaseException as error:
                outcomes.append(type(error))
        done.set()

    sup.tell(late)
    assert gate.entered.wait(TIMEOUT)
    stick(sup, clock)
    assert sup.request(Ping(), TIMEOUT)
    until(lambda: timed.find("/sup/kept") is not None)
    kept = timed.find("/sup/kept")
    gate.opened.set()
    assert done.wait(TIMEOUT)
    assert outcomes == [Fenced] * 3
    assert timed.find("/sup/kept") is kept
    assert kept is not None
    assert kept.ask(number, TIMEOUT) == 1


def test_an_asker_is_answered_though_a_listener_hangs_in_its_failure(
    timed: ActorSystem, clock: Clock
) -> None:
    gate = Gate()

    def hanging(event: Event) -> None:
        if event.kind == "failed" and event.reason == "Crash":
            gate()

    cell = worker(timed, strategy="resume", stuck_timeout=STUCK, backoff=NO_DELAY)
    timed.add_listener(hanging)
    asked = Reply()
    cell.offer(crash, asked)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    with pytest.raises(ActorStuck):
        asked.get(TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_an_asker_is_answered_though_a_listener_is_interrupted_in_its_dead_letter(
    timed: ActorSystem, clock: Clock
) -> None:
    """One that drops mail from a full mailbox, and is given up in the middle of that."""
    gate = Gate()

    def hanging(event: Event) -> None:
        if event.kind == "dead_letter":
            gate()

    other = worker(timed, "other", capacity=1, overflow="drop_oldest")
    held = Gate().hold(other)
    dropped = Reply()
    other.offer("first", dropped)
    timed.add_listener(hanging)
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    cell.tell(lambda _actor: other.tell("second"))
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()
    with pytest.raises(MailboxFull):
        dropped.get(TIMEOUT)
    held.opened.set()
    until(lambda: other.data.get("got") == ["second"])
