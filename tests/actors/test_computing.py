"""What the dispatcher does with tasks that compute for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from pykka_live.actors._dispatcher import (
    AGAIN,
    SLOW,
    Dispatcher,
    Outcome,
    Worker,
    step_aside,
)
from tests.actors.actors import TIMEOUT, Gate, no_thread_left, until
from tests.actors.jobs import Job


def nothing() -> None:
    pass


def computing(deed: Callable[[], object] = nothing) -> Job:
    """A job that is known to compute for long."""
    job = Job(deed)
    job.slow, job.computes = AGAIN, True
    return job


@pytest.fixture
def unchecked(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    """A dispatcher that looks at no clock, so nobody is let past another."""
    monkeypatch.setattr(dispatcher._watch, "look", lambda: None)
    return dispatcher


def compute() -> None:
    end = time.thread_time() + 2 * SLOW
    while time.thread_time() < end:
        pass


def test_they_are_run_one_after_the_other(unchecked: Dispatcher) -> None:
    running: list[int] = []
    most: list[int] = []

    def run() -> None:
        running.append(1)
        compute()
        most.append(len(running))
        running.pop()

    jobs = [computing(run) for _ in range(20)]
    for job in jobs:
        unchecked.schedule(job)
    for job in jobs:
        assert job.done.wait(TIMEOUT)
    assert max(most) == 1


def test_the_others_do_not_wait_for_them(unchecked: Dispatcher) -> None:
    gate = Gate()
    unchecked.schedule(computing(gate))
    assert gate.entered.wait(TIMEOUT)
    waiting = computing()
    unchecked.schedule(waiting)
    for _ in range(10):
        Job().run(unchecked)
    assert not waiting.done.is_set()
    gate.opened.set()
    assert waiting.done.wait(TIMEOUT)


def test_quick_ones_do_not_hold_them_up_for_ever(unchecked: Dispatcher) -> None:
    over = threading.Event()

    class Again(Job):
        def turn(self, worker: Worker) -> Outcome:
            super().turn(worker)
            return "later" if over.is_set() else "again"

    for job in (Again(), Again()):
        unchecked.schedule(job)
    late = computing()
    unchecked.schedule(late)
    assert late.done.wait(TIMEOUT)
    over.set()


def test_one_that_goes_on_computing_does_not_hold_up_the_others(dispatcher: Dispatcher) -> None:
    over = threading.Event()

    def burn() -> None:
        while not over.is_set():
            pass

    burning = [computing(burn) for _ in range(3)]
    for job in burning:
        dispatcher.schedule(job)
    jobs = [computing(compute) for _ in range(10)]
    for job in jobs:
        dispatcher.schedule(job)
    for job in jobs:
        assert job.done.wait(TIMEOUT)
    over.set()
    for job in burning:
        assert job.done.wait(TIMEOUT)


def test_those_that_wait_instead_do_so_side_by_side(dispatcher: Dispatcher) -> None:
    barrier = threading.Barrier(200, timeout=TIMEOUT)  # breaks unless all get there
    jobs = [computing(barrier.wait) for _ in range(200)]
    for job in jobs:
        dispatcher.schedule(job)
    for job in jobs:
        assert job.done.wait(TIMEOUT)
    assert not barrier.broken


def test_one_that_says_that_it_will_wait_lets_the_next_one_start(unchecked: Dispatcher) -> None:
    gate = Gate()

    def wait() -> None:
        step_aside()
        gate()

    first = computing(wait)
    unchecked.schedule(first)
    assert gate.entered.wait(TIMEOUT)
    second = computing()
    unchecked.schedule(second)
    assert second.done.wait(TIMEOUT)
    assert not first.done.is_set()
    gate.opened.set()
    assert first.done.wait(TIMEOUT)


def test_one_that_waits_when_it_says_so_lets_those_start_that_are_waiting(
    unchecked: Dispatcher,
) -> None:
    before, after = Gate(), Gate()

    def wait() -> None:
        before()
        step_aside()
        after()

    first = computing(wait)
    unchecked.schedule(first)
    assert before.entered.wait(TIMEOUT)
    jobs = [computing() for _ in range(3)]
    for job in jobs:
        unchecked.schedule(job)
    before.opened.set()
    for job in jobs:
        assert job.done.wait(TIMEOUT)
    after.opened.set()
    assert first.done.wait(TIMEOUT)


class Hooked:
    """A lock that does something when it was released; once."""

    def __init__(self, lock: threading.Lock, hook: Callable[[], bool]) -> None:
        self.lock = lock
        self.hook: Callable[[], bool] | None = hook

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_exc: object) -> None:
        self.lock.release()
        hook, self.hook = self.hook, None
        if hook is not None and not hook():
            self.hook = hook


def test_one_that_is_sent_to_a_thread_about_to_sleep_is_run_there_and_wakes_it_once(
    unchecked: Dispatcher,
) -> None:
    sent = computing()

    def send() -> bool:
        if not unchecked._idle:
            return False
        with unchecked._lock:
            unchecked._lane.put(sent, 0.0)
            unchecked._send()
        return True

    unchecked._lock = Hooked(unchecked._lock, send)  # type: ignore[assignment]
    thread = Job().run(unchecked)
    assert sent.done.wait(TIMEOUT)
    assert sent.thread is thread
    gate = Gate()

    def wait() -> None:
        step_aside()
        gate()

    for _ in range(3):  # each has a thread of its own
        unchecked.schedule(Job(wait))
        assert gate.entered.wait(TIMEOUT)
        gate.entered.clear()
    gate.opened.set()


def test_a_task_is_taken_for_one_that_computes_because_it_does(dispatcher: Dispatcher) -> None:
    gate = Gate()
    computes, waits = Job(compute), computing(gate)  # it did compute, once
    computes.slow = AGAIN  # one that was quick before is not measured
    dispatcher.schedule(waits)
    assert gate.entered.wait(TIMEOUT)
    computes.run(dispatcher)  # which takes its time
    gate.opened.set()
    until(lambda: computes.computes)
    until(lambda: not waits.computes)


def test_one_for_which_there_is_no_thread_is_run_later(dispatcher: Dispatcher) -> None:
    gate = Gate()
    dispatcher.schedule(computing(gate))
    assert gate.entered.wait(TIMEOUT)
    late = computing()
    with no_thread_left() as refused:
        dispatcher.schedule(late)
        assert refused.wait(TIMEOUT)
        assert not late.done.is_set()
    assert late.done.wait(TIMEOUT)
    gate.opened.set()
