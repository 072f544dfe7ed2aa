"""What a rendering uses of the contexts."""

cimport cython


cdef dict BUILTINS          # the names that Django has in each context


@cython.final
cdef class ContextMaker:
    cdef object template
    cdef dict attributes        # what all contexts have; None before the first
    cdef dict processed
    cdef object lineage
    cdef object request
    cdef bint escapes
    cdef tuple setting          # how what is written is, as long as no tag has changed it

    cdef object make(self, values)
    cdef dict model(self)
