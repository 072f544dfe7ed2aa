"""What other Cython modules may ask of values."""

from pykka_live.state._freeze cimport Freezer


# Whether it is worth while to compare a value with a picture.
cdef bint resembles(Freezer freezer, object value, object part) except -1
# Whether a tuple or a frozenset deeply holds nothing but atoms.
cdef bint is_value(Freezer freezer, object value, int depth) except -1
