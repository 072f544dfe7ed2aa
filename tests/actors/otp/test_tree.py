"""Supervisors of supervisors: escalation, restarts of whole trees, names across them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    Cell,
    ChildSpec,
    Reply,
    RestartChild,
    RestartsExceeded,
    StartFailed,
    Supervisor,
    TerminateChild,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Worker,
    crash,
    ended,
    number,
    until,
    worker,
)
from tests.actors.otp.family import (
    NO_DELAY,
    STUCK,
    Fragile,
    Log,
    Session,
    Stubborn,
    add,
    children,
    counts,
    fail,
    family,
    names,
    states,
    stick,
)


def up(cell: Cell, incarnation: int) -> None:
    """Wait for an incarnation to be up."""
    until(lambda: cell.incarnation == incarnation and cell.state == "running")


def test_escalate_fails_the_supervisor_which_is_restarted(
    system: ActorSystem, events: Events
) -> None:
    log: Log = []
    sup = family(
        system,
        *children(log, "a"),
        *children(log, "b", strategy="escalate"),
        *children(log, "c"),
        spec={"backoff": NO_DELAY},
    )
    b = system.find("/sup/b")
    with pytest.raises(Crash):
        b.ask(crash, TIMEOUT)
    assert ended(b)
    events.wait("restarted")
    assert sup.incarnation == 2
    assert names(log)[3:] == ["b failure", "c stop failed", "a stop failed"] + [
        f"{id} start" for id in "abc"
    ]
    assert [event.cell.path for event in events.of("escalated")] == ["/sup/b"]


def test_the_root_never_fails(system: ActorSystem) -> None:
    cell, other = worker(system, strategy="escalate"), worker(system, "other")
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert ended(cell) == "escalated"
    assert other.ask(number, TIMEOUT) == 1
    assert system.root.incarnation == 1


def test_a_tree(system: ActorSystem) -> None:
    """Two storeys: a worker is restarted alone, a supervisor with its static children only."""
    fault = threading.Event()
    one = ChildSpec(
        "one",
        lambda: Supervisor(children(None, "ab"), max_restarts=4),
        scope="one_for_all",
        backoff=NO_DELAY,
    )
    two = ChildSpec(
        "two", lambda: Supervisor(max_restarts=4), scope="one_for_all", backoff=NO_DELAY
    )
    top = family(system, one, two, max_restarts=4)
    first, second = system.find("/sup/one"), system.find("/sup/two")
    assert (counts(top), counts(first), counts(second)) == (
        (2, 2, 2, 0),
        (2, 2, 0, 2),
        (0, 0, 0, 0),
    )
    bad = add(second, "c", lambda: Fragile(fault))
    good = add(second, "d")
    fail(good)
    assert (bad.incarnation, counts(second)) == (1, (2, 2, 0, 2))
    a = system.find("/sup/one/a")
    fault.set()
    bad.tell(crash)
    ended(bad)
    up(first, 2)
    up(second, 2)
    assert not a.alive
    assert system.find("/sup/one/a").ask(number, TIMEOUT) == 1
    assert top.incarnation == 1
    assert (counts(top), counts(first), counts(second)) == (
        (2, 2, 2, 0),
        (2, 2, 0, 2),
        (0, 0, 0, 0),
    )


def test_trouble_goes_up_one_storey_at_a_time(system: ActorSystem, events: Events) -> None:
    """Each supervisor restarts its own as often as it may, and then fails."""
    made: list[str] = []

    class Doomed(Worker):
        def on_start(self) -> None:
            made.append(self.path)
            if len(made) > 1:
                raise Crash("never again")

    low = ChildSpec(
        "low",
        lambda: Supervisor([ChildSpec("a", Doomed, backoff=NO_DELAY)], max_restarts=2),
        backoff=NO_DELAY,
    )
    mid = ChildSpec("mid", lambda: Supervisor([low], max_restarts=1), strategy="stop")
    top = family(system, mid)
    middle = system.find("/sup/mid")
    system.find("/sup/mid/low/a").tell(crash)
    assert ended(middle) == "failed"
    assert middle.last_error.type == "RestartsExceeded"
    assert middle.last_error.text.startswith("/sup/mid/low:")
    # its first life and two restarts; then `low` is restarted once, and cannot start
    assert len(made) == 4
    assert states(top) == {}
    assert [event.cell.path for event in events.of("escalated")] == [
        "/sup/mid/low/a",
        "/sup/mid/low",
    ]


def test_strategies_by_class_apply_to_the_errors_of_supervisors(system: ActorSystem) -> None:
    spec = {"strategy": {RestartsExceeded: "stop"}, "backoff": NO_DELAY}
    sup = family(
        system,
        *children(None, "a"),
        *children(None, "b", strategy="escalate"),
        max_restarts=0,
        spec=spec,
    )
    system.find("/sup/b").tell(crash)
    up(sup, 2)
    system.find("/sup/a").tell(crash)
    assert ended(sup) == "failed"


def test_a_supervisor_that_cannot_restart_fails_its_restart_by_name(
    system: ActorSystem, events: Events
) -> None:
    fault = threading.Event()
    specs = [*children(None, "a", strategy="escalate"), ChildSpec("b", lambda: Fragile(fault))]
    top = family(
        system,
        ChildSpec("mid", lambda: Supervisor(specs), backoff=NO_DELAY),
        max_restarts=1,
        spec={"strategy": "stop"},
    )
    fault.set()
    system.find("/sup/mid/a").tell(crash)
    assert ended(top) == "failed"
    errors = [event.error for event in events.of("failed") if event.cell.path == "/sup/mid"]
    assert any(isinstance(error, StartFailed) and "/sup/mid/b" in str(error) for error in errors)


def test_a_supervisor_with_user_mail_can_fail_itself(system: ActorSystem) -> None:
    log: Log = []
    sup = system.start_child(
        ChildSpec("s", lambda: Session(children(log, "ab")), backoff=NO_DELAY), TIMEOUT
    )
    old = system.find("/s/a")
    with pytest.raises(Crash):
        sup.ask(crash, TIMEOUT)
    assert sup.ask(number, TIMEOUT) == 2
    assert names(log) == [
        "a start",
        "b start",
        "b stop failed",
        "a stop failed",
        "a start",
        "b start",
    ]
    with pytest.raises(ActorStopped):  # another supervisor's child, at the same path
        old.ask("anyone?", TIMEOUT)
    assert system.find("/s/a").ask(number, TIMEOUT) == 1


def test_a_sibling_supervisor_is_restarted_with_all_below_it(system: ActorSystem) -> None:
    log: Log = []
    family(
        system,
        *children(log, "a", scope="rest_for_one"),
        ChildSpec("s", lambda: Supervisor(children(log, "bc")), backoff=NO_DELAY),
    )
    s = system.find("/sup/s")
    del log[:]
    system.find("/sup/a").tell(crash)
    up(s, 2)
    assert names(log) == [
        "a failure",
        "c stop restart",
        "b stop restart",
        "a start",
        "b start",
        "c start",
    ]


# Names


def named(system: ActorSystem, **options: Any) -> tuple[Cell, Cell]:
    """A named supervisor with a named child."""
    spec = ChildSpec(
        "middle",
        lambda: Session(
            [ChildSpec("a", Worker, name="server", strategy="always", backoff=NO_DELAY, keep=True)]
        ),
        name="boss",
        backoff=NO_DELAY,
        **options,
    )
    family(system, spec)
    return system.whereis("boss"), system.whereis("server")


def test_names_come_back_with_a_supervisor_that_fails(system: ActorSystem) -> None:
    boss, server = named(system)
    boss.tell(crash)
    up(boss, 2)
    assert system.whereis("boss") is boss
    again = system.whereis("server")
    assert again is not server
    assert again.ask(number, TIMEOUT) == 1
    assert not server.alive


def test_names_come_back_with_a_supervisor_that_is_given_up(
    timed: ActorSystem, clock: Clock
) -> None:
    boss, server = named(timed, stuck_timeout=STUCK)
    gate = Stubborn().hold(boss)
    stick(boss, clock)
    up(boss, 2)
    assert timed.whereis("server") not in (None, server)
    assert timed.whereis("server").ask(number, TIMEOUT) == 1
    assert not server.alive
    gate.opened.set()


def test_names_stay_with_a_worker_that_is_restarted(system: ActorSystem) -> None:
    boss, server = named(system)
    fail(server)
    server.tell(lambda actor: actor.stop())
    assert server.ask(number, TIMEOUT) == 3
    assert system.whereis("server") is server
    boss.request(TerminateChild("a"), TIMEOUT)
    assert system.whereis("server") is None
    boss.request(RestartChild("a"), TIMEOUT)
    assert system.whereis("server") is server


def test_what_waits_for_a_child_is_answered_when_its_supervisor_fails(
    system: ActorSystem,
) -> None:
    sup = family(
        system,
        *children(None, "a"),
        *children(None, "b", strategy="escalate"),
        spec={"strategy": "stop"},
    )
    a = system.find("/sup/a")
    gate = Stubborn()
    a.tell(gate)
    assert gate.entered.wait(TIMEOUT)
    waiting = Reply()
    a.offer("waits", waiting)
    system.find("/sup/b").tell(crash)
    until(lambda: a.state == "stopping")
    gate.opened.set()
    assert ended(sup) == "failed"
    with pytest.raises(ActorStopped):
        waiting.get(TIMEOUT)
