"""The supervisor: strategies, scopes, intensity, delays, starts and stops."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorSystem,
    Backoff,
    Cell,
    ChildExists,
    ChildNotFound,
    ChildRefused,
    ChildSpec,
    CountChildren,
    DeleteChild,
    PoisonPill,
    Reply,
    RestartChild,
    Root,
    StartChild,
    StartFailed,
    Supervisor,
    TerminateChild,
    WhichChildren,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    ended,
    got,
    number,
    stop,
    until,
    worker,
)

NO_DELAY = Backoff(0, 0)
Log = list[tuple[str, str]]


def family(
    system: ActorSystem, *specs: ChildSpec, id: str = "sup", spec: Any = None, **options: Any
) -> Cell:
    """Start a supervisor of these children under the root."""
    return system.start_child(
        ChildSpec(id, lambda: Supervisor(specs, **options), **(spec or {})), TIMEOUT
    )


def children(log: Log, ids: str, **options: Any) -> list[ChildSpec]:
    options = {"backoff": NO_DELAY, **options}
    return [ChildSpec(id, lambda: Worker(log), **options) for id in ids]


def names(log: Log) -> list[str]:
    return [f"{path.rsplit('/', 1)[1]} {what}" for path, what in log]


# Strategies


@pytest.mark.parametrize(("strategy", "restarted"), [("restart", False), ("always", True)])
def test_after_a_normal_end_only_always_restarts(
    system: ActorSystem, strategy: Any, restarted: bool
) -> None:
    cell = worker(system, strategy=strategy)
    cell.tell(PoisonPill())
    if restarted:
        assert cell.ask(number, TIMEOUT) == 2
    else:
        assert ended(cell) == "normal"
        assert system.find("/worker") is None


def test_stop_ends_at_a_failure(system: ActorSystem) -> None:
    cell = worker(system, strategy="stop")
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert ended(cell) == "failed"
    assert cell.state == "failed"
    with pytest.raises(ActorStopped):
        cell.ask("a", TIMEOUT)


def test_resume_keeps_the_incarnation(system: ActorSystem, events: Events) -> None:
    log: Log = []
    cell = worker(system, start=lambda: Worker(log), strategy="resume")
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 1
    assert names(log) == ["worker start"]
    assert len(events.of("resumed")) == 1


def test_strategies_by_exception_class(system: ActorSystem) -> None:
    cell = worker(system, strategy={LookupError: "resume", KeyError: "restart", Crash: "stop"})

    def fail(error: type[Exception]) -> None:
        def message(_actor: Any) -> None:
            raise error

        with pytest.raises(error):
            cell.ask(message, TIMEOUT)

    fail(IndexError)
    assert cell.ask(number, TIMEOUT) == 1
    fail(KeyError)
    assert cell.ask(number, TIMEOUT) == 2
    fail(ValueError)
    assert cell.ask(number, TIMEOUT) == 3
    fail(Crash)
    assert ended(cell) == "failed"


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


# Scopes


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("one_for_one", ["b failure", "b start"]),
        (
            "one_for_all",
            ["b failure", "c stop restart", "a stop restart", "a start", "b start", "c start"],
        ),
        ("rest_for_one", ["b failure", "c stop restart", "b start", "c start"]),
    ],
)
def test_scopes(system: ActorSystem, events: Events, scope: Any, expected: list[str]) -> None:
    log: Log = []
    family(system, *children(log, "abc", scope=scope))
    del log[:]
    cells = [system.find(f"/sup/{id}") for id in "abc"]
    for cell in cells:
        cell.tell("kept")
    with pytest.raises(Crash):
        cells[1].ask(crash, TIMEOUT)
    events.wait(
        "restarted", sum("start" in what.split() for what in expected if "stop" not in what)
    )
    assert names(log) == expected
    for cell in cells:
        assert cell.ask(got, TIMEOUT) == ["kept"]


def test_siblings_of_strategy_stop_end_with_the_others_and_stay_so(
    system: ActorSystem, events: Events
) -> None:
    log: Log = []
    sup = family(
        system,
        *children(log, "a", scope="one_for_all"),
        *children(log, "b", strategy="stop"),
    )
    system.find("/sup/a").tell(crash)
    events.wait("restarted")
    assert [info.id for info in sup.request(WhichChildren(), TIMEOUT)] == ["a"]
    assert names(log)[2:] == ["a failure", "b stop restart", "a start"]


def test_a_failure_while_siblings_are_restarted_joins_the_restart(
    system: ActorSystem, events: Events
) -> None:
    log: Log = []
    failing = threading.Event()

    class Fragile(Worker):
        def on_start(self) -> None:
            super().on_start()
            if failing.is_set():
                failing.clear()
                raise Crash("start")

    family(
        system,
        *children(log, "a", scope="one_for_all"),
        ChildSpec("b", lambda: Fragile(log), scope="one_for_all", backoff=NO_DELAY),
    )
    del log[:]
    failing.set()
    system.find("/sup/a").tell(crash)
    events.wait("restarted", 3)
    assert system.find("/sup/b").ask(number, TIMEOUT) == 3
    assert names(log) == [
        "a failure",
        "b stop restart",
        "a start",
        "b start",
        "b failure",
        "a stop restart",
        "a start",
        "b start",
    ]


# Intensity and delays


def test_more_than_max_restarts_fails_the_supervisor(timed: ActorSystem, clock: Clock) -> None:
    log: Log = []
    sup = family(
        timed,
        *children(log, "ab"),
        max_restarts=2,
        max_seconds=5,
        spec={"strategy": "stop"},
    )
    a = timed.find("/sup/a")
    for incarnation in (2, 3):
        a.tell(crash)
        assert a.ask(number, TIMEOUT) == incarnation
    a.tell(crash)
    assert ended(sup) == "failed"
    assert sup.last_error.type == "RestartsExceeded"
    assert names(log)[-2:] == ["a failure", "b stop failed"]
    assert timed.find("/sup/b") is None


def test_the_window_slides_and_is_common_to_the_children(timed: ActorSystem, clock: Clock) -> None:
    sup = family(
        timed, *children([], "ab"), max_restarts=2, max_seconds=5, spec={"strategy": "stop"}
    )
    a, b = timed.find("/sup/a"), timed.find("/sup/b")

    def fail(cell: Cell) -> None:
        before = cell.incarnation
        cell.tell(crash)
        assert cell.ask(number, TIMEOUT) == before + 1

    for _ in range(4):
        fail(a)
        clock.advance(2.5)
    clock.advance(3)
    fail(a)
    fail(b)
    b.tell(crash)
    assert ended(sup) == "failed"


def test_counted_per_child_a_child_ends_alone(make_system: Any) -> None:
    system = make_system(root=lambda: Root(max_restarts=2, max_seconds=3600))
    a, b = worker(system, "a", backoff=NO_DELAY), worker(system, "b", backoff=NO_DELAY)
    for cell in (a, b, a, b):
        before = cell.incarnation
        cell.tell(crash)
        assert cell.ask(number, TIMEOUT) == before + 1
    a.tell(crash)
    assert ended(a) == "restarts exceeded"
    assert a.state == "failed"
    assert b.ask(number, TIMEOUT) == 3


def test_a_child_may_have_limits_of_its_own(system: ActorSystem) -> None:
    sup = family(
        system,
        *children([], "a", max_restarts=0),
        *children([], "b"),
        max_restarts=5,
        spec={"strategy": "stop"},
    )
    b = system.find("/sup/b")
    b.tell(crash)
    assert b.ask(number, TIMEOUT) == 2
    system.find("/sup/a").tell(crash)
    assert ended(sup) == "failed"


def test_the_first_restart_is_immediate_and_others_wait(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, backoff=Backoff(1, 3, jitter=0, reset_after=20))
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2
    for incarnation, delay in ((3, 1), (4, 2), (5, 3), (6, 3)):
        with pytest.raises(Crash):
            cell.ask(crash, TIMEOUT)
        reply = Reply()
        cell.offer(number, reply)
        until(lambda: cell.state == "restarting")
        clock.advance(delay * 0.99, timed.root)
        assert cell.state == "restarting"  # and the root is not asleep
        clock.advance(delay * 0.02, timed.root)
        assert reply.get(TIMEOUT) == incarnation
    clock.advance(20.1, timed.root)
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 7


def test_a_child_can_be_stopped_while_it_waits_for_its_restart(
    timed: ActorSystem, clock: Clock
) -> None:
    cell = worker(timed, backoff=Backoff(100, 100))
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    reply = Reply()
    cell.offer("waits", reply)
    stop(cell)
    with pytest.raises(ActorStopped):
        reply.get(TIMEOUT)
    clock.advance(200, timed.root)
    assert timed.root.request(CountChildren(), TIMEOUT).specs == 0


# Starting


def test_a_slow_start_blocks_neither_the_supervisor_nor_the_siblings(system: ActorSystem) -> None:
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()

    sibling = worker(system, "sibling", backoff=NO_DELAY)
    reply = Reply()
    system.root.post(StartChild(ChildSpec("slow", Slow)), reply)
    assert gate.entered.wait(TIMEOUT)
    sibling.tell(crash)
    assert sibling.ask(number, TIMEOUT) == 2
    assert worker(system, "another").ask("a", TIMEOUT) == "a"
    gate.opened.set()
    assert reply.get(TIMEOUT).path == "/slow"


def bad_init() -> Worker:
    raise Crash("constructor")


class BadStart(Worker):
    def on_start(self) -> None:
        raise Crash("on_start")


@pytest.mark.parametrize(
    ("start", "cause"), [(bad_init, Crash), (BadStart, Crash), (object, TypeError)]
)
def test_a_first_start_that_fails_is_answered_and_forgotten(
    system: ActorSystem, start: Any, cause: type[Exception]
) -> None:
    gone = Gate()
    with pytest.raises(StartFailed, match="/bad") as caught:
        worker(system, "bad", start)
    assert isinstance(caught.value.__cause__, cause)
    assert system.find("/bad") is None
    assert system.root.request(CountChildren(), TIMEOUT).specs == 0
    assert not gone.entered.is_set()


def test_on_failure_is_called_when_the_start_fails(system: ActorSystem) -> None:
    log: Log = []
    with pytest.raises(StartFailed):
        worker(system, "bad", lambda: BadStart(log))
    assert names(log) == ["bad failure"]


def test_start_must_make_a_new_actor_each_time(system: ActorSystem, events: Events) -> None:
    only = Worker()
    cell = worker(system, start=lambda: only, max_restarts=2, backoff=NO_DELAY)
    cell.tell(crash)
    assert ended(cell) == "restarts exceeded"
    assert "new actor" in cell.last_error.text


def test_static_children_start_in_order_each_when_the_one_before_is_up(
    system: ActorSystem,
) -> None:
    log: Log = []
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()
            super().on_start()

    reply = Reply()
    specs = [*children(log, "a"), ChildSpec("b", lambda: Slow(log)), *children(log, "c")]
    system.root.post(StartChild(ChildSpec("sup", lambda: Supervisor(specs))), reply)
    assert gate.entered.wait(TIMEOUT)
    assert names(log) == ["a start"]
    assert system.find("/sup").state == "starting"
    gate.opened.set()
    reply.get(TIMEOUT)
    assert names(log) == ["a start", "b start", "c start"]


def test_a_static_child_that_fails_to_start_fails_the_start_of_all(system: ActorSystem) -> None:
    log: Log = []
    specs = [*children(log, "ab"), ChildSpec("bad", BadStart), *children(log, "d")]
    with pytest.raises(StartFailed) as caught:
        family(system, *specs)
    assert "/sup/bad" in str(caught.value)
    assert names(log) == ["a start", "b start", "b stop failed", "a stop failed"]
    assert len(system.cells()) == 1


def test_two_static_children_of_one_id_are_refused(system: ActorSystem) -> None:
    with pytest.raises(StartFailed, match="two children 'a'"):
        family(system, *children([], "aa"))


def test_ids_are_unique_and_limited_in_number(system: ActorSystem) -> None:
    sup = family(system, *children([], "a"), max_children=2)
    with pytest.raises(ChildExists, match="'a'"):
        sup.request(StartChild(ChildSpec("a", Worker)), TIMEOUT)
    sup.request(StartChild(ChildSpec("b", Worker)), TIMEOUT)
    with pytest.raises(ChildRefused, match="max_children"):
        sup.request(StartChild(ChildSpec("c", Worker)), TIMEOUT)


def test_requests_are_for_supervisors(system: ActorSystem) -> None:
    with pytest.raises(ActorError, match="does not understand CountChildren"):
        worker(system).request(CountChildren(), TIMEOUT)


@pytest.mark.parametrize(
    "options",
    [
        {"max_restarts": -1},
        {"max_seconds": 0},
        {"counts": "all"},
        {"max_children": 0},
        {"stop_order": "random"},
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Supervisor(**options)


# Stopping


def test_stop_is_in_reverse_order_each_when_the_one_after_it_is_down(system: ActorSystem) -> None:
    log: Log = []
    gate = Gate()

    class Slow(Worker):
        def on_stop(self) -> None:
            gate()
            super().on_stop()

    sup = family(
        system, *children(log, "a"), ChildSpec("b", lambda: Slow(log)), *children(log, "c")
    )
    sup.stop("enough")
    assert gate.entered.wait(TIMEOUT)
    assert names(log)[3:] == ["c stop enough"]
    gate.opened.set()
    assert ended(sup) == "enough"
    assert names(log)[3:] == ["c stop enough", "b stop enough", "a stop enough"]


def test_stop_together(system: ActorSystem) -> None:
    barrier = threading.Barrier(3)

    class Together(Worker):
        def on_stop(self) -> None:
            barrier.wait(TIMEOUT)

    sup = family(system, *[ChildSpec(id, Together) for id in "abc"], stop_order="together")
    stop(sup)
    assert not barrier.broken


def test_a_child_that_does_not_end_in_time_is_given_up(system: ActorSystem, events: Events) -> None:
    gate = Gate()

    def stubborn(_actor: Any) -> None:
        while True:
            try:
                gate()
                return
            except SystemExit:
                pass

    cell = worker(system, shutdown=0.05)
    reply = Reply()
    cell.offer(stubborn, reply)
    assert gate.entered.wait(TIMEOUT)
    stop(cell)
    assert [event.cell for event in events.of("abandoned")] == [cell]
    assert system.abandoned() == ["/worker#1"]
    with pytest.raises(ActorError, match="did not stop"):
        reply.get(TIMEOUT)
    gate.opened.set()


def test_a_supervisor_that_is_given_up_takes_its_descendants_along(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(system, *children([], "ab"), spec={"shutdown": 0.05})

    class Session(Supervisor):
        def on_receive(self, message: Any) -> Any:
            return message(self)

    sup = system.start_child(
        ChildSpec("session", lambda: Session(children([], "ab")), shutdown=0.05), TIMEOUT
    )
    a = system.find("/session/a")
    sup.tell(gate)
    assert gate.entered.wait(TIMEOUT)
    reply = Reply()
    sup.post(StartChild(ChildSpec("c", Worker)), reply)
    stop(sup)
    assert not a.alive
    assert system.find("/session/a") is None
    with pytest.raises(ActorStopped):
        a.ask("anyone?", TIMEOUT)
    with pytest.raises(ActorStopped):
        reply.get(TIMEOUT)
    gate.opened.set()


def test_a_supervisor_with_user_mail_can_fail_itself(system: ActorSystem, events: Events) -> None:
    log: Log = []

    class Session(Supervisor):
        def on_receive(self, message: Any) -> Any:
            return message(self)

    sup = system.start_child(
        ChildSpec("s", lambda: Session(children(log, "ab")), backoff=NO_DELAY), TIMEOUT
    )
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
    child = sup.ask(lambda actor: actor.start_child(ChildSpec("x/1", Worker)), TIMEOUT)
    assert child.path == "/s/x/1"
    assert child.ask(number, TIMEOUT) == 1
    assert sup.ask(lambda actor: actor.terminate_child("x/1"), TIMEOUT) is None
    assert ended(child) == "shutdown"


# Requests


def test_terminate_forgets_a_child_whatever_its_strategy(system: ActorSystem) -> None:
    cell = worker(system, strategy="always")
    assert system.root.request(TerminateChild("worker", "no more"), TIMEOUT) is True
    assert ended(cell) == "no more"
    with pytest.raises(ChildNotFound, match="'worker'"):
        system.root.request(TerminateChild("worker"), TIMEOUT)
    assert worker(system).ask(number, TIMEOUT) == 1


def test_a_kept_child_can_be_restarted_or_deleted(system: ActorSystem) -> None:
    cell = worker(system, keep=True)
    root = system.root
    for request in (RestartChild("worker"), DeleteChild("worker")):
        with pytest.raises(ChildRefused, match="running"):
            root.request(request, TIMEOUT)
    root.request(TerminateChild("worker"), TIMEOUT)
    assert [info.state for info in root.request(WhichChildren(), TIMEOUT)] == ["stopped"]
    counts = root.request(CountChildren(), TIMEOUT)
    assert (counts.specs, counts.active, counts.workers) == (1, 0, 1)
    with pytest.raises(ChildExists):
        worker(system)
    assert root.request(RestartChild("worker"), TIMEOUT) is cell
    assert cell.ask(number, TIMEOUT) == 2
    assert system.find("/worker") is cell
    cell.tell(PoisonPill())
    assert ended(cell) == "normal"
    assert root.request(DeleteChild("worker"), TIMEOUT) is True
    with pytest.raises(ChildNotFound):
        root.request(RestartChild("worker"), TIMEOUT)


def test_which_and_count(system: ActorSystem) -> None:
    sup = family(system, *children([], "ab"))
    worker(system, kind="clerk")
    infos = system.root.request(WhichChildren(), TIMEOUT)
    assert [(i.id, i.kind, i.state, i.is_supervisor) for i in infos] == [
        ("sup", "actor", "running", True),
        ("worker", "clerk", "running", False),
    ]
    counts = system.root.request(CountChildren(), TIMEOUT)
    assert (counts.specs, counts.active, counts.supervisors, counts.workers) == (2, 2, 1, 1)
    assert list(sup.children) == ["a", "b"]


# Stuck and busy


def test_a_busy_child_is_left_alone(system: ActorSystem, events: Events) -> None:
    cell = worker(system, stuck_timeout=3600)
    gate = Gate().hold(cell)
    assert system.root.request(WhichChildren(), TIMEOUT)[0].state == "busy"
    gate.opened.set()
    assert cell.ask(number, TIMEOUT) == 1
    assert events.of("stuck") == []


def test_a_stuck_start_is_given_up(system: ActorSystem) -> None:
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()

    with pytest.raises(StartFailed, match="stuck"):
        worker(system, "slow", Slow, stuck_timeout=0.05)
    gate.opened.set()


def test_an_idle_child_is_never_stuck(system: ActorSystem, events: Events) -> None:
    idle = worker(system, "idle", stuck_timeout=0.02)
    busy = worker(system, "busy", stuck_timeout=0.06, backoff=NO_DELAY)
    gate = Gate().hold(busy)
    events.wait("stuck")
    assert busy.ask(number, TIMEOUT) == 2
    assert idle.ask(number, TIMEOUT) == 1
    gate.opened.set()
