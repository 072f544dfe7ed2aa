"""What server processes, and the commands that look into them, have agreed upon.

It imports nothing, so that a command has not to load what only servers need.
"""

from __future__ import annotations

__all__ = ["FORMAT", "LATE", "SELECTED", "STATES", "STUCK"]

FORMAT = 1
"""Of the tree. It goes up when what an older `actor_tree` reads is no longer there."""

STATES = (
    *("starting", "running", "busy", "suspended", "restarting", "stopping", "stopped", "failed"),
)

STUCK = "stuck"
"""What an actor may be selected for as if it were a state: a thread of it was given up, and hangs.
It has another since, so its state is another one."""

SELECTED = (*STATES, STUCK)

LATE = 1.0
"""Seconds by which an event loop may be late before it is said to hang."""
