"""The columns of the actor tree: their texts, what deserves attention, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pykka_live.observability.wording import age

__all__ = ["LAYOUTS", "SORTS", "WIDE", "Column", "Layout", "notes", "sorted_by"]

Actor = Mapping[str, Any]

ALARM, WARNING, ACTIVE, FAINT = "bold red", "yellow", "cyan", "dim"


class Column(NamedTuple):
    """One column.

    Attributes:
        name, short: its heading, and the one where there is little room
        text: what stands in it, of an actor at a moment
        style: how that is drawn; None: plainly
        right: whether it is aligned to the right
        limit: cells that it has at most
    """

    name: str
    short: str
    text: Callable[[Actor, float], str]
    style: Callable[[Actor], str] | None = None
    right: bool = False
    limit: int | None = None

    def heading(self, short: bool) -> str:
        """Return what stands above it."""
        return self.short if short else self.name


def _state(actor: Actor, _now: float) -> str:
    state: str = actor["state"]
    return f"busy {age(actor['busy'])}" if state == "busy" else state


def _state_style(actor: Actor) -> str:
    state = actor["state"]
    return {"failed": ALARM, "busy": ACTIVE, "running": ""}.get(state, WARNING)


def _mailbox(actor: Actor, _now: float) -> str:
    capacity = actor["capacity"]
    return f"{actor['mailbox']}/{'-' if capacity is None else capacity}"


def _mailbox_style(actor: Actor) -> str:
    capacity, depth = actor["capacity"], actor["mailbox"]
    if capacity is None or depth < 0.8 * capacity:
        return ""
    return ALARM if depth >= capacity else WARNING


def _age(actor: Actor, now: float) -> str:
    started = actor["started_at"]
    return "" if started is None else age(now - started)


def _idle(actor: Actor, _now: float) -> str:
    return "" if actor["state"] == "busy" or not actor["handled"] else age(actor["idle"])


def _class(actor: Actor, _now: float) -> str:
    return str(actor["class"])


def _class_name(actor: Actor, _now: float) -> str:
    return str(actor["class"] or actor["kind"]).rpartition(".")[2]


KIND = Column("KIND", "KIND", lambda actor, _now: str(actor["kind"]))
CLASS = Column("CLASS", "CLASS", _class)
NAME = Column("CLASS", "CLASS", _class_name, limit=20)
STATE = Column("STATE", "STATE", _state, _state_style)
MAILBOX = Column("MAILBOX", "MAIL", _mailbox, _mailbox_style, right=True)
HANDLED = Column("HANDLED", "DONE", lambda actor, _now: str(actor["handled"]), right=True)
RESTARTS = Column(
    "RESTARTS",
    "RST",
    lambda actor, _now: str(actor["restarts"]),
    lambda actor: WARNING if actor["restarts"] else "",
    right=True,
)
AGE = Column("AGE", "AGE", _age, right=True)
IDLE = Column("IDLE", "IDLE", _idle, right=True)


class Layout(NamedTuple):
    """What is shown beside the actors' names.

    Attributes:
        columns: from left to right
        short: with the short headings
        inline: whether the notes stand in the line, rather than below it
        least: cells that the names, or the notes in the line, need
    """

    columns: tuple[Column, ...]
    short: bool
    inline: bool
    least: int


WIDE = Layout((KIND, CLASS, STATE, MAILBOX, HANDLED, RESTARTS, AGE, IDLE), False, True, 40)
LAYOUTS = (
    WIDE,
    Layout((NAME, STATE, MAILBOX, HANDLED, RESTARTS, AGE, IDLE), False, False, 30),
    Layout((NAME._replace(limit=14), STATE, MAILBOX, HANDLED, RESTARTS, AGE), True, False, 16),
    Layout((STATE, MAILBOX), True, False, 12),
)
"""The richest first; the last one is taken where none fits."""


def notes(actor: Actor, now: float) -> list[tuple[str, str]]:
    """Return what else there is to say of an actor, with the style: what it is at, and how it
    failed last."""
    found = []
    if actor["current"] is not None:
        found.append((f"{actor['current']} for {age(actor['busy'])}", ACTIVE))
    stuck = actor.get("abandoned", 0)
    if stuck:
        found.append(("a thread hangs" if stuck == 1 else f"{stuck} threads hang", ALARM))
    error = actor["last_error"]
    if error is not None:
        text = f": {error['text']}" if error["text"] else ""
        found.append((f"{error['type']}{text} ({age(now - error['time'])} ago)", "red"))
    return found


SEVERITY = ("failed", "restarting", "stopping", "suspended", "busy", "starting", "running")

SORTS: dict[str, Callable[[Actor], Any]] = {
    "path": lambda actor: actor["path"],
    "state": lambda actor: (
        SEVERITY.index(actor["state"]) if actor["state"] in SEVERITY else len(SEVERITY),
        -actor["busy"],
    ),
    "mailbox": lambda actor: -actor["mailbox"],
    "handled": lambda actor: -actor["handled"],
    "restarts": lambda actor: -actor["restarts"],
    "age": lambda actor: actor["started_at"] or 0.0,
    "idle": lambda actor: -actor["idle"],
    "error": lambda actor: -actor["last_error"]["time"] if actor["last_error"] else 0.0,
}
"""What the actors can be sorted by: what needs attention comes first."""


def sorted_by(sort: str, actors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those actors that match, sorted."""
    return sorted((each for each in actors if each.get("matches", True)), key=SORTS[sort])
