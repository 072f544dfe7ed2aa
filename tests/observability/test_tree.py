"""The living tree as data."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import sys
import time

import pytest

from pykka_live.actors import ActorSystem, Cell, ChildSpec, Supervisor
from pykka_live.observability.tree import (
    BIT,
    TEXT_LIMIT,
    Selection,
    bits,
    class_name,
    snapshot,
)

from .clerk import Clerk, Mishap, Office, start_clerk


def test_an_empty_process(system: ActorSystem) -> None:
    tree = snapshot(system)
    assert tree["pid"] == os.getpid()
    assert tree["worker"] == 0
    assert tree["state"] == "new"
    assert tree["actors"] == []
    assert tree["dead_letters"] == {}
    assert tree["abandoned"] == []
    assert 0 <= time.time() - tree["time"] < 60
    assert tree["started_at"] <= tree["time"]
    assert system.state == "new"


def test_supervisors_come_before_their_children(system: ActorSystem) -> None:
    spec = functools.partial(ChildSpec, start=Clerk)
    supervisor = ChildSpec(
        "office", lambda: Supervisor(children=[spec("a"), spec("b/c")]), kind="supervisor"
    )
    system.start_child(supervisor)
    actors = snapshot(system)["actors"]
    assert [(actor["path"], actor["parent"]) for actor in actors] == [
        ("/", None),
        ("/office", "/"),
        ("/office/a", "/office"),
        ("/office/b/c", "/office"),
    ]
    assert [actor["is_supervisor"] for actor in actors] == [True, True, False, False]


def test_an_actor(system: ActorSystem, office: Office) -> None:
    cell = start_clerk(system, "one", capacity=7)
    with pytest.raises(Mishap):
        cell.ask(Mishap("spilt\nink" + "x" * 9999), 10)
    assert cell.ask("fine", 10) == "fine"
    office.occupy(cell)
    cell.tell("next")
    [_, actor] = snapshot(system)["actors"]
    error = actor.pop("last_error")
    assert error.pop("time") <= time.time()
    assert len(error.pop("text")) == TEXT_LIMIT
    assert error == {"type": "Mishap", "message": "Mishap"}
    assert actor.pop("started_at") <= time.time()
    for name in ("waited", "idle", "busy"):
        assert actor.pop(name) > 0
    expected = {
        "path": "/one",
        "parent": "/",
        "kind": "view",
        "class": f"{Clerk.__module__}.Clerk",
        "state": "busy",
        "incarnation": 2,
        "is_supervisor": False,
        "mailbox": 1,
        "capacity": 7,
        "handled": 1,
        "failures": 1,
        "restarts": 1,
        "overflows": 0,
        "current": "_Began",
    }
    assert {name: actor[name] for name in expected} == expected


def test_it_is_json(system: ActorSystem) -> None:
    start_clerk(system, "one")
    tree = snapshot(system)
    assert json.loads(json.dumps(tree)) == tree


def test_actors_are_not_asked(system: ActorSystem, office: Office) -> None:
    for i in range(3):
        office.occupy(start_clerk(system, f"clerk{i}"))
    states = [actor["state"] for actor in snapshot(system)["actors"]]
    assert states == ["running", "busy", "busy", "busy"]


def test_dead_letters_and_abandoned_threads(system: ActorSystem, office: Office) -> None:
    cell = start_clerk(system, "one", capacity=1, overflow="drop_oldest", stuck_timeout=0.05)
    office.occupy(cell)
    cell.tell(1)
    assert cell.ask(2, 10) == 2
    tree = snapshot(system)
    assert tree["dead_letters"] == {"dropped": 1}
    assert tree["abandoned"] == ["/one#1"]


class TestClass:
    """What runs in a cell."""

    def cell(self, system: ActorSystem, start: object) -> Cell:
        return Cell(system, ChildSpec("x", start), "/x", None)  # type: ignore[arg-type]

    def test_of_the_actor(self, system: ActorSystem) -> None:
        name = f"{Clerk.__module__}.Clerk"
        assert class_name(self.cell(system, Clerk)) == name
        assert class_name(self.cell(system, functools.partial(Clerk, 1))) == name

    def test_not_known(self, system: ActorSystem) -> None:
        assert class_name(self.cell(system, lambda: Clerk())) == ""

    def test_of_the_view(self, system: ActorSystem) -> None:
        cell = self.cell(system, Clerk)
        cell.data["class"] = "shop.views.Cart"
        assert class_name(cell) == "shop.views.Cart"


class TestBits:
    """The tree as it is sent."""

    @pytest.mark.parametrize("count", [0, BIT - 1, BIT, 2 * BIT + 1])
    def test_together_they_are_the_snapshot(self, system: ActorSystem, count: int) -> None:
        system.start()
        for i in range(count):
            system._new_cell(ChildSpec(f"idle/{i}", Clerk), system.root)
        sent = json.loads(b"".join(bits(system)))
        whole = snapshot(system)
        assert [actor["path"] for actor in sent["actors"]] == [
            actor["path"] for actor in whole["actors"]
        ]
        assert sent.keys() == whole.keys()
        assert sent["count"] == count + 1

    def test_nothing_matches(self, system: ActorSystem) -> None:
        system.start()
        sent = json.loads(b"".join(bits(system, Selection(path="/nobody"))))
        assert sent["actors"] == []
        assert sent["count"] == 1


def how_it_was_started() -> list[str]:
    command: list[str] = snapshot(ActorSystem())["command"]
    return command


def test_a_spawned_worker_tells_how_its_server_was_started() -> None:
    assert how_it_was_started() == sys.orig_argv
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(how_it_was_started) == sys.argv
