"""What is called where no stack is left: it is refused, and concerns nobody else."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Cell, MailboxFull, Ping, Reply
from pykka_live.actors._dispatcher import Dispatcher
from pykka_live.actors._replies import AsyncReply
from tests.actors.actors import TIMEOUT, Gate, number, until, worker
from tests.actors.jobs import Job

DEPTHS = range(1, 30)


def with_stack(left: int, function: Callable[[Any], object], argument: Any) -> bool:
    """Call a function where only so many calls are left. Returns whether they were enough."""
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]

    def go_down(levels: int) -> object:
        return go_down(levels - 1) if levels else function(argument)

    try:
        go_down(sys.getrecursionlimit() - depth - 1 - left)
    except RecursionError:
        return False
    return True


def tell(cell: Cell) -> None:
    cell.tell("mail")


def post(cell: Cell) -> None:
    cell.post(Ping())


@pytest.mark.parametrize("left", DEPTHS)
@pytest.mark.parametrize("send", [tell, post])
def test_one_that_cannot_be_woken_there_is_woken_by_the_next_mail(
    system: ActorSystem, send: Callable[[Cell], None], left: int
) -> None:
    cell = worker(system)
    until(lambda: cell.mailbox._sleeper is not None)
    with_stack(left, send, cell)
    assert cell.ask(number, TIMEOUT) == 1


@pytest.mark.parametrize("left", DEPTHS)
@pytest.mark.parametrize("computes", [False, True])
def test_what_cannot_be_scheduled_there_is_not_and_what_can_be_is_run_once(
    dispatcher: Dispatcher, computes: bool, left: int
) -> None:
    runs: list[int] = []
    job = Job(lambda: runs.append(1))
    job.slow, job.computes = 1, computes
    if not with_stack(left, dispatcher.schedule, job):
        dispatcher.schedule(job)
    assert job.done.wait(TIMEOUT)
    Job().run(dispatcher)
    assert runs == [1]


@pytest.mark.parametrize("left", DEPTHS)
def test_nobody_waits_for_a_slow_one_because_of_what_was_tried_there(
    dispatcher: Dispatcher, left: int
) -> None:
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        over.wait(2 * TIMEOUT)

    dispatcher.schedule(Job(hold))
    assert begun.wait(TIMEOUT)
    with_stack(left, dispatcher.schedule, Job())
    try:
        Job().run(dispatcher)
    finally:
        over.set()


@pytest.mark.parametrize("left", range(1, 90))
def test_what_is_dropped_there_is_answered(system: ActorSystem, left: int) -> None:
    cell = worker(system, capacity=1, overflow="drop_oldest")
    gate = Gate().hold(cell)
    oldest = Reply()
    cell.offer("oldest", oldest)
    enough = with_stack(left, tell, cell)
    gate.opened.set()
    if enough:
        with pytest.raises(MailboxFull):
            oldest.get(TIMEOUT)
    else:
        assert oldest.get(TIMEOUT) == "oldest"
    assert len(system.dead_letters) == enough


def test_an_answer_that_cannot_be_brought_to_its_loop_from_there_comes_with_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise RecursionError

    async def ask() -> list[int]:
        replies = [AsyncReply(), AsyncReply()]
        with monkeypatch.context() as patch:
            patch.setattr(asyncio.get_running_loop(), "call_soon_threadsafe", refuse)
            with pytest.raises(RecursionError):
                replies[0].set(0)
        replies[1].set(1)
        return [await reply.get(TIMEOUT) for reply in replies]

    assert asyncio.run(ask()) == [0, 1]


def test_there_are_depths_of_both_kinds(dispatcher: Dispatcher) -> None:
    assert not with_stack(DEPTHS[0], dispatcher.schedule, Job())
    assert with_stack(DEPTHS[-1], dispatcher.schedule, Job())
