"""The heartbeat of event loops."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest

from pykka_live._histogram import Histogram
from pykka_live.transport import heartbeat
from pykka_live.transport.heartbeat import INTERVAL
from tests.tab import TIMEOUT, until


class Clock:
    """Stands still until it is told to go on."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the hearts of a test go by; and it is alone with them."""
    monkeypatch.setattr(heartbeat, "_hearts", ())
    monkeypatch.setattr(heartbeat, "lag", Histogram())
    clock = Clock()
    monkeypatch.setattr(heartbeat, "monotonic", clock)
    return clock


class Loop:
    """An event loop in a thread of its own, with a heartbeat; it hangs until `go_on`."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._may_go_on = threading.Event()
        hangs = threading.Event()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

        def hang() -> None:
            heartbeat.begin()
            hangs.set()
            self._may_go_on.wait(TIMEOUT)

        self.loop.call_soon_threadsafe(hang)
        assert hangs.wait(TIMEOUT)

    def go_on(self) -> None:
        self._may_go_on.set()

    def stop(self) -> None:
        self.go_on()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(TIMEOUT)


@pytest.fixture
def loop(clock: Clock) -> Iterator[Loop]:
    loop = Loop()
    yield loop
    if not loop.loop.is_closed():
        loop.stop()
        loop.loop.close()


def test_a_loop_that_hangs_is_seen_at_once_from_another_thread(loop: Loop, clock: Clock) -> None:
    assert heartbeat.overdue() == 0.0
    clock.now += 5 + INTERVAL
    assert heartbeat.overdue() == pytest.approx(5)
    clock.now += 60
    assert heartbeat.overdue() == pytest.approx(65)


async def test_when_it_goes_on_its_lag_is_counted(loop: Loop, clock: Clock) -> None:
    clock.now += 3 + INTERVAL
    loop.go_on()
    await until(lambda: sum(heartbeat.lag.copy()[0]))
    counts, seconds = heartbeat.lag.copy()
    assert (sum(counts), seconds) == (1, pytest.approx(3))
    assert heartbeat.overdue() == 0.0


async def test_the_heart_goes_on_beating(clock: Clock) -> None:
    heartbeat.begin()
    for beats in (1, 2, 3):
        await until(lambda beats=beats: sum(heartbeat.lag.copy()[0]) == beats)  # type: ignore[misc]


async def test_each_loop_has_one_heart_and_the_latest_counts(loop: Loop, clock: Clock) -> None:
    clock.now += 2 + INTERVAL
    for _ in range(3):
        heartbeat.begin()
    assert [heart.loop for heart in heartbeat._hearts] == [
        loop.loop,
        asyncio.get_running_loop(),
    ]
    assert heartbeat.overdue() == pytest.approx(2)


def test_a_loop_that_was_stopped_is_not_late(loop: Loop, clock: Clock) -> None:
    loop.stop()
    clock.now += 10
    assert heartbeat.overdue() == 0.0


async def test_a_loop_that_was_closed_is_forgotten(loop: Loop, clock: Clock) -> None:
    loop.stop()
    loop.loop.close()
    heartbeat.begin()
    assert [heart.loop for heart in heartbeat._hearts] == [asyncio.get_running_loop()]


async def test_the_child_of_a_fork_has_no_heart_of_its_parent(clock: Clock) -> None:
    heartbeat.begin()
    heartbeat.lag.observe(1.0)
    clock.now += 10
    assert heartbeat.overdue() > 0
    assert told_by_a_fork() == "0 0 ()"


def told_by_a_fork() -> str:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = f"{heartbeat.overdue():g} {sum(heartbeat.lag.copy()[0])} {heartbeat._hearts}"
            os.write(into, told.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    told = os.read(out, 100).decode()
    os.close(out)
    os.close(into)
    return told
