"""What `actor_tree` can be asked for beside the whole tree."""

from __future__ import annotations

import json
import os
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError

from pykka_live.actors import ActorSystem, Backoff
from pykka_live.conf import live_settings
from pykka_live.management.commands import actor_tree
from pykka_live.observability import Observer, trouble
from pykka_live.transport import heartbeat
from tests.management.place import run
from tests.observability.clerk import Mishap, Office, start_clerk

pytestmark = pytest.mark.usefixtures("observer")


@pytest.fixture
def shop(system: ActorSystem, office: Office) -> None:
    """A few actors, one of them busy, with mail."""
    for path in ("sessions/3f", "sessions/3f/views/1b", "sessions/77", "other"):
        start_clerk(system, path)
    busy = start_clerk(system, "sessions/77/views/2c", capacity=3, overflow="drop_oldest")
    office.occupy(busy)
    for i in range(2):
        busy.tell(i)


def paths(*options: str) -> list[tuple[str, bool]]:
    [process] = json.loads(run("actor_tree", "--json", *options))["processes"]
    assert process["count"] == 6
    return [(actor["path"], actor["matches"]) for actor in process["actors"]]


@pytest.mark.usefixtures("shop")
class TestSelection:
    """The server sends what matches, and what is above."""

    def test_all(self) -> None:
        assert len(paths()) == 6
        assert all(matches for _, matches in paths())

    @pytest.mark.parametrize("path", ["/sessions/3f", "sessions/3f", "*/3f*", "*[3]f*"])
    def test_by_path(self, path: str) -> None:
        assert paths("--path", path) == [
            ("/", False),
            ("/sessions/3f", True),
            ("/sessions/3f/views/1b", True),
        ]

    def test_by_state(self) -> None:
        assert paths("--state", "busy", "failed") == [
            ("/", False),
            ("/sessions/77/views/2c", True),
        ]

    def test_by_depth(self) -> None:
        assert paths("--min-depth", "2") == [("/", False), ("/sessions/77/views/2c", True)]
        assert paths("--min-depth", "3") == []

    def test_together(self) -> None:
        assert paths("--path", "/sessions", "--state", "busy", "--min-depth", "1") == [
            ("/", False),
            ("/sessions/77/views/2c", True),
        ]
        assert paths("--path", "/other", "--state", "busy") == []

    def test_the_drawing_says_how_many_there_are(self) -> None:
        assert "6 actors, 1 shown" in run("actor_tree", "--state", "busy")

    def test_nobody_is_meant(self) -> None:
        with pytest.raises(CommandError, match="No actor is at nonsense"):
            run("actor_tree", "--path", "nonsense")
        with pytest.raises(CommandError, match="does not go with --path, --min-depth"):
            run("actor_tree", "--dead-letters", "--path", "/other", "--min-depth", "1")

    def test_sorted(self) -> None:
        lines = run("actor_tree", "--sort", "mailbox").splitlines()
        assert lines[4].split()[0] == "/sessions/77/views/2c"

    def test_only_one_process(self) -> None:
        assert "6 actors" in run("actor_tree", "--pid", str(os.getpid()))
        with pytest.raises(CommandError, match="no server process 1 of this project"):
            run("actor_tree", "--pid", "1")

    def test_only_one_worker(self, observer: Observer) -> None:
        observer.slot._number = 3
        assert f"process {os.getpid()}, worker 3" in run("actor_tree", "--worker", "3")
        [process] = json.loads(run("actor_tree", "--worker", "3", "--json"))["processes"]
        assert (process["worker"], process["pid"]) == (3, os.getpid())
        assert "/other" in run("actor_inspect", "other", "--worker", "3")
        with pytest.raises(CommandError, match=r"no worker 0 of this project, but 3\."):
            run("actor_tree", "--worker", "0")

    @pytest.mark.parametrize(
        "options",
        [
            ["--pid", "1", "--worker", "0"],
            ["--state", "bored"],
            ["--min-depth", "-1"],
            ["--sort", "colour"],
            ["--watch", "0"],
            ["--check", "--dead-letters"],
            ["--check", "--watch"],
            ["--dead-letters", "--path", "/other"],
            ["--dead-letters", "--min-depth", "1"],
            ["--check", "--state", "busy"],
            ["--check", "--sort", "idle"],
        ],
    )
    def test_mistakes(self, options: list[str]) -> None:
        with pytest.raises(CommandError):
            run("actor_tree", *options)


def test_dead_letters(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    cell.stop("gone")
    ended = threading.Event()
    cell.watch(lambda *_: ended.set())
    assert ended.wait(10)
    cell.tell("\x1b[31m", sender="/me")
    cell.tell(1, sender=object())
    head, first, second = run("actor_tree", "--dead-letters").splitlines()
    assert head == f"Server process {os.getpid()}, worker 0: 2 dead letters, 2 kept"
    assert re.fullmatch(r" +\S+s ago  /one  str from /me: gone", first)
    assert re.fullmatch(r" +\S+s ago  /one  int: gone", second)
    [process] = json.loads(run("actor_tree", "--dead-letters", "--json"))["processes"]
    assert process["counts"] == {"gone": 2}
    assert [letter["sender"] for letter in process["letters"]] == ["/me", None]


class TestCheck:
    def failed(self, *options: str) -> tuple[int, str]:
        with pytest.raises(CommandError) as caught:
            run("actor_tree", "--check", *options)
        return caught.value.returncode, str(caught.value)

    def test_all_is_well(self, system: ActorSystem) -> None:
        start_clerk(system, "one")
        assert run("actor_tree", "--check") == "All is well: 1 processes, 2 actors.\n"
        [process] = json.loads(run("actor_tree", "--check", "--json"))["processes"]
        assert process["troubles"] == []

    def test_a_full_mailbox(
        self, system: ActorSystem, office: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cell = start_clerk(system, "one", capacity=2)
        office.occupy(cell)
        cell.tell(1)
        assert "All is well" in run("actor_tree", "--check")
        cell.tell(2)
        assert self.failed() == (2, "1 troubles were found.")

    def test_one_that_fails_again_and_again(self, system: ActorSystem) -> None:
        cell = start_clerk(system, "one", backoff=Backoff(1000, 1000))
        restarting = threading.Event()
        system.add_listener(lambda event: event.kind == "failed" and restarting.set())
        for _ in range(2):
            with pytest.raises(Mishap):
                cell.ask(Mishap(), 10)
        assert restarting.wait(10)
        while cell.state != "restarting":  # nobody tells of that
            threading.Event().wait(0.001)
        assert self.failed()[0] == 2
        cell.restart()

    def test_an_abandoned_thread(self, system: ActorSystem, office: Office) -> None:
        cell = start_clerk(system, "one", stuck_timeout=0.01)
        gone = threading.Event()
        system.add_listener(lambda event: event.kind == "stuck" and gone.set())
        office.occupy(cell)
        assert gone.wait(10)
        assert self.failed()[0] == 2
        assert json.loads(self.printed("--json"))["processes"][0]["troubles"] == [
            {"kind": "abandoned", "path": "/one", "text": "its thread hangs"}
        ]
        start_clerk(system, "two")
        cell.ask("again", 10)
        text = run("actor_tree", "--state", "stuck")
        assert ", 1 shown" in text
        assert "a thread hangs" in text
        assert "two" not in text
        text = run("actor_inspect", "/one")
        assert "Where the thread /one#1 hangs, which was given up\n" in text
        assert "self._over.wait(timeout)" in text

    def test_an_event_loop_that_hangs(
        self, system: ActorSystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(heartbeat, "overdue", lambda: 0.9)
        assert "All is well" in run("actor_tree", "--check")
        assert "event loop" not in run("actor_tree")
        monkeypatch.setattr(heartbeat, "overdue", lambda: 7.0)
        assert self.failed()[0] == 2
        text = f"event_loop: process {os.getpid()} (worker 0): the event loop hangs for 7.0s\n"
        assert self.printed() == text
        assert "The event loop hangs for 7.0s" in run("actor_tree")

    def test_one_that_is_busy_for_too_long(
        self, system: ActorSystem, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cell = start_clerk(system, "one")
        office.occupy(cell)
        assert "All is well" in run("actor_tree", "--check")
        impatient = replace(live_settings(), health_timeout=1e-6)
        monkeypatch.setattr(trouble, "live_settings", lambda: impatient)
        assert "busy: /one in process" in self.printed()
        assert self.failed()[0] == 2

    def test_a_system_that_stops(self, system: ActorSystem, observer: Observer) -> None:
        start_clerk(system, "one")
        assert system.shutdown(10) == []
        observer.control.open()
        assert self.printed() == (
            f"draining: process {os.getpid()} (worker 0): the actor system is stopped\n"
        )

    def printed(self, *options: str) -> str:
        import io

        from django.core.management import call_command

        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("actor_tree", "--check", *options, stdout=out)
        return out.getvalue()


class Impatient:
    """Waits for nothing, and is interrupted when it has waited so often."""

    def __init__(self, times: int) -> None:
        self.waited: list[float] = []
        self._times = times

    def __call__(self) -> Impatient:
        return self

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        if len(self.waited) == self._times:
            raise KeyboardInterrupt


def test_watching_without_a_terminal_prints_again(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = Impatient(3)
    clock: Any = type("threading", (), {"Event": impatient})
    monkeypatch.setattr(actor_tree, "threading", clock)
    assert run("actor_tree", "--watch", "5").count("Server process") == 3
    assert impatient.waited == [5.0] * 3


def test_watching_as_json_prints_a_line_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actor_tree, "threading", type("threading", (), {"Event": Impatient(2)}))
    lines = run("actor_tree", "--watch", "--json").splitlines()
    assert [len(json.loads(line)["processes"]) for line in lines] == [1, 1]
