"""The commands about one actor, and what they have in common."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pykka_live.actors import ActorSystem, Cell
from pykka_live.management.commands import actor_stop, actor_tree
from pykka_live.observability import Observer
from pykka_live.observability.processes import NotInTime, ServerProcess
from pykka_live.state.snapshot import take_snapshot
from tests.management.place import run
from tests.observability.clerk import Mishap, Office, start_clerk

pytestmark = pytest.mark.usefixtures("observer")

VIEW = "sessions/3f2a/views/1b10"


class Terminal(io.StringIO):
    """Somebody sits there and types."""

    def isatty(self) -> bool:
        return True


class TestLocate:
    def test_none(self) -> None:
        with pytest.raises(CommandError, match="There is no actor 1c"):
            run("actor_inspect", "1c")

    def test_several(self, system: ActorSystem) -> None:
        for i in range(25):
            start_clerk(system, f"view{i}")
        with pytest.raises(CommandError) as caught:
            run("actor_inspect", "view")
        lines = str(caught.value).splitlines()
        assert lines[0] == "view may be any of"
        assert lines[1].startswith("  /view0  (view, running, process ")
        assert lines[-2:] == ["  ... 5 more", "Say more of it."]

    def test_another_process(self) -> None:
        with pytest.raises(CommandError, match=r"no server process 1 of this project, but \d+"):
            run("actor_inspect", "/", pid=1)

    @pytest.mark.parametrize("path", ["x" * 501, "\x1b[31m"])
    def test_hostile(self, path: str) -> None:
        with pytest.raises(CommandError) as caught:
            run("actor_inspect", path)
        assert "\x1b" not in str(caught.value)


class TestInspect:
    def test_a_busy_view(self, system: ActorSystem, office: Office) -> None:
        cell = start_clerk(system, VIEW)

        class Record:
            checkpoint: Any = None

        source = Record()
        vars(source).update(count=3, password="pw")
        Record.checkpoint = take_snapshot(source)
        cell.data.update({"view": Record(), "class": "shop.views.Cart"})
        with pytest.raises(Mishap):
            cell.ask(Mishap("\x1b[31m[red]bad"), 10)
        office.occupy(cell)
        cell.tell("waits", sender="/me")
        text = run("actor_inspect", "1b")
        for part in (
            f"/{VIEW}  (process ",
            "class        shop.views.Cart",
            "state        busy for ",
            ": _Began",
            "strategy restart, scope one_for_one",
            "State, at the last checkpoint, as it was before the current message",
            "  count = 3",
            f"  password = {'*' * 20}",
            "Mail that waits: 1, the next first",
            "  str, for ",
            ", from /me",
            "Last messages, the oldest first",
            "  Mishap, ",
            "  _Began, ",
            "Where it is now",
            "self._over.wait(timeout)",
            "ago, on Mishap",
            r"Mishap: \x1b[31m[red]bad",
        ):
            assert part in text
        assert "\x1b" not in text

    def test_a_supervisor_with_its_children(self, system: ActorSystem) -> None:
        for i in range(25):
            start_clerk(system, f"view{i}")
        text = run("actor_inspect", "/")
        assert "Children: 25" in text
        assert "  /view0  tests.observability.clerk.Clerk, running" in text
        assert "  ... 5 more" in text

    def test_json(self, system: ActorSystem) -> None:
        start_clerk(system, "one")
        found = json.loads(run("actor_inspect", "one", "--json"))
        assert found["path"] == "/one"
        assert found["pid"] > 0

    def test_a_server_of_an_older_version(
        self, system: ActorSystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start_clerk(system, "one").ask("hello", 10)
        real = ServerProcess.ask

        def ask(self: ServerProcess, name: str, *args: Any, **arguments: Any) -> Any:
            answer = real(self, name, *args, **arguments)
            return {key: answer[key] for key in answer.keys() - {"last_messages", "abandoned"}}

        monkeypatch.setattr(ServerProcess, "ask", ask)
        assert "1 handled" in run("actor_inspect", "one")


@pytest.mark.parametrize("command", [actor_tree, actor_stop])
def test_whoever_interrupts_it_sees_no_traceback(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command.Command, "handle", handle)
    argv = ["manage.py", command.__name__.rpartition(".")[2], *["/one"][command is actor_tree :]]
    with pytest.raises(SystemExit) as caught:
        command.Command().run_from_argv(argv)
    assert caught.value.code == 130


class TestIntervene:
    def test_restart(self, system: ActorSystem, caplog: pytest.LogCaptureFixture) -> None:
        cell = start_clerk(system, VIEW)
        said = run("actor_restart", "1b", "--yes", "--reason", "it looks odd")
        assert said == f"/{VIEW} is up again, as instance 2.\n"
        assert cell.incarnation == 2
        [message] = [each for each in caplog.messages if "it looks odd" in each]
        assert message.startswith(f"/{VIEW}: restart by ")
        assert " (uid " in message
        assert message.endswith(f"(process {os.getpid()}): it looks odd")

    def test_stop(self, system: ActorSystem) -> None:
        cell = start_clerk(system, "one")
        assert run("actor_stop", "/one", "--noinput") == "/one has ended.\n"
        assert not cell.alive

    @pytest.mark.parametrize(
        ("command", "done"),
        [("actor_restart", "is up again, as instance 2."), ("actor_stop", "has ended.")],
    )
    def test_a_busy_one_is_given_up_if_that_is_wanted(
        self, system: ActorSystem, office: Office, command: str, done: str
    ) -> None:
        cell = start_clerk(system, "one", shutdown=None)
        office.occupy(cell)
        assert run(command, "one", "--yes", "--within=0") == f"/one {done}\n"

    @pytest.mark.parametrize("command", ["actor_restart", "actor_stop"])
    def test_one_that_is_busy_for_longer_than_one_waits(
        self, system: ActorSystem, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start_clerk(system, "one")
        real = ServerProcess.ask

        def ask(self: ServerProcess, name: str, *args: Any, **arguments: Any) -> Any:
            if name in ("restart", "stop"):
                raise NotInTime("process 1 does not answer")
            return real(self, name, *args, **arguments)

        monkeypatch.setattr(ServerProcess, "ask", ask)
        with pytest.raises(CommandError, match="but is not done after 10 s: it does so after"):
            run(command, "one", "--yes")

    @pytest.mark.parametrize("command", ["actor_restart", "actor_stop"])
    def test_nobody_can_be_asked(
        self, system: ActorSystem, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cell = start_clerk(system, "one")
        monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
        with pytest.raises(CommandError, match="no terminal"):
            run(command, "one")
        assert (cell.alive, cell.incarnation) == (True, 1)

    @pytest.mark.parametrize(
        ("typed", "done"),
        [("y\n", True), ("yes\n", True), ("\n", False), ("n\n", False), ("", False)],
    )
    def test_asks_before_it_does_harm(
        self, system: ActorSystem, typed: str, done: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cell = start_clerk(system, "one")
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        if done:
            said = run("actor_stop", "one")
            assert "clerk.Clerk, running, 0 messages wait, 0 children." in said
            assert "It ends for good" in said
        else:
            with pytest.raises(CommandError, match="Nothing was done"):
                run("actor_stop", "one")
        assert cell.alive is not done

    def test_refused(self, system: ActorSystem) -> None:
        start_clerk(system, "once", strategy="stop")
        with pytest.raises(CommandError, match="Restart the server"):
            run("actor_restart", "/", "--yes")
        with pytest.raises(CommandError, match="never restarted"):
            run("actor_restart", "once", "--yes")
        with pytest.raises(CommandError, match="Stop the server"):
            run("actor_stop", "/", "--yes")

    @pytest.mark.parametrize("within", ["-1", "nan", "soon"])
    def test_a_time_that_is_none(self, within: str) -> None:
        with pytest.raises(CommandError, match="within"):
            run("actor_stop", "/", f"--within={within}")


class Follower:
    """Runs `actor_trace` in a thread, and knows when it follows."""

    def __init__(self, cell: Cell, *options: str) -> None:
        self.cell = cell
        self.out = io.StringIO()
        self._thread = threading.Thread(target=self._run, args=options)
        self._thread.start()

    def _run(self, *options: str) -> None:
        call_command("actor_trace", self.cell.path, *options, stdout=self.out, no_color=True)

    def end(self) -> str:
        """End the actor, and return what was printed."""
        self.cell.stop("enough")
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.out.getvalue()


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Waits until a cell is traced."""
    begun = threading.Event()
    real = Cell.trace

    def trace(self: Cell, *args: Any) -> Any:
        undo = real(self, *args)
        begun.set()
        return undo

    monkeypatch.setattr(Cell, "trace", trace)

    def wait() -> None:
        assert begun.wait(20)

    return wait


class TestTrace:
    def test_until_it_ends(self, system: ActorSystem, traced: Callable[[], None]) -> None:
        cell = start_clerk(system, "one")
        follower = Follower(cell)
        traced()
        cell.ask("hello", 10)
        with pytest.raises(Mishap):
            cell.ask(Mishap("[red]bad\x1b"), 10)
        cell.ask(1, 10)
        cell.suspend(10)  # so that the last one has been told
        lines = follower.end().splitlines()
        assert lines[0] == "/one: ^C ends it"
        assert [line.split()[1:4] for line in lines[1:-1]] == [
            ["#1", "begun", "str"],
            ["#1", "handled", "str"],
            ["#1", "begun", "Mishap"],
            ["#1", "failed", "Mishap"],
            ["#2", "begun", "int"],
            ["#2", "handled", "int"],
        ]
        assert lines[4].endswith(r"Mishap: [red]bad\x1b")
        assert lines[-1] == "It has ended (enough)."
        assert cell.tracers == ()

    def test_json(self, system: ActorSystem, traced: Callable[[], None]) -> None:
        cell = start_clerk(system, "one")
        follower = Follower(cell, "--json")
        traced()
        cell.ask("hello", 10)
        told = [json.loads(line) for line in follower.end().splitlines()]
        assert told[0] == {"path": "/one"}
        assert told[-1] == {"ended": "enough"}
        assert {entry["message"] for each in told for entry in each.get("entries", ())} == {"str"}

    def test_the_server_goes(
        self, system: ActorSystem, observer: Observer, traced: Callable[[], None]
    ) -> None:
        cell = start_clerk(system, "one")
        follower: list[Any] = []

        def follow() -> None:
            with pytest.raises(CommandError, match="has ended, or let go of us"):
                run("actor_trace", "one")
            follower.append(True)

        thread = threading.Thread(target=follow)
        thread.start()
        traced()
        observer.control.close()
        thread.join(20)
        assert follower == [True]
        assert cell.tracers == ()
