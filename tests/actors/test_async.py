"""Asking and sending from asyncio: never blocks the loop, and always ends."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pykka_live.actors import (
    ActorFailed,
    ActorStopped,
    ActorSystem,
    ActorTimeout,
    Cell,
    MailboxFull,
    Ping,
)
from tests.actors.actors import (
    TIMEOUT,
    Crash,
    Gate,
    crash,
    got,
    number,
    worker,
)


def test_ask_async_does_not_block_the_loop(system: ActorSystem) -> None:
    cell = worker(system, capacity=1)
    gate = Gate().hold(cell)

    async def main() -> None:
        first = asyncio.create_task(cell.ask_async("first", TIMEOUT))
        rest = [asyncio.create_task(cell.ask_async(n, TIMEOUT)) for n in range(5)]
        ticks = 0
        for _ in range(50):  # the loop goes round while the actor is busy and its mailbox full
            await asyncio.sleep(0)
            ticks += 1
        assert ticks == 50
        assert len(cell.mailbox) == 6
        assert not first.done()
        gate.opened.set()
        assert await first == "first"
        assert await asyncio.gather(*rest) == list(range(5))

    asyncio.run(main())
    assert cell.ask(got, TIMEOUT) == ["first", *range(5)]


def test_async_senders_time_out_or_can_be_cancelled_and_then_send_nothing(
    system: ActorSystem,
) -> None:
    cell = worker(system, capacity=1)
    gate = Gate().hold(cell)
    cell.tell("fills it")

    async def main() -> None:
        with pytest.raises(MailboxFull):
            await cell.send_async("impatient", timeout=0.01)
        with pytest.raises(MailboxFull):
            await cell.ask_async("impatient", 0.01)
        waiting = asyncio.create_task(cell.send_async("cancelled"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ActorTimeout):
            await cell.request_async(Ping(), 0.01)

    asyncio.run(main())
    gate.opened.set()
    assert cell.ask(got, TIMEOUT) == ["fills it"]


def test_async_errors(system: ActorSystem) -> None:
    cell = worker(system)

    async def main() -> None:
        with pytest.raises(Crash):
            await cell.ask_async(crash, TIMEOUT)

        def stop_iteration(_actor: Any) -> None:
            raise StopIteration

        with pytest.raises(ActorFailed):
            await cell.ask_async(stop_iteration, TIMEOUT)
        stopping = asyncio.create_task(cell.ask_async(lambda actor: actor.stop("done"), TIMEOUT))
        late = asyncio.create_task(cell.ask_async("late", TIMEOUT))
        await stopping
        with pytest.raises(ActorStopped):
            await late

    asyncio.run(main())


def test_an_answer_for_a_loop_that_is_gone_disturbs_nobody(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)

    async def main() -> None:
        with pytest.raises(ActorTimeout):
            await cell.ask_async("a", 0.01)

    asyncio.run(main())
    gate.opened.set()
    assert cell.ask(number, TIMEOUT) == 1


def test_answers_from_many_threads_all_reach_their_loops(system: ActorSystem) -> None:
    cells = [worker(system, f"n{index}", capacity=None) for index in range(10)]

    async def ask(cell: Cell) -> list[int]:
        return await asyncio.gather(*(cell.ask_async(n, TIMEOUT) for n in range(200)))

    async def main() -> list[list[int]]:
        return await asyncio.gather(*map(ask, cells))

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(lambda _: asyncio.run(main()), range(6)))
    assert outcomes == [[list(range(200))] * 10] * 6


def test_a_thread_may_have_one_loop_after_the_other(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)

    async def give_up() -> None:
        with pytest.raises(ActorTimeout):
            await cell.ask_async("late", 0.01)

    asyncio.run(give_up())
    asyncio.run(give_up())
    gate.opened.set()
    assert asyncio.run(cell.ask_async("now", TIMEOUT)) == "now"
