"""`manage.py actor_tree` as its user runs it: in a process of its own, against server processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]


class Machine:
    """Runs server processes and commands that share a place for sockets."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "XDG_RUNTIME_DIR": str(place),
            "TMPDIR": str(place),
            "PYTHONIOENCODING": "utf-8",
        }

    @contextlib.contextmanager
    def server(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run a server process, and end it by closing its standard input."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.management.server", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                process.stdout.close()

    def command(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py actor_tree`."""
        return subprocess.run(
            [sys.executable, "-m", "django", "actor_tree", *options],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def trees(self) -> list[dict[str, Any]]:
        """Return what `--json` prints."""
        result = self.command("--json")
        assert result.returncode == 0, result.stderr
        answer = json.loads(result.stdout)
        assert answer["silent"] == []
        return answer["processes"]

    def sockets(self) -> list[str]:
        """Return the names of the files in the directory of sockets."""
        return sorted(path.name for path in self.place.glob("*/*.sock"))


@pytest.fixture
def machine() -> Iterator[Machine]:
    place = Path(tempfile.mkdtemp(prefix="pykka_live-"))
    yield Machine(place)
    shutil.rmtree(place)


def test_a_server_in_trouble(machine: Machine) -> None:
    with machine.server() as server:
        result = machine.command()
        [tree] = machine.trees()
    assert result.returncode == 0
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    head, count, _, *table = result.stdout.splitlines()
    assert head.startswith(f"Server process {server.pid}, worker 0  ")
    assert head.endswith("-m tests.management.server")
    assert count.startswith("running, up ")
    assert count.endswith(", 6 actors")
    assert table[0].split() == [
        *("ACTOR", "KIND", "CLASS", "STATE", "MAILBOX", "HANDLED", "RESTARTS", "AGE", "IDLE"),
        *("NOW,", "AND", "LAST", "ERROR"),
    ]
    clerk = "tests.observability.clerk.Clerk"
    rows = [line.split() for line in table[1:7]]
    assert rows[0][:6] == ["/", "root", "running", "0/-", "0", "0"]
    assert rows.pop(1)[:6] == ["├──", "caretaker", "caretaker", "running", "0/1000", "0"]
    assert rows[1][:8] == [
        *("├──", "sessions/3f2a", "session", "shop.views.Cart", "running", "0/100", "0", "0")
    ]
    assert rows[2][:8] == ["├──", "crashed", "view", clerk, "running", "0/1000", "1", "1"]
    assert "Mishap: spilt ink (" in table[4]
    assert rows[3][:5] == ["├──", "busy", "view", clerk, "busy"]
    assert "_Began for " in table[5]
    assert rows[4][:5] == ["└──", "queued", "view", clerk, "busy"]
    assert "5/5" in rows[4]
    assert table[8] == "Dead letters: 1 (dropped: 1)"

    assert tree["pid"] == server.pid
    actors = {actor["path"]: actor for actor in tree["actors"]}
    assert list(actors) == ["/", "/caretaker", "/sessions/3f2a", "/crashed", "/busy", "/queued"]
    assert actors["/crashed"]["restarts"] == 1
    assert actors["/crashed"]["last_error"]["text"] == "spilt ink"
    assert actors["/busy"]["state"] == "busy"
    assert actors["/queued"]["mailbox"] == actors["/queued"]["capacity"] == 5
    assert machine.sockets() == []


def test_two_servers(machine: Machine) -> None:
    with machine.server() as one, machine.server() as two:
        pids = sorted([one.pid, two.pid])
        assert [tree["pid"] for tree in machine.trees()] == pids
        result = machine.command()
        heads = [line for line in result.stdout.splitlines() if line.startswith("Server process")]
        assert [int(head.split()[2].rstrip(",")) for head in heads] == pids
        assert sorted(head.split()[4] for head in heads) == ["0", "1"]


def test_no_server(machine: Machine) -> None:
    result = machine.command()
    assert result.returncode == 1
    assert result.stdout == ""
    assert "No server process of this project is found" in result.stderr
    assert f"user id {os.geteuid()}, settings tests.settings" in result.stderr
    assert str(machine.place) in result.stderr
    assert "Traceback" not in result.stderr


def test_another_project(machine: Machine) -> None:
    """The same user's servers, but not ours."""
    with machine.server():
        other = machine.place / "other_settings.py"
        other.write_text("from tests.settings import *\nSECRET_KEY = 'another'\n")
        result = machine.command(
            DJANGO_SETTINGS_MODULE="other_settings", PYTHONPATH=str(machine.place)
        )
    assert result.returncode == 1


def test_the_server_has_no_runtime_directory(machine: Machine) -> None:
    """As with a system service, while its administrator is logged in and has one."""
    del machine.environment["XDG_RUNTIME_DIR"]
    with machine.server():
        login = machine.place / "login"
        login.mkdir()
        assert machine.command(XDG_RUNTIME_DIR=str(login)).returncode == 0


def test_a_server_that_was_killed(machine: Machine) -> None:
    with machine.server() as server, machine.server() as other:
        server.kill()
        server.wait(20)
        assert machine.sockets() == sorted([f"{server.pid}.sock", f"{other.pid}.sock"])
        assert [tree["pid"] for tree in machine.trees()] == [other.pid]
        assert machine.sockets() == [f"{other.pid}.sock"]


def test_a_server_cleans_up_after_the_dead(machine: Machine) -> None:
    with machine.server() as server:
        server.kill()
        server.wait(20)
    assert machine.sockets() == [f"{server.pid}.sock"]
    with machine.server() as other:
        assert machine.sockets() == [f"{other.pid}.sock"]


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "soon"])
def test_a_timeout_that_is_none(timeout: str) -> None:
    with pytest.raises(CommandError, match="invalid seconds value"):
        call_command("actor_tree", f"--timeout={timeout}")


def test_a_server_that_hangs(machine: Machine) -> None:
    with machine.server() as server, machine.server() as other:
        server.send_signal(signal.SIGSTOP)
        try:
            result = machine.command("--timeout", "2")
            as_json = json.loads(machine.command("--timeout", "2", "--json").stdout)
        finally:
            server.send_signal(signal.SIGCONT)
        assert result.returncode == 0
        assert f"Server process {other.pid}, worker " in result.stdout
        silent = f"process {server.pid} does not answer within 2 s"
        assert result.stderr == f"No answer: {silent}\n"
        assert [tree["pid"] for tree in as_json["processes"]] == [other.pid]
        assert as_json["silent"] == [silent]


def test_all_servers_hang(machine: Machine) -> None:
    with machine.server() as server:
        server.send_signal(signal.SIGSTOP)
        try:
            result = machine.command("--timeout", "0.2")
        finally:
            server.send_signal(signal.SIGCONT)
        assert result.returncode == 1
        assert "None of 1 server processes answers" in result.stderr
        assert machine.trees()


def test_a_directory_that_others_may_enter(machine: Machine) -> None:
    with machine.server():
        [directory] = machine.place.iterdir()
        directory.chmod(0o755)
        result = machine.command()
        directory.chmod(0o700)
    assert result.returncode == 1
    assert f"{directory} has mode 0755 instead of 0700" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else(machine: Machine) -> None:
    with machine.server():
        [directory] = machine.place.iterdir()
        os.chown(directory, 12345, -1)
        result = machine.command()
        os.chown(directory, os.geteuid(), -1)
    assert result.returncode == 1
    assert f"{directory} belongs to user 12345" in result.stderr


def test_a_server_cannot_open_its_socket(machine: Machine) -> None:
    with machine.server():
        [directory] = machine.place.iterdir()
    directory.mkdir(exist_ok=True)
    directory.chmod(0o755)
    with machine.server():  # says `ready` all the same
        assert machine.sockets() == []


def test_colours_and_terminals(machine: Machine) -> None:
    with machine.server():
        coloured = machine.command("--force-color").stdout
        plain = machine.command("--no-color").stdout
    assert "\x1b[" in coloured
    assert "\x1b[" not in plain


def test_a_terminal_without_unicode(machine: Machine) -> None:
    with machine.server():
        result = machine.command(PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "\n|-- crashed " in result.stdout


def test_a_reader_that_leaves(machine: Machine) -> None:
    with machine.server("2000"):
        command = subprocess.Popen(
            [sys.executable, "-m", "django", "actor_tree"],
            cwd=ROOT,
            env=machine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.readline().startswith("Server process")
        command.stdout.close()
        assert command.stderr.read() == ""
        command.stderr.close()
        assert command.wait(20) == 0


def test_thousands_of_actors(machine: Machine) -> None:
    with machine.server("10000"):
        for options in ([], ["--json"]):
            result = machine.command(*options)
            assert result.returncode == 0
            assert result.stdout.count("idle/") == 10_000


def test_in_process(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `call_command` runs it: errors are raised, output goes where the caller wants it."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(machine.place))
    monkeypatch.setattr(tempfile, "tempdir", str(machine.place))
    with pytest.raises(CommandError, match="No server process"):
        call_command("actor_tree")
    with machine.server():
        call_command("actor_tree")
    assert "crashed" in capsys.readouterr().out


@pytest.fixture
def pretender(machine: Machine) -> Iterator[Callable[[bytes], None]]:
    """Listens in the directory of sockets, and answers every client with the same bytes."""
    with machine.server():
        pass
    [directory] = machine.place.iterdir()
    with contextlib.ExitStack() as stack:

        def pretend(answer: bytes) -> None:
            code = (
                "import socket, sys\n"
                "listener = socket.socket(socket.AF_UNIX)\n"
                "listener.bind(sys.argv[1]); listener.listen(5); print('ready', flush=True)\n"
                "while True:\n"
                "    client, _ = listener.accept()\n"
                f"    if client.recv(9999): client.sendall({answer!r})\n"
                "    client.close()\n"
            )
            process = subprocess.Popen(
                [sys.executable, "-c", code, str(directory / "1.sock")],
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.stdout.close)  # type: ignore[union-attr]
            stack.callback(process.wait)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

        yield pretend


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"", "broke off its answer"),
        (b'{"pid": 1, "act', "broke off its answer"),
        (b"\xff", "broke off its answer"),
        (b"[]", "process 1: []"),
        (b'{"error": "the request is no JSON"}', "process 1: the request is no JSON"),
        (b'{"pid": 1, "format": 99}', "process 1 runs another version of pykka_live"),
    ],
)
def test_bad_answers(
    machine: Machine, pretender: Callable[[bytes], None], answer: bytes, problem: str
) -> None:
    pretender(answer)
    result = machine.command()
    assert result.returncode == 1
    assert problem in result.stderr
    assert "Traceback" not in result.stderr
