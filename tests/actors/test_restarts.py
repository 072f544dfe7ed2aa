"""Restarts of several children, against a model of the rules and under load."""

from __future__ import annotations

import random
import threading
from collections import deque
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pykka_live.actors import (
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    PoisonPill,
    Root,
    StartChild,
    Supervisor,
    TerminateChild,
    WhichChildren,
)
from pykka_live.actors._restarts import exceeds
from tests.actors.actors import TIMEOUT, Gate, Worker, crash, got, until

NO_DELAY = Backoff(0, 0)

strategies = st.sampled_from(["restart", "always", "stop", "resume"])
scopes = st.sampled_from(["one_for_one", "one_for_all", "rest_for_one"])
kinds = st.tuples(strategies, scopes).map(
    lambda kind: kind if kind[0] != "stop" else ("stop", "one_for_one")
)
operations = st.tuples(
    st.sampled_from(["tell", "crash", "crash", "end", "terminate", "start"]),
    st.integers(0, 5),
    kinds,
)


class Model:
    """What OTP's rules say of one supervisor's children."""

    def __init__(self) -> None:
        self.children: dict[str, dict[str, Any]] = {}
        self.log: list[tuple[str, str]] = []

    def note(self, id: str, what: str) -> None:
        self.log.append((f"/sup/{id}", what))

    def start(self, id: str, strategy: str, scope: str) -> None:
        self.children[id] = {"strategy": strategy, "scope": scope, "lives": 1, "got": []}
        self.note(id, "start")

    def restart(self, id: str) -> None:
        ids = list(self.children)
        concerned = {
            "one_for_one": [id],
            "one_for_all": ids,
            "rest_for_one": ids[ids.index(id) :],
        }[self.children[id]["scope"]]
        for each in reversed(concerned):
            if each != id:
                self.note(each, "stop restart")
        for each in concerned:
            if self.children[each]["strategy"] == "stop":
                del self.children[each]
            else:
                self.children[each]["lives"] += 1
                self.note(each, "start")

    def crash(self, id: str) -> None:
        strategy = self.children[id]["strategy"]
        if strategy == "resume":
            return
        self.note(id, "failure")
        if strategy == "stop":
            del self.children[id]
        else:
            self.restart(id)

    def end(self, id: str) -> None:
        self.note(id, "stop normal")
        if self.children[id]["strategy"] == "always":
            self.restart(id)
        else:
            del self.children[id]

    def terminate(self, id: str) -> None:
        self.note(id, "stop shutdown")
        del self.children[id]


@settings(max_examples=60, deadline=None)
@given(st.lists(kinds, max_size=4), st.lists(operations, max_size=20))
def test_a_supervisor_follows_the_rules(
    initial: list[tuple[str, str]], operations: list[tuple[str, int, tuple[str, str]]]
) -> None:
    system = ActorSystem(Root)
    log: list[tuple[str, str]] = []
    model = Model()
    try:
        sup = system.start_child(ChildSpec("sup", lambda: Supervisor(max_restarts=10_000)), TIMEOUT)
        cells: dict[str, Cell] = {}

        def start(strategy: Any, scope: Any) -> None:
            id = f"c{len(cells)}"
            model.start(id, strategy, scope)
            spec = ChildSpec(
                id, lambda: Worker(log), strategy=strategy, scope=scope, backoff=NO_DELAY
            )
            cells[id] = sup.request(StartChild(spec), TIMEOUT)

        for kind in initial:
            start(*kind)
        for index, (name, which, kind) in enumerate(operations):
            ids = list(model.children)
            if name == "start":
                start(*kind)
            elif ids:
                id = ids[which % len(ids)]
                cell = cells[id]
                if name == "tell":
                    assert cell.ask(index, TIMEOUT) == index
                    model.children[id]["got"].append(index)
                elif name == "terminate":
                    model.terminate(id)
                    sup.request(TerminateChild(id), TIMEOUT)
                else:
                    getattr(model, name)(id)
                    failures = cell.failures
                    cell.tell(crash if name == "crash" else PoisonPill())
                    if name == "crash":
                        until(lambda cell=cell, failures=failures: cell.failures > failures)
            expected = {id: (child["lives"], "running") for id, child in model.children.items()}
            until(
                lambda expected=expected: (
                    {
                        info.id: (info.cell.incarnation, info.cell.state)  # read in this order
                        for info in sup.request(WhichChildren(), TIMEOUT)
                    }
                    == expected
                )
            )
            assert log == model.log
        assert list(sup.children) == list(model.children)
        for id, child in model.children.items():
            assert cells[id].ask(got, TIMEOUT) == child["got"]
        del log[:]
        assert system.shutdown(TIMEOUT) == []
        assert log == [(f"/sup/{id}", "stop system shutdown") for id in reversed(model.children)]
        assert len(system.dead_letters) == 0
    finally:
        assert system.shutdown(TIMEOUT) == []


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
    window: deque[float] = deque()
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
