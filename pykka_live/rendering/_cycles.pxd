"""How far cycles are."""

cimport cython


@cython.final
cdef class Turns:
    cdef tuple values
    cdef Py_ssize_t at


# The places of some cycles, as they are now in a state of the rendering.
cdef tuple places_of(tuple cycles, object state)
# Take them where they are after something that is not rendered.
cdef int move_to(tuple cycles, tuple places, object state) except -1
