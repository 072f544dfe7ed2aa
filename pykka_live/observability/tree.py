"""The living tree of this process as plain data, as the control socket sends it."""

from __future__ import annotations

import fnmatch
import functools
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from pykka_live.actors import ActorSystem, Cell, LastError
from pykka_live.observability.terms import FORMAT, STUCK
from pykka_live.observability.tracebacks import actor_of
from pykka_live.transport import heartbeat

__all__ = [
    "Selection",
    "bits",
    "class_name",
    "command_line",
    "describe",
    "snapshot",
]

TEXT_LIMIT = 500  # characters of an error's text
PROCESS_STARTED = time.time()  # when the first module of the project that uses us was loaded

BIT = 50  # actors that are described at a stretch
PAUSE = 0.0002  # seconds between two of these, in which other threads have the interpreter


class Selection(NamedTuple):
    """Which actors somebody wants to see. By default all.

    Attributes:
        path: a pattern with `*`, `?` or `[...]` for the whole path (`*` goes beyond slashes), or
            how the path begins. A slash in front may be left out
        states: any of these states, or `stuck`: a thread of it was given up and hangs; empty: all
        min_depth: so many messages wait at least
    """

    path: str = ""
    states: frozenset[str] = frozenset()
    min_depth: int = 0

    def of(self, cells: list[Cell], stuck: Container[str]) -> list[tuple[Cell, bool]]:
        """Return the actors that match, and those above them, in the order that they came in; and
        of each, whether it matches itself.

        Args:
            cells: the actors
            stuck: the paths of those of which a thread hangs
        """
        if self == ALL:
            return [(cell, True) for cell in cells]
        path = self.path if self.path[:1] in ("/", "*", "?", "[", "") else f"/{self.path}"
        glob = re.compile(fnmatch.translate(path)) if any(c in path for c in "*?[") else None
        matching = {cell for cell in cells if self._matches(cell, path, glob, stuck)}
        shown = set(matching)
        for cell in matching:
            above = cell.parent
            while above is not None and above not in shown:
                shown.add(above)
                above = above.parent
        return [(cell, cell in matching) for cell in cells if cell in shown]

    def _matches(
        self, cell: Cell, path: str, glob: re.Pattern[str] | None, stuck: Container[str]
    ) -> bool:
        if glob is not None and not glob.match(cell.path):
            return False
        return (
            (glob is not None or cell.path.startswith(path))
            and len(cell.mailbox) >= self.min_depth
            and (
                not self.states
                or cell.state in self.states
                or (STUCK in self.states and cell.path in stuck)
            )
        )


ALL = Selection()


def snapshot(system: ActorSystem, selection: Selection = ALL, worker: int = 0) -> dict[str, Any]:
    """Describe the process and its actors, without asking any of them.

    Args:
        worker: the number of this process, as metrics have it

    Returns:
        `format`, `pid`, `worker`, `command` (a list), `time` and `started_at` (seconds since the
        epoch), `state` of the system, `count` of all actors, `dead_letters` (counts by reason),
        `abandoned` (names of threads), `event_loop_overdue` (seconds that the event loop is late),
        `actors`.
        Supervisors come before their children. Each actor has what `CellInfo` has, and

        - `parent`: the supervisor's path, None for the root
        - `class`: the name of its class, empty where that is not known
        - `last_error`: None, or `type`, `text`, `time`, `message`
        - `abandoned`: how many threads of it were given up and hang
        - `matches`: whether it is one of the selection; else it is above one
    """
    cells, stuck = system.cells(), _stuck(system)
    return {
        **_process(system, len(cells), worker),
        "actors": [_shown(cell, matches, stuck) for cell, matches in selection.of(cells, stuck)],
    }


def bits(system: ActorSystem, selection: Selection = ALL, worker: int = 0) -> Iterator[bytes]:
    """Yield a `snapshot` as JSON, bit by bit.

    Thousands of actors take a while, in which the events of others would have to wait for the
    interpreter again and again. So it lets go of it now and then.
    """
    cells, stuck = system.cells(), _stuck(system)
    head = json.dumps(_process(system, len(cells), worker), default=str)
    yield head[:-1].encode() + b', "actors": ['
    shown = selection.of(cells, stuck)
    for start in range(0, len(shown), BIT):
        if start:
            time.sleep(PAUSE)
        part = [_shown(cell, matches, stuck) for cell, matches in shown[start : start + BIT]]
        text = json.dumps(part, default=str)[1:-1]
        yield (f", {text}" if start else text).encode()
    yield b"]}"


def command_line() -> list[str]:
    """Return how the server was started. That of a worker which `multiprocessing` has spawned says
    nothing; it has its parent's arguments."""
    return sys.argv if "--multiprocessing-fork" in sys.orig_argv else sys.orig_argv


def _process(system: ActorSystem, count: int, worker: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "pid": os.getpid(),
        "worker": worker,
        "command": command_line(),
        "time": time.time(),
        "started_at": PROCESS_STARTED,
        "state": system.state,
        "count": count,
        "dead_letters": system.dead_letters.counts(),
        "abandoned": system.abandoned(),
        "event_loop_overdue": heartbeat.overdue(),
    }


def _stuck(system: ActorSystem) -> Mapping[str, int]:
    """Return how many threads hang that were given up, by the path of their actor."""
    return Counter(map(actor_of, system.abandoned()))


def _shown(cell: Cell, matches: bool, stuck: Mapping[str, int]) -> dict[str, Any]:
    return {**describe(cell), "abandoned": stuck.get(cell.path, 0), "matches": matches}


def describe(cell: Cell) -> dict[str, Any]:
    """Return what the tree tells of one actor; see `snapshot`."""
    info = cell.info()
    return {
        **vars(info),
        "parent": None if cell.parent is None else cell.parent.path,
        "class": class_name(cell),
        "last_error": None if info.last_error is None else _error(info.last_error),
    }


def _error(error: LastError) -> dict[str, Any]:
    return {
        "type": error.type,
        "text": error.text[:TEXT_LIMIT],
        "time": error.time,
        "message": error.message,
    }


def class_name(cell: Cell) -> str:
    """Return the dotted name of what runs in a cell.

    That is `cell.data["class"]`, where an actor leaves the name of the view that it runs; else the
    actor's own class, if the specification names it and it is none of ours; else an empty string.
    """
    name = cell.data.get("class")
    if isinstance(name, str):
        return name
    start: Any = cell.spec.start
    while isinstance(start, functools.partial):
        start = start.func
    if not isinstance(start, type) or start.__module__.startswith("pykka_live."):
        return ""
    return f"{start.__module__}.{start.__qualname__}"
