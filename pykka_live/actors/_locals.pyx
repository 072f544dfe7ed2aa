# cython: language_level=3
"""What code has left in the thread-locals of the current thread."""

from cpython.dict cimport PyDict_Size
from cpython.object cimport PyObject


cdef extern from "Python.h":
    PyObject* PyThreadState_GetDict()


def has_locals():
    """Whether there may be something. To look into a `threading.local` would leave something."""
    cdef PyObject* found = PyThreadState_GetDict()
    return found is not NULL and PyDict_Size(<object>found) > 0


def forget_locals():
    """Make each `threading.local` as in a new thread."""
    cdef PyObject* found = PyThreadState_GetDict()
    if found is NULL or PyDict_Size(<object>found) == 0:
        return
    own = <dict>found
    for key in list(own):
        if type(key) is str and (<str>key).startswith("thread.local."):
            # It may be gone, with the object of an earlier one that held the last reference to it.
            own.pop(key, None)
