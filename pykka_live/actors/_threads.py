"""Where a thread is."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback

from pykka_live.actors._errors import Fenced, Killed

__all__ = ["stack_of"]

_frames_lock = threading.Lock()  # held while the garbage collection is off


def _after_fork() -> None:
    global _frames_lock
    _frames_lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def stack_of(thread: threading.Thread | None, limit: int = 50) -> str:
    """Return where a thread is, as in a traceback: its innermost calls; nothing, if it has ended.

    It goes on meanwhile, so only one that hangs is sure to be there.
    """
    ident = 0 if thread is None else thread.ident or 0
    with _frames_lock:
        # Collecting garbage in the middle of it can deadlock (CPython issue 106883).
        collects = gc.isenabled()
        gc.disable()
        try:
            # All others are let go of at once: with this one's own they would be a cycle.
            frame = sys._current_frames().get(ident)
        finally:
            if collects:
                gc.enable()
    try:
        return "".join(traceback.format_stack(frame, limit)) if frame is not None else ""
    except (Fenced, Killed):
        raise
    except BaseException:  # the lines of the source come from users' loaders
        return ""
