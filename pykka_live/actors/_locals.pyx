# cython: language_level=3
"""What code has left in the thread-locals of the current thread."""

from cpython.dict cimport PyDict_Size
from cpython.object cimport PyObject

from weakref import getweakrefcount


cdef extern from "Python.h":
    PyObject* PyThreadState_GetDict()


def has_locals():
    """Whether there may be something. To look into a `threading.local` would leave something."""
    cdef PyObject* found = PyThreadState_GetDict()
    return found is not NULL and PyDict_Size(<object>found) > 0


def forget_locals():
    """Make each `threading.local` as in a new thread."""
    if has_locals():
        set_aside()


def set_aside():
    """Make each `threading.local` as in a new thread; return what `bring_back` needs."""
    cdef PyObject* found = PyThreadState_GetDict()
    cdef dict kept = {}
    if found is NULL or PyDict_Size(<object>found) == 0:
        return kept
    own = <dict>found
    for key in list(own):
        if type(key) is str and (<str>key).startswith("thread.local."):
            kept[key] = own.pop(key)
    return kept


def bring_back(dict kept):
    """Make each `threading.local` what it was before `set_aside`."""
    cdef PyObject* found
    if not kept:
        return
    found = PyThreadState_GetDict()
    if found is NULL:
        return
    for key, value in kept.items():
        # Only its `threading.local` refers to it weakly. Where that is gone, another may have its
        # address, and with that its key.
        if getweakrefcount(value):
            (<dict>found)[key] = value
