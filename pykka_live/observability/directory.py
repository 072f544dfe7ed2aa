"""The private directories in which server processes of a project leave their control sockets."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

__all__ = ["ControlError", "SocketDirectory", "is_abandoned", "listen", "project_digest"]

PATH_LIMIT = 103
"""Bytes in the path of a Unix socket: Linux takes 107, macOS and the BSDs take 103."""

SUFFIX = ".sock"


class ControlError(Exception):
    """The control socket cannot be opened, or cannot be trusted. The message says why."""


class SocketDirectory:
    """A directory that only one user can look into, with a socket for each server process.

    It is made when it is first needed. One that exists must belong to this user and be closed to
    all others; else it is refused, because anybody may make a directory under `/tmp`.

    Args:
        path: where it is; the parent must exist
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"SocketDirectory({str(self.path)!r})"

    @classmethod
    def candidates(cls) -> list[SocketDirectory]:
        """Return where sockets of this project and this user may be, the best place first.

        A server uses the first in which it can make one. Whoever looks for servers looks into all,
        because the server and the shell of its administrator may differ in `XDG_RUNTIME_DIR`.

        Raises:
            ControlError: this system has no Unix sockets
        """
        if not hasattr(socket, "AF_UNIX") or not hasattr(os, "geteuid"):
            raise ControlError("This operating system has no Unix sockets.")
        name = f"pykka_live-{os.geteuid()}-{project_digest()}"
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        parents = [Path(runtime)] if os.path.isabs(runtime) else []
        parents.append(Path(tempfile.gettempdir()))
        return [cls(parent / name) for parent in dict.fromkeys(parents)]

    def socket_path(self, pid: int) -> Path:
        """Return the path of the socket of a process."""
        return self.path / f"{pid}{SUFFIX}"

    def sockets(self) -> Iterator[tuple[int, Path]]:
        """Return the process id and the path of each socket in it; none if it is not there.

        Raises:
            ControlError: it is not private
        """
        if self.check():
            pids = (path.stem for path in self.path.glob(f"*{SUFFIX}"))
            for pid in sorted(int(pid) for pid in pids if pid.isdecimal()):
                yield pid, self.socket_path(pid)

    def make(self) -> None:
        """Make it, unless it is there.

        Raises:
            OSError: it cannot be made there, or its path is too long for sockets
            ControlError: it is not private
        """
        if len(os.fsencode(self.socket_path(9_999_999))) > PATH_LIMIT:
            raise OSError(errno.ENAMETOOLONG, "Too long for a Unix socket", str(self.path))
        with contextlib.suppress(FileExistsError):
            self.path.mkdir(mode=0o700)
        self.check()

    def check(self) -> bool:
        """Tell whether it is there.

        Raises:
            ControlError: it is there, but somebody else owns it or may look into it
        """
        try:
            found = self.path.lstat()
        except OSError:
            return False
        advice = "Nothing in it can be trusted; remove it."
        if not stat.S_ISDIR(found.st_mode):
            raise ControlError(f"{self.path} is not a directory. {advice}")
        if found.st_uid != os.geteuid():
            raise ControlError(
                f"{self.path} belongs to user {found.st_uid}, not to user {os.geteuid()}. {advice}"
            )
        mode = stat.S_IMODE(found.st_mode)
        if mode & 0o077:
            raise ControlError(f"{self.path} has mode {mode:04o} instead of 0700. {advice}")
        return True

    def sweep(self) -> None:
        """Remove the sockets that dead processes left.

        Raises:
            ControlError: it is not private
        """
        for _, path in self.sockets():
            if is_abandoned(path):
                path.unlink(missing_ok=True)


def is_abandoned(path: Path) -> bool:
    """Tell whether nobody listens at a Unix socket any more. One that listens but is slow does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False


def listen(directories: list[SocketDirectory], queue: int) -> tuple[socket.socket, Path]:
    """Listen in the first directory in which that is possible, and sweep it before.

    Args:
        directories: the best place first
        queue: how many clients may wait to be accepted

    Returns:
        the socket, which does not block; and where it is, named by the process id

    Raises:
        ControlError: there is no place for it, or the place cannot be trusted
    """
    problems = []
    for directory in directories:
        try:
            directory.make()
            directory.sweep()
            return _listen_at(directory.socket_path(os.getpid()), queue)
        except OSError as error:
            problems.append(f"{directory.path}: {error.strerror or error}")
    raise ControlError(f"There is no place for the control socket. {'; '.join(problems)}")


def _listen_at(path: Path, queue: int) -> tuple[socket.socket, Path]:
    if path.exists() and not is_abandoned(path):
        raise ControlError(f"{path} is in use by another server.")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unfinished = path.with_suffix(".new")
    try:
        unfinished.unlink(missing_ok=True)
        listener.bind(str(unfinished))
        listener.listen(queue)
        listener.setblocking(False)
        # Only now does it get its name, so that whoever finds it can connect.
        unfinished.rename(path)
    except BaseException:
        listener.close()
        raise
    return listener, path


def project_digest() -> str:
    """Return a short name for this project: its settings module, its place and its secret key."""
    module = getattr(settings, "SETTINGS_MODULE", "") or ""
    base = str(getattr(settings, "BASE_DIR", ""))
    digest = salted_hmac("pykka_live.control", f"{module}\0{base}", algorithm="sha256")
    return digest.hexdigest()[:12]
