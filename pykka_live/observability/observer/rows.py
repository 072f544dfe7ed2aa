"""Actors as the page shows them: one row of the table each, sorted and searched."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils import timezone

from pykka_live.actors import Cell
from pykka_live.actors._messages import message_name
from pykka_live.observability.observer.census import GRAVITY, is_own
from pykka_live.observability.observer.look import PAGE_ROWS, Look
from pykka_live.observability.tree import class_name
from pykka_live.observability.wording import printable

__all__ = ["clock_time", "coarse", "last_name", "page_of", "parts", "row", "short"]

LONG = 14  # characters of a path's segment from which on it is an id that nobody reads
ERROR = 160  # characters of an error

UNITS = ((86_400, 3_600, "d", "h"), (3_600, 60, "h", "m"))


def coarse(seconds: float) -> str:
    """Return a time in words that do not change each second, once it is a minute."""
    whole = int(max(0.0, seconds))
    if whole < 60:
        return f"{whole} s"
    for unit, part, name, part_name in UNITS:
        if whole >= unit:
            return f"{whole // unit} {name} {whole % unit // part:02} {part_name}"
    return f"{whole // 60} min"


def clock_time(moment: float) -> str:
    """Return the time of day of a moment, in the project's time zone."""
    zone = timezone.get_default_timezone()
    return datetime.fromtimestamp(moment, zone).strftime("%H:%M:%S")


def short(path: str) -> str:
    """Return a path whose long ids are cut."""
    parts = (part if len(part) < LONG else f"{part[:6]}…" for part in path.split("/"))
    return printable("/".join(parts))


def parts(path: str) -> list[str]:
    """Return what `short` does, in parts between which a line may be broken."""
    first, *others = short(path).split("/")
    return [*filter(None, [first]), *(f"/{part}" for part in others)]


def last_name(name: str) -> str:
    """Return what comes behind the last dot."""
    return name.rpartition(".")[2]


def _error(cell: Cell) -> str:
    error = cell.last_error
    if error is None:
        return ""
    return printable(f"{error.type}: {error.text[:ERROR]}" if error.text else error.type)


NUMBERS: dict[str, Callable[[Cell], float]] = {
    "state": lambda cell: GRAVITY.get(cell.state, 0),
    "mailbox": lambda cell: len(cell.mailbox),
    "handled": attrgetter("handled"),
    "restarts": attrgetter("restarts"),
    "age": lambda cell: -(cell.started_at or 0.0),
    "idle": lambda cell: -cell.busy_since,
}
TEXTS: dict[str, Callable[[Cell], str]] = {
    "path": attrgetter("path"),
    "class": class_name,
    "error": _error,
}


def page_of(cells: list[Cell], look: Look) -> tuple[list[Cell], int, int]:
    """Return the actors on the page of the table that is wanted (or the last one, if there are
    fewer), how many there are on all pages, and which page it is.

    Args:
        cells: all of them, in the order of their paths
    """
    if look.state:
        cells = [cell for cell in cells if cell.state == look.state]
    if look.search:
        cells = [cell for cell in cells if look.matches(cell.path, class_name(cell), _error(cell))]
    # They come in the order of their paths, which those keep that are equal.
    key: Callable[[Cell], float | str] = NUMBERS.get(look.sort) or TEXTS[look.sort]
    ordered = sorted(cells, key=key, reverse=look.descending)
    page = min(look.page, max(0, len(cells) - 1) // PAGE_ROWS)
    return ordered[page * PAGE_ROWS : (page + 1) * PAGE_ROWS], len(cells), page


def row(cell: Cell) -> dict[str, Any]:
    """Return what the table shows of an actor."""
    current, waiting, capacity = cell.current, len(cell.mailbox), cell.mailbox.capacity
    name = printable(class_name(cell))
    since = (time.monotonic_ns() - cell.busy_since) * 1e-9 if cell.busy_since else None
    error = cell.last_error
    started = cell.started_at
    return {
        "path": cell.path,
        "short": short(cell.path),
        "parts": parts(cell.path),
        "kind": cell.kind,
        "class": name,
        "name": last_name(name),
        "state": cell.state,
        "doing": "" if current is None else printable(message_name(current.message)),
        "mailbox": waiting,
        "capacity": capacity,
        "fill": 0 if not capacity else min(100, round(100 * waiting / capacity)),
        "handled": cell.handled,
        "restarts": cell.restarts,
        "age": "" if started is None else coarse(time.time() - started),
        "idle": "" if since is None or current is not None else coarse(since),
        "busy": "" if since is None or current is None or since < 1 else coarse(since),
        "error": _error(cell),
        "error_ago": "" if error is None else coarse(time.time() - error.time),
        "own": is_own(cell),
    }
