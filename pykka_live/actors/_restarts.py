"""Restarts: how many are too many, and the order of those that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from pykka_live.actors._children import Child
from pykka_live.actors._timers import Timer

if TYPE_CHECKING:
    from pykka_live.actors._supervision import Supervision

__all__ = ["Restart", "Restarts", "exceeds"]


def exceeds(window: list[float], now: float, limit: int, seconds: float) -> bool:
    """Enter a restart into a sliding window; whether more than `limit` are now in it."""
    window.append(now)
    while window and window[0] <= now - seconds:
        window.pop(0)
    return len(window) > limit


class Restart:
    """Children that are restarted together.

    Those of them that are up are stopped, the last one first, each after the one before it is down.
    When all are down and the time has come, they are started one after the other in their order. A
    child that is up again leaves.
    """

    __slots__ = ("due", "members", "starting", "timer")

    def __init__(self, members: Iterable[Child], due: float) -> None:
        self.members = dict.fromkeys(members)  # in the order of their start
        self.due = due
        self.starting: set[Child] = set()  # launched, and not yet up
        self.timer: Timer | None = None


class Restarts:
    """The restarts that a supervisor is about; all in its thread. No child is in two of them.

    Thousands of children may fail at once, so a child's restart is found without a search.
    """

    def __init__(self, supervisor: Supervision, clock: Callable[[], float]) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._by_child: dict[Child, Restart] = {}

    def plan(self, members: list[Child], due: float) -> None:
        """Restart `members` at `due` at the earliest, with the restarts they are part of."""
        together, starting = dict.fromkeys(members), set()
        for child in members:
            restart = self._by_child.get(child)
            if restart is not None:
                together.update(restart.members)
                due = max(due, restart.due)
                starting |= restart.starting.difference(members)
                self._drop(restart)
        merged = Restart(sorted(together, key=lambda each: each.order), due)
        merged.starting = starting
        self._by_child.update(dict.fromkeys(merged.members, merged))
        self._step(merged)

    def replace(self, child: Child) -> None:
        """Restart a child now: alone, or with the restart that it is part of. One that has been
        launched, and is not yet up, is stopped again."""
        restart = self._by_child.get(child)
        if restart is None:
            self.plan([child], self._clock())
        else:
            restart.due = self._clock()
            restart.starting.discard(child)
            self._step(restart)

    def started(self, child: Child) -> None:
        """A child is up."""
        restart = self._by_child.get(child)
        if restart is not None and child in restart.starting:
            self._leave(restart, child)
            self._step(restart)

    def down(self, child: Child) -> bool:
        """A child that was to be stopped is down. Returns whether it will be started again."""
        restart = self._by_child.get(child)
        if restart is None:
            return False
        child.cell._state = "restarting"
        self._step(restart)
        return True

    def forget(self, child: Child) -> None:
        """A child is not to be restarted after all."""
        restart = self._by_child.get(child)
        if restart is not None:
            self._leave(restart, child)
            self._step(restart)

    def concern(self, child: Child) -> bool:
        """Whether a child is to be restarted."""
        return child in self._by_child

    def clear(self) -> None:
        """Give all of them up."""
        for restart in list(self._by_child.values()):
            self._drop(restart)

    def _leave(self, restart: Restart, child: Child) -> None:
        restart.starting.discard(child)
        child.cell.backing_off = False
        del restart.members[child]
        del self._by_child[child]

    def _drop(self, restart: Restart) -> None:
        for child in list(restart.members):
            self._leave(restart, child)
        self._cancel(restart)

    def _cancel(self, restart: Restart) -> None:
        if restart.timer is not None:
            restart.timer.cancel()
            restart.timer = None
            for child in restart.members:
                child.cell.backing_off = False

    def _step(self, restart: Restart) -> None:
        """Do the next thing that can be done."""
        self._cancel(restart)
        if not restart.members:
            return
        alive = [c for c in restart.members if c.phase != "down" and c not in restart.starting]
        if alive:
            if alive[-1].phase != "stopping":
                self._supervisor._stop_child(alive[-1], "restart")
            return
        if restart.starting:
            return
        if self._clock() < restart.due:
            restart.timer = self._supervisor._timers.at(restart.due, partial(self._step, restart))
            for child in restart.members:
                child.cell.backing_off = True
            return
        first = next(iter(restart.members))
        restart.starting.add(first)
        self._supervisor._launch(first)
