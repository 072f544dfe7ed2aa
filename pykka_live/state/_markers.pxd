"""What other Cython modules may use of the markers."""

cimport cython

from pykka_live.state._frozen cimport Frozen


@cython.final
cdef class Markers:
    cdef object source
    cdef frozenset names
    cdef unsigned long long home    # the freezer
    cdef unsigned long long marked  # the pass for which `marks` hold
    cdef dict marks                 # addresses of surrounding objects -> their markers

    # The marker for the object at an address, if it is a surrounding one.
    cdef Frozen at(self, object address, unsigned long long now)
    cdef object mark(self)
