"""One actor in depth, as plain data; and which actor somebody means.

Nobody is asked: all of it is read from the cell and the checkpoint, so it is told of busy and stuck
actors as of others.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from pykka_live.actors import ActorSystem, Cell, ChildSpec
from pykka_live.actors._messages import message_name
from pykka_live.observability.portrait import attributes
from pykka_live.observability.recorder import recent
from pykka_live.observability.tracebacks import frames_cut, hanging
from pykka_live.observability.tree import class_name, describe

__all__ = ["ActorNotFound", "AmbiguousPath", "find", "inspect", "matching"]

CHILDREN = 200  # children that are listed
MAIL = 100  # messages that are listed
TRACEBACK = 20_000  # characters of a traceback or a stack
LISTED = 20  # paths in an error


class ActorNotFound(LookupError):
    """No actor is meant by a path."""


class AmbiguousPath(LookupError):
    """Several actors may be meant by a path.

    Attributes:
        paths: theirs
    """

    def __init__(self, path: str, paths: list[str]) -> None:
        self.paths = paths
        shown = ", ".join(paths[:LISTED])
        more = f", ... ({len(paths)} in all)" if len(paths) > LISTED else ""
        super().__init__(f"{path} may be any of: {shown}{more}")


def find(system: ActorSystem, path: str) -> Cell:
    """Return the actor that somebody means.

    Args:
        path: its path; or an abbreviation of which `matching` finds one

    Raises:
        ActorNotFound: there is none
        AmbiguousPath: there are several
    """
    cells = matching(system, path)
    if not cells:
        raise ActorNotFound(f"There is no actor {path}.")
    if len(cells) > 1:
        raise AmbiguousPath(path, [cell.path for cell in cells])
    return cells[0]


def matching(system: ActorSystem, path: str) -> list[Cell]:
    """Return the actors that a path may mean: the one that has it; else those that it abbreviates.

    An abbreviation has the beginning of each segment (`/sessions/3f/views/1b`). Without a slash in
    front it may leave out segments before (`views/1b`, or `1b`). Where it means no actor, those
    count that have ended, and a thread of which hangs.
    """
    cell = system.find(path) or system.find(f"/{path}" if path else "")
    if cell is not None:
        return [cell]
    wanted = path.strip("/").split("/")
    if not all(wanted):
        return []
    anchored = path.startswith("/")

    def meant(cells: Iterable[Cell]) -> list[Cell]:
        return [c for c in cells if _abbreviates(wanted, c.path[1:].split("/"), anchored)]

    return meant(system.cells()) or meant(dict.fromkeys(system.abandoned_cells()))


def _abbreviates(wanted: list[str], segments: list[str], anchored: bool) -> bool:
    if len(segments) < len(wanted) or (anchored and len(segments) != len(wanted)):
        return False
    tail = segments[-len(wanted) :]
    return all(map(str.startswith, tail, wanted))


def inspect(system: ActorSystem, path: str) -> dict[str, Any]:
    """Describe one actor.

    Args:
        path: as for `find`

    Returns:
        what `tree.describe` tells of it, and

        - `name`: a second name, or None
        - `time`: now, in seconds since the epoch
        - `children`: `path`, `kind`, `class` and `state` of each, `children_count`
        - `mail`: `message` (its name), `waited` (seconds) and `sender` of what waits, the next
          first; `mail_count`
        - `supervision`: the options of its `ChildSpec`
        - `attributes`: `name` and `value` of the state at the checkpoint, without secrets; None
          where there is no checkpoint. `left_out`: names of what it cannot hold
        - `abandoned`: threads of it that were given up, and hang; as `tracebacks.hanging` tells
        - `stack`: where its thread is, as in a traceback; empty, while it has none
        - `last_messages`: `message` (its name) and `time` (when it was begun) of the last ten, the
          oldest first
        - `recent`: more of the last messages, while somebody traces it; see `recorder`
        - `waited_mean`: seconds that a message waited in the mailbox, on the average
        - `last_error` has a `traceback`

    Raises:
        ActorNotFound, AmbiguousPath: as `find`
    """
    cell = find(system, path)
    described = describe(cell)
    error = cell.last_error
    if error is not None and described["last_error"] is not None:
        described["last_error"]["traceback"] = error.traceback[-TRACEBACK:]
    return {
        **described,
        "name": cell.spec.name,
        "time": time.time(),
        **_children(cell),
        **_mail(cell),
        **_state(cell),
        "supervision": _supervision(cell.spec),
        "abandoned": hanging(system, cell.path),
        "stack": frames_cut(cell.stack())[-TRACEBACK:],
        "last_messages": [
            {"message": message, "time": moment} for message, moment in cell.last_messages()
        ],
        "recent": recent(cell),
        "waited_mean": described["waited"] / max(1, described["handled"]),
    }


def _children(cell: Cell) -> dict[str, Any]:
    children = list(cell.children.values())
    return {
        "children_count": len(children),
        "children": [
            {
                "path": child.path,
                "kind": child.kind,
                "class": class_name(child),
                "state": child.state,
            }
            for child in children[:CHILDREN]
        ],
    }


def _mail(cell: Cell) -> dict[str, Any]:
    now = time.monotonic_ns()
    return {
        "mail_count": len(cell.mailbox),
        "mail": [
            {
                "message": message_name(envelope.message),
                "waited": (now - envelope.sent) * 1e-9,
                "sender": envelope.sender if isinstance(envelope.sender, str) else None,
            }
            for envelope in cell.mailbox.waiting(MAIL)
        ],
    }


def _state(cell: Cell) -> dict[str, Any]:
    record = cell.data.get("view") or cell.data.get("component")
    checkpoint = getattr(record, "checkpoint", None)
    if checkpoint is None:
        return {"attributes": None, "left_out": []}
    return {"attributes": attributes(checkpoint), "left_out": list(checkpoint.left_out)}


def _supervision(spec: ChildSpec) -> dict[str, Any]:
    strategy: Any = spec.strategy
    if isinstance(strategy, Mapping):
        strategy = {cls.__name__: word for cls, word in islice(strategy.items(), 50)}
    backoff = spec.backoff
    return {
        "strategy": strategy,
        "scope": spec.scope,
        "max_restarts": spec.max_restarts,
        "max_seconds": spec.max_seconds,
        "backoff": [backoff.min, backoff.max],
        "shutdown": spec.shutdown,
        "overflow": spec.overflow,
        "block_timeout": spec.block_timeout,
        "stuck_timeout": spec.stuck_timeout,
        "keep": spec.keep,
    }
