"""The caretaker: it looks at all sessions now and then, ends those that nobody needs any more, and
reports actors that are busy for long. It asks none of them anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pykka_live.actors import Cell, ChildSpec, SupervisedActor
from pykka_live.conf import live_settings
from pykka_live.live.messages import Expire


@dataclass(frozen=True)
class Sweep:
    """Have the sessions end that have expired. Answered with how many were told."""


@dataclass(frozen=True)
class CheckHealth:
    """Report the actors that are busy, and what the log has left out. Answered with how many were
    busy."""


class Caretaker(SupervisedActor):
    """Sweeps each `CLEANUP_INTERVAL`, and checks the health each `HEALTH_INTERVAL`.

    What is busy is left alone; what is stuck is its supervisor's business (`stuck_timeout`).
    """

    def on_start(self) -> None:
        current = live_settings()
        self.send_interval(current.cleanup_interval, Sweep())
        self.send_interval(current.health_interval, CheckHealth())

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Sweep):
            return self._sweep()
        if isinstance(message, CheckHealth):
            self.cell.system.listeners.log.tell_left_out()
            return len(self.cell.system.report_busy(live_settings().health_timeout))
        return super().on_receive(message)

    def _sweep(self) -> int:
        ttl = live_settings().session_ttl
        told = 0
        for cell in self.cell.system.cells():
            if cell.kind == "session" and is_expired(cell, ttl) and cell.offer(Expire(ttl)):
                told += 1
        return told


def caretaker_spec() -> ChildSpec:
    """Return how the root supervises the caretaker: without it nothing would expire any more, so it
    comes back from whatever ends it, until it has failed for minutes."""
    return ChildSpec(
        "caretaker",
        Caretaker,
        strategy="always",
        max_restarts=100,
        max_seconds=600,
        kind="caretaker",
    )


def is_expired(session: Cell, ttl: float) -> bool:
    """Tell whether a session seems to have expired: it has no open socket, and neither it nor what
    is below it has had a message for `ttl` seconds. Only the session itself can be sure."""
    record = session.data.get("record")  # another's actor may call itself a session
    if record is None or record.socket is not None:
        return False
    since = moment(ttl)
    return record.active < since and all(
        cell.busy_since < since and cell.current is None and not len(cell.mailbox)
        for cell in _below(session)
    )


def _below(cell: Cell) -> Iterator[Cell]:
    for child in list(cell.children.values()):
        yield child
        yield from _below(child)


def moment(ago: float = 0.0) -> int:
    """Return the moment so many seconds ago, as cells note it in `busy_since`."""
    return time.monotonic_ns() - int(ago * 1e9)
