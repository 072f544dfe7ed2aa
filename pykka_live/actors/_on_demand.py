"""What Pykka makes for each actor, made when somebody asks for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

import pykka
from pykka import ActorRef

__all__ = ["OnDemand"]

T = TypeVar("T")


class OnDemand(pykka.ThreadingActor):
    """An actor of Pykka's with another `__init__`.

    An URN costs a system call, in which other threads run; an event and a ref take more memory than
    a mailbox. Most actors are found by their paths, and need none of them.
    """

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.actor_inbox = self._create_actor_inbox()

    @property
    def actor_urn(self) -> str:  # type: ignore[override]
        """What Pykka tells actors apart by."""
        return self._kept("_made_urn", lambda: uuid4().urn)

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]
        """Set when the actor has ended."""
        return self._kept("_made_stopped", threading.Event)

    @property
    def actor_ref(self) -> ActorRef[Any]:
        """What Pykka sends mail with; it does not survive a restart."""
        return self._kept("_made_ref", lambda: ActorRef(self))

    def _kept(self, name: str, make: Callable[[], T]) -> T:
        own = vars(self)
        # Several threads may be the first to ask; all of them get the same.
        made: T = own[name] if name in own else own.setdefault(name, make())
        return made
