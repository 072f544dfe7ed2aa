"""One life of an actor: a thread, and the right to act for the cell."""

from __future__ import annotations

import threading
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING

from pykka_live.actors._current import current
from pykka_live.actors._errors import Fenced, Killed
from pykka_live.actors._interrupt import interrupt
from pykka_live.actors._messages import Exit

if TYPE_CHECKING:
    from pykka_live.actors._actor import SupervisedActor
    from pykka_live.actors._cell import Cell

__all__ = ["Incarnation"]


class Incarnation:
    """One instance of an actor, and the thread that it has for its life.

    It acts for its cell as long as `cell._incarnation is self`, which is read and written under the
    cell's lock. `given_up` is set when it is fenced while its thread still runs; such a thread, and
    one whose actor failed, is not used again.
    """

    __slots__ = (
        "actor",
        "cell",
        "ended",
        "given_up",
        "interrupted",
        "number",
        "receiver",
        "thread",
    )

    def __init__(self, cell: Cell, number: int) -> None:
        self.cell = cell
        self.number = number
        self.receiver = cell.mailbox.attach()
        self.actor: SupervisedActor | None = None
        self.ended = False  # guarded by the cell's lock
        self.given_up = False
        self.interrupted = False
        self.thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The name of its thread."""
        return f"{self.cell.path}#{self.number}"

    def start(self) -> None:
        """Begin to live. Raises RuntimeError when the system has no thread to give."""
        # In a context of its own, as in a new thread.
        self.cell.system.threads.run(partial(Context().run, self._main), self.name)

    def _main(self) -> bool:
        """Live. Returns whether the thread may be used again."""
        current.set(self)
        self.thread = threading.current_thread()
        exit = Exit("failed")
        try:
            self._check()
            exit = self._live()
        except BaseException as error:  # what is fenced off does not count, and is not told of
            exit = Exit("failed", error)
        finally:
            self.actor = None
            try:
                self.cell._incarnation_ended(self, exit)
            except Killed:  # it came late, and comes once only
                self.cell._incarnation_ended(self, exit)
        return exit.error is None and not self.given_up

    def _live(self) -> Exit:
        from pykka_live.actors._actor import SupervisedActor

        try:
            actor = self.cell.spec.start()
            if not isinstance(actor, SupervisedActor):
                raise TypeError(
                    f"{self.cell.path}: start must return a SupervisedActor, not {actor!r}"
                )
            actor._bind(self)
        except BaseException as error:
            self._check()
            self.cell._record_failure(error, None)
            raise
        self.actor = actor
        actor._actor_loop()
        assert actor._exit is not None
        return actor._exit

    def _check(self) -> None:
        """Raise `Fenced` when another incarnation has taken over."""
        with self.cell._lock:
            if self.cell._incarnation is not self:
                raise Fenced

    def interrupt(self) -> bool:
        """Raise `Killed` in the thread, once, if it is at a place where that does no harm.

        Returns:
            whether there is nothing more to do; else it is to be tried again
        """
        with self.cell._lock:
            if self.ended or self.thread is None:  # before its first step it stops by itself
                return True
            return interrupt(self.thread.ident or 0, Killed)
