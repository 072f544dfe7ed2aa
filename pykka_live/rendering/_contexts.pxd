"""What a rendering uses of the contexts."""

cimport cython


cdef dict BUILTINS          # the names that Django has in each context


@cython.final
cdef class ContextMaker:
    cdef dict attributes
    cdef dict processed
    cdef object lineage
    cdef bint escapes

    cdef object make(self, values)
