"""Where the outside is told what views do: metrics, logging and tracing attach here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from pykka_live.logs import own_logger

logger = own_logger(__name__)

Kind = Literal["mount", "event", "info", "restore"]

Outcome = Literal[
    "ok",
    "noop",
    "handler_error",
    "template_error",
    "unknown",
    "rejected",
    "denied",
    "timeout",
    "stuck",
]

OPERATIONS: tuple[tuple[str, str], ...] = (
    ("text", "t"),
    ("attributes", "ar"),
    ("insert", "i"),
    ("remove", "d"),
    ("move", "m"),
    ("replace", "s"),
)
"""What patches do, in a word, and how the wire calls that."""

NO_PATCHES = (0,) * len(OPERATIONS)


class Handled(NamedTuple):
    """One message that a view handled, or that was refused on its way. Times are in seconds.

    Attributes:
        view: the dotted name of the view's class.
        kind: `mount`, `event`, `info` or `restore`.
        event: the name of the handler; empty where the view has no such handler, since a browser
            may send any name.
        outcome: how it ended. `noop`: it changed nothing that is seen. `rejected`: it was refused
            before the handler ran. `denied`: it was not permitted. `timeout`: it went well, but
            whoever asked had been told that there was no answer in time. `stuck`: its actor was
            given up meanwhile, whatever becomes of the handler.
        waited: in the mailbox.
        handler: in the user's handler (or `mount`, `handle_info`, ...).
        render: in the template.
        checkpoint: comparing the state with the last checkpoint, and copying what has changed.
        diff: comparing the pictures.
        encode: encoding the patches, or the whole tree.
        total: from the moment it was put into the mailbox to the moment at which the answer was
            handed over.
        rendered, reused: the rows that loops of the template have rendered, and those that they
            have taken over from the picture before.
        from_page: whether the picture had to be cut out of the whole page, rendered as text.
        patches, size: how many patches the answer holds, and of how many bytes they are; of a
            whole tree, the bytes only.
        operations: how many of the patches are of each of `OPERATIONS`.
        kept: whether the state has become another, and the checkpoint with it.
    """

    view: str
    kind: Kind
    event: str
    outcome: Outcome
    path: str = ""
    waited: float = 0.0
    handler: float = 0.0
    render: float = 0.0
    checkpoint: float = 0.0
    diff: float = 0.0
    encode: float = 0.0
    total: float = 0.0
    rendered: int = 0
    reused: int = 0
    from_page: bool = False
    patches: int = 0
    size: int = 0
    operations: tuple[int, ...] = NO_PATCHES
    kept: bool = False


Listener = Callable[[Handled], object]
"""Called in the thread that handled the message; where that was given up, in its supervisor's. Must
be quick; what it raises is logged."""

_listeners: tuple[Listener, ...] = ()


def add_listener(listener: Listener) -> None:
    """Call `listener` with each `Handled` from now on; adding it twice is adding it once."""
    global _listeners
    if listener not in _listeners:
        _listeners = (*_listeners, listener)


def remove_listener(listener: Listener) -> None:
    """Do not call `listener` any more; unknown ones are ignored."""
    global _listeners
    _listeners = tuple(each for each in _listeners if each != listener)


def emit(handled: Handled) -> None:
    """Tell the listeners."""
    for listener in _listeners:
        try:
            listener(handled)
        except Exception:
            logger.exception("A listener failed")
