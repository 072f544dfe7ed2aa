"""Monitors: one actor is told of the end of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pykka_live.actors._envelope import SystemEnvelope
from pykka_live.actors._messages import Down

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._life import CellLife

__all__ = ["Downed", "Monitors"]


class Downed:
    """System mail behind the user mail: the end of a monitored actor."""

    __slots__ = ("down", "monitor")

    def __init__(self, monitor: Monitor, down: Down) -> None:
        self.monitor = monitor
        self.down = down


class Monitor:
    """The wish of one actor to be told of the end of another."""

    __slots__ = ("_owner", "path", "unwatch")

    def __init__(self, owner: CellLife, path: str) -> None:
        self._owner = owner
        self.path = path
        self.unwatch: Callable[[], None] | None = None

    def ended(self, _cell: Cell | None, reason: str) -> None:
        """Send the `Down`, from whatever thread."""
        down = Downed(self, Down(self.path, reason))
        self._owner.mailbox.put_last(SystemEnvelope(down))


class Monitors:
    """What one cell monitors, by path. Used by its current incarnation, and by who ends the cell.

    They belong to the cell, as its mail does: an incarnation that takes over need not ask again,
    and if it does, there still is one `Down`.
    """

    __slots__ = ("_monitors", "_owner")

    def __init__(self, owner: CellLife) -> None:
        self._owner = owner
        self._monitors: dict[str, Monitor] = {}

    def add(self, path: str, target: Cell | None) -> Monitor:
        """Monitor `target`, which is at `path`; None: nothing is there."""
        monitor = self._monitors.get(path)
        if monitor is None:
            monitor = self._monitors[path] = Monitor(self._owner, path)
            if target is None:
                monitor.ended(None, "not found")
            else:
                monitor.unwatch = target.watch(monitor.ended)
        return monitor

    def take(self, monitor: Monitor) -> bool:
        """Whether the `Down` of a monitor is still wanted; it is no longer a monitor then."""
        if self._monitors.get(monitor.path) is not monitor:
            return False
        del self._monitors[monitor.path]
        return True

    def remove(self, monitor: Monitor) -> None:
        """Give a monitor up; its `Down` does not arrive, even if it is on its way."""
        if self.take(monitor) and monitor.unwatch is not None:
            monitor.unwatch()

    def clear(self) -> None:
        """Monitor nothing any more."""
        for monitor in list(self._monitors.values()):
            self.remove(monitor)
