"""The messages of one actor, for who watches it."""

from __future__ import annotations

import time

import pytest

from pykka_live.actors import ActorSystem
from pykka_live.observability.recorder import Recorder

from .clerk import Mishap, start_clerk


def test_a_message_is_told_before_and_after(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    told: list[int] = []
    recorder = Recorder(cell, notify=lambda: told.append(1))
    cell.ask("hello", 10)
    with pytest.raises(Mishap):
        cell.ask(Mishap("bad"), 10)
    cell.ask(1, 10)  # in the next incarnation
    while len(told) < 6:  # the last is noted after its answer
        time.sleep(0)
    entries, lost = recorder.take()
    recorder.close()
    assert lost == 0
    assert [(e["message"], e["outcome"], e["incarnation"]) for e in entries] == [
        ("str", "begun", 1),
        ("str", "handled", 1),
        ("Mishap", "begun", 1),
        ("Mishap", "failed", 1),
        ("int", "begun", 2),
        ("int", "handled", 2),
    ]
    assert entries[3]["error"] == "Mishap: bad"
    assert all(entry["waited"] >= 0 for entry in entries)
    assert entries[1]["took"] > 0
    assert recorder.take() == ([], 0)


def test_what_nobody_takes_is_lost_and_counted(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    recorder = Recorder(cell, size=3)
    for i in range(5):
        cell.ask(i, 10)
    cell.suspend(10)  # so that the last one is noted
    recorder.close()
    cell.resume(10)
    cell.ask("unseen", 10)
    entries, lost = recorder.take()
    assert (len(entries), lost) == (3, 7)
    assert [each["outcome"] for each in recorder.recent()] == ["handled"] * 3
