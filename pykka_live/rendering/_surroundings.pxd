"""What the renderer uses of the surroundings."""

cimport cython


@cython.final
cdef class ContextMark:
    cdef tuple names, values
    cdef object languages

    cpdef bint is_unchanged(self) except -1


@cython.final
cdef class Surroundings:
    cdef ContextMark mark
    cdef tuple known

    cdef bint have_changed(self) except -1
