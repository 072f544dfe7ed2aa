"""Live sessions in place: instead of threads of their own, they have worker threads of the event
loop with their socket, one at a time and for as long as there is something to do."""

from __future__ import annotations

import asyncio
import weakref
from contextvars import Context
from typing import Any

from pykka_live.actors import ActorSystem, Cell, ChildSpec, InPlace, Root
from pykka_live.live.system import actor_system
from pykka_live.logs import own_logger

logger = own_logger(__name__)


class Host:
    """The actor system of one session in place, and who drives it. Must be made on an event loop.

    The system is a part of the process's: the session has its usual path there.
    """

    def __init__(self) -> None:
        whole = actor_system()
        self._loop = asyncio.get_running_loop()
        self.system = ActorSystem(
            Root,
            dispatcher=lambda: InPlace(self._arrange, clock=whole.clock),
            part_of=whole,
            clock=whole.clock,
        )

    async def start(self, spec: ChildSpec) -> Cell:
        """Start the session. The system ends with it.

        Raises:
            ChildExists: if there is a session of that id, in place or not.
            ActorStopped: if the process is shutting down.
        """
        try:
            cell = await self.system.start_child_async(spec)
            root = self.system.root
        except BaseException:
            if self.system.state == "running":
                self.system.root.stop()
            raise
        cell.data["host"] = self
        cell.watch(lambda _ended, reason: root.stop(reason))
        return cell

    def move_here(self) -> None:
        """Have worker threads of the running event loop from now on, if the other has ended."""
        if not self._loop.is_running():
            self._loop = asyncio.get_running_loop()
            self._drive()

    def _arrange(self, seconds: float) -> None:
        """Have the system driven in so many seconds. For any thread."""
        try:
            # Not in the context of an actor: the loop is not part of it.
            self._loop.call_soon_threadsafe(self._plan, seconds, context=Context())
        except RuntimeError:
            if not self._loop.is_closed():  # no stack is left
                raise
            # The tab's next socket has another loop; and the shutdown drives by itself.

    def _plan(self, seconds: float) -> None:
        if seconds > 0.0:
            self._loop.call_later(seconds, _drive, weakref.ref(self))
        else:
            self._drive()

    def _drive(self) -> None:
        try:
            driving = self._loop.run_in_executor(None, self.system.drive)
        except RuntimeError:  # the loop is ending
            return
        driving.add_done_callback(_driven)


def _drive(host: weakref.ref[Host]) -> None:
    """Drive, unless the session has gone meanwhile: a timer must not keep it alive."""
    alive = host()
    if alive is not None:
        alive._drive()


def _driven(driving: asyncio.Future[Any]) -> None:
    if not driving.cancelled() and driving.exception() is not None:
        logger.error("A session in place could not be driven", exc_info=driving.exception())
