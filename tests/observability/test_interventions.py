"""Restarting and stopping an actor from outside."""

from __future__ import annotations

import logging

import pytest

from pykka_live.actors import ActorError, ActorSystem, ChildSpec, Reply
from pykka_live.live.caretaker import caretaker_spec
from pykka_live.live.family import Family
from pykka_live.observability.inspection import ActorNotFound
from pykka_live.observability.interventions import InterventionRefused, refusals, restart, stop

from .clerk import Office, start_clerk


def test_restart(system: ActorSystem, caplog: pytest.LogCaptureFixture) -> None:
    cell = start_clerk(system, "one", kind="view")
    reply = Reply()
    restart(system, "/one", "alice", "it looks\nodd", reply=reply)
    assert reply.get(10) is cell
    assert (cell.incarnation, cell.failures) == (2, 0)
    [record] = [each for each in caplog.records if each.name == "pykka_live.interventions"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "/one: restart by alice: it looks odd"
    told = ("path", "actor_kind", "intervention", "by", "reason", "incarnation")
    assert [getattr(record, name) for name in told] == [
        *("/one", "view", "restart", "alice", "it looks odd", 1)
    ]


def test_stop(system: ActorSystem, caplog: pytest.LogCaptureFixture) -> None:
    cell = start_clerk(system, "one")
    reply, ended = Reply(), Reply()
    cell.watch(lambda _cell, reason: ended.set(reason))
    stop(system, "/one", "bob", within=2, reply=reply)
    assert reply.get(10) is True
    assert ended.get(10) == "stopped by hand"
    assert "/one: stop by bob, within 2 s" in caplog.messages


@pytest.mark.parametrize("act", [restart, stop])
def test_a_busy_one_is_given_up_in_time(system: ActorSystem, office: Office, act: object) -> None:
    cell = start_clerk(system, "one", shutdown=None)
    office.occupy(cell)
    asked, reply = cell.reply(), Reply()
    cell.enqueue("waits", asked)
    act(system, "/one", "alice", within=0, reply=reply)  # type: ignore[operator]
    assert reply.get(10) in (cell, True)
    if act is restart:
        assert asked.get(10) == "waits"
    else:
        with pytest.raises(ActorError):
            asked.get(10)


def test_refused(system: ActorSystem, caplog: pytest.LogCaptureFixture) -> None:
    start_clerk(system, "once", strategy="stop")
    with pytest.raises(InterventionRefused, match="Restart the server"):
        restart(system, "/", "alice")
    with pytest.raises(InterventionRefused, match="Stop the server"):
        stop(system, "/", "alice")
    with pytest.raises(InterventionRefused, match="/once has the strategy `stop`"):
        restart(system, "/once", "alice")
    with pytest.raises(ActorNotFound, match="There is no actor /on"):
        restart(system, "/on", "alice")  # no abbreviation here
    assert not any("by alice" in message for message in caplog.messages)


def test_what_would_be_refused_is_known_before(system: ActorSystem) -> None:
    once, many = start_clerk(system, "once", strategy="stop"), start_clerk(system, "many")
    caretaker = system.start_child(caretaker_spec())
    assert {
        cell.path: [what for what, why in refusals(cell).items() if why]
        for cell in (system.root, once, many, caretaker)
    } == {"/": ["restart", "stop"], "/once": ["restart"], "/many": [], "/caretaker": ["stop"]}


def test_the_caretaker_is_restarted_but_never_stopped(
    system: ActorSystem, caplog: pytest.LogCaptureFixture
) -> None:
    cell, reply = system.start_child(caretaker_spec()), Reply()
    with pytest.raises(InterventionRefused, match=r"no session would expire.*can be restarted"):
        stop(system, "/caretaker", "alice")
    assert "by alice" not in caplog.text
    restart(system, "/caretaker", "alice", reply=reply)
    assert reply.get(10) is cell
    assert (cell.alive, cell.incarnation) == (True, 2)


@pytest.mark.parametrize("act", [restart, stop])
def test_what_looks_after_components_is_left_alone(system: ActorSystem, act: object) -> None:
    cell = system.start_child(ChildSpec("one/components", Family, strategy="stop", capacity=None))
    with pytest.raises(InterventionRefused, match="or the view that has placed them"):
        act(system, "/one/components", "alice")  # type: ignore[operator]
    assert cell.alive
