"""An actor that does as it is told."""

from __future__ import annotations

import threading
from typing import Any

from pykka_live.actors import ActorSystem, Backoff, Cell, ChildSpec, SupervisedActor


class Mishap(Exception):
    """What a clerk raises."""


class Clerk(SupervisedActor):
    """Raises an exception that it is sent, waits for an event, and answers all else with itself."""

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        if isinstance(message, threading.Event):
            message.wait(30)
        return message


def start_clerk(system: ActorSystem, id: str, **options: Any) -> Cell:
    """Start a clerk as a child of the root."""
    options = {"backoff": Backoff(0, 0), "kind": "view", **options}
    return system.start_child(ChildSpec(id, Clerk, **options))


class Office:
    """Keeps clerks busy, and knows when they are."""

    def __init__(self, system: ActorSystem) -> None:
        self.system = system
        self.over = threading.Event()

    def occupy(self, cell: Cell) -> None:
        """Have a clerk wait until `over`, and return when it does."""
        began = _Began(self.over)
        cell.tell(began)
        assert began.begun.wait(10)


class _Began(threading.Event):
    """Passes for an event; tells when somebody begins to wait for it."""

    def __init__(self, over: threading.Event) -> None:
        super().__init__()
        self.begun = threading.Event()
        self._over = over

    def wait(self, timeout: float | None = None) -> bool:
        self.begun.set()
        return self._over.wait(timeout)
