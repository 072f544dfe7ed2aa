"""Answers of the control socket that are not ready at once: one that comes later, and many."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from pykka_live.actors import Cell
from pykka_live.observability.recorder import Recorder

__all__ = ["Later", "Messages", "Slowly", "Stream", "encoded"]


def encoded(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as it is sent."""
    return json.dumps(answer, default=str).encode()


class Stream:
    """Objects for a client, each of them a line, until there are no more or the client goes.

    The control thread calls `open`, then `take` whenever `notify` was called, and `close` at last.

    Attributes:
        patience: seconds that the client is kept while there is nothing to take
        is_one: whether it tells one thing only, which who has said all that it has to say waits for
    """

    patience: float = math.inf
    is_one = False
    _wake: Callable[[], object] | None = None

    def open(self, wake: Callable[[], object]) -> None:
        """Begin. `wake` may be called from any thread, and does not block."""
        self._wake = wake
        wake()

    def notify(self) -> None:
        """Tell, from any thread, that there is something to take."""
        if self._wake is not None:
            self._wake()

    def take(self) -> tuple[bytes, bool]:
        """Return what there is to send, and whether that was all."""
        raise NotImplementedError

    def close(self) -> None:
        """The last was sent, or the client has gone."""


class Slowly(Stream):
    """One answer, which a thread works out.

    Args:
        work: does it
        name: the thread's
        patience: seconds that the client waits for it
    """

    is_one = True

    def __init__(self, work: Callable[[], Mapping[str, Any]], name: str, patience: float) -> None:
        self._work = work
        self._name = name
        self.patience = patience
        self._answer = b""

    def open(self, wake: Callable[[], object]) -> None:
        try:
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except RuntimeError as error:  # the system has no thread to give
            self._answer = encoded({"error": str(error)})
        super().open(wake)

    def _run(self) -> None:
        self._answer = encoded(self._work())
        self.notify()

    def take(self) -> tuple[bytes, bool]:
        answer = self._answer
        return answer, bool(answer)


class Later(Stream):
    """One answer, which an actor gives: a reply port.

    Args:
        told: makes the answer of what was replied
    """

    is_one = True

    def __init__(self, told: Callable[[Any], Mapping[str, Any]]) -> None:
        self._told = told
        self._answer: Mapping[str, Any] | None = None

    def set(self, value: Any) -> None:
        """Take the answer."""
        self._answer = self._told(value)
        self.notify()

    def set_exception(self, error: BaseException) -> None:
        """Take the error that stands for the answer."""
        self._answer = {"error": f"{type(error).__name__}: {error}"}
        self.notify()

    def take(self) -> tuple[bytes, bool]:
        answer = self._answer
        return (b"", False) if answer is None else (encoded(answer), True)


class Messages(Stream):
    """The messages of one actor, as they are handled, until it ends.

    The first line says `path`; then each has `entries`, as a `Recorder` notes them, and `lost`, how
    many were too much in between; the last one has `ended`, the reason.
    """

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._head: list[Mapping[str, Any]] = [{"path": cell.path}]
        self._ended: str | None = None
        self._recorder = Recorder(cell, notify=self.notify)
        self._unwatch = cell.watch(self._on_end)

    def _on_end(self, _cell: Cell, reason: str) -> None:
        self._ended = reason
        self.notify()

    def take(self) -> tuple[bytes, bool]:
        ended = self._ended  # before the entries are looked at
        lines, self._head = self._head, []
        entries, lost = self._recorder.take()
        if entries:
            lines.append({"entries": entries, "lost": lost})
        if ended is not None:
            lines.append({"ended": ended})
        return b"".join(encoded(line) + b"\n" for line in lines), ended is not None

    def close(self) -> None:
        self._unwatch()
        self._recorder.close()
