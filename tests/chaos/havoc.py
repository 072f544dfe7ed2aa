"""Crashes from outside: messages upon which sessions and views fail, thrown at random."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from typing import Any

from pykka_live.actors import ActorError, ActorSystem, Cell
from pykka_live.live.messages import Info, SocketGone

PAUSE = 0.015
"""Seconds between two throws."""


class Escalation(Exception):
    """An error of a view that is its session's business."""


ERRORS: dict[str, type[BaseException]] = {
    error.__name__: error
    for error in (
        *(ValueError, KeyError, StopIteration, Escalation),
        *(SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError),
    )
}


_NOBODY: Any = object()  # no session's socket


class Bomb(SocketGone):
    """Fails the session that looks at it."""

    def __init__(self, error: type[BaseException]) -> None:
        object.__setattr__(self, "error", error)

    def __getattribute__(self, name: str) -> Any:
        if name == "socket":
            raise object.__getattribute__(self, "error")("a bomb")
        return object.__getattribute__(self, name)


class Havoc:
    """A thread that crashes sessions and views until it is told to end.

    Attributes:
        thrown: how many messages were thrown, by what they were thrown at.
    """

    def __init__(self) -> None:
        self.thrown: Counter[str] = Counter()
        self._random = random.Random()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="havoc", daemon=True)

    def begin(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """End; returns when nothing more will be thrown."""
        self._over.set()
        self._thread.join()

    def silent(self) -> list[str]:
        """Wait until all that was thrown has hit: the mail behind it is answered. Return the actors
        that do not answer."""
        # A session that was hit makes new cells for its views, so these come second.
        return [*self._silent("session"), *self._silent("view")]

    def _silent(self, kind: str) -> list[str]:
        silent = []
        nothing: Any = SocketGone(_NOBODY, False) if kind == "session" else Info(None)
        for cell in self._targets():
            if cell.kind == kind:
                try:
                    cell.ask(nothing, 60)
                except ActorError as error:
                    silent.append(f"{cell.path}: {error!r}")
        return silent

    def _run(self) -> None:
        while not self._over.wait(PAUSE):
            cell = self._random.choice(self._targets())
            error = self._random.choice(list(ERRORS))
            if cell.kind == "session":
                message: Any = Bomb(ERRORS[error])
            else:
                message = self._random.choice([Info(error), object()])
            if cell.offer(message):
                self.thrown[cell.kind] += 1

    def _targets(self) -> list[Cell]:
        kinds = ("session", "view")
        return [cell for cell in ActorSystem.default().cells() if cell.kind in kinds]
