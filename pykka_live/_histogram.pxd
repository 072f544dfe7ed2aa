"""What other Cython modules may use of histograms."""

cimport cython

cdef enum:
    ROOM = 32


@cython.final
cdef class Histogram:
    cdef long long[ROOM] counts
    cdef double total

    cdef void add(self, double seconds) noexcept
