"""Where control sockets are, and whom it is safe to find them with."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pykka_live.observability import ControlError, SocketDirectory
from pykka_live.observability.directory import PATH_LIMIT, is_abandoned, project_digest


@pytest.fixture
def listener(directory: SocketDirectory) -> Iterator[socket.socket]:
    """Listens at the socket of process 4711."""
    directory.make()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory.socket_path(4711)))
        listener.listen(1)
        yield listener


def test_it_is_made_private(directory: SocketDirectory) -> None:
    umask = os.umask(0)
    try:
        directory.make()
    finally:
        os.umask(umask)
    assert directory.path.stat().st_mode & 0o777 == 0o700
    directory.make()


def test_one_that_does_not_exist_is_empty(directory: SocketDirectory) -> None:
    assert list(directory.sockets()) == []
    assert not directory.check()


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_others_may_look_inside(directory: SocketDirectory, mode: int) -> None:
    directory.make()
    directory.path.chmod(mode)
    for use in (directory.make, directory.sweep, lambda: list(directory.sockets())):
        with pytest.raises(ControlError, match=f"mode {mode:04o} instead of 0700"):
            use()


def test_somebody_else_owns_it(directory: SocketDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    directory.make()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(ControlError, match=f"belongs to user {me}, not to user {me + 1}"):
        directory.make()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_somebody_else_really_owns_it(directory: SocketDirectory) -> None:
    directory.make()
    os.chown(directory.path, 12345, -1)
    with pytest.raises(ControlError, match="belongs to user 12345"):
        directory.make()


def test_a_link_is_refused(directory: SocketDirectory) -> None:
    """Even one to a private directory of ours: who made the link can change it."""
    target = directory.path.with_name("target")
    target.mkdir(mode=0o700)
    directory.path.symlink_to(target)
    with pytest.raises(ControlError, match="is not a directory"):
        directory.make()


def test_a_path_that_is_too_long(directory: SocketDirectory) -> None:
    too_long = SocketDirectory(directory.path.with_name("x" * PATH_LIMIT))
    with pytest.raises(OSError, match="Too long"):
        too_long.make()
    assert not too_long.path.exists()


def test_the_longest_path_is_possible(directory: SocketDirectory) -> None:
    room = PATH_LIMIT - len(str(directory.path.parent)) - len("/") - len("/9999999.sock")
    longest = SocketDirectory(directory.path.with_name("x" * room))
    longest.make()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(longest.socket_path(9_999_999)))
    with pytest.raises(OSError, match="Too long"):
        SocketDirectory(directory.path.with_name("x" * (room + 1))).make()


def test_sockets_in_order_of_the_process(directory: SocketDirectory) -> None:
    directory.make()
    for name in ("20.sock", "3.sock", "x.sock", "-1.sock", "4.new", "readme"):
        (directory.path / name).touch()
    assert list(directory.sockets()) == [
        (3, directory.path / "3.sock"),
        (20, directory.path / "20.sock"),
    ]


def test_sweep_leaves_the_living(directory: SocketDirectory, listener: socket.socket) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(directory.socket_path(1234)))
        dead.listen(1)
    directory.sweep()
    assert [pid for pid, _ in directory.sockets()] == [4711]


def test_who_is_busy_is_not_abandoned(directory: SocketDirectory, listener: socket.socket) -> None:
    """Nobody accepts, and the queue of the socket is full."""
    waiting = []
    for _ in range(5):
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        waiting.append(client)
        client.connect_ex(str(directory.socket_path(4711)))
    assert not is_abandoned(directory.socket_path(4711))
    for client in waiting:
        client.close()


class TestCandidates:
    """A server takes the first place; who looks for servers looks into all."""

    def test_runtime_directory_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
        monkeypatch.setattr(tempfile, "tempdir", "/somewhere/tmp")
        paths = [directory.path for directory in SocketDirectory.candidates()]
        assert [path.parent for path in paths] == [Path("/run/user/7"), Path("/somewhere/tmp")]
        assert {path.name for path in paths} == {f"pykka_live-{os.geteuid()}-{project_digest()}"}

    @pytest.mark.parametrize("value", ["", "relative/path", "/somewhere/tmp"])
    def test_only_the_temporary_directory(
        self, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        monkeypatch.setattr(tempfile, "tempdir", "/somewhere/tmp")
        [directory] = SocketDirectory.candidates()
        assert directory.path.parent == Path("/somewhere/tmp")

    def test_no_unix_sockets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(socket, "AF_UNIX")
        with pytest.raises(ControlError, match="no Unix sockets"):
            SocketDirectory.candidates()


def test_each_project_has_its_own_digest(settings: object) -> None:
    digests = {project_digest()}
    for name, value in (
        ("BASE_DIR", "/srv/a"),
        ("BASE_DIR", "/srv/b"),
        ("SECRET_KEY", "another"),
        ("SETTINGS_MODULE", "another.settings"),
    ):
        setattr(settings, name, value)
        digests.add(project_digest())
    assert len(digests) == 5
    assert all(len(digest) == 12 for digest in digests)
