"""How many actors there are and how they do, in one pass over the cells."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from pykka_live.actors import Cell
from pykka_live.observability.observer.look import OWN_VIEWS
from pykka_live.observability.tree import class_name

__all__ = ["GRAVITY", "SESSIONS", "Census", "SessionSummary", "is_own", "session_id"]

GRAVITY = {
    state: rank
    for rank, state in enumerate(
        ("running", "busy", "starting", "suspended", "stopped", "stopping", "restarting", "failed")
    )
}
"""The states, from what is as it should be to what deserves attention first."""

SESSIONS = "/sessions/"


class SessionSummary:
    """All actors of one live session together.

    Attributes:
        cell: the session's own; None, if it has just ended
        name: the dotted name of its first view's class; empty before it has one
        actors, waiting, restarts: how many, and their messages and restarts
        state: the gravest of their states
        own: whether it is that of an observer's page
    """

    __slots__ = ("actors", "cell", "name", "own", "restarts", "state", "waiting")

    def __init__(self) -> None:
        self.cell: Cell | None = None
        self.name = ""
        self.actors = self.waiting = self.restarts = 0
        self.state = "running"
        self.own = False


class Census:
    """What there is to say of all actors.

    Args:
        cells: all living cells, in any order

    Attributes:
        cells: the same, in the order of their paths
        tops: those that stand directly below the root, without the sessions
        kinds, states: how many there are of each
        waiting, fullest: messages in all mailboxes, and in the fullest
        sessions: the summaries, by the id of the session
    """

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = sorted(cells, key=_path)
        self.tops: list[Cell] = []
        self.kinds: dict[str, int] = {}
        self.states: dict[str, int] = {}
        self.waiting = self.fullest = 0
        self.sessions: dict[str, SessionSummary] = {}
        self._count()

    def _count(self) -> None:
        """Look at each cell once. It is done each second, so the loop spares what it can."""
        kinds, states, sessions = self.kinds, self.states, self.sessions
        length, all_waiting, fullest = len(SESSIONS), 0, 0
        summary, prefix = SessionSummary(), ""
        for cell in self.cells:
            state, kind, path, waiting = cell.state, cell.kind, cell.path, len(cell.mailbox)
            kinds[kind] = kinds.get(kind, 0) + 1
            states[state] = states.get(state, 0) + 1
            if waiting:
                all_waiting += waiting
                fullest = max(fullest, waiting)
            if path.startswith(SESSIONS):
                if not prefix or not path.startswith(prefix):  # by their paths, they come in a row
                    session = session_id(path)
                    prefix = path[: length + len(session)] + "/"
                    summary = sessions.setdefault(session, SessionSummary())
                summary.actors += 1
                summary.waiting += waiting
                summary.restarts += cell.restarts
                if state != "running" and GRAVITY.get(state, 0) > GRAVITY[summary.state]:
                    summary.state = state
                if kind == "session":
                    summary.cell = cell
                elif kind == "view" and not summary.name:
                    summary.name = class_name(cell)
                    summary.own = summary.name in OWN_VIEWS
            elif cell.parent is not None and cell.parent.parent is None:
                self.tops.append(cell)
        self.waiting, self.fullest = all_waiting, fullest


_path = attrgetter("path")


def session_id(path: str) -> str:
    """Return the id of the session that an actor belongs to; empty, if to none."""
    if not path.startswith(SESSIONS):
        return ""
    end = path.find("/", len(SESSIONS))
    return path[len(SESSIONS) :] if end < 0 else path[len(SESSIONS) : end]


def is_own(cell: Cell) -> bool:
    """Tell whether it is an observer's page that runs in a cell."""
    return cell.kind == "view" and class_name(cell) in OWN_VIEWS
