"""What a value seems to be, told from its first level, or from atoms, before it is pictured."""

from cpython.dict cimport PyDict_Next, PyDict_Size
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from pykka_live.state._contents cimport item_of, size_of
from pykka_live.state._freeze cimport Freezer
from pykka_live.state._frozen cimport Frozen
from pykka_live.state._kinds cimport (
    ATOM, DICT, FROZENSET, INSTANCE, LIST, MARKER, NAMEDTUPLE, SLOTTED, TUPLE, same_atom,
)

cdef enum:
    NESTED = 50         # how deep a tuple may nest as a value


cdef bint resembles(Freezer freezer, object value, object part) except -1:
    """Whether it is worth while to compare `value` with `part`: the same object, or another
    with the same atoms in the same places."""
    cdef Py_ssize_t i = 0, at = 0, count
    cdef PyObject *key
    cdef PyObject *item
    cdef Frozen frozen
    if type(part) is not Frozen:
        return same_atom(value, part)
    frozen = <Frozen>part
    if frozen.owner == <void*>value and frozen.home == freezer.id:
        return True
    if frozen.kind == MARKER:
        return True
    if frozen.type is not type(value):
        return False
    if frozen.kind not in (DICT, INSTANCE, SLOTTED, LIST, TUPLE, NAMEDTUPLE):
        return True
    live = freezer.contents.opened(value, frozen.kind)
    count = PyTuple_GET_SIZE(frozen.parts)
    if not isinstance(live, dict):
        if size_of(live) != count:
            return False
        for i in range(count):
            if not alike(item_of(live, i), frozen.parts[i]):
                return False
        return True
    if 2 * PyDict_Size(live) != count:
        return False
    while i < count and PyDict_Next(live, &at, &key, &item):
        if not alike(<object>key, frozen.parts[i]):
            return False
        if not alike(<object>item, frozen.parts[i + 1]):
            return False
        i += 2
    return True


cdef bint alike(object value, object part) except -1:
    return type(part) is Frozen or value is part or same_atom(value, part)


cdef bint is_value(Freezer freezer, object value, int depth) except -1:
    """Whether a tuple or a frozenset deeply holds nothing but atoms."""
    cdef int kind
    if depth > NESTED:
        return False
    for item in value:
        cls = type(item)
        if cls is str or cls is int or item is None or cls is float:
            continue
        kind = freezer.contents.kind_of(item)
        if kind in (TUPLE, NAMEDTUPLE, FROZENSET):
            if not is_value(freezer, item, depth + 1):
                return False
        elif kind != ATOM:
            return False
    return True
