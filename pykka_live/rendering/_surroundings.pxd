"""What the renderer uses of the surroundings."""

cimport cython


@cython.final
cdef class ContextMark:
    cdef object variables       # all of them, in an object that is never changed
    cdef tuple names, values
    cdef object languages

    cpdef bint is_unchanged(self) except -1


@cython.final
cdef class Surroundings:
    cdef ContextMark mark
    cdef tuple known        # language, prefix and configuration of URLs
    cdef object zone
    cdef object app         # the namespace of the request
    cdef object names       # of the time zone of the process
    cdef tuple rounding

    cdef bint have_changed(self, request, bint rounds) except -1
    cdef bint have_strayed(self, request, bint rounds) except -1
    cdef bint have_set(self, request) except -1
