"""What all log records of live pages tell of their whereabouts."""

from __future__ import annotations

import logging
from typing import Any

__all__ = ["LiveFilter", "own_logger"]


class LiveFilter(logging.Filter):
    """Gives log records the attributes by which those of one tab, one view or one event are found.
    It lets all of them pass.

    A record that has an attribute already keeps it. Where nothing is known, the texts are empty,
    and the numbers are None.

    - `path`: that of the actor; by default, of the one whose code logs
    - `session`: the id of the live session, as in the path
    - `view`: the dotted name of the class of the view, or of the component
    - `event`: the handler, or what else the actor does; in records of a lifecycle, what happened
    - `ref`: the number that the browser gave the request which is being handled
    - `duration`: seconds that what happened has taken

    The records of pykka_live have it. On a handler, it does the same for yours.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete a record."""
        known = vars(record)
        path = known.get("path")
        for name, value in _here(path).items():
            known.setdefault(name, value)
        if "session" not in known:
            known["session"] = session_of(known["path"])
        return True


def own_logger(name: str) -> logging.Logger:
    """Return a logger of pykka_live's own: what it logs is completed by a `LiveFilter`."""
    logger = logging.getLogger(name)
    logger.addFilter(_filter)
    return logger


def session_of(path: Any) -> str:
    """Return the id of the session that an actor's path tells; empty if it is in none."""
    parts = str(path).split("/", 3)
    return parts[2] if len(parts) > 2 and parts[1] == "sessions" else ""


def _here(path: Any) -> dict[str, Any]:
    """Return what is known of the actor whose code logs; if that is not the one at `path`, of
    nobody."""
    # Actors log as well.
    from pykka_live.actors._current import current_cell
    from pykka_live.actors._messages import message_name

    cell = current_cell()
    found: dict[str, Any] = {"path": "", "view": "", "event": "", "ref": None, "duration": None}
    if cell is None or path not in (None, cell.path):
        return found
    found["path"] = cell.path
    found["view"] = cell.data.get("class", "")
    envelope = cell.current
    if envelope is not None:
        found["event"] = message_name(envelope.message).removeprefix("event ")
        found["ref"] = getattr(envelope.reply, "ref", None)
    return found


_filter = LiveFilter()
