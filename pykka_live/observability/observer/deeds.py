"""What the buttons of the page do to an actor, of this process or of another."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any

from pykka_live.live.system import actor_system
from pykka_live.observability import interventions
from pykka_live.observability.inspection import ActorNotFound
from pykka_live.observability.interventions import InterventionRefused
from pykka_live.observability.observer.rows import short
from pykka_live.observability.observer.watch import Watch
from pykka_live.observability.processes import NoAnswer

__all__ = ["DEEDS", "Deed", "Done"]

DEEDS = {"restart": interventions.restart, "stop": interventions.stop}
PATIENCE = 60.0  # seconds for another process to have done it
DONE = {"restart": "has been restarted", "stop": "has been stopped"}


@dataclass(frozen=True)
class Done:
    """How it ended, for the page that asked for it."""

    text: str
    failed: bool = False


@dataclass(frozen=True)
class Deed:
    """A restart or a stop that somebody has confirmed.

    Attributes:
        what: one of `DEEDS`
        pid: the process
        path: the actor's
        by, reason: who wants it, and why; for the log
        page: the path of the page that is told how it ended
    """

    what: str
    pid: int
    path: str
    by: str
    reason: str
    page: str

    def begin(self, watch: Watch) -> Done | None:
        """Have it done, without waiting for it.

        Returns:
            None, if the page will be told by a `Done`; or at once why it cannot be
        """
        if self.pid != os.getpid():
            name = f"pykka_live {self.what}"
            threading.Thread(target=self._ask, args=(watch,), name=name, daemon=True).start()
            return None
        try:
            DEEDS[self.what](
                actor_system(), self.path, self.by, self.reason, reply=_Answer(self, watch)
            )
        except (ActorNotFound, InterventionRefused) as error:
            return Done(str(error), failed=True)
        return None

    def _ask(self, watch: Watch) -> None:
        try:
            watch.ask_to(
                *(self.pid, self.what, PATIENCE), path=self.path, by=self.by, reason=self.reason
            )
        except NoAnswer as error:
            self.tell(watch, Done(str(error), failed=True))
        else:
            self.tell(watch, self.done())

    def done(self) -> Done:
        """Return that it went well."""
        return Done(f"{short(self.path)} {DONE[self.what]}.")

    def tell(self, watch: Watch, done: Done) -> None:
        """Tell the page."""
        watch.tell(self.page, done)


class _Answer:
    """A reply port: tells the page."""

    def __init__(self, deed: Deed, watch: Watch) -> None:
        self._deed = deed
        self._watch = watch

    def set(self, value: Any) -> None:
        self._deed.tell(self._watch, self._deed.done())

    def set_exception(self, error: BaseException) -> None:
        text = f"{short(self._deed.path)}: {type(error).__name__}: {error}"
        self._deed.tell(self._watch, Done(text, failed=True))
