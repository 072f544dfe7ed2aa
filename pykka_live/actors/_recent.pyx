"""What an actor has handled last: names and moments, never what messages hold."""

cimport cython
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF
from libc.stdint cimport int64_t
from libc.string cimport memset

from time import monotonic_ns

cdef extern from "Python.h":
    PyObject* Py_TYPE(object)

cdef enum:
    KEPT = 10

cdef object now = monotonic_ns
cdef PyObject* named = NULL     # the one class of messages that have names of their own
cdef dict known = {}            # the names of those, and what they are called


def name_by_first_field(type kind not None, dict names not None):
    """Let messages of a class, which are tuples, be called by their first fields.

    Such a field may be as long as a sender likes, so only those that are known are kept. There is
    one such class.

    Args:
        kind: the class
        names: the fields that are known, with what the messages are called; it may grow
    """
    global named, known
    Py_INCREF(kind)
    Py_XDECREF(named)
    named = <PyObject*>kind
    known = names


cdef struct Entry:
    PyObject* what      # a class, or a text
    int64_t moment


@cython.final
@cython.no_gc
cdef class Recent:
    """The last messages of one actor. The actor's thread writes, and any may read: nothing runs in
    between while an entry is written, or all of them are copied."""

    cdef Entry[KEPT] entries
    cdef Py_ssize_t next

    def __cinit__(self):
        memset(self.entries, 0, sizeof(self.entries))
        self.next = 0

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(KEPT):
            Py_XDECREF(self.entries[i].what)

    def begin(self, message):
        """Note that a message is about to be handled. Return the moment: `time.monotonic_ns()`."""
        cdef PyObject* what = <PyObject*>Py_TYPE(message)
        cdef PyObject* name
        if what is named:
            name = PyDict_GetItem(known, (<tuple>message)[0])
            if name is not NULL:
                what = name
        cdef object moment = now()
        cdef int64_t ticks = moment
        cdef Entry* entry = &self.entries[self.next]
        cdef PyObject* old = entry.what
        Py_INCREF(<object>what)
        entry.what, entry.moment = what, ticks
        self.next = (self.next + 1) % KEPT
        Py_XDECREF(old)     # at last, for it may be a class, with whoever waits for its end
        return moment

    def copy(self):
        """Return what was noted, the oldest first: classes or names, and moments."""
        cdef list found = []
        cdef Py_ssize_t i
        cdef Entry* entry
        for i in range(KEPT):
            entry = &self.entries[(self.next + i) % KEPT]
            if entry.what is not NULL:
                found.append((<object>entry.what, entry.moment))
        return found
