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
    cdef Py_ssize_t i
    frozen.leaf = frozen.kind != KEPT
    frozen.plain = frozen.kind in (DICT, LIST, TUPLE, SET, FROZENSET, BYTEARRAY)
    frozen.comparable = frozen.kind not in (REDUCED, KEPT)
    frozen.opaque = False
    for i in range(PyTuple_GET_SIZE(frozen.parts)):
        add(frozen, PyTuple_GetItemUnchecked(frozen.parts, i))
    if frozen.leaf and frozen.plain:
        PyObject_GC_UnTrack(<void*>frozen)  # it cannot be part of a cycle


cdef object describe_like(Frozen frozen, Frozen base, list parts):
    if base.leaf or base.opaque or not base.plain or not base.comparable:
        return describe(frozen)     # maybe because of a part that it no longer has
    frozen.leaf, frozen.plain, frozen.comparable, frozen.opaque = False, True, True, False
    for part in parts:
        add(frozen, <PyObject*>part)


cdef inline int add(Frozen frozen, PyObject* part) except -1:
    """Take a part into account."""
    if type_of(part) == <PyObject*>Frozen:
        frozen.leaf = False
        if not (<Frozen>part).index:
            frozen.plain = frozen.plain and (<Frozen>part).plain
            frozen.comparable = frozen.comparable and (<Frozen>part).comparable
            frozen.opaque = frozen.opaque or (<Frozen>part).opaque
    elif frozen.plain:
        frozen.plain = is_plain_atom(<object>part)
    return 0
