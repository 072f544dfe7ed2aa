"""What the log says of the events of actors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic_ns
from typing import TYPE_CHECKING

from pykka_live.actors._messages import message_name
from pykka_live.actors._quota import FIRST, OTHERS, PERIOD, Quota
from pykka_live.logs import own_logger

if TYPE_CHECKING:
    from pykka_live.actors._events import Event

__all__ = ["EventLog"]

logger = own_logger("pykka_live.actors")

LEVELS: dict[str, int] = {
    "started": logging.DEBUG,
    "failed": logging.ERROR,
    "resumed": logging.WARNING,
    "restarted": logging.WARNING,
    "stopped": logging.DEBUG,
    "busy": logging.WARNING,
    "escalated": logging.ERROR,
    "stuck": logging.ERROR,
    "abandoned": logging.ERROR,
    "dead_letter": logging.INFO,
    "overflow": logging.INFO,
}

OF_A_MESSAGE = frozenset({"failed", "busy", "stuck", "abandoned"})
"""What happens while an actor handles a message."""

OF_EACH_MESSAGE = frozenset({"dead_letter", "overflow"})
"""What may happen as often as somebody sends: a `Quota` of it is logged."""


class EventLog:
    """Logs events: one record for each, and of those that come in floods as many as their `Quota`
    allows, and then how many were left out.

    Args:
        clock: seconds, never going back
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._quota = Quota(clock)

    def reset(self) -> None:
        """Begin anew in the child of a fork."""
        self._quota.reset()

    def log(self, event: Event) -> None:
        """Log an event."""
        level = level_of(event)
        ref = event.cell.data.pop("ref", None) if event.kind == "failed" else None
        if logger.isEnabledFor(level):
            if event.kind in OF_EACH_MESSAGE:
                self._log_some(event, level)
            else:
                _log(event, level, ref=ref)
        if event.kind == "stopped" and event.cell.parent is None:
            self.tell_left_out(everything=True)

    def _log_some(self, event: Event, level: int) -> None:
        """Log an event of a kind that comes in floods, unless it is one too many."""
        self.tell_left_out()
        number = self._quota.count(event.cell.path, event.kind, level)
        if number < FIRST:
            _log(event, level)
        elif number == FIRST:
            _log(event, level, f"; further ones are left out for {PERIOD / 60:g} minutes")

    def tell_left_out(self, *, everything: bool = False) -> None:
        """Log how much was left out in the periods that are over, or until now."""
        for left in self._quota.over(everything=everything):
            logger.log(
                left.level,
                "%s: %s: %d more were left out of the log",
                *(left.path, left.kind, left.count),
                extra={
                    "path": "" if left.path == OTHERS else left.path,
                    "event": left.kind,
                    "left_out": left.count,
                },
            )


def level_of(event: Event) -> int:
    """Return how bad it is."""
    if event.kind == "stopped" and event.cell.state == "failed":
        return logging.ERROR  # nothing will bring it back
    if event.kind == "dead_letter" and event.cell.alive and event.reason != "dropped":
        return logging.WARNING  # it goes on without a message that nobody has chosen to lose
    return LEVELS[event.kind]


def _log(event: Event, level: int, more: str = "", ref: int | None = None) -> None:
    cell, letter = event.cell, event.letter
    handled = cell.current if event.kind in OF_A_MESSAGE else None
    name = "" if handled is None else message_name(handled.message)
    path, lost = cell.path, ""
    if letter is not None:
        path, name = letter.path, message_name(letter.message)
        lost = f": {name}"
    logger.log(
        level,
        "%s: %s%s%s%s%s",
        path,
        event.kind,
        f" ({event.reason})" if event.reason else "",
        lost,
        f"\n{event.stack.rstrip()}" if event.stack else "",
        more,
        exc_info=event.error if event.kind in ("failed", "escalated") else None,
        extra={
            "path": cell.path,
            "actor_kind": cell.kind,
            "event": event.kind,
            "reason": event.reason,
            "incarnation": cell.incarnation,
            "view": cell.data.get("class", ""),
            "message_name": name,
            "ref": ref,
            "duration": None if handled is None else (monotonic_ns() - cell.busy_since) * 1e-9,
        },
    )
