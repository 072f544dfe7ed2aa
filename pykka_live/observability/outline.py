"""Draws the tree of a server process as text for a terminal, in as much room as there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from pykka_live.observability.columns import (
    FAINT,
    LAYOUTS,
    WIDE,
    Column,
    Layout,
    notes,
    sorted_by,
)
from pykka_live.observability.terms import LATE
from pykka_live.observability.wording import age, printable

__all__ = ["Line", "Pen", "draw", "text_of"]

Line = list[Segment]
"""What stands in a line, without its end."""

BRANCHES = ("├── ", "└── ", "│   ", "    ")
ASCII_BRANCHES = ("|-- ", "`-- ", "|   ", "    ")
GAP = "  "
LEAST = 40  # cells in a line

Actor = dict[str, Any]


@dataclass(frozen=True)
class Pen:
    """How to draw.

    Attributes:
        width: cells in a line, at least 40; None: as many as are needed
        ascii: use no other characters
        sort: what the actors are sorted by, one of `columns.SORTS`; empty: as a tree
    """

    width: int | None = None
    ascii: bool = False
    sort: str = ""

    def clean(self, text: str) -> str:
        """Return a text of unknown origin as it can be drawn."""
        text = printable(text)
        if self.ascii and not text.isascii():
            text = text.encode("ascii", "backslashreplace").decode()
        return text

    def fit(self, text: str, width: int | None) -> str:
        """Return as much of a text as there is room for."""
        if width is None or (len(text) <= width and text.isascii()) or cell_len(text) <= width:
            return text
        dots = "..." if self.ascii else "…"
        room = width - len(dots)
        if room <= 0:
            return dots[: max(0, width)]
        return _beginning(text, room) + dots

    def squeeze(self, text: str, width: int | None) -> str:
        """Return a path as there is room for it, cut in the middle: what is at its end is what
        tells it from others."""
        if self.fit(text, width) == text:
            return text
        assert width is not None
        dots = "..." if self.ascii else "…"
        room = max(0, width - len(dots))
        end = _beginning(text[::-1], room - room // 3)[::-1]
        return self.fit(_beginning(text, room // 3) + dots + end, width)

    def segment(self, text: str, style: str = "") -> Segment:
        """Return a text of unknown origin, cut to the width, as a segment."""
        return Segment(self.fit(self.clean(text), self.width), _style(style))


def _beginning(text: str, room: int) -> str:
    """Return as much of a text as fits into so many cells."""
    if text.isascii():
        return text[:room]
    kept, used = [], 0
    for char in text:
        used += cell_len(char)
        if used > room:
            break
        kept.append(char)
    return "".join(kept)


@cache
def _style(name: str) -> Style | None:
    return Style.parse(name) if name else None


def text_of(lines: Iterable[Line]) -> str:
    """Return lines without their styles."""
    return "".join("".join(segment.text for segment in line) + "\n" for line in lines)


def draw(snapshot: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    """Yield the lines that show the answer of the control command `tree`."""
    if pen.width is not None:
        pen = replace(pen, width=max(LEAST, pen.width))
    now = snapshot["time"]
    actors = snapshot["actors"]
    shown = sum(actor.get("matches", True) for actor in actors)
    total = snapshot.get("count", shown)
    head = f"Server process {snapshot['pid']}, worker {snapshot.get('worker', '?')}"
    command = pen.clean(" ".join(snapshot["command"]))
    room = None if pen.width is None else pen.width - len(head) - 2
    yield [Segment(head, _style("bold")), Segment(GAP + pen.fit(command, room))]
    count = f"{total} actor{'' if total == 1 else 's'}"
    some = "" if shown == total else f", {shown} shown"
    up = age(now - snapshot["started_at"])
    state = snapshot["state"]
    yield [pen.segment(f"{state}, up {up}, {count}{some}", "yellow" if state != "running" else "")]
    overdue = snapshot.get("event_loop_overdue", 0.0)
    if overdue >= LATE:
        yield [pen.segment(f"The event loop hangs for {age(overdue)}", "bold red")]
    yield []
    yield from _table(actors, now, pen)
    yield []
    counts = snapshot["dead_letters"]
    reasons = ", ".join(f"{reason}: {number}" for reason, number in counts.items())
    letters = f"Dead letters: {sum(counts.values())} ({reasons})" if counts else ""
    yield [pen.segment(letters or "Dead letters: none", "yellow" if counts else "")]
    for name in snapshot["abandoned"]:
        yield [pen.segment(f"Abandoned thread: {name}", "bold red")]


class _Row(NamedTuple):
    """An actor's place: the lines of the tree before its name, and before what stands below it; its
    name; and how many cells the first and the last take."""

    branch: str
    below: str
    name: str
    actor: Actor
    width: int


class _Texts:
    """What stands in the columns of all rows. Each column is made once, whichever layouts are
    tried; and each text once, since thousands of actors have much in common."""

    def __init__(self, rows: list[_Row], now: float, pen: Pen) -> None:
        self._actors = [row.actor for row in rows]
        self._now = now
        self._pen = pen
        self._texts: dict[Column, list[str]] = {}
        self._shown: dict[Column, dict[str, str]] = {}
        self._widths: dict[Column, int] = {}

    def width(self, column: Column) -> int:
        """Return the cells of the widest text in a column; 0: nothing stands in it."""
        if column not in self._texts:
            now, text = self._now, column.text
            texts = [text(actor, now) for actor in self._actors]
            clean, fit, limit = self._pen.clean, self._pen.fit, column.limit
            shown = {each: fit(clean(each), limit) for each in set(texts)}
            self._texts[column], self._shown[column] = texts, shown
            self._widths[column] = max(map(cell_len, shown.values()), default=0)
        return self._widths[column]

    def placed(self, column: Column, width: int) -> Iterator[tuple[str, str, str]]:
        """Yield the texts of a column, from top to bottom: blanks, the text, and blanks."""
        places = {}
        for each, text in self._shown[column].items():
            blanks = " " * (width - cell_len(text))
            places[each] = (GAP + blanks, text, "") if column.right else (GAP, text, blanks)
        return map(places.__getitem__, self._texts[column])


def _table(actors: list[Actor], now: float, pen: Pen) -> Iterator[Line]:
    rows = list(_in_order(actors, pen))
    texts = _Texts(rows, now, pen)
    natural = max([5, *(row.width for row in rows)])
    for layout in LAYOUTS if pen.width is not None else (WIDE,):
        used = tuple(column for column in layout.columns if texts.width(column))
        layout = layout._replace(columns=used)
        widths = [max(len(column.heading(layout.short)), texts.width(column)) for column in used]
        names = natural
        beside = sum(widths) + len(GAP) * len(widths)
        if pen.width is None or names + beside + layout.least * layout.inline <= pen.width:
            break
        if not layout.inline and pen.width - beside >= layout.least:
            names = min(names, pen.width - beside)
            if names >= layout.least * 2 or layout.short:
                break
    else:
        names = max(0, (pen.width or 0) - beside)
    yield [Segment(_heading(layout, names, widths), _style("bold"))]
    columns = map(texts.placed, layout.columns, widths)
    room = names + beside
    for row, *cells in zip(rows, *columns, strict=True):
        yield from _lines(row, cells, layout, names, room, now, pen)


def _heading(layout: Layout, names: int, widths: list[int]) -> str:
    parts = ["ACTOR".ljust(names)]
    for column, width in zip(layout.columns, widths, strict=True):
        name = column.heading(layout.short)
        parts.append(name.rjust(width) if column.right else name.ljust(width))
    if layout.inline:
        parts.append("NOW, AND LAST ERROR")
    return GAP.join(parts).rstrip()


def _lines(
    row: _Row,
    cells: list[tuple[str, str, str]],
    layout: Layout,
    names: int,
    used: int,
    now: float,
    pen: Pen,
) -> Iterator[Line]:
    actor = row.actor
    base = "" if actor.get("matches", True) else FAINT
    name, blanks = row.branch + row.name, names - row.width
    if blanks < 0:
        name = (pen.squeeze if pen.sort else pen.fit)(name, names)
        blanks = names - cell_len(name)
    parts = [(name, base), (" " * blanks, base)]
    for column, (before, text, after) in zip(layout.columns, cells, strict=True):
        style = column.style(actor) if column.style is not None else ""
        if style and style != base:
            parts += [(before, base), (text, style), (after, base)]
        else:
            parts.append((before + text + after, base))
    remarks = notes(actor, now)
    if layout.inline:
        left = None if pen.width is None else pen.width - used
        for text, style in remarks:
            room = None if left is None else left - len(GAP)
            text = pen.fit(pen.clean(text), room)
            parts += [(GAP, ""), (text, style)]
            left = None if left is None else left - len(GAP) - cell_len(text)
        yield _joined(parts)
        return
    yield _joined(parts)
    for text, style in remarks:
        indent = pen.fit(row.below, None if pen.width is None else pen.width // 2)
        room = None if pen.width is None else pen.width - cell_len(indent) - len(GAP)
        yield [
            Segment(f"{indent}{GAP}", _style(base)),
            Segment(pen.fit(pen.clean(text), room), _style(style)),
        ]


def _joined(parts: list[tuple[str, str]]) -> Line:
    """Put texts of one style together, for thousands of lines; and no blanks at the end."""
    line: Line = []
    run: list[str] = []
    current = parts[0][1]
    for text, style in parts:
        if style != current and text and not text.isspace():
            line.append(Segment("".join(run), _style(current)))
            run, current = [], style
        run.append(text)
    line.append(Segment("".join(run).rstrip(), _style(current)))
    return line


def _in_order(actors: list[Actor], pen: Pen) -> Iterator[_Row]:
    """Yield each actor after its supervisor and its older siblings, or as they are to be sorted."""
    if pen.sort:
        for actor in sorted_by(pen.sort, actors):
            name = pen.clean(actor["path"])
            yield _Row("", "", name, actor, cell_len(name))
        return
    fork, corner, pipe, blank = ASCII_BRANCHES if pen.ascii else BRANCHES
    known = {actor["path"] for actor in actors}
    children: dict[str | None, list[Actor]] = {}
    for actor in actors:
        parent = actor["parent"] if actor["parent"] in known else None
        children.setdefault(parent, []).append(actor)
    stack = [("", "", actor) for actor in reversed(children.get(None, []))]
    while stack:
        own, below, actor = stack.pop()
        name = actor["path"]
        if own:
            name = name[len(actor["parent"].rstrip("/")) + 1 :]
        name = pen.clean(name)
        offspring = children.get(actor["path"], ())
        beneath = below + pipe if offspring else below
        yield _Row(own, beneath, name, actor, len(own) + cell_len(name))
        joint, beside = corner, blank  # of the last child, which comes onto the stack first
        for child in reversed(offspring):
            stack.append((below + joint, below + beside, child))
            joint, beside = fork, pipe
