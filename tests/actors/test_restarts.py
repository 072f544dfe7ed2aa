"""Restarts of several children, under load and while one is in the way; the sliding window."""

from __future__ import annotations

import random
import threading

from hypothesis import given
from hypothesis import strategies as st

from pykka_live.actors import (
    ActorSystem,
    Backoff,
    ChildSpec,
    Supervisor,
    WhichChildren,
)
from pykka_live.actors._restarts import exceeds
from tests.actors.actors import TIMEOUT, Gate, Worker, crash, got, until

NO_DELAY = Backoff(0, 0)


def test_crashes_under_load_lose_and_double_nothing_but_the_crashing_message(
    system: ActorSystem,
) -> None:
    scopes = ["one_for_one", "one_for_all", "rest_for_one"]
    specs = [
        ChildSpec(f"c{n}", Worker, scope=scopes[n % 3], backoff=NO_DELAY, capacity=5)
        for n in range(6)
    ]
    system.start_child(ChildSpec("sup", lambda: Supervisor(specs, max_restarts=10_000)), TIMEOUT)
    cells = [system.find(f"/sup/c{n}") for n in range(6)]
    senders, each = 4, 200
    crashes = [0] * senders

    def send(sender: int) -> None:
        chance = random.Random(sender)
        for index in range(each):
            for cell in cells:
                cell.tell((sender, index))
            if chance.random() < 0.05:
                chance.choice(cells).tell(crash)
                crashes[sender] += 1

    threads = [threading.Thread(target=send, args=(n,)) for n in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    for cell in cells:
        messages = cell.ask(got, 60)
        for sender in range(senders):
            assert [i for who, i in messages if who == sender] == list(range(each))
    assert sum(cell.failures for cell in cells) == sum(crashes) > 0
    assert len(system.dead_letters) == 0


@given(st.lists(st.floats(0, 3)), st.integers(0, 4), st.floats(0.1, 10))
def test_the_window_counts_what_is_in_it(gaps: list[float], limit: int, seconds: float) -> None:
    window: list[float] = []
    now, moments = 0.0, []
    for gap in gaps:
        now += gap
        moments.append(now)
        expected = sum(moment > now - seconds for moment in moments) > limit
        assert exceeds(window, now, limit, seconds) is expected


def test_a_sibling_that_is_down_and_waits_for_its_turn_is_restarting(system: ActorSystem) -> None:
    gate = Gate()
    specs = [
        ChildSpec("first", Worker, scope="one_for_all", backoff=NO_DELAY),
        ChildSpec("held", Worker),
        ChildSpec("last", Worker),
    ]
    sup = system.start_child(ChildSpec("sup", lambda: Supervisor(specs)), TIMEOUT)
    first, held, last = (system.find(f"/sup/{spec.id}") for spec in specs)
    gate.hold(held)
    first.tell(crash)
    until(lambda: held.state == "stopping")  # so the last one is down
    states = [info.state for info in sup.request(WhichChildren(), TIMEOUT)]
    assert states == ["restarting", "stopping", "restarting"]
    gate.opened.set()
    until(lambda: [c.state for c in (first, held, last)] == ["running"] * 3)
