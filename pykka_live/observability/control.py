"""The control socket of a server process: answers questions about it from the same machine.

A client connects, sends one line with a JSON object, `{"command": "tree"}`, and reads one JSON
object until the end of the connection: what the command answers, or `{"error": "..."}`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import selectors
import socket
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pykka_live.observability.directory import ControlError, SocketDirectory, is_abandoned

__all__ = ["Command", "ControlServer"]

logger = logging.getLogger(__name__)

Command = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Answers a request. It must never wait for an actor or a loop; one that takes long anyway is to be
named as slow, since the control thread carries out the others."""

REQUEST_LIMIT = 16 * 1024  # bytes
CONNECTION_LIMIT = 32
TIMEOUT = 5.0  # seconds for the whole request, and between two parts of the answer


class ControlServer:
    """Listens on a Unix socket named by the process id, in the project's private directory.

    One daemon thread serves all connections without blocking on any: who sends nothing, or does
    not read, is dropped after `TIMEOUT` seconds and delays nobody; so is who wants what takes
    longer. The child of a fork lets go of
    the socket, which stays its parent's, and may `open` its own.

    `_lock` guards which service runs. Everything of a service belongs to its thread.

    Args:
        commands: what can be asked for, by name
        directories: where the socket may be made; the first possible place is taken
        slow: which of the commands are carried out in a thread for each request, so that nobody
            else waits for them
    """

    _all: weakref.WeakSet[ControlServer] = weakref.WeakSet()

    def __init__(
        self,
        commands: Mapping[str, Command],
        directories: Callable[[], list[SocketDirectory]] = SocketDirectory.candidates,
        slow: tuple[str, ...] = (),
    ) -> None:
        self._commands = commands
        self._slow = slow
        self._directories = directories
        self._lock = threading.Lock()
        self._service: _Service | None = None
        ControlServer._all.add(self)

    @property
    def path(self) -> Path | None:
        """Where the socket is, or None while it is not open."""
        service = self._service
        return None if service is None else service.path

    def open(self) -> Path:
        """Listen, if it does not yet, and remove sockets that dead processes left.

        Returns:
            where the socket is

        Raises:
            ControlError: there is no place for it, or the place cannot be trusted
        """
        with self._lock:
            if self._service is None:
                listener, path = _listen(self._directories())
                self._service = _Service(listener, path, self._commands, self._slow)
                atexit.register(self.close)
            return self._service.path

    def close(self) -> None:
        """Stop listening and remove the socket. Does nothing when it is not open."""
        atexit.unregister(self.close)
        with self._lock:
            service, self._service = self._service, None
        if service is not None:
            service.stop()

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        service, self._service = self._service, None
        if service is not None:
            service.let_go()


def _after_fork_in_child() -> None:
    for server in list(ControlServer._all):
        server._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _listen(directories: list[SocketDirectory]) -> tuple[socket.socket, Path]:
    """Listen in the first directory in which that is possible."""
    problems = []
    for directory in directories:
        try:
            directory.make()
            directory.sweep()
            return _listen_at(directory.socket_path(os.getpid()))
        except OSError as error:
            problems.append(f"{directory.path}: {error.strerror or error}")
    raise ControlError(f"There is no place for the control socket. {'; '.join(problems)}")


def _listen_at(path: Path) -> tuple[socket.socket, Path]:
    if path.exists() and not is_abandoned(path):
        raise ControlError(f"{path} is in use by another server.")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unfinished = path.with_suffix(".new")
    try:
        unfinished.unlink(missing_ok=True)
        listener.bind(str(unfinished))
        listener.listen(CONNECTION_LIMIT)
        listener.setblocking(False)
        # Only now does it get its name, so that whoever finds it can connect.
        unfinished.rename(path)
    except BaseException:
        listener.close()
        raise
    return listener, path


class _Connection:
    """A client: what it has sent, whether that is being answered, and what it still has to get."""

    __slots__ = ("answer", "deadline", "is_waiting", "request", "socket")

    def __init__(self, client: socket.socket) -> None:
        self.socket = client
        self.request = bytearray()
        self.answer = memoryview(b"")
        self.is_waiting = False
        self.deadline = time.monotonic() + TIMEOUT


class _Service:
    """A listening socket, its connections, and the thread that serves them."""

    def __init__(
        self,
        listener: socket.socket,
        path: Path,
        commands: Mapping[str, Command],
        slow: tuple[str, ...],
    ) -> None:
        self.path = path
        self._commands = commands
        self._slow = slow
        self._finished: deque[tuple[_Connection, bytes]] = deque()  # by the slow commands' threads
        self._listener = listener
        self._inode = path.lstat().st_ino
        self._connections: dict[socket.socket, _Connection] = {}  # oldest first
        self._accept_again: float | None = None
        self._wake_up, self._alarm = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._alarm, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="pykka_live control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and remove the socket, unless somebody else's has taken its place."""
        with contextlib.suppress(OSError):
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()
        self._wake_up.close()
        if self._thread is not threading.current_thread():
            self._thread.join(TIMEOUT)

    def let_go(self) -> None:
        """Close this process's copies, and nothing more; the thread is in another process."""
        self._wake_up.close()
        self._close_all()

    def _run(self) -> None:
        try:
            while self._turn():
                pass
        except Exception:
            logger.exception("The control socket %s failed", self.path)
        finally:
            self._close_all()

    def _turn(self) -> bool:
        """Serve whoever is ready. False when the service is to end."""
        for key, _ in self._selector.select(self._patience()):
            if key.fileobj is self._alarm:
                if not self._alarm.recv(REQUEST_LIMIT):
                    return False
                self._send_finished()
            elif key.fileobj is self._listener:
                self._accept()
            elif key.fileobj in self._connections:
                self._serve(self._connections[key.fileobj])
        now = time.monotonic()
        for connection in list(self._connections.values()):
            if connection.deadline <= now:
                self._drop(connection)
        if self._accept_again is not None and self._accept_again <= now:
            self._accept_again = None
            self._selector.register(self._listener, selectors.EVENT_READ)
        return True

    def _patience(self) -> float | None:
        """Return the seconds until the next deadline."""
        moments = [connection.deadline for connection in self._connections.values()]
        if self._accept_again is not None:
            moments.append(self._accept_again)
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # the process has no file descriptors left
            logger.warning("The control socket cannot accept: %s", error)
            self._selector.unregister(self._listener)
            self._accept_again = time.monotonic() + 1.0
            return
        client.setblocking(False)
        if len(self._connections) >= CONNECTION_LIMIT:
            self._drop(next(iter(self._connections.values())))
        self._connections[client] = _Connection(client)
        self._selector.register(client, selectors.EVENT_READ)

    def _serve(self, connection: _Connection) -> None:
        """Take what a client has sent, or send on what it has still to get."""
        try:
            if connection.answer:
                self._send(connection)
            else:
                self._receive(connection)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(connection)

    def _receive(self, connection: _Connection) -> None:
        part = connection.socket.recv(REQUEST_LIMIT)
        request = connection.request
        request += part
        if len(request) > REQUEST_LIMIT:
            self._reply(connection, {"error": f"requests end after {REQUEST_LIMIT} bytes"})
        elif request and (b"\n" in part or not part):
            self._obey(connection, bytes(request))
        elif not part:
            self._drop(connection)

    def _obey(self, connection: _Connection, line: bytes) -> None:
        """Carry out what a client wants, or have it carried out."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            self._reply(connection, {"error": "the request is no JSON"})
            return
        if not isinstance(request, dict):
            self._reply(connection, {"error": "the request is no JSON object"})
        elif request.get("command") not in self._slow:
            self._reply(connection, self._answer(request))
        else:
            self._selector.unregister(connection.socket)
            connection.is_waiting = True
            connection.deadline = time.monotonic() + TIMEOUT
            obey = threading.Thread(
                target=self._obey_slowly,
                args=(connection, request),
                name=f"{self._thread.name} {request['command']}",
                daemon=True,
            )
            try:
                obey.start()
            except RuntimeError as error:  # the system has no thread to give
                self._finish(connection, _encoded({"error": str(error)}))

    def _obey_slowly(self, connection: _Connection, request: Mapping[str, Any]) -> None:
        self._finished.append((connection, _encoded(self._answer(request))))
        with contextlib.suppress(OSError):  # the service has ended
            self._wake_up.send(b"\0")

    def _send_finished(self) -> None:
        while self._finished:
            connection, answer = self._finished.popleft()
            if connection.socket in self._connections:  # else it took too long
                self._finish(connection, answer)

    def _finish(self, connection: _Connection, answer: bytes) -> None:
        connection.is_waiting = False
        self._selector.register(connection.socket, selectors.EVENT_WRITE)
        connection.answer = memoryview(answer)
        connection.deadline = time.monotonic() + TIMEOUT

    def _reply(self, connection: _Connection, answer: Mapping[str, Any]) -> None:
        connection.answer = memoryview(_encoded(answer))
        self._selector.modify(connection.socket, selectors.EVENT_WRITE)
        self._send(connection)

    def _send(self, connection: _Connection) -> None:
        connection.deadline = time.monotonic() + TIMEOUT
        sent = connection.socket.send(connection.answer)
        connection.answer = connection.answer[sent:]
        if not connection.answer:
            self._drop(connection)

    def _answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        name = request.get("command")
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            known = ", ".join(sorted(self._commands))
            return {"error": f"the request's command must be one of: {known}"}
        try:
            return command(request)
        except BaseException as error:  # a user's code may run there
            logger.exception("The control command %s failed", name)
            return {"error": f"{type(error).__name__}: {error}"}

    def _drop(self, connection: _Connection) -> None:
        del self._connections[connection.socket]
        if not connection.is_waiting:
            self._selector.unregister(connection.socket)
        connection.socket.close()

    def _close_all(self) -> None:
        self._selector.close()
        for client in self._connections:
            client.close()
        self._connections.clear()
        self._listener.close()
        self._alarm.close()


def _encoded(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer, default=str).encode()
