"""What tests of stuck handlers share: time that jumps, and what hangs."""

from __future__ import annotations

import time

from pykka_live.actors import Cell, Ping
from tests.live.troubled import open_gate, wait_at
from tests.live.views import calls
from tests.tab import until

STUCK = 1000
"""Seconds, which only pass when a test says so."""


class Clock:
    """Goes on as the real one does, and jumps ahead."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead

    def jump(self, cell: Cell) -> None:
        """Let the time pass after which an actor is stuck that is busy now."""
        assert cell.parent is not None
        cell.busy_since -= STUCK * 10**9
        self.ahead += STUCK
        cell.parent.post(Ping())  # it looks at its timers


class Hang(Exception):
    """Hangs at the moment at which it is raised."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        wait_at("hang")


def only(actors, kind):
    (cell,) = [cell for cell in actors.cells() if cell.kind == kind]
    return cell


async def the_old_thread_is_done(actors):
    open_gate("hang")
    await until(lambda: calls["gone on"] and not actors.abandoned())
