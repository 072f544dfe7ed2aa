"""What the control socket tells of one actor's messages, and of what comes later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pykka_live.actors import ActorStopped, ActorSystem
from pykka_live.observability.recorder import KEPT
from pykka_live.observability.streams import Later, Messages

from .clerk import start_clerk


def lines(stream: Messages) -> list[dict[str, Any]]:
    told, _ = stream.take()
    return [json.loads(line) for line in told.splitlines()]


def test_who_is_slower_than_the_actor_hears_how_much_was_lost(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    stream = Messages(cell)
    for i in range(KEPT):
        cell.ask(i, 10)
    cell.suspend(10)  # so that the last one has been told
    head, entries = lines(stream)
    assert head == {"path": "/one"}
    assert len(entries["entries"]) == entries["lost"] == KEPT
    assert lines(stream) == []
    stream.close()
    assert cell.tracers == ()


def test_of_one_that_has_just_ended_there_is_the_end(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    reply = cell.reply()
    cell.stop("gone", reply)
    reply.get(10)
    stream = Messages(cell)
    woken: list[int] = []
    stream.open(lambda: woken.append(1))
    told, is_over = stream.take()
    assert is_over
    assert json.loads(told.splitlines()[-1]) == {"ended": "gone"}
    assert woken


@pytest.mark.parametrize("early", [True, False])
def test_an_answer_may_come_before_anybody_waits_for_it(early: bool) -> None:
    later = Later(lambda value: {"value": value})
    woken: list[int] = []
    if early:
        later.set(1)
    later.open(lambda: woken.append(1))
    if not early:
        assert later.take() == (b"", False)
        later.set(1)
    assert woken
    assert later.take() == (b'{"value": 1}', True)


def test_an_error_is_an_answer() -> None:
    later = Later(lambda value: {"value": value})
    later.set_exception(ActorStopped("it is over"))
    assert json.loads(later.take()[0]) == {"error": "ActorStopped: it is over"}
