"""An immutable picture of one mutable value."""

cimport cython
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from pykka_live.state._kinds cimport (
    BYTEARRAY, DICT, FROZENSET, KEPT, LIST, REDUCED, SET, TUPLE, is_plain_atom,
)

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(void* thing) noexcept


@cython.final
cdef class Frozen:
    """An immutable picture of one mutable container or object.

    Atoms, like strings and numbers, are their own pictures. `Freezer.freeze` makes these.
    """

    def __init__(self):
        raise TypeError("Frozen is made by Freezer.freeze")

    def __reduce__(self):
        raise TypeError("cannot copy a Frozen; thaw it")

    def __repr__(self):
        from pykka_live.state._kinds import Kind
        name = getattr(self.type, "__qualname__", "")
        return f"<Frozen {Kind(self.kind).name} {name} of {len(self.parts)} parts>"


cdef bint is_plain(object picture) except -1:
    if type(picture) is Frozen:
        return (<Frozen>picture).plain
    return is_plain_atom(picture)


cdef object describe(Frozen frozen):
    cdef bint leaf = frozen.kind != KEPT, opaque = False
    cdef bint plain = frozen.kind in (DICT, LIST, TUPLE, SET, FROZENSET, BYTEARRAY)
    cdef bint comparable = frozen.kind not in (REDUCED, KEPT)
    cdef Py_ssize_t i
    cdef PyObject* picture
    for i in range(PyTuple_GET_SIZE(frozen.parts)):
        picture = PyTuple_GetItemUnchecked(frozen.parts, i)
        if type_of(picture) == <PyObject*>Frozen:
            leaf = False
            if (<Frozen>picture).index:
                continue
            plain = plain and (<Frozen>picture).plain
            comparable = comparable and (<Frozen>picture).comparable
            opaque = opaque or (<Frozen>picture).opaque
        elif plain:
            plain = is_plain_atom(<object>picture)
    frozen.leaf = leaf
    frozen.plain, frozen.comparable, frozen.opaque = plain, comparable, opaque
    if leaf and plain:
        PyObject_GC_UnTrack(<void*>frozen)  # it cannot be part of a cycle
