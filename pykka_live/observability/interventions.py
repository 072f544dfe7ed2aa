"""What somebody does to an actor from outside. The supervisor carries it out; the log says who."""

from __future__ import annotations

from pykka_live.actors import ActorSystem, Cell, ReplyPort
from pykka_live.live.caretaker import Caretaker
from pykka_live.live.family import Family
from pykka_live.live.record import BY_HAND
from pykka_live.logs import own_logger
from pykka_live.observability.inspection import ActorNotFound
from pykka_live.observability.wording import printable

__all__ = ["InterventionRefused", "refusals", "restart", "stop"]

logger = own_logger("pykka_live.interventions")

TEXT = 200  # characters of what somebody says

NEEDED: dict[object, tuple[str, str]] = {
    Caretaker: (
        "Without it no session would expire, and nobody would report actors that are busy",
        "It can be restarted.",
    ),
    Family: (
        "It looks after the components of a page",
        "Stop a component, or the view that has placed them.",
    ),
}
"""What pykka_live cannot do without, by what starts it: why, and what can be done instead."""


class InterventionRefused(Exception):
    """It cannot be done to this actor. The message says why."""


def restart(
    system: ActorSystem,
    path: str,
    by: str,
    reason: str = "",
    *,
    within: float | None = None,
    reply: ReplyPort | None = None,
) -> None:
    """Have a new incarnation of an actor go on from the checkpoint, after the current message.

    The mail waits for it, and it does not count as a failure. A supervisor's children are stopped
    and, a session's views, started again. Does not wait; the log has who did it.

    Args:
        path: the actor's, in full
        by: who does it, for the log
        reason: what they say, for the log
        within: seconds, >= 0, that it has for ending before it is given up as if it were stuck;
            None: its own time, which for a view is `STUCK_TIMEOUT`
        reply: gets the cell when the new incarnation is up, or the error

    Raises:
        ActorNotFound: there is no such actor
        InterventionRefused: it is the root, or its strategy is never to be restarted
    """
    cell = _find(system, path)
    _check("restart", cell)
    _log("restart", cell, by, reason, within)
    cell.restart(reply, within)


def stop(
    system: ActorSystem,
    path: str,
    by: str,
    reason: str = "",
    *,
    within: float | None = None,
    reply: ReplyPort | None = None,
) -> None:
    """Have an actor end for good, after the current message. Its mail becomes dead letters, and a
    tab that has lost its view is told. Does not wait; the log has who did it.

    Args:
        path, by, reason, within: as for `restart`
        reply: gets True when it is down

    Raises:
        ActorNotFound: there is no such actor
        InterventionRefused: it is the root, or another that pykka_live itself needs
    """
    cell = _find(system, path)
    _check("stop", cell)
    _log("stop", cell, by, reason, within)
    cell.stop(BY_HAND, reply, within)


def refusals(cell: Cell) -> dict[str, str]:
    """Return why an actor cannot be restarted, by `restart`, and why not stopped, by `stop`: empty,
    where it can be."""
    return {"restart": _why_not_restart(cell), "stop": _why_not_stop(cell)}


def _why_not_restart(cell: Cell) -> str:
    if cell.parent is None:
        return "The root cannot be restarted, all actors would end with it. Restart the server."
    if cell.spec.strategy == "stop":
        instead = NEEDED[cell.spec.start][1] if cell.spec.start in NEEDED else "It can be stopped."
        return f"{cell.path} has the strategy `stop`: it is never restarted. {instead}"
    return ""


def _why_not_stop(cell: Cell) -> str:
    if cell.parent is None:
        return "The root cannot be stopped, all actors would end with it. Stop the server."
    if cell.spec.start in NEEDED:
        why, instead = NEEDED[cell.spec.start]
        return f"{cell.path} cannot be stopped. {why}. {instead}"
    return ""


def _check(what: str, cell: Cell) -> None:
    why = refusals(cell)[what]
    if why:
        raise InterventionRefused(why)


def _find(system: ActorSystem, path: str) -> Cell:
    cell = system.find(path)
    if cell is None:
        raise ActorNotFound(f"There is no actor {path}.")
    return cell


def _log(what: str, cell: Cell, by: str, reason: str, within: float | None) -> None:
    by, reason = printable(by)[:TEXT], printable(reason)[:TEXT]
    logger.warning(
        "%s: %s by %s%s%s",
        cell.path,
        what,
        by,
        "" if within is None else f", within {within:g} s",
        f": {reason}" if reason else "",
        extra={
            "path": cell.path,
            "actor_kind": cell.kind,
            "intervention": what,
            "by": by,
            "reason": reason,
            "incarnation": cell.incarnation,
        },
    )
