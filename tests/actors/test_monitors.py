"""Monitors: one `Down` for each actor that ends, whatever happens to who waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykka_live.actors import ActorSystem, Backoff, Cell, Down
from tests.actors.actors import TIMEOUT, Gate, Worker, crash, got, number, stop, until, worker

NO_DELAY = Backoff(0, 0)


def monitor(path: str) -> Callable[[Any], None]:
    """A message that has the actor monitor `path`."""

    def arrange(actor: Any) -> None:
        actor.monitor(path)

    return arrange


def restart(cell: Cell) -> None:
    """Have an actor crash and wait for its next incarnation."""
    before = cell.incarnation
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == before + 1


def test_a_monitor_tells_of_the_end_once_and_not_of_a_restart(system: ActorSystem) -> None:
    watcher, target = worker(system, "watcher"), worker(system, "target", backoff=NO_DELAY)
    watcher.ask(monitor("/target"), TIMEOUT)
    restart(target)
    stop(target, "over")
    assert watcher.ask(got, TIMEOUT) == [Down("/target", "over")]


def test_what_is_dead_already_is_told_of_at_once(system: ActorSystem) -> None:
    watcher, target = worker(system, "watcher"), worker(system, "target", keep=True)
    stop(target)
    watcher.ask(monitor("/nobody"), TIMEOUT)
    watcher.ask(monitor("/target"), TIMEOUT)
    expected = [Down("/nobody", "not found"), Down("/target", "not found")]
    assert watcher.ask(got, TIMEOUT) == expected


def test_a_monitor_can_be_taken_back(system: ActorSystem) -> None:
    watcher, target = worker(system, "watcher"), worker(system, "target")
    watcher.ask(lambda actor: actor.monitor("/target")(), TIMEOUT)
    stop(target)
    assert watcher.ask(got, TIMEOUT) == []


def test_a_down_on_its_way_does_not_arrive_at_who_took_the_monitor_back(
    system: ActorSystem,
) -> None:
    watcher, target = worker(system, "watcher"), worker(system, "target")
    taken: list[Callable[[], None]] = []
    watcher.ask(lambda actor: taken.append(actor.monitor("/target")), TIMEOUT)
    gate = Gate().hold(watcher)
    watcher.tell(lambda _actor: taken[0]())
    stop(target)
    gate.opened.set()
    assert watcher.ask(got, TIMEOUT) == []


def test_a_monitor_outlives_the_incarnation_that_asked_for_it(system: ActorSystem) -> None:
    watcher, target = worker(system, "watcher", backoff=NO_DELAY), worker(system, "target")
    watcher.ask(monitor("/target"), TIMEOUT)
    restart(watcher)
    stop(target, "over")
    assert watcher.ask(got, TIMEOUT) == [Down("/target", "over")]


def test_an_actor_that_monitors_at_each_start_gets_one_down(system: ActorSystem) -> None:
    class Watcher(Worker):
        def on_start(self) -> None:
            self.monitor("/target")

    target = worker(system, "target")
    watcher = worker(system, "watcher", Watcher, backoff=NO_DELAY)
    restart(watcher)
    gate = Gate().hold(watcher)
    watcher.tell(crash)
    stop(target, "over")
    gate.opened.set()
    assert watcher.ask(number, TIMEOUT) == 3
    assert watcher.ask(got, TIMEOUT) == [Down("/target", "over")]


def test_each_life_of_a_path_has_a_monitor_of_its_own(system: ActorSystem) -> None:
    watcher = worker(system, "watcher")
    for reason in ("first", "second"):
        target = worker(system, "target")
        watcher.ask(monitor("/target"), TIMEOUT)
        stop(target, reason)
    assert watcher.ask(got, TIMEOUT) == [Down("/target", "first"), Down("/target", "second")]


def test_two_actors_may_monitor_each_other(system: ActorSystem) -> None:
    left, right = worker(system, "left"), worker(system, "right")
    left.ask(monitor("/right"), TIMEOUT)
    right.ask(monitor("/left"), TIMEOUT)
    stop(right, "over")
    assert left.ask(got, TIMEOUT) == [Down("/right", "over")]
    stop(left)
    assert len(system.dead_letters) == 0


def test_nothing_is_left_of_the_monitors_of_one_that_ended(system: ActorSystem) -> None:
    watcher, target = worker(system, "watcher"), worker(system, "target")
    watcher.ask(monitor("/target"), TIMEOUT)
    assert len(target._watchers) == 1
    stop(watcher)
    assert target._watchers == {}


def test_a_down_is_not_dropped_from_a_full_mailbox(system: ActorSystem) -> None:
    watcher = worker(system, "watcher", capacity=1, overflow="drop_oldest")
    targets = [worker(system, f"target{n}") for n in range(3)]
    for target in targets:
        watcher.ask(monitor(target.path), TIMEOUT)
    gate = Gate().hold(watcher)
    for target in targets:
        stop(target, "over")
    watcher.tell("late")
    gate.opened.set()
    ended = [Down(target.path, "over") for target in targets]
    until(lambda: watcher.data.get("got") == ended)
