"""Strategies against reasons: who is started again, and who is not.

`always` is OTP's permanent, `restart` its transient, `stop` its temporary.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    Cell,
    ChildNotFound,
    ChildSpec,
    PoisonPill,
    RestartChild,
    TerminateChild,
)
from tests.actors.actors import TIMEOUT, Crash, Events, Worker, crash, ended, got, number, worker
from tests.actors.otp.family import NO_DELAY, add, children, counts, family, names, states

STRATEGIES = ["always", "restart", "stop", "resume", "escalate"]


def by_itself(cell: Cell) -> None:
    cell.tell(lambda actor: actor.stop())


def by_pill(cell: Cell) -> None:
    cell.tell(PoisonPill())


def by_pykka(cell: Cell) -> None:
    cell.ask(lambda actor: actor.actor_ref, TIMEOUT).stop(block=False)


def by_timer(cell: Cell) -> None:
    cell.tell(lambda actor: actor.send_after(0, crash))


def by_exception(cell: Cell) -> None:
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)


def by_exit(cell: Cell) -> None:
    cell.tell(lambda _actor: sys.exit(0))


def by_interrupt(cell: Cell) -> None:
    def interrupt(_actor: Any) -> None:
        raise KeyboardInterrupt

    cell.tell(interrupt)


def by_plain_exception(cell: Cell) -> None:
    def bare(_actor: Any) -> None:
        raise BaseException("neither this nor that")

    cell.tell(bare)


Reason = Callable[[Cell], None]
NORMAL = [by_itself, by_pill, by_pykka]
FAILURES = [by_exception, by_timer, by_exit, by_interrupt, by_plain_exception]
AFTER_NORMAL = dict.fromkeys(STRATEGIES, "ends") | {"always": "starts again"}
AFTER_FAILURE = {
    "always": "starts again",
    "restart": "starts again",
    "stop": "ends",
    "resume": "goes on",
    "escalate": "fails the supervisor",
}


def check(system: ActorSystem, strategy: Any, reason: Reason, outcome: str, how: str) -> None:
    sup = family(
        system,
        *children(None, "a", strategy=strategy),
        *children(None, "b"),
        spec={"strategy": "stop"},
    )
    a, b = system.find("/sup/a"), system.find("/sup/b")
    a.tell("before")
    reason(a)
    if outcome == "fails the supervisor":
        assert ended(sup) == "failed"
        assert (ended(a), ended(b)) == ("supervisor ended", "failed")
        assert system.find("/sup/a") is None
        return
    if outcome == "ends":
        assert ended(a) == how
        assert a.state == ("failed" if how == "failed" else "stopped")
        assert counts(sup) == (1, 1, 0, 1)
        with pytest.raises(ActorStopped):
            a.ask("too late", TIMEOUT)
        assert add(sup, "a") is not a  # nothing of it was kept
    else:
        assert a.ask(number, TIMEOUT) == (2 if outcome == "starts again" else 1)
        assert a.ask(got, TIMEOUT) == ["before"]
    assert counts(sup) == (2, 2, 0, 2)
    assert b.ask(number, TIMEOUT) == 1


@pytest.mark.parametrize("reason", NORMAL)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_after_a_normal_end(system: ActorSystem, strategy: str, reason: Reason) -> None:
    check(system, strategy, reason, AFTER_NORMAL[strategy], "normal")


@pytest.mark.parametrize("reason", FAILURES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_after_a_failure(system: ActorSystem, strategy: str, reason: Reason) -> None:
    check(system, strategy, reason, AFTER_FAILURE[strategy], "failed")


@pytest.mark.parametrize("how", ["request", "cell"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_is_terminated_stays_down_whatever_the_strategy(
    system: ActorSystem, strategy: str, how: str
) -> None:
    def terminate(cell: Cell) -> None:
        if how == "request":
            assert cell.parent.request(TerminateChild("a", "no more"), TIMEOUT) is True
            with pytest.raises(ChildNotFound, match="'a'"):
                cell.parent.request(TerminateChild("a"), TIMEOUT)
        else:
            cell.stop("no more")

    check(system, strategy, terminate, "ends", "no more")


@pytest.mark.parametrize("reason", [by_itself, by_exception])
def test_a_kept_child_that_ends_can_be_started_again(system: ActorSystem, reason: Reason) -> None:
    strategy = "stop" if reason is by_exception else "restart"
    sup = family(system, *children(None, "a", strategy=strategy, keep=True))
    cell = system.find("/sup/a")
    for life in (1, 2):
        assert cell.ask(number, TIMEOUT) == life
        reason(cell)
        ended(cell)
        assert states(sup) == {"a": "failed" if reason is by_exception else "stopped"}
        assert counts(sup) == (1, 0, 0, 1)
        assert sup.request(RestartChild("a"), TIMEOUT) is cell


def test_resume_keeps_the_incarnation_and_calls_no_hook_of_the_end(
    system: ActorSystem, events: Events
) -> None:
    log: list[tuple[str, str]] = []
    cell = worker(system, start=lambda: Worker(log), strategy="resume")
    for _ in range(5):  # and is no restart
        with pytest.raises(Crash):
            cell.ask(crash, TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 1
    assert cell.restarts == 0
    assert len(events.of("resumed")) == 5
    assert names(log) == ["worker start"]


def test_strategies_by_exception_class(system: ActorSystem) -> None:
    cell = worker(
        system,
        strategy={LookupError: "resume", KeyError: "restart", Crash: "stop"},
        backoff=NO_DELAY,
    )

    def raise_(error: type[Exception]) -> None:
        def message(_actor: Any) -> None:
            raise error

        with pytest.raises(error):
            cell.ask(message, TIMEOUT)

    raise_(IndexError)
    assert cell.ask(number, TIMEOUT) == 1
    raise_(KeyError)
    assert cell.ask(number, TIMEOUT) == 2
    raise_(ValueError)
    assert cell.ask(number, TIMEOUT) == 3
    raise_(Crash)
    assert ended(cell) == "failed"


def test_what_the_last_hook_raises_is_no_reason_to_start_again(system: ActorSystem) -> None:
    class BadEnd(Worker):
        def on_stop(self) -> None:
            raise Crash("on_stop")

    sup = family(system, ChildSpec("a", BadEnd))
    cell = system.find("/sup/a")
    by_itself(cell)
    assert ended(cell) == "normal"
    assert counts(sup) == (0, 0, 0, 0)
