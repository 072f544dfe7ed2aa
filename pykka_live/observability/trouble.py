"""What is wrong in a server process right now, with its actors and the event loop before them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from pykka_live.actors import ActorSystem, Cell
from pykka_live.actors._messages import message_name
from pykka_live.conf import live_settings
from pykka_live.observability.terms import LATE
from pykka_live.observability.wording import age
from pykka_live.transport import heartbeat

__all__ = ["troubles"]

LISTED = 200


def troubles(system: ActorSystem) -> dict[str, Any]:
    """Look for what should not be, without asking any actor.

    Returns:
        `pid`, `state` of the system, `actors` (how many live), `count` of the troubles, and
        `troubles`, those of them that are listed: `kind`, `path` (empty for the process itself)
        and `text`. The kinds:

        - `event_loop`: an event loop that serves sockets hangs
        - `draining`: the actors are being stopped, or have been
        - `failing`: it has failed, and waits for its restart
        - `busy`: it has been on one message, or on its start, for longer than `HEALTH_TIMEOUT`
        - `mailbox_full`: the next message finds no room
        - `abandoned`: a thread of an actor that was given up, which still hangs
    """
    cells = system.cells()
    patience = live_settings().health_timeout
    found = list(_of_process(system))
    found += [trouble for cell in cells for trouble in _of(cell, patience)]
    found += [
        {"kind": "abandoned", "path": name.rpartition("#")[0], "text": "its thread hangs"}
        for name in system.abandoned()
    ]
    return {
        "pid": os.getpid(),
        "state": system.state,
        "actors": len(cells),
        "count": len(found),
        "troubles": found[:LISTED],
    }


def _of_process(system: ActorSystem) -> Iterator[dict[str, str]]:
    overdue = heartbeat.overdue()
    if overdue >= LATE:
        text = f"the event loop hangs for {age(overdue)}"
        yield {"kind": "event_loop", "path": "", "text": text}
    if system.state in ("stopping", "stopped"):
        yield {"kind": "draining", "path": "", "text": f"the actor system is {system.state}"}


def _of(cell: Cell, patience: float) -> Iterator[dict[str, str]]:
    busy, current = cell._busy_seconds(), cell.current
    if busy > patience:
        what = "its start" if current is None else message_name(current.message)
        text = f"{what} takes {age(busy)} so far"
        yield {"kind": "busy", "path": cell.path, "text": text}
    error = cell.last_error
    if cell.state in ("failed", "restarting") and error is not None:
        text = f"waits for its restart after {error.type}"
        yield {"kind": "failing", "path": cell.path, "text": text}
    capacity, depth = cell.mailbox.capacity, len(cell.mailbox)
    if capacity is not None and depth >= capacity:
        text = f"{depth} messages wait, of {capacity} for which there is room"
        yield {"kind": "mailbox_full", "path": cell.path, "text": text}
