"""One life of an actor: a thread, and the right to act for the cell."""

from __future__ import annotations

import ctypes
import logging
import threading
from typing import TYPE_CHECKING

from pykka_live.actors._current import current
from pykka_live.actors._errors import Fenced, Killed
from pykka_live.actors._messages import Exit

if TYPE_CHECKING:
    from pykka_live.actors._actor import SupervisedActor
    from pykka_live.actors._cell import Cell

__all__ = ["Incarnation"]

logger = logging.getLogger("pykka_live.actors")


class Incarnation:
    """The thread that runs one instance of an actor.

    It acts for its cell as long as `cell._incarnation is self`, which is read and written under the
    cell's lock. `given_up` is set when it is fenced while its thread still runs.
    """

    __slots__ = ("actor", "cell", "ended", "given_up", "number", "receiver", "thread")

    def __init__(self, cell: Cell, number: int) -> None:
        self.cell = cell
        self.number = number
        self.receiver = cell.mailbox.attach()
        self.actor: SupervisedActor | None = None
        self.ended = False  # guarded by the cell's lock
        self.given_up = False
        self.thread = threading.Thread(target=self._main, name=f"{cell.path}#{number}", daemon=True)

    def start(self) -> None:
        """Start the thread. Raises RuntimeError when the system has no thread to give."""
        self.thread.start()

    def _main(self) -> None:
        current.set(self)
        exit = Exit("failed")
        try:
            exit = self._live()
        except Fenced:
            pass
        except BaseException as error:
            exit = Exit("failed", error)
        finally:
            self.actor = None
            try:
                self.cell._incarnation_ended(self, exit)
            except Killed:  # it came late, and comes once only
                self.cell._incarnation_ended(self, exit)

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
            self.cell._record_failure(error, None)
            raise
        self.actor = actor
        actor._actor_loop()
        assert actor._exit is not None
        return actor._exit

    def interrupt(self) -> None:
        """Raise `Killed` in the thread, at its next Python instruction.

        The caller holds the cell's lock.
        """
        ident = self.thread.ident
        if not self.ended and ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(ident), ctypes.py_object(Killed)
            )
