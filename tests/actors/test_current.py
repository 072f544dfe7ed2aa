"""Code knows which actor it belongs to, and does not count once that actor is given up."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorSystem,
    Backoff,
    Cell,
    Fenced,
    GetState,
    Killed,
    Ping,
    PoisonPill,
    Reply,
    check_fence,
    current_cell,
)
from pykka_live.actors._replies import Landing
from tests.actors.actors import TIMEOUT, Clock, got, number, stop, worker

NO_DELAY = Backoff(0, 0)


class Stubborn:
    """A message that outlasts its incarnation, and then tries to act on the world."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.deed = deed
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.done = threading.Event()
        self.outcome: Any = None

    def __call__(self, _actor: Any) -> None:
        self.entered.set()
        with contextlib.suppress(Killed):
            assert self.opened.wait(TIMEOUT)
        try:
            self.outcome = self.deed()
        except BaseException as error:
            self.outcome = error
        self.done.set()


def run_given_up(timed: ActorSystem, clock: Clock, deed: Callable[[], object]) -> Any:
    """Return what `deed` returns or raises in an incarnation that was given up."""
    cell = worker(timed, "stuck", stuck_timeout=10, backoff=NO_DELAY)
    stubborn = Stubborn(deed)
    cell.tell(stubborn)
    assert stubborn.entered.wait(TIMEOUT)
    cell.busy_since -= 11 * 10**9
    clock.advance(11, timed.root)
    assert cell.ask(number, TIMEOUT) == 2
    stubborn.opened.set()
    assert stubborn.done.wait(TIMEOUT)
    return stubborn.outcome


def ref(cell: Cell) -> Any:
    """Return Pykka's own way to the current incarnation."""
    assert cell._incarnation is not None
    return cell._incarnation.actor.actor_ref  # type: ignore[union-attr]


DEEDS: dict[str, Callable[[Cell], object]] = {
    "tell": lambda cell: cell.tell("late"),
    "ask": lambda cell: cell.ask("late", TIMEOUT),
    "ask_async": lambda cell: asyncio.run(cell.ask_async("late", TIMEOUT)),
    "send_async": lambda cell: asyncio.run(cell.send_async("late")),
    "offer": lambda cell: cell.offer("late"),
    "enqueue": lambda cell: cell.enqueue("late"),
    "request": lambda cell: cell.request(Ping(), TIMEOUT),
    "request_async": lambda cell: asyncio.run(cell.request_async(GetState(), TIMEOUT)),
    "post": lambda cell: cell.post(PoisonPill()),
    "poison": lambda cell: cell.poison(),
    "stop": lambda cell: cell.stop(),
    "ref.tell": lambda cell: ref(cell).tell("late"),
    "ref.ask": lambda cell: ref(cell).ask("late", timeout=TIMEOUT),
    "ref.proxy": lambda cell: ref(cell).proxy().path,
    "check_fence": lambda _cell: check_fence(),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_counts_that_a_thread_does_which_was_given_up(
    timed: ActorSystem, clock: Clock, deed: str
) -> None:
    other = worker(timed, "other")
    outcome = run_given_up(timed, clock, lambda: DEEDS[deed](other))
    assert isinstance(outcome, Fenced), outcome
    assert other.ask(got, TIMEOUT) == []


def test_an_answer_brings_nothing_of_its_actor_into_the_loop(
    system: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []
    land = Landing._land

    def noting(landing: Landing) -> None:
        found.append(current_cell())
        land(landing)

    monkeypatch.setattr(Landing, "_land", noting)
    cell = worker(system)
    assert asyncio.run(cell.ask_async(lambda _actor: current_cell(), TIMEOUT)) is cell
    assert found == [None]


def test_the_same_counts_while_the_actor_lives(system: ActorSystem) -> None:
    cell, other = worker(system), worker(system, "other")
    cell.ask(lambda _actor: [check_fence(), other.tell("in time")], TIMEOUT)
    assert other.ask(got, TIMEOUT) == ["in time"]


def test_code_knows_its_actor_in_coroutines_too(system: ActorSystem) -> None:
    async def find() -> Any:
        return current_cell(), await asyncio.to_thread(current_cell)

    cell = worker(system)
    assert current_cell() is None
    assert cell.ask(lambda _actor: current_cell(), TIMEOUT) is cell
    assert cell.ask(lambda _actor: asyncio.run(find()), TIMEOUT) == (cell, cell)


@pytest.mark.parametrize("ask", ["ask_async", "request_async"])
def test_a_coroutine_of_an_actor_cannot_wait_for_its_own_actor(
    system: ActorSystem, ask: str
) -> None:
    cell = worker(system)
    with pytest.raises(ActorError, match="its own answer"):
        cell.ask(lambda actor: asyncio.run(getattr(actor.cell, ask)(Ping())), TIMEOUT)


def test_a_dead_letter_names_the_actor_that_sent_it(system: ActorSystem) -> None:
    cell, other = worker(system), worker(system, "other")
    stop(other)
    cell.ask(lambda _actor: other.tell("from an actor"), TIMEOUT)
    other.tell("from a thread")
    other.tell("signed", sender="me")
    cell.ask(lambda _actor: other.offer("a reply port", Reply()), TIMEOUT)
    senders = [(letter.message, letter.sender) for letter in system.dead_letters]
    assert senders == [
        ("from an actor", "/worker"),
        ("from a thread", None),
        ("signed", "me"),
        ("a reply port", "/worker"),
    ]
