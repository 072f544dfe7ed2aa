"""What a loop remembers of its rows."""

cimport cython

from pykka_live._spare cimport Spare
from pykka_live.rendering._fragments cimport Fragment
from pykka_live.state._freeze cimport Frozen


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Row:
    cdef object item            # its picture
    cdef Fragment fragment
    cdef list memory
    cdef Py_ssize_t index, remainder
    cdef tuple begin, end       # where the cycles were before it and after it
    cdef bint sure              # made of the same, it will be the same
    cdef Py_ssize_t taken       # the last rendering that it was part of


@cython.final
cdef class Rows:
    cdef list rows, outer, memory
    cdef tuple setting          # what held for them that is no variable
    cdef object items           # the picture of what the loop goes over
    cdef tuple pictures         # those of the items, in the loop's order
    cdef list next              # what the rows are going to be; None if most stay what they are
    cdef list changes           # the places of the rows that are others than before,
    cdef list fresh             # and these
    cdef bint backwards         # the pictures' order is not that of `items`
    cdef Fragment fragment
    cdef tuple first, end       # where the cycles were before the loop and after it
    cdef Py_ssize_t stride      # from one row's node to the next, if that is always the same
    cdef bint sure              # all rows are
    cdef Py_ssize_t rendering   # counts
    cdef Spare spare            # of the fragment's nodes

    cdef dict places(self, tuple pictures, tuple before)
    cdef Row predecessor(self, Frozen picture, dict known)
    cdef int doubt(self) except -1
    cdef int begin(self, Py_ssize_t count, bint in_place) except -1
    cdef int put(self, Py_ssize_t i, Row row) except -1
    cdef list so_far(self, Py_ssize_t count)
    cdef int join(self) except -1
    cdef bint patch(self) except -1
