"""What a template was compiled to: ops that make pieces of a page."""

cimport cython

from pykka_live.rendering._fragments cimport Fragment
from pykka_live.rendering._run cimport Run
from pykka_live.rendering._trust cimport Trust


cdef class Op:
    cdef Fragment run(self, Run run, list memory)


@cython.final
cdef class Sequence(Op):
    cdef tuple ops
    cdef int place
    cdef public int size


cdef class Writer(Op):
    cdef Trust trust
    cdef tuple chain
    cdef bint blank
    cdef int place

    cdef str write(self, Run run, bint* plain)
    cdef Fragment fragment(self, str text, bint plain)
