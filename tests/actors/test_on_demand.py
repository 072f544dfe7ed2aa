"""What Pykka knows an actor by, which is made when somebody asks for it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import ActorSystem
from tests.actors.actors import TIMEOUT, Worker, stop, worker

ASKERS = 8


def test_each_actor_has_an_urn_of_its_own_that_stays() -> None:
    one, other = Worker(), Worker()
    assert one.actor_urn == one.actor_urn
    assert one.actor_urn != other.actor_urn
    assert one.actor_ref.actor_urn == one.actor_urn


@pytest.mark.parametrize("name", ["actor_urn", "actor_stopped", "actor_ref"])
def test_all_threads_get_the_same(name: str) -> None:
    actor = Worker()
    found: list[Any] = []
    begin = threading.Barrier(ASKERS)

    def ask() -> None:
        begin.wait(TIMEOUT)
        found.append(getattr(actor, name))

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(found) == ASKERS
    assert all(each is found[0] for each in found)


def test_who_asks_after_the_end_is_told_that_it_has_ended(system: ActorSystem) -> None:
    cell = worker(system)
    actor = cell.ask(lambda actor: actor, TIMEOUT)
    stop(cell)
    assert actor.actor_stopped.is_set()
    assert not actor.actor_ref.is_alive()
