"""What other Cython modules may use of spare tuples."""

cimport cython
from cpython.object cimport PyObject

cdef extern from "Python.h":
    PyObject* PyTuple_GetItemUnchecked "PyTuple_GET_ITEM" (object items, Py_ssize_t index)


@cython.final
cdef class Spare:
    cdef tuple made     # what it made last,
    cdef tuple items    # what that was made of, kept for the next one,
    cdef list places    # and where the two differ

    # `current` with other items in some places.
    cdef tuple patched(self, tuple current, list places, list items)


cdef inline Py_ssize_t next_other(tuple a, tuple b, Py_ssize_t i, Py_ssize_t count) noexcept:
    """The first place, from one on and before another, where two tuples hold different objects."""
    while i < count and PyTuple_GetItemUnchecked(a, i) == PyTuple_GetItemUnchecked(b, i):
        i += 1
    return i
