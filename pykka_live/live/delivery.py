"""Handing a message to an actor without ever waiting for it."""

from __future__ import annotations

from math import inf
from typing import Any

from pykka_live.actors import Cell, DeadLetter, Event
from pykka_live.exceptions import MailboxFull

MESSAGES = 10_000
MAILBOXES = 10
"""An actor that is busy lets so many messages wait, or so many times its mailbox's capacity, if
that is more."""


def deliver(cell: Cell, message: Any) -> None:
    """Put a message into a mailbox, or behind those that wait for room there.

    Whoever sends is not kept waiting: two actors might wait for each other. So what finds too many
    waiting is a dead letter; with the overflow policy `reject`, what finds a full mailbox.
    """
    try:
        if len(cell.mailbox) >= most_waiting(cell):
            raise MailboxFull(cell.path)
        cell.enqueue(message)
    except MailboxFull:
        bury(cell, cell.path, message, "mailbox full")


def most_waiting(cell: Cell) -> float:
    """Return how many messages may wait for an actor."""
    return max(MESSAGES, _mailboxes(cell))


def is_crowded(cell: Cell) -> bool:
    """Whether so much waits for an actor that it is told only what comes last, where that will
    do."""
    return len(cell.mailbox) >= _mailboxes(cell)


def _mailboxes(cell: Cell) -> float:
    capacity = cell.mailbox.capacity
    return inf if capacity is None else MAILBOXES * capacity


ENDING = "ending"
"""Set in the `data` of a supervisor of components that has failed: another will take its place."""


def is_ending(cell: Cell) -> bool:
    """Whether a component's actor has ended, or will with its supervisor."""
    if not cell.alive:
        return True
    supervisor = cell.parent
    while supervisor is not None and supervisor.kind == "components":
        if ENDING in supervisor.data:
            return True
        supervisor = supervisor.parent
    return False


def bury(cell: Cell, path: str, message: Any, reason: str) -> None:
    """Make a dead letter of a message for `path`, which `cell`, or something near it, misses."""
    letter = DeadLetter(path, message, reason)
    cell.system.dead_letters.add(letter)
    cell.system.listeners.emit(Event("dead_letter", cell, reason, letter=letter))
