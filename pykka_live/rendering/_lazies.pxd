"""The lazy objects that a page shows."""

cimport cython


@cython.final
cdef class Lazies:
    cdef dict before    # those met in the last rendering, by their addresses,
    cdef dict met       # and in this one

    cdef int begin(self) except -1
    cdef bint knows(self, object lazy) except -1


@cython.final
cdef class Behind:
    cdef object picture
