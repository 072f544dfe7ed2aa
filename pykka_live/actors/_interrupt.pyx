# cython: language_level=3
"""Raises an exception in another thread, unless that is at a place where it would do harm.

In C, because what is looked at must still be so when the exception is set: no other thread runs in
between.
"""

import gc
import sys

from cpython.object cimport PyObject


cdef extern from "Python.h":
    int PyThreadState_SetAsyncExc(unsigned long, PyObject*)


# Functions of ours in which a thread only waits, and may be interrupted.
cdef frozenset WAITS = frozenset(
    [("pykka_live.actors._replies", "get"), ("pykka_live.actors._replies", "_wait")]
)

# Of Python, what functions of ours call to start a thread or to wake one.
cdef frozenset CALLED = frozenset(["threading", "_weakrefset"])

cdef bint wakes_a_loop(frame):
    while (frame.f_globals.get("__name__") or "").startswith("asyncio."):
        if frame.f_code.co_name == "call_soon_threadsafe":
            return True
        frame = frame.f_back
        if frame is None:
            return False
    return False


def interrupt(unsigned long ident, error):
    """Have `error` raised in a thread at its next Python instruction.

    Not while it runs code of this package, which would leave locks taken and waiters asleep,
    `call_soon_threadsafe`, which would leave an event loop asleep that was to be woken, or code of
    `logging`, whose locks all share.

    Args:
        ident: the thread's, as `threading.Thread.ident`
        error: an exception class

    Returns:
        False, if that cannot be now; to be tried again
    """
    # Collecting garbage in the middle of it can deadlock (CPython issue 106883).
    cdef bint collects = gc.isenabled()
    gc.disable()
    try:
        frame = sys._current_frames().get(ident)
        if frame is None:
            return False
        if wakes_a_loop(frame):
            return False
        while frame.f_globals.get("__name__") in CALLED and frame.f_back is not None:
            frame = frame.f_back
        module = frame.f_globals.get("__name__") or ""
        function = frame.f_code.co_name
        if module == "logging" or module.startswith("logging."):
            return False
        if module.startswith("pykka_live.") and (module, function) not in WAITS:
            return False
        PyThreadState_SetAsyncExc(ident, <PyObject*>error)
        return True
    finally:
        if collects:
            gc.enable()
