"""What the freezer uses of the items of lists."""

from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM

from pykka_live.state._freeze cimport Freezer
from pykka_live.state._frozen cimport Frozen


# Whether the items of an opened value are what a picture shows.
cdef bint scan_items(Freezer freezer, object live, Frozen frozen) except -1
# Fill in a new picture that is like `base`, but for some items.
cdef Frozen mended(Freezer freezer, object live, Frozen frozen, Frozen base)
# Pictures of the items of an opened value, like those of another one.
cdef tuple build_items(Freezer freezer, object live, tuple base)
# Fill up a new tuple from a place on.
cdef object fill(tuple made, Py_ssize_t i)


cdef inline object put(tuple made, Py_ssize_t i, object item):
    Py_INCREF(item)
    PyTuple_SET_ITEM(made, i, item)
