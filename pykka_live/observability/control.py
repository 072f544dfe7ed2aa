"""The control socket of a server process: answers questions about it from the same machine.

A client connects, sends one line with a JSON object, `{"command": "tree"}`, and reads one JSON
object until the end of the connection: what the command answers, or `{"error": "..."}`. The answer
of a command that follows something is several of them, each in a line.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import selectors
import socket
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pykka_live.logs import own_logger
from pykka_live.observability.directory import SocketDirectory, listen
from pykka_live.observability.requests import Refused, Request, peer_of
from pykka_live.observability.streams import Slowly, Stream, encoded

__all__ = ["Command", "ControlServer"]

logger = own_logger(__name__)

Answer = Mapping[str, Any] | Iterator[bytes] | Stream
"""An object; one that is encoded bit by bit; or what comes later, or goes on."""

Command = Callable[[Request], Answer]
"""Answers a request, or raises `Refused` for what it cannot answer. It must never wait for an actor
or a loop; one that takes long anyway is to be named as slow, since the control thread carries out
the others. A slow one answers with an object."""

REQUEST_LIMIT = 16 * 1024  # bytes
CONNECTION_LIMIT = 32
TIMEOUT = 5.0  # seconds for the whole request, and between two parts of the answer


class ControlServer:
    """Listens on a Unix socket named by the process id, in the project's private directory.

    One daemon thread serves all connections without blocking on any: who sends nothing, or does
    not read, is dropped after `TIMEOUT` seconds and delays nobody; so is who wants what takes
    longer, unless it is something that goes on. The child of a fork lets go of
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
                listener, path = listen(self._directories(), CONNECTION_LIMIT)
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


class _Connection:
    """A client: what it has sent, and what it still has to get: what is encoded already, the bits
    that follow, and what a stream still tells."""

    __slots__ = (
        *("answer", "bits", "deadline", "is_over", "is_told", "is_understood", "request"),
        *("socket", "stream"),
    )

    def __init__(self, client: socket.socket) -> None:
        self.socket = client
        self.request = bytearray()
        self.answer = memoryview(b"")
        self.bits: Iterator[bytes] = iter(())
        self.stream: Stream | None = None
        self.is_over = True  # whether the stream has told all
        self.is_told = False  # whether it is among those that have something; any thread's
        self.is_understood = False  # whether there was a request
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
        self._listener = listener
        self._inode = path.lstat().st_ino
        self._connections: dict[socket.socket, _Connection] = {}  # oldest first
        self._accept_again: float | None = None
        self._told: deque[_Connection] = deque()  # those whose streams have something; any thread's
        self._wake_up, self._alarm = socket.socketpair()
        self._wake_up.setblocking(False)
        self._alarm.setblocking(False)
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
        for connection in self._connections.values():
            connection.stream = None  # its actor is in another process, too
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
        for key, events in self._selector.select(self._patience()):
            if key.fileobj is self._alarm:
                if not self._alarm.recv(4096):
                    return False
                self._take_told()
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj in self._connections:
                self._serve(self._connections[key.fileobj], events)
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
        moments = [moment for moment in moments if moment != math.inf]
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

    def _serve(self, connection: _Connection, events: int) -> None:
        """Take what a client has sent, or send on what it has still to get."""
        try:
            if not connection.is_understood:
                self._receive(connection)
            elif events & selectors.EVENT_WRITE:
                self._go_on(connection)
            elif not connection.socket.recv(REQUEST_LIMIT):  # it has gone, or says no more
                self._leave(connection)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(connection)

    def _leave(self, connection: _Connection) -> None:
        """End what goes on; let who has only closed its own half wait for the one answer."""
        if connection.stream is not None and not connection.stream.is_one:
            self._drop(connection)
        else:
            self._listen_for(connection, 0)

    def _listen_for(self, connection: _Connection, events: int) -> None:
        """Have the selector look for these events only."""
        if connection.socket in self._selector.get_map():
            self._selector.unregister(connection.socket)
        if events:
            self._selector.register(connection.socket, events)

    def _wake(self, connection: _Connection) -> None:
        """Have a stream looked at. Called from any thread."""
        if not connection.is_told:
            connection.is_told = True
            self._told.append(connection)
            with contextlib.suppress(OSError):  # it is awake as it is, or has ended
                self._wake_up.send(b"!")

    def _take_told(self) -> None:
        while self._told:
            connection = self._told.popleft()
            connection.is_told = False
            if connection.socket in self._connections:
                connection.deadline = time.monotonic() + TIMEOUT
                self._listen_for(connection, selectors.EVENT_WRITE)

    def _go_on(self, connection: _Connection) -> None:
        """Send what there is, or wait for more, or say goodbye."""
        if not connection.answer:
            connection.answer = memoryview(self._next_part(connection))
        if connection.answer:
            connection.deadline = time.monotonic() + TIMEOUT
            sent = connection.socket.send(connection.answer)
            connection.answer = connection.answer[sent:]
        elif connection.is_over:
            self._drop(connection)
        else:
            connection.deadline = time.monotonic() + (connection.stream or Stream).patience
            self._listen_for(connection, selectors.EVENT_READ)

    def _next_part(self, connection: _Connection) -> bytes:
        """Return what is to be sent next; nothing, if there is nothing now."""
        stream = connection.stream
        try:
            if stream is None:
                return next(connection.bits, b"")
            if connection.is_over:
                return b""
            part, connection.is_over = stream.take()
            return part
        except Exception:
            logger.exception("An answer of the control socket failed")
            connection.is_over, connection.bits = True, iter(())
            return b""

    def _receive(self, connection: _Connection) -> None:
        part = connection.socket.recv(REQUEST_LIMIT)
        request = connection.request
        request += part
        if len(request) > REQUEST_LIMIT:
            answer: Answer = {"error": f"requests end after {REQUEST_LIMIT} bytes"}
        elif request and (b"\n" in part or not part):
            answer = self._obey(bytes(request), connection.socket)
        elif not part:
            self._drop(connection)
            return
        else:
            return
        if isinstance(answer, Stream):
            connection.stream, connection.is_over = answer, False
            answer.open(partial(self._wake, connection))
        elif isinstance(answer, Mapping):
            connection.bits = iter((encoded(answer),))
        else:
            connection.bits = answer
        connection.is_understood = True
        self._listen_for(connection, selectors.EVENT_WRITE)

    def _obey(self, line: bytes, client: socket.socket) -> Answer:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"error": "the request is no JSON"}
        if not isinstance(request, dict):
            return {"error": "the request is no JSON object"}
        name = request.get("command")
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            known = ", ".join(sorted(self._commands))
            return {"error": f"the request's command must be one of: {known}"}
        checked = Request(request)
        checked.peer = peer_of(client)
        if name in self._slow:
            carry_out = partial(self._carry_out, command, checked)
            return Slowly(carry_out, f"{self._thread.name} {name}", TIMEOUT)
        return self._carry_out(command, checked)

    def _carry_out(self, command: Command, request: Request) -> Any:
        try:
            return command(request)
        except Refused as error:
            return {"error": str(error)}
        except BaseException as error:  # a user's code may run there
            name = request["command"]
            logger.exception("The control command %s failed", name)
            return {"error": f"{type(error).__name__}: {error}"}

    def _drop(self, connection: _Connection) -> None:
        del self._connections[connection.socket]
        if connection.stream is not None:
            connection.stream.close()
        self._listen_for(connection, 0)
        connection.socket.close()

    def _close_all(self) -> None:
        self._selector.close()
        for client, connection in self._connections.items():
            if connection.stream is not None:
                connection.stream.close()
            client.close()
        self._connections.clear()
        self._listener.close()
        self._alarm.close()
