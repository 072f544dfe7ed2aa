"""What the control socket of a server process can be asked for.

All of it runs in the control thread, which waits for no actor. What is sent is checked: it may come
from any process of the same user.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from pykka_live.actors import ActorSystem, Cell
from pykka_live.actors._messages import message_name
from pykka_live.observability import interventions
from pykka_live.observability.control import Command
from pykka_live.observability.inspection import (
    ActorNotFound,
    AmbiguousPath,
    find,
    inspect,
    matching,
)
from pykka_live.observability.interventions import InterventionRefused
from pykka_live.observability.requests import Refused, Request
from pykka_live.observability.streams import Later, Messages, Stream
from pykka_live.observability.terms import SELECTED
from pykka_live.observability.tree import Selection, bits, class_name
from pykka_live.observability.trouble import troubles

__all__ = ["commands"]

FOUND = 50  # actors that an abbreviated path is said to mean


def commands(
    system: Callable[[], ActorSystem], worker: Callable[[], int] = lambda: 0
) -> dict[str, Command]:
    """Return the commands about an actor system, by name.

    `who`, `tree`, `troubles`, `dead_letters`; about actors `find` (by an abbreviated path), and of
    one, by its path, `inspect`, `trace`, `restart`, `stop`.

    Args:
        system: returns the actor system
        worker: returns the number of this process, which all but the last three tell
    """

    def bound(command: Callable[[ActorSystem, Request], Any]) -> Command:
        return lambda request: command(system(), request)

    def numbered(command: Callable[[ActorSystem, Request], Mapping[str, Any]]) -> Command:
        return lambda request: {**command(system(), request), "worker": worker()}

    return {
        "who": numbered(lambda _system, _request: {"pid": os.getpid()}),
        "tree": lambda request: bits(system(), _selection(request), worker()),
        "troubles": numbered(lambda system, _request: troubles(system)),
        "dead_letters": numbered(_dead_letters),
        "find": numbered(_find),
        "inspect": numbered(_inspect),
        "trace": bound(_trace),
        "restart": bound(_restart),
        "stop": bound(_stop),
    }


def _selection(request: Request) -> Selection:
    states = frozenset(request.texts("states", SELECTED))
    return Selection(request.text("path", ""), states, request.count("min_depth"))


def _dead_letters(system: ActorSystem, _request: Request) -> Mapping[str, Any]:
    letters = [
        {
            "path": letter.path,
            "message": message_name(letter.message),
            "reason": letter.reason,
            "sender": letter.sender if isinstance(letter.sender, str) else None,
            "time": letter.time,
        }
        for letter in system.dead_letters
    ]
    return {"counts": system.dead_letters.counts(), "letters": letters}


def _find(system: ActorSystem, request: Request) -> Mapping[str, Any]:
    cells = matching(system, request.text("path"))
    found = [
        {"path": cell.path, "kind": cell.kind, "class": class_name(cell), "state": cell.state}
        for cell in cells[:FOUND]
    ]
    return {"found": found, "count": len(cells)}


def _inspect(system: ActorSystem, request: Request) -> Mapping[str, Any]:
    return inspect(system, _cell(system, request).path)


def _trace(system: ActorSystem, request: Request) -> Stream:
    return Messages(_cell(system, request))


def _restart(system: ActorSystem, request: Request) -> Stream:
    later = Later(lambda cell: {"path": cell.path, "incarnation": cell.incarnation})
    _intervene(interventions.restart, system, request, later)
    return later


def _stop(system: ActorSystem, request: Request) -> Stream:
    later = Later(lambda _true: {"path": request["path"], "stopped": True})
    _intervene(interventions.stop, system, request, later)
    return later


def _intervene(
    what: Callable[..., None], system: ActorSystem, request: Request, later: Later
) -> None:
    try:
        what(
            system,
            request.text("path"),
            _who(request),
            request.text("reason", ""),
            within=request.seconds("within"),
            reply=later,
        )
    except (ActorNotFound, InterventionRefused) as error:
        raise Refused(str(error)) from error


def _who(request: Request) -> str:
    """Return who does it: the sender, and for whom, as a web page does what its user says."""
    by = request.text("by", "", 100)
    return f"{by}, through {request.sender}" if by else request.sender


def _cell(system: ActorSystem, request: Request) -> Cell:
    try:
        return find(system, request.text("path"))
    except (ActorNotFound, AmbiguousPath) as error:
        raise Refused(str(error)) from error
