"""What a value consists of."""

cimport cython
from cpython.object cimport PyTypeObject

from pykka_live.state._kinds cimport (
    BYTEARRAY, COUNTER, DEFAULT, DEQUE, DICT, FROZENSET, INSTANCE, LIST, MEMORY, METHOD, NAMEDTUPLE,
    ORDERED, SET, SLOTTED, TUPLE,
)

from types import MemberDescriptorType

from pykka_live.state._kinds import classify

cdef extern from "Python.h":
    object PyObject_GenericGetDict(object instance, void* context)

cdef enum:
    CLASSES = 100       # that are remembered; a page may make new ones for each query

NOTHING = object()


@cython.final
cdef class Contents:
    """Opens values. Belongs to one freezer."""

    def __init__(self):
        self.alive = []
        self.types = {}

    cdef int kind_of(self, object value) except -1:
        cls = type(value)
        found = self.types.get(cls)
        if found is None:
            if len(self.types) == CLASSES:
                self.types.clear()
            found = self.types[cls] = classify(value)
        return found[0]

    def detail(self, value):
        self.kind_of(value)
        return self.types[type(value)][1]

    cdef object opened(self, object value, int kind):
        if kind in (DICT, COUNTER, LIST, TUPLE, NAMEDTUPLE):
            return value
        if kind == INSTANCE:
            return PyObject_GenericGetDict(value, NULL)
        if kind in (SET, FROZENSET):
            return list(value)
        if kind in (ORDERED, DEFAULT):
            return flat_pairs(value, kind)
        if kind == DEQUE:
            return [value.maxlen, *value]
        if kind in (BYTEARRAY, MEMORY):
            return [bytes(value)]
        if kind == METHOD:
            return [value.__func__, value.__self__]
        if kind == SLOTTED:
            return slotted(value, self.detail(value))
        return self.reduced(value)

    def reduced(self, value):
        reducer = self.detail(value)
        parts = reducer(value) if reducer is not None else value.__reduce_ex__(4)
        if isinstance(parts, str):
            return NOTHING
        if not 2 <= len(parts) <= 5:
            raise TypeError(f"cannot copy {type(value).__name__!r} object")
        function, arguments, state, items, pairs = (*parts, None, None, None)[:5]
        live = [
            function,
            arguments,
            state,
            None if items is None else tuple(items),
            None if pairs is None else tuple(pairs),
        ]
        self.alive.append(live)
        return live


cdef list flat_pairs(object mapping, int kind):
    cdef list flat = [mapping.default_factory if kind == DEFAULT else mapping.__dict__ or None]
    for key, value in mapping.items():
        flat.append(key)
        flat.append(value)
    return flat


cdef list slotted(object value, tuple slots):
    cls = type(value)
    reader = MemberDescriptorType
    cdef list flat = [
        PyObject_GenericGetDict(value, NULL) if (<PyTypeObject*>cls).tp_dictoffset else None
    ]
    for slot in slots:
        try:
            content = (<PyTypeObject*>reader).tp_descr_get(slot, value, cls)
        except AttributeError:
            continue
        flat.append(slot)
        flat.append(content)
    return flat
