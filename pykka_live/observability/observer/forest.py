"""The tree of actors as the page draws it: a flat list of nodes, most of it folded.

Sessions are folded twice: all that show the same view into one node with counts by state, and what
is below a session into that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pykka_live.actors import Cell
from pykka_live.observability.observer.census import (
    GRAVITY,
    Census,
    SessionSummary,
    is_own,
    session_id,
)
from pykka_live.observability.observer.look import Look
from pykka_live.observability.observer.rows import last_name, short
from pykka_live.observability.tree import class_name
from pykka_live.observability.wording import printable

__all__ = ["GROUP", "nodes"]

GROUP = "sessions of "
"""How the branch of a group of sessions begins; a path begins with a slash."""

CHILDREN = 40  # that are listed below one node
FOUND = 40  # actors that a search shows in the tree
NODES = 250  # in all

Node = dict[str, Any]


def nodes(census: Census, look: Look) -> list[Node]:
    """Return the nodes from top to bottom.

    Each has `key` (its identity, and the branch that it is, if it has something below it), `guides`
    (for each level how the line runs: `tee`, `end`, `down` or `gap`), `label`, `path` (empty, where
    it is no actor), `kind`, `name`, `state`, `mailbox`, `capacity`, `fill`, `restarts`, `unfolded`
    (None: there is nothing below), `note`, `counts` (of a group: `state` and `count`), `own`.
    """
    found = list(_found(census, look)) if look.search else None
    drawing = _Drawing(census, look, found)
    drawing.draw()
    return drawing.nodes


def _found(census: Census, look: Look) -> Iterator[Cell]:
    matches = 0
    for cell in census.cells:
        error = cell.last_error
        text = "" if error is None else f"{error.type}: {error.text}"
        if look.matches(cell.path, class_name(cell), text):
            yield cell
            matches += 1
            if matches == FOUND:
                return


class _Drawing:
    """One tree while it is drawn.

    Args:
        found: the actors that a search has found; None, if there is none
    """

    def __init__(self, census: Census, look: Look, found: list[Cell] | None) -> None:
        self.nodes: list[Node] = []
        self._census = census
        self._unfolded = frozenset(look.branches)
        self._shown: set[str] | None = None
        if found is not None:
            self._shown = set()
            for cell in found:
                above: Cell | None = cell
                while above is not None:
                    self._shown.add(above.path)
                    above = above.parent

    def draw(self) -> None:
        """Draw all that is below the root."""
        tops = list(self._census.tops)
        if self._shown is not None:
            tops += [
                summary.cell
                for summary in self._census.sessions.values()
                if summary.cell is not None and summary.cell.path in self._shown
            ]
            self._actors(tops, ())
            return
        groups = self._groups()
        for i, cell in enumerate(tops):
            is_last = not groups and i == len(tops) - 1
            self._actor(cell, ("end" if is_last else "tee",))
        for i, (name, summaries) in enumerate(groups):
            self._group(name, summaries, ("end" if i == len(groups) - 1 else "tee",))

    def _groups(self) -> list[tuple[str, list[SessionSummary]]]:
        """Return the sessions by the class of their view; the largest group first."""
        groups: dict[str, list[SessionSummary]] = {}
        for summary in self._census.sessions.values():
            groups.setdefault(summary.name, []).append(summary)
        return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))

    def _group(self, name: str, summaries: list[SessionSummary], guides: tuple[str, ...]) -> None:
        key = f"{GROUP}{name}"
        states = Counter(summary.state for summary in summaries)
        gravest = sorted(states, key=lambda state: -GRAVITY.get(state, 0))
        sessions = "session" if len(summaries) == 1 else "sessions"
        node = _node(key, guides, f"{len(summaries)} {sessions}", "group")
        node["name"] = printable(last_name(name)) or "no view yet"
        node["class"] = printable(name)
        node["unfolded"] = key in self._unfolded
        node["counts"] = [{"state": state, "count": states[state]} for state in gravest]
        node["mailbox"] = sum(summary.waiting for summary in summaries)
        node["restarts"] = sum(summary.restarts for summary in summaries)
        node["own"] = all(summary.own for summary in summaries)
        self.nodes.append(node)
        if node["unfolded"]:
            ordered = sorted(
                (summary for summary in summaries if summary.cell is not None),
                key=lambda one: (-GRAVITY.get(one.state, 0), -one.waiting, -one.restarts),
            )
            cells = [summary.cell for summary in ordered if summary.cell is not None]
            self._actors(cells, _below(guides))

    def _actors(self, cells: Iterable[Cell], guides: tuple[str, ...]) -> None:
        """Draw actors side by side, as many as there is room for."""
        wanted = list(cells)
        if self._shown is not None:
            wanted = [cell for cell in wanted if cell.path in self._shown]
        listed = wanted[:CHILDREN]
        left = len(wanted) - len(listed)
        for i, cell in enumerate(listed):
            is_last = not left and i == len(listed) - 1
            self._actor(cell, (*guides, "end" if is_last else "tee"))
        if left and len(self.nodes) < NODES:
            key = f"more of {listed[0].path}"
            self.nodes.append(_node(key, (*guides, "end"), f"{left} more: search for them", "more"))

    def _actor(self, cell: Cell, guides: tuple[str, ...]) -> None:
        if len(self.nodes) >= NODES:
            return
        node = _node(cell.path, guides, _label(cell), cell.kind)
        name = printable(class_name(cell))
        waiting, capacity = len(cell.mailbox), cell.mailbox.capacity
        node.update(
            {
                "path": cell.path,
                "class": name,
                "name": last_name(name),
                "state": cell.state,
                "mailbox": waiting,
                "capacity": capacity,
                "fill": 0 if not capacity else min(100, round(100 * waiting / capacity)),
                "restarts": cell.restarts,
                "own": is_own(cell),
            }
        )
        self.nodes.append(node)
        children = list(cell.children.values())
        if not children:
            return
        if cell.kind == "session":
            self._sum_up(node, cell)
        if self._shown is None:
            node["unfolded"] = cell.path in self._unfolded
        if node["unfolded"] is not False:  # what a search has found is not folded
            self._actors(children, _below(guides))

    def _sum_up(self, node: Node, cell: Cell) -> None:
        """Let a session's node tell what is below it."""
        summary = self._census.sessions.get(session_id(cell.path))
        if summary is not None:
            below = summary.actors - 1
            node["name"] = node["name"] or printable(last_name(summary.name))
            node["note"] = f"{below} actor{'' if below == 1 else 's'}"
            node["own"] = summary.own
            if summary.state not in ("running", cell.state):
                node["counts"] = [{"state": summary.state, "count": ""}]


def _below(guides: tuple[str, ...]) -> tuple[str, ...]:
    """Return the guides of what is below a node."""
    if not guides:
        return guides
    return (*guides[:-1], "gap" if guides[-1] == "end" else "down")


def _label(cell: Cell) -> str:
    above = "" if cell.parent is None else cell.parent.path.rstrip("/")
    own = cell.path[len(above) :] if cell.path.startswith(f"{above}/") else cell.path
    return short(own.strip("/")) or printable(cell.path)


def _node(key: str, guides: tuple[str, ...], label: str, kind: str) -> Node:
    return {
        "key": key,
        "guides": list(guides),
        "label": label,
        "kind": kind,
        "path": "",
        "class": "",
        "name": "",
        "state": "",
        "mailbox": 0,
        "capacity": None,
        "fill": 0,
        "restarts": 0,
        "unfolded": None,
        "note": "",
        "counts": [],
        "own": False,
    }
