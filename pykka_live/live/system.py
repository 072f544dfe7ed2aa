"""The actor system of this process, and its part that belongs to live views: one session per tab,
at `/sessions/<id>`, and the caretaker of them all, at `/caretaker`."""

from __future__ import annotations

import atexit
from time import monotonic

from pykka_live.actors import ActorError, ActorSystem, Cell, Root, current_cell
from pykka_live.live import lifecycle
from pykka_live.live.caretaker import caretaker_spec
from pykka_live.logs import own_logger

logger = own_logger(__name__)

SHUTDOWN_TIMEOUT = 20.0
"""Seconds that a stopping process gives its actors."""


EXIT_TIMEOUT = 5.0
"""The same where the server did not tell that it stops, and the interpreter is already leaving."""


def new_system() -> ActorSystem:
    """Return an actor system for live sessions, which has not been started."""
    return ActorSystem(live_root)


def live_root() -> Root:
    """Return the root of a system for live sessions."""
    return Root([caretaker_spec()])


def actor_system() -> ActorSystem:
    """Return the actor system of this process."""
    return ActorSystem.default()


def find_actor(path: str) -> Cell | None:
    """Return the live cell at `path`, or None."""
    return actor_system().find(path)


def start() -> None:
    """Start the actor system now, rather than with the first page; after `shutdown`, a new one."""
    stopped = actor_system()
    if stopped.state == "stopped":
        fresh = new_system()
        fresh.listeners = stopped.listeners
        ActorSystem.reset_default(fresh)
    actor_system().start()


def shutdown(timeout: float = SHUTDOWN_TIMEOUT) -> list[str]:
    """Stop all actors: no new sessions, queued messages are handled, `terminate` is called.

    Args:
        timeout: seconds for all of it.

    Returns:
        The names of the threads that did not end in time; the log has them too.

    Raises:
        ActorError: if it is an actor that calls this: it would wait for its own end.
    """
    here = current_cell()
    if here is not None:
        raise ActorError(
            f"{here.path} cannot wait for the end of all actors, itself included: have another "
            "thread do that"
        )
    begun = monotonic()
    lifecycle.log("drain_begun", None, duration=None, timeout=timeout)
    left = actor_system().shutdown(timeout)
    lifecycle.log("drain_ended", None, duration=monotonic() - begun, abandoned=len(left))
    if left:
        logger.error(
            "%d threads did not end in time and were abandoned: %s", len(left), ", ".join(left)
        )
    return left


def _at_exit() -> None:
    if actor_system().state == "running":
        shutdown(EXIT_TIMEOUT)


atexit.register(_at_exit)
