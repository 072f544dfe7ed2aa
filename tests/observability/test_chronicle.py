"""The log of incidents."""

from __future__ import annotations

from queue import Queue

import pytest

from pykka_live.actors import ActorSystem, Event, Reply
from pykka_live.observability.chronicle import Chronicle
from pykka_live.observability.interventions import stop

from .clerk import Mishap, start_clerk


@pytest.fixture
def chronicle(system: ActorSystem) -> Chronicle:
    chronicle = Chronicle(size=5)
    system.add_listener(chronicle)
    return chronicle


@pytest.fixture
def restarts(system: ActorSystem, chronicle: Chronicle) -> Queue[Event]:
    """Gets each restart when the chronicle has it."""
    restarts: Queue[Event] = Queue()
    system.add_listener(lambda event: event.kind == "restarted" and restarts.put(event))
    return restarts


def kinds(chronicle: Chronicle) -> list[str]:
    return [each.kind for each in chronicle.last(100)]


def test_what_fails_and_what_follows_is_noted(
    system: ActorSystem, chronicle: Chronicle, restarts: Queue[Event]
) -> None:
    cell = start_clerk(system, "one")
    with pytest.raises(Mishap):
        cell.ask(Mishap("in the\nmorning"))
    restarts.get(timeout=10)
    restarted, failed = chronicle.last(2)
    assert (failed.kind, failed.path, failed.actor) == ("failed", "/one", "view")
    assert failed.name.endswith("clerk.Clerk")
    assert failed.text == "Mishap: in the\nmorning"
    assert restarted.kind == "restarted"
    assert restarted.number == failed.number + 1


def test_ordinary_coming_and_going_is_not(system: ActorSystem, chronicle: Chronicle) -> None:
    ended = Reply()
    system.add_listener(lambda event: event.kind == "stopped" and ended.set(event))
    start_clerk(system, "one").stop("left")
    ended.get(10)
    assert kinds(chronicle) == []


def test_a_stop_by_hand_is(system: ActorSystem, chronicle: Chronicle) -> None:
    ended = Reply()
    system.add_listener(lambda event: event.kind == "stopped" and ended.set(event))
    start_clerk(system, "one")
    stop(system, "/one", "alice")
    ended.get(10)
    assert kinds(chronicle) == ["stopped"]


def test_an_end_for_good_after_a_failure_is(system: ActorSystem, chronicle: Chronicle) -> None:
    cell = start_clerk(system, "one", strategy="stop")
    ended = Reply()
    system.add_listener(lambda event: event.kind == "stopped" and ended.set(event))
    with pytest.raises(Mishap):
        cell.ask(Mishap())
    ended.get(10)
    assert set(kinds(chronicle)) == {"failed", "stopped"}


def test_the_same_in_a_row_is_one_entry(system: ActorSystem, chronicle: Chronicle) -> None:
    cell = start_clerk(system, "one")
    for _ in range(3):
        chronicle(Event("overflow", cell, "reject"))
    [entry] = chronicle.last(10)
    assert entry.count == 3
    chronicle(Event("overflow", cell, "block"))
    assert [each.count for each in chronicle.last(10)] == [1, 3]


def test_only_the_last_are_kept(
    system: ActorSystem, chronicle: Chronicle, restarts: Queue[Event]
) -> None:
    cell = start_clerk(system, "one", max_restarts=10)
    for n in range(4):
        with pytest.raises(Mishap):
            cell.ask(Mishap(str(n)))
        restarts.get(timeout=10)
    entries = chronicle.last(100)
    assert [each.number for each in entries] == [8, 7, 6, 5, 4]
    assert chronicle.last(2) == entries[:2]
