"""The beat: a thread that does something each second, as long as somebody wants it."""

from __future__ import annotations

import threading

import pytest

from pykka_live.observability.observer.beat import Beat
from tests.observability.observer.stand_ins import join


def test_a_beat_goes_on_until_it_is_over_and_begins_again() -> None:
    turns: list[int] = []
    over = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) % 3:
            return True
        over.set()
        return False

    beat = Beat(turn, 0.001, "test")
    for expected in (3, 6):
        over.clear()
        beat.keep()
        assert over.wait(10)
        join(beat)
        assert len(turns) == expected


def test_a_turn_that_raises_is_logged_and_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []
    over = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("once")
        over.set()
        return False

    beat = Beat(turn, 0.001, "the test's beat")
    beat.keep()
    assert over.wait(10)
    join(beat)
    assert "the test's beat failed" in caplog.text


def test_a_beat_can_be_hurried() -> None:
    turns: list[int] = []
    second = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) > 1:
            second.set()
        return len(turns) < 2

    beat = Beat(turn, 3600, "test")
    beat.keep()
    beat.hurry()
    beat.hurry()
    assert second.wait(10)
    join(beat)


def test_a_beat_keeps_to_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []
    beat = Beat(lambda: len(waited) < 2, 1.0, "test", share=0.01)
    work = iter([0.0, 0.005, 1.0, 1.05, 2.0, 2.0])  # before and after each turn
    monkeypatch.setattr("pykka_live.observability.observer.beat.time.thread_time", work.__next__)
    monkeypatch.setattr(beat._wanted, "wait", waited.append)
    beat._run()
    assert waited == [1.0, pytest.approx(5.0)]
