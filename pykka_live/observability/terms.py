"""What server processes, and the commands that look into them, have agreed upon.

It imports nothing, so that a command has not to load what only servers need.
"""

from __future__ import annotations

__all__ = ["FORMAT", "LATE", "STATES"]

FORMAT = 1
"""Of the tree. It goes up when what an older `actor_tree` reads is no longer there."""

STATES = (
    *("starting", "running", "busy", "suspended", "restarting", "stopping", "stopped", "failed"),
)

LATE = 1.0
"""Seconds by which an event loop may be late before it is said to hang."""
