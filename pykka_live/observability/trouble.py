"""What is wrong in a server process right now, as far as its actors are concerned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from pykka_live.actors import ActorSystem, Cell

__all__ = ["troubles"]

LISTED = 200


def troubles(system: ActorSystem) -> dict[str, Any]:
    """Look for what should not be, without asking any actor.

    Returns:
        `pid`, `state` of the system, `actors` (how many live), `count` of the troubles, and
        `troubles`, those of them that are listed: `kind`, `path` and `text`. The kinds:

        - `failing`: it has failed, and waits for its restart
        - `mailbox_full`: the next message finds no room
        - `abandoned`: a thread of an actor that was given up, which still hangs
    """
    cells = system.cells()
    found = [trouble for cell in cells for trouble in _of(cell)]
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


def _of(cell: Cell) -> Iterator[dict[str, str]]:
    error = cell.last_error
    if cell.state in ("failed", "restarting") and error is not None:
        text = f"waits for its restart after {error.type}"
        yield {"kind": "failing", "path": cell.path, "text": text}
    capacity, depth = cell.mailbox.capacity, len(cell.mailbox)
    if capacity is not None and depth >= capacity:
        text = f"{depth} messages wait, of {capacity} for which there is room"
        yield {"kind": "mailbox_full", "path": cell.path, "text": text}
