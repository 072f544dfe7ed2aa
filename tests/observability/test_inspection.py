"""One actor in depth."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Backoff, Cell, ChildSpec, Supervisor
from pykka_live.observability.inspection import (
    CHILDREN,
    MAIL,
    ActorNotFound,
    AmbiguousPath,
    find,
    inspect,
    matching,
)
from pykka_live.observability.recorder import Recorder
from pykka_live.state.snapshot import take_snapshot

from .clerk import Clerk, Mishap, Office, start_clerk


def start_many(system: ActorSystem, *ids: str) -> None:
    for id in ids:
        start_clerk(system, id)


class TestFind:
    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("/sessions/3f2a/views/1b", "/sessions/3f2a/views/1b"),
            ("sessions/3f2a/views/1b", "/sessions/3f2a/views/1b"),
            ("/s/3f/v/1b", "/sessions/3f2a/views/1b"),
            ("3f2a/views/1b", "/sessions/3f2a/views/1b"),
            ("1b", "/sessions/3f2a/views/1b"),
            ("views/1c", "/sessions/77/views/1c"),
            ("77/", "/sessions/77"),
            ("/", "/"),
            ("x", "/x"),  # not an abbreviation of the other one
        ],
    )
    def test_one(self, system: ActorSystem, path: str, found: str) -> None:
        start_many(
            system,
            *("sessions/3f2a/views/1b", "sessions/77", "sessions/77/views/1c", "x", "xy"),
        )
        assert find(system, path).path == found

    @pytest.mark.parametrize("path", ["/3f2a", "f2a", "//", "", "1b/x", "/sessions/3f2a/views/"])
    def test_none(self, system: ActorSystem, path: str) -> None:
        start_many(system, "sessions/3f2a/views/1b")
        with pytest.raises(ActorNotFound, match="There is no actor"):
            find(system, path)

    def test_several(self, system: ActorSystem) -> None:
        start_many(system, *(f"v{i}" for i in range(30)))
        with pytest.raises(AmbiguousPath, match=r"v may be any of: .*/v1, .*30 in all") as caught:
            find(system, "v")
        assert caught.value.paths == [cell.path for cell in matching(system, "v")]


def test_a_busy_actor(system: ActorSystem, office: Office) -> None:
    backoff = Backoff(0.5, 30)
    options: dict[str, Any] = {"name": "the one", "max_restarts": 7, "backoff": backoff}
    cell = start_clerk(system, "one", strategy={Mishap: "resume"}, **options)
    with pytest.raises(Mishap):
        cell.ask(Mishap("spilt ink"), 10)
    office.occupy(cell)
    cell.tell("next", sender="/me")
    cell.tell(7, sender=object())
    found = inspect(system, "one")
    assert found["path"] == "/one"
    assert found["name"] == "the one"
    assert found["state"] == "busy"
    assert found["current"] == "_Began"
    assert "self._over.wait(timeout)" in found["stack"]
    assert [(each["message"], each["sender"]) for each in found["mail"]] == [
        ("str", "/me"),
        ("int", None),
    ]
    assert found["mail_count"] == 2
    assert all(each["waited"] > 0 for each in found["mail"])
    assert "raise message" in found["last_error"]["traceback"]
    assert found["attributes"] is None
    assert found["recent"] is None
    assert [each["message"] for each in found["last_messages"]] == ["Mishap", "_Began"]
    assert abs(found["last_messages"][-1]["time"] - found["time"]) < 60
    spec = found["supervision"]
    assert spec["strategy"] == {"Mishap": "resume"}
    assert spec["backoff"] == [0.5, 30]
    assert spec["max_restarts"] == 7
    assert json.loads(json.dumps(found)) == found


def test_an_idle_actor_has_no_stack(system: ActorSystem) -> None:
    start_clerk(system, "one").ask("hello", 10)
    found = inspect(system, "one")
    assert found["stack"] == ""
    assert found["last_error"] is None
    assert found["waited_mean"] > 0


@pytest.mark.parametrize("kind", ["view", "component"])
def test_the_state_is_that_of_the_checkpoint(
    system: ActorSystem, office: Office, kind: str
) -> None:
    class Record:
        checkpoint: Any = None

    cell = start_clerk(system, "one")
    cell.data[kind] = Record()
    assert inspect(system, "one")["attributes"] is None
    source = Record()
    vars(source).update(count=3, password="pw", lock=threading.Lock())
    Record.checkpoint = take_snapshot(source)
    office.occupy(cell)
    found = inspect(system, "one")
    assert found["attributes"] == [
        {"name": "count", "value": "3"},
        {"name": "password", "value": "*" * 20},
    ]
    assert found["left_out"] == ["lock"]


def test_children(system: ActorSystem) -> None:
    spec = ChildSpec("office", lambda: Supervisor([ChildSpec("a", Clerk, kind="view")]))
    system.start_child(spec)
    found = inspect(system, "office")
    assert found["children_count"] == 1
    assert found["children"] == [
        {
            "path": "/office/a",
            "kind": "view",
            "class": f"{Clerk.__module__}.Clerk",
            "state": "running",
        }
    ]


def test_what_is_long_is_cut(system: ActorSystem, office: Office) -> None:
    cell = start_clerk(system, "one", capacity=None)
    office.occupy(cell)
    for i in range(MAIL + 5):
        cell.tell(i)
    for i in range(CHILDREN + 5):
        system._new_cell(ChildSpec(f"idle/{i}", Clerk), system.root)
    found = inspect(system, "one")
    assert found["mail_count"] == MAIL + 5
    assert len(found["mail"]) == MAIL
    root = inspect(system, "/")
    assert root["children_count"] == CHILDREN + 6
    assert len(root["children"]) == CHILDREN


def test_recent_messages_while_somebody_records(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    few, many = Recorder(cell, size=1), Recorder(cell)
    cell.ask("hello", 10)
    with pytest.raises(Mishap):
        cell.ask(Mishap("bad"), 10)
    cell.ask(1, 10)
    recent = inspect(system, "one")["recent"]
    assert [(each["message"], each["outcome"], each["error"]) for each in recent[:2]] == [
        ("str", "handled", None),
        ("Mishap", "failed", "Mishap: bad"),
    ]
    few.close()
    many.close()
    assert inspect(system, "one")["recent"] is None


def stuck(system: ActorSystem, office: Office, **options: Any) -> Cell:
    """Return a clerk of whom a thread was given up."""
    gone = threading.Event()
    system.add_listener(lambda event: event.kind == "stuck" and gone.set())
    cell = start_clerk(system, "stuck/one", stuck_timeout=0.01, **options)
    office.occupy(cell)
    assert gone.wait(10)
    return cell


def test_where_an_abandoned_thread_hangs(system: ActorSystem, office: Office) -> None:
    cell = stuck(system, office)
    start_clerk(system, "other")
    cell.ask("again", 10)
    [thread] = inspect(system, "/stuck/one")["abandoned"]
    assert (thread["name"], thread["path"]) == ("/stuck/one#1", "/stuck/one")
    assert "self._over.wait(timeout)" in thread["stack"]
    assert "_deliver" not in thread["stack"]
    assert "frames of pykka_live" in thread["stack"]
    assert inspect(system, "/other")["abandoned"] == []


def test_an_actor_that_has_ended_while_a_thread_of_it_hangs(
    system: ActorSystem, office: Office
) -> None:
    cell = stuck(system, office, strategy="stop")
    ended = threading.Event()
    cell.watch(lambda _cell, _reason: ended.set())
    assert ended.wait(10)
    found = inspect(system, "one")
    assert found["state"] == "failed"
    assert [thread["name"] for thread in found["abandoned"]] == ["/stuck/one#1"]
    with pytest.raises(ActorNotFound):
        inspect(system, "two")
