"""What other Cython modules may use of the freezer:
`from pykka_live.state._freeze cimport Freezer`.
"""

cimport cython

from pykka_live.state._contents cimport Contents
from pykka_live.state._frozen cimport Frozen
from pykka_live.state._markers cimport Markers
from pykka_live.state._register cimport Register


@cython.final
cdef class Freezer:
    cdef unsigned long long id
    cdef object source
    cdef frozenset surroundings
    cdef Register register
    cdef Contents contents
    cdef Markers markers
    cdef dict copiers               # Frozens of this pass that are opaque -> their objects
    cdef int depth
    cdef public tuple keys          # paths to what tells items of lists apart, the best first

    # Start a pass: all that has been frozen before may have been changed since.
    cpdef object begin(self)
    # The picture of a value: `hint` itself if it still is that, else another.
    cpdef object freeze(self, object value, object hint=*)

    cdef object visit(self, object value, object hint)
    cdef object resolve(self, object value, object hint)
    cdef bint attempt(self, object value, object live, Frozen frozen, int index) except -1
    cdef Frozen build(self, object value, object live, int kind, Frozen base, int index)
    cdef tuple build_pairs(self, object live, tuple base)
    cdef object heir(self, object value, object part)
    cdef Frozen value(self, object value, int kind)
    cdef bint matches(self, object value, object part) except -1
    cdef bint replaces(self, object value, Frozen frozen) except -1
    cdef bint scan(self, object live, tuple parts) except -1


# The values of names and values in turn, by the names.
cdef dict keyed(tuple pairs)
