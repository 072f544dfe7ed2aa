"""Which dicts a list held, and in which version: so that thousands of rows are found unchanged
without a look at their pictures."""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from pykka_live._spare cimport Spare
from pykka_live.state._contents cimport size_of
from pykka_live.state._frozen cimport Frozen, PyTuple_GetItemUnchecked, version_of
from pykka_live.state._kinds cimport DICT

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define prefetch(address) __builtin_prefetch(address)
    #else
    #define prefetch(address) ((void)(address))
    #endif
    """
    void prefetch(void* address) noexcept nogil

cdef extern from "Python.h":
    PyObject** PySequence_Fast_ITEMS(object items) noexcept
    bint PyDict_CheckExact(PyObject* thing) noexcept

cdef enum:
    FEWEST = 16     # so many items are worth a roster
    AHEAD = 8       # so many items ahead the memory is asked for


@cython.final
cdef class Roster:
    """The versions of a list's dicts, side by side.

    No two dicts ever have the same version, and none has one again: so one that has the version of
    a roster is the object that stood there, and holds what it held. Its picture still is the one
    of that place, unless a picture has got another owner meanwhile: the register counts these
    `moves`.
    """

    def __cinit__(self, Py_ssize_t count):
        self.versions = <unsigned long long*>PyMem_Malloc(count * sizeof(unsigned long long))
        if not self.versions:
            raise MemoryError
        self.count = count
        self.spare = Spare()

    def __dealloc__(self):
        PyMem_Free(self.versions)

    cdef Py_ssize_t goes_on(self, object items, Py_ssize_t i) noexcept:
        cdef PyObject** item = PySequence_Fast_ITEMS(items)
        cdef Py_ssize_t count = min(self.count, size_of(items))
        while i < count:
            if i + AHEAD < count:
                prefetch(item[i + AHEAD])
            if not PyDict_CheckExact(item[i]) or version_of(item[i]) != self.versions[i]:
                break
            if not self.versions[i]:
                break
            i += 1
        return i

    cdef void note(self, Py_ssize_t i, object part) noexcept:
        self.versions[i] = version_in(<PyObject*>part)


cdef unsigned long long version_in(PyObject* part) noexcept:
    """The version of the dict that a picture shows; 0 if that tells nothing."""
    if not isinstance(<object>part, Frozen):
        return 0
    if not (<Frozen>part).leaf or (<Frozen>part).kind != DICT or (<Frozen>part).owner == NULL:
        return 0
    (<Frozen>part).listed = (<Frozen>part).version != 0
    return (<Frozen>part).version


cdef Roster enrolled(tuple parts, unsigned long long moves):
    cdef Py_ssize_t i, known = 0, count = PyTuple_GET_SIZE(parts)
    cdef Roster roster
    if count < FEWEST:
        return None
    for i in (0, count // 2, count - 1):
        known += version_in(PyTuple_GetItemUnchecked(parts, i)) != 0
    if known < 2:
        return None
    roster = Roster(count)
    roster.moves = moves
    for i in range(count):
        roster.versions[i] = version_in(PyTuple_GetItemUnchecked(parts, i))
    return roster
