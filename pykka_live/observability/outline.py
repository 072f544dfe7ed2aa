"""Draws the tree of a server process as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.management.color import Style

__all__ = ["Pen", "age", "draw", "printable"]

BRANCHES = ("├── ", "└── ", "│   ", "    ")
ASCII_BRANCHES = ("|-- ", "`-- ", "|   ", "    ")

HEADINGS = ("ACTOR", "KIND", "CLASS", "STATE", "MAILBOX", "HANDLED", "RESTARTS", "AGE")
RIGHT = {"MAILBOX", "HANDLED", "RESTARTS", "AGE"}  # aligned so
ERROR_WIDTH = 24  # characters that an error has at least, however narrow the terminal is

Paint = Callable[[str], str]


@dataclass(frozen=True)
class Pen:
    """How to draw.

    Attributes:
        style: Django's, of a command; its colours are used if it has any
        width: characters in a line, by which the last error is cut; None: as long as they are
        ascii: use no other characters for the lines of the tree
    """

    style: Style
    width: int | None = None
    ascii: bool = False


def draw(snapshot: Mapping[str, Any], pen: Pen) -> Iterator[str]:
    """Return the lines that show the answer of the control command `tree`."""
    style = pen.style
    now = snapshot["time"]
    actors = snapshot["actors"]
    command = printable(" ".join(snapshot["command"]))
    yield style.MIGRATE_HEADING(f"Server process {snapshot['pid']}") + f"  {command}"
    count = f"{len(actors)} actor{'' if len(actors) == 1 else 's'}"
    yield f"{snapshot['state']}, up {age(now - snapshot['started_at'])}, {count}"
    yield ""
    yield from _table(actors, now, pen)
    yield ""
    yield _dead_letters(snapshot["dead_letters"], style)
    for name in snapshot["abandoned"]:
        yield style.ERROR(f"Abandoned thread: {printable(name)}")


def _dead_letters(counts: Mapping[str, int], style: Style) -> str:
    if not counts:
        return "Dead letters: none"
    reasons = ", ".join(f"{printable(reason)}: {count}" for reason, count in counts.items())
    return style.WARNING(f"Dead letters: {sum(counts.values())}") + f" ({reasons})"


def _table(actors: list[dict[str, Any]], now: float, pen: Pen) -> Iterator[str]:
    rows = [_cells(branch, actor, now) for branch, actor in _in_order(actors, pen.ascii)]
    shown = [i for i, name in enumerate(HEADINGS) if name != "CLASS" or any(r[1][i] for r in rows)]
    widths = [max(len(HEADINGS[i]), *(len(row[1][i]) for row in rows), 0) for i in shown]
    yield pen.style.MIGRATE_LABEL(_line(HEADINGS, shown, widths, {}).rstrip() + "  LAST ERROR")
    left = None
    if pen.width is not None:
        left = max(ERROR_WIDTH, pen.width - sum(widths) - 2 * len(widths))
    for actor, texts in rows:
        line = _line(texts, shown, widths, _paints(actor, pen.style))
        error = _last_error(actor["last_error"], now)
        if not error:
            yield line.rstrip()
            continue
        if left is not None and len(error) > left:
            error = error[: left - 3] + "..."
        yield f"{line}  {pen.style.ERROR(error)}"


def _line(
    texts: tuple[str, ...], shown: list[int], widths: list[int], paints: Mapping[str, Paint]
) -> str:
    parts = []
    for i, width in zip(shown, widths, strict=True):
        name, text = HEADINGS[i], texts[i]
        blanks = " " * (width - len(text))
        if name in paints:
            text = paints[name](text)
        parts.append(blanks + text if name in RIGHT else text + blanks)
    return "  ".join(parts)


def _in_order(actors: list[dict[str, Any]], ascii: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each actor after its supervisor and its older siblings, with the lines before it."""
    fork, corner, pipe, blank = ASCII_BRANCHES if ascii else BRANCHES
    known = {actor["path"] for actor in actors}
    children: dict[str | None, list[dict[str, Any]]] = {}
    for actor in actors:
        parent = actor["parent"] if actor["parent"] in known else None
        children.setdefault(parent, []).append(actor)
    stack = [("", "", actor) for actor in reversed(children.get(None, []))]
    while stack:
        own, below, actor = stack.pop()
        yield own, actor
        joint, beside = corner, blank  # of the last child, which comes onto the stack first
        for child in reversed(children.get(actor["path"], [])):
            stack.append((below + joint, below + beside, child))
            joint, beside = fork, pipe


def _cells(
    branch: str, actor: dict[str, Any], now: float
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the texts of an actor's line, one for each of `HEADINGS`."""
    name = actor["path"]
    if branch:
        name = name[len(actor["parent"].rstrip("/")) + 1 :]
    state = actor["state"]
    if state == "busy":
        state = f"busy {age(actor['busy'])}"
    capacity = actor["capacity"]
    started = actor["started_at"]
    return actor, (
        branch + printable(name),
        printable(actor["kind"]),
        printable(actor["class"]),
        state,
        f"{actor['mailbox']}/{'-' if capacity is None else capacity}",
        str(actor["handled"]),
        str(actor["restarts"]),
        "" if started is None else age(now - started),
    )


def _paints(actor: dict[str, Any], style: Style) -> dict[str, Paint]:
    """Return the colours of what deserves attention in an actor's line."""
    paints: dict[str, Paint] = {}
    if actor["state"] == "failed":
        paints["STATE"] = style.ERROR
    elif actor["state"] == "busy":
        paints["STATE"] = style.NOTICE
    elif actor["state"] != "running":
        paints["STATE"] = style.WARNING
    if actor["restarts"]:
        paints["RESTARTS"] = style.WARNING
    capacity = actor["capacity"]
    if capacity is not None and actor["mailbox"] >= 0.8 * capacity:
        paints["MAILBOX"] = style.ERROR if actor["mailbox"] >= capacity else style.WARNING
    return paints


def _last_error(error: dict[str, Any] | None, now: float) -> str:
    if error is None:
        return ""
    text = f": {error['text']}" if error["text"] else ""
    return printable(f"{error['type']}{text} ({age(now - error['time'])} ago)")


def printable(text: str) -> str:
    """Return the text in one line, without anything that a terminal would take as a command."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char in "\n\t" else ascii(char)[1:-1]
        for char in text
    )


def age(seconds: float) -> str:
    """Return a time in the two units that matter, such as `2 h 05 min`."""
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours:02} h"
