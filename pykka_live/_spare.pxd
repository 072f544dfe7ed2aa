"""What other Cython modules may use of spare tuples."""

cimport cython


@cython.final
cdef class Spare:
    cdef tuple made     # what it made last,
    cdef tuple items    # what that was made of, kept for the next one,
    cdef list places    # and where the two differ

    # `current` with other items in some places.
    cdef tuple patched(self, tuple current, list places, list items)
