"""Logs what becomes of sessions, views and components, for those who look for a single tab."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Literal

from pykka_live.logs import own_logger

if TYPE_CHECKING:
    from pykka_live.actors import Cell

logger = own_logger("pykka_live.lifecycle")

What = Literal[
    "session_opened",
    "session_ended",
    "view_mounted",
    "view_joined",
    "view_rejoined",
    "view_ended",
    "component_created",
    "component_removed",
    "drain_begun",
    "drain_ended",
]

LEVELS: dict[What, int] = {"component_created": logging.DEBUG, "component_removed": logging.DEBUG}
"""Pages may have thousands of components; all else is INFO."""


def log(
    what: What,
    cell: Cell | None,
    detail: str = "",
    *,
    ref: int | None = None,
    duration: float | None = None,
    **more: Any,
) -> None:
    """Log that something has happened to an actor, or, without one, to all of them.

    Args:
        what: becomes the `event` of the record.
        detail: how or why; becomes the `reason`.
        ref: of the browser's request that has led to it.
        duration: seconds that it took; how long the actor has lived, if it has ended.
        more: further attributes.
    """
    level = LEVELS.get(what, logging.INFO)
    if not logger.isEnabledFor(level):
        return
    path = "" if cell is None else cell.path
    extra = {
        "path": path,
        "view": "" if cell is None else cell.data.get("class", ""),
        "event": what,
        "reason": detail,
        "ref": ref,
        "duration": duration,
        **more,
    }
    text = what.replace("_", " ")
    logger.log(
        level,
        "%s%s%s%s",
        f"{path}: " if path else "",
        text,
        f" ({detail})" if detail else "",
        f" after {duration:.3f} s" if duration is not None else "",
        extra=extra,
    )


def ended(what: What, cell: Cell, reason: str) -> None:
    """Log that an actor has ended for good."""
    started = cell.started_at
    duration = None if started is None else max(0.0, time.time() - started)
    log(what, cell, reason, duration=duration)
