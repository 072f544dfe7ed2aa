"""What the freezer uses of rosters."""

cimport cython

from pykka_live._spare cimport Spare


@cython.final
cdef class Roster:
    cdef unsigned long long* versions   # of the dicts, in their order; 0 where none is known
    cdef Py_ssize_t count
    cdef unsigned long long moves       # the register's, when all was true
    cdef Spare spare
    cdef void* live                     # the list that was compared last, never followed,
    cdef unsigned long long stamp       # in which pass,
    cdef Py_ssize_t reached             # and how far it was the same

    # The first place, from one on, where a list's item is not known to be what it was.
    cdef Py_ssize_t goes_on(self, object items, Py_ssize_t i) noexcept
    # What is known of the item in a place.
    cdef void note(self, Py_ssize_t i, object part) noexcept


# The roster of a list's pictures, if enough of them are of dicts of atoms.
cdef Roster enrolled(tuple parts, unsigned long long moves)
