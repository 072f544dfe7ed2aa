"""The server processes of this project on this machine, as another process sees them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pykka_live.observability.directory import ControlError, SocketDirectory, is_abandoned

__all__ = ["NoAnswer", "NotInTime", "ServerProcess", "ask_all", "server_processes"]

TIMEOUT = 10.0
AT_ONCE = 64  # processes that are asked at the same time


class NoAnswer(ControlError):
    """A server process did not answer, or answered with an error."""


class NotInTime(NoAnswer):
    """A server process did not answer in time."""


@dataclass(frozen=True)
class ServerProcess:
    """A server process that can be asked over its control socket."""

    pid: int
    path: Path

    def ask(self, command: str, timeout: float = TIMEOUT, **arguments: Any) -> dict[str, Any]:
        """Send a command and return the answer.

        Args:
            command: such as `tree`
            timeout: seconds for all of it
            arguments: what goes with the command; must be JSON

        Raises:
            NoAnswer: there was no answer in time, or it was an error
        """
        deadline = time.monotonic() + timeout
        with self._troubles(timeout), socket.socket(socket.AF_UNIX) as connection:
            self._send(connection, deadline, timeout, {"command": command, **arguments})
            parts = []
            while True:
                connection.settimeout(max(0.001, deadline - time.monotonic()))
                part = connection.recv(1 << 16)
                if not part:
                    break
                parts.append(part)
            answer = json.loads(b"".join(parts))
        return self._checked(answer)

    def follow(
        self, command: str, timeout: float = TIMEOUT, **arguments: Any
    ) -> Iterator[dict[str, Any]]:
        """Send a command that follows something, and yield what is told until it is over.

        Args:
            command, arguments: as for `ask`
            timeout: seconds to the first answer; there may be any time between the others

        Raises:
            NoAnswer: as `ask`; also when the process ends before it has said that it is over
        """
        deadline = time.monotonic() + timeout
        with self._troubles(timeout), socket.socket(socket.AF_UNIX) as connection:
            self._send(connection, deadline, timeout, {"command": command, **arguments})
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            told: dict[str, Any] = {}
            with connection.makefile("rb") as lines:
                for line in lines:
                    told = self._checked(json.loads(line))
                    yield told
                    connection.settimeout(None)
            if "ended" not in told:
                raise NoAnswer(f"process {self.pid} has ended, or let go of us")

    @contextlib.contextmanager
    def _troubles(self, timeout: float) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, BlockingIOError):
            raise NotInTime(f"process {self.pid} does not answer within {timeout:.3g} s") from None
        except OSError as error:
            raise NoAnswer(f"process {self.pid}: {error.strerror or error}") from error
        except ValueError as error:
            raise NoAnswer(f"process {self.pid} broke off its answer") from error

    def _send(
        self, connection: socket.socket, deadline: float, timeout: float, request: dict[str, Any]
    ) -> None:
        # A connect with a Python timeout would not wait where the queue is full.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(timeout))
        connection.connect(str(self.path))
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        connection.sendall(json.dumps(request).encode() + b"\n")

    def _checked(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict) or "error" in answer:
            problem = answer["error"] if isinstance(answer, dict) else answer
            raise NoAnswer(f"process {self.pid}: {problem}")
        return answer


def server_processes(
    directories: Callable[[], Iterable[SocketDirectory]] = SocketDirectory.candidates,
) -> list[ServerProcess]:
    """Find the server processes of this project, and remove the sockets of dead ones.

    Raises:
        ControlError: a directory is not private, or this system has no Unix sockets
    """
    found = []
    for directory in directories():
        for pid, path in directory.sockets():
            if is_abandoned(path):
                path.unlink(missing_ok=True)
            else:
                found.append(ServerProcess(pid, path))
    return found


def ask_all(
    processes: list[ServerProcess], command: str, timeout: float = TIMEOUT, **arguments: Any
) -> list[dict[str, Any] | NoAnswer]:
    """Ask all processes at the same time, so that one which hangs delays the others' answers once.

    All have to answer by the same moment, however many there are. A socket of a dead process which
    something else still holds open is removed.

    Returns:
        for each process its answer, or the error that stands for it
    """
    deadline = time.monotonic() + timeout

    def ask(process: ServerProcess) -> dict[str, Any] | NoAnswer:
        try:
            left = max(0.001, deadline - time.monotonic())
            return process.ask(command, left, **arguments)
        except NoAnswer as error:
            if not _lives(process.pid):
                process.path.unlink(missing_ok=True)
            return error

    if not processes:
        return []
    with ThreadPoolExecutor(min(len(processes), AT_ONCE)) as pool:
        return list(pool.map(ask, processes))


def _timeval(seconds: float) -> bytes:
    """Return what the operating system takes for a time-out."""
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
