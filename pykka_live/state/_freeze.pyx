"""Immutable pictures of mutable values: what has changed since the last one, and what has not.

A `Freezer` pictures the values that one thread owns. It knows of each live object the `Frozen` that
pictured it last, by its address, and always compares the contents: an address may be used again.
Where nothing has changed the picture is the same object as before, so "unchanged" is one comparison
of pointers, and pictures share what they have in common.
"""

cimport cython
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItem, PyDict_Next, PyDict_Size
from cpython.list cimport PyList_GET_SIZE
from cpython.long cimport PyLong_AsVoidPtr, PyLong_FromVoidPtr
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

from pykka_live.state._kinds cimport (
    ATOM, BYTEARRAY, COUNTER, DEFAULT, DEQUE, DICT, FROZENSET, INSTANCE, KEPT, LIST, MARKER, MEMORY,
    METHOD, NAMEDTUPLE, OPAQUE, ORDERED, REDUCED, SET, SLOTTED, TUPLE, VIEW,
    is_plain_atom, same_atom,
)

from collections import OrderedDict
from gc import get_referents
from itertools import count
from types import MemberDescriptorType

from pykka_live.state._kinds import classify

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(void* thing) noexcept
    object PyObject_GenericGetDict(object instance, void* context)
    PyObject* PyList_GetItemUnchecked "PyList_GET_ITEM" (object items, Py_ssize_t index)
    PyObject* PyTuple_GetItemUnchecked "PyTuple_GET_ITEM" (object items, Py_ssize_t index)
    Py_ssize_t Py_REFCNT(PyObject* thing) noexcept
    PyObject* type_of "(PyObject*)Py_TYPE" (PyObject* thing) noexcept

cdef extern from *:
    """
    /* PEP 509: each change gives a dict a number that no dict has had before. CPython 3.13 has done
       away with it. */
    #if PY_VERSION_HEX < 0x030D0000
    #define version_of(mapping) (((PyDictObject *)(mapping))->ma_version_tag)
    #else
    #define version_of(mapping) 0
    #endif
    """
    unsigned long long version_of(PyObject* mapping) noexcept

cdef enum:
    DEPTH = 500         # deeper than copy.deepcopy gets, and safe on a thread's C stack
    NESTED = 50         # how deep a tuple may nest as a value
    ROOM = 1000         # pictures that are known before one looks for unused ones
    OLD = 100           # passes after which a picture may be forgotten

cdef tuple EMPTY = ()
cdef object NOTHING = object()
cdef object _ids = count(1)

cdef frozenset VIEWS = frozenset(
    type(view)
    for mapping in ({}, OrderedDict())
    for view in (mapping.keys(), mapping.values(), mapping.items())
)


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


@cython.final
cdef class Freezer:
    """Pictures values, and finds what is unchanged.

    One thread uses it; what it has made may be read by any.

    :param source: the object whose attributes are the state; it is pictured by a marker
    :param surroundings: names of attributes of the source that belong to the instance and not to
        its state, and dotted names of their parts; pictured by markers, too
    """

    def __init__(self, source=None, surroundings=frozenset()):
        self.id = next(_ids)
        self.now = 1
        self.source = source
        self.surroundings = frozenset(surroundings)
        self.known = {}
        self.room = ROOM
        self.alive = []
        self.copiers = {}
        self.types = {}
        self.marks = {}
        self.marked = 0
        self.stack = []
        self.stale = []
        self.low = 0
        self.depth = 0

    cpdef object begin(self):
        """Start a pass: all that has been frozen before may have been changed since."""
        self.now += 1
        if self.alive:
            self.alive = []
        if self.copiers:
            self.copiers = {}
        if PyDict_Size(self.known) > self.room:
            self.prune()

    cpdef object freeze(self, object value, object hint=None):
        """Picture a value.

        Until the next `begin`, nothing that has been frozen may be changed.

        :param hint: an earlier picture of it, or of what stood in its place
        :returns: `hint` itself if the value still is that, deeply and exactly in its types; else
            another picture, which shares with the hint what both have in common
        :raises TypeError: or what else `copy.deepcopy` would, if the value cannot be copied
        """
        if type(hint) is not Frozen and same_atom(value, hint):
            return hint
        self.alive.append(value)
        try:
            if type(value) in VIEWS:
                return self.frozen_view(value, hint)
            return self.visit(value, hint)
        except BaseException:
            self.unwind()
            raise

    def frozen_view(self, value, hint):
        """A dict's view is pictured by its dict. It cannot be copied, so nothing can hold it."""
        cdef Frozen frozen = None
        if type(hint) is Frozen and (<Frozen>hint).type is type(value):
            frozen = hint
        mapping = get_referents(value)[0]
        picture = self.visit(mapping, frozen.parts[0] if frozen is not None else None)
        if frozen is not None and picture is frozen.parts[0]:
            return frozen
        frozen = Frozen.__new__(Frozen)
        frozen.kind, frozen.type, frozen.parts = VIEW, type(value), (picture,)
        frozen.plain = is_plain(picture)
        frozen.comparable = (<Frozen>picture).comparable
        frozen.opaque = (<Frozen>picture).opaque
        return frozen

    def attributes(self, tuple last):
        """Picture the attributes of the source that are state.

        :param last: what this returned the last time, or an empty tuple
        :returns: names and pictures in turn, `last` itself if nothing has changed; and pairs of
            names and exceptions of the attributes that cannot be copied, None if all can be
            compared
        """
        cdef dict state = self.source.__dict__
        cdef list made = [], failures = []
        cdef Py_ssize_t i = 0
        cdef bint shared = True, compared = True
        cdef dict by_name = None
        if self.still_all(state, last):
            return last, None
        for name, value in list(state.items()):
            if name in self.surroundings:
                continue
            hint = None
            if i < len(last) and last[i] == name:
                hint = last[i + 1]
            else:
                if by_name is None:
                    by_name = keyed(last)
                hint = by_name.get(name)
            try:
                picture = self.visit(value, hint)
            except BaseException as error:
                self.unwind()
                if not isinstance(error, Exception):
                    raise
                failures.append((name, error))
                compared = False
                continue
            if type(picture) is Frozen and not (<Frozen>picture).comparable:
                compared = False
            shared = shared and i < len(last) and name is last[i] and picture is last[i + 1]
            made.append(name)
            made.append(picture)
            i += 2
        if not shared or i != len(last):
            last = tuple(made)
        return last, None if compared else failures

    cdef bint still_all(self, dict state, tuple last) except -1:
        """Whether all attributes are what they were, as far as that is seen without running any
        code."""
        cdef Py_ssize_t i = 0, at = 0, count = PyTuple_GET_SIZE(last)
        cdef PyObject* name
        cdef PyObject* value
        while PyDict_Next(state, &at, &name, &value):
            if <object>name in self.surroundings:
                continue
            if i >= count or name != PyTuple_GetItemUnchecked(last, i):
                return False
            if value != PyTuple_GetItemUnchecked(last, i + 1) and not still(
                value, PyTuple_GetItemUnchecked(last, i + 1), self.id, self.now
            ):
                return False
            i += 2
        return i == count

    def pictured(self, address):
        """Return the picture of the object at an address, if it has been frozen in this pass and
        does not copy itself."""
        cdef Frozen found = self.marks.get(address) if self.marked == self.now else None
        if found is None:
            found = self.known.get(address)
            if found is None or found.stamp != self.now or found.kind == OPAQUE:
                return None
            if PyLong_FromVoidPtr(found.owner) != address:
                return None
        return found

    def original(self, Frozen frozen):
        """Return the object that an opaque picture of this pass stands for."""
        return self.copiers[frozen]

    # One value

    cdef object visit(self, object value, object hint):
        """As `freeze`, within it."""
        cdef Frozen frozen
        if type(hint) is Frozen:
            frozen = <Frozen>hint
            if frozen.owner == <void*>value and frozen.home == self.id:
                if frozen.stamp == self.now:
                    if frozen.index:
                        self.touch(frozen)
                    return frozen
                if frozen.leaf and frozen.type is type(value):
                    if self.scan(self.opened(value, frozen.kind), frozen.parts):
                        frozen.stamp = self.now
                        return frozen
            elif frozen.valued and frozen.type is type(value):
                if self.scan(self.opened(value, frozen.kind), frozen.parts):
                    return frozen
        elif same_atom(value, hint):
            return hint
        cls = type(value)
        if cls is str or cls is int or value is None or cls is bool or cls is float:
            return value
        return self.resolve(value, hint)

    cdef object resolve(self, object value, object hint):
        """As `visit`, for what is no common atom."""
        cdef int kind, index, saved
        cdef Frozen frozen, own = None, other = None, made = None
        cls = type(value)
        if type(hint) is Frozen:
            frozen = <Frozen>hint
            if frozen.home == self.id and frozen.owner == <void*>value:
                own = frozen
            elif frozen.type is cls:
                other = frozen
        if own is None:
            own = self.find(value)
        if own is not None and own.stamp == self.now:
            self.touch(own)
            return own
        kind = self.kind_of(value)
        if kind == ATOM:
            return value
        if kind in (TUPLE, NAMEDTUPLE, FROZENSET) and self.is_value(value, 0):
            return self.value(value, kind)
        if kind in (INSTANCE, SLOTTED, REDUCED, OPAQUE):
            frozen = self.marker(value)
            if frozen is not None:
                return frozen
            if kind == OPAQUE:
                return self.opaque(value)
        live = self.opened(value, kind)
        if live is NOTHING:
            kind, live = KEPT, EMPTY
        if self.depth >= DEPTH:
            raise RecursionError(f"the state is nested more than {DEPTH} levels deep")

        self.stack.append(None)
        index = len(self.stack)
        saved, self.low = self.low, index
        self.depth += 1
        if own is not None:
            own.owner = NULL    # so that it is not met while `other` is tried
        if (
            other is not None and other.kind == kind and other.home == self.id
            and other.stamp != self.now and self.resembles(value, other)
            and self.attempt(value, live, other, index)
        ):
            made = other
        elif own is not None and own.type is cls and own.kind == kind:
            if self.attempt(value, live, own, index):
                made = own
        if made is None:
            made = self.build(value, live, kind, own if other is None else other, index)
        self.depth -= 1
        return self.close(made, index, saved)

    cdef bint attempt(self, object value, object live, Frozen frozen, int index) except -1:
        """Whether `value` is what `frozen` pictures. While that is found out, it is taken for it.
        """
        cdef void* owner = frozen.owner
        cdef unsigned long long stamp = frozen.stamp
        self.claim(frozen, value)
        frozen.index = index
        frozen.hit = False
        self.stack[index - 1] = frozen
        if frozen.kind == KEPT:
            if frozen.parts[0] is value:
                return True
        elif self.scan(live, frozen.parts):
            return True
        if frozen.hit:
            self.stale.append((frozen, PyLong_FromVoidPtr(<void*>value), index))
        frozen.index = 0
        frozen.owner = NULL
        frozen.stamp = 0
        if owner != <void*>value and owner != NULL:
            if PyDict_GetItem(self.known, PyLong_FromVoidPtr(owner)) == <PyObject*>frozen:
                frozen.owner = owner
                frozen.stamp = stamp
        return False

    cdef Frozen build(self, object value, object live, int kind, Frozen base, int index):
        """A new picture; it shares what it can with `base`."""
        cdef Frozen frozen = Frozen.__new__(Frozen)
        cdef tuple parts = EMPTY
        frozen.kind, frozen.type, frozen.parts, frozen.home = kind, type(value), EMPTY, self.id
        frozen.index = index
        frozen.fresh = True
        self.claim(frozen, value)
        self.stack[index - 1] = frozen
        if base is not None and base.kind == kind:
            parts = base.parts
        if kind == KEPT:
            parts = (value,)
        elif isinstance(live, dict):
            parts = self.build_pairs(live, parts)
        else:
            parts = self.build_items(live, parts)
        frozen.parts = parts
        describe(frozen)
        return frozen

    cdef tuple build_pairs(self, object live, tuple base):
        cdef Py_ssize_t i = 0, at = 0, count = 2 * PyDict_Size(live), size = PyTuple_GET_SIZE(base)
        cdef PyObject *key_
        cdef PyObject *value_
        cdef dict by_key = None
        cdef bint shared = count == size
        cdef tuple made = PyTuple_New(count)
        while PyDict_Next(live, &at, &key_, &value_):
            key, value = <object>key_, <object>value_
            if i >= count:
                break
            hint = None
            if i < size and self.matches(key, base[i]):
                key, hint = base[i], base[i + 1]
            else:
                key = self.visit(key, None)
                if by_key is None:
                    by_key = keyed(base)
                if type(key) is not Frozen:
                    hint = by_key.get(key)
            value = self.visit(value, hint)
            shared = shared and key is base[i] and value is base[i + 1]
            put(made, i, key)
            put(made, i + 1, value)
            i += 2
        if i != count or PyDict_Size(live) * 2 != count:
            fill(made, i)
            raise RuntimeError("dictionary changed size during iteration")
        return base if shared else made

    cdef tuple build_items(self, object live, tuple base):
        """Common front, common back, and between them place by place."""
        cdef Py_ssize_t i = 0, count = size_of(live), size = PyTuple_GET_SIZE(base)
        cdef Py_ssize_t shorter = min(count, size), back = 0
        cdef tuple made = PyTuple_New(count)
        cdef bint shared = count == size
        while i < shorter and self.take_over(made, i, live, base, i):
            shared = shared and made[i] is base[i]
            i += 1
        while back < shorter - i and self.take_over(
            made, count - 1 - back, live, base, size - 1 - back
        ):
            shared = shared and made[count - 1 - back] is base[size - 1 - back]
            back += 1
        for i in range(i, count - back):
            hint = base[i] if i < size - back else None
            put(made, i, self.visit(item_of(live, i), hint))
            shared = shared and made[i] is hint
        if size_of(live) != count:
            raise RuntimeError("list changed size during iteration")
        return base if shared else made

    cdef bint take_over(
        self, tuple made, Py_ssize_t i, object live, tuple base, Py_ssize_t at
    ) except -1:
        """Picture an item where another stood, if they resemble each other."""
        cdef PyObject* part = PyTuple_GetItemUnchecked(base, at)
        item = item_of(live, i)
        if <PyObject*>item == part or still(<PyObject*>item, part, self.id, self.now):
            put(made, i, <object>part)
            return True
        if not self.resembles(item, <object>part):
            return False
        put(made, i, self.visit(item, <object>part))
        return True

    # Tuples of atoms are values: nobody can tell one from another that is equal

    cdef bint is_value(self, object value, int depth) except -1:
        """Whether a tuple or a frozenset deeply holds nothing but atoms."""
        cdef int kind
        if depth > NESTED:
            return False
        for item in value:
            cls = type(item)
            if cls is str or cls is int or item is None or cls is float:
                continue
            kind = self.kind_of(item)
            if kind in (TUPLE, NAMEDTUPLE, FROZENSET):
                if not self.is_value(item, depth + 1):
                    return False
            elif kind != ATOM:
                return False
        return True

    cdef Frozen value(self, object value, int kind):
        cdef Frozen frozen = Frozen.__new__(Frozen)
        cdef list parts = [self.visit(item, None) for item in value]
        frozen.kind, frozen.type, frozen.valued = kind, type(value), True
        frozen.parts = tuple(parts)
        describe(frozen)
        if kind == TUPLE and frozen.leaf:
            frozen.parts = value
        return frozen

    # Comparing

    cdef bint scan(self, object live, tuple parts) except -1:
        """Whether an opened value consists of `parts`."""
        cdef Py_ssize_t i = 0, at = 0, count = PyTuple_GET_SIZE(parts)
        cdef PyObject *key
        cdef PyObject *value
        cdef PyObject *part
        if isinstance(live, dict):
            if 2 * PyDict_Size(live) != count:
                return False
            while PyDict_Next(live, &at, &key, &value):
                if i >= count:
                    return False
                part = PyTuple_GetItemUnchecked(parts, i)
                if key != part and not self.matches(<object>key, <object>part):
                    return False
                part = PyTuple_GetItemUnchecked(parts, i + 1)
                if value != part and not still(value, part, self.id, self.now):
                    if not self.matches(<object>value, <object>part):
                        return False
                i += 2
            return i == count
        if size_of(live) != count:
            return False
        while i < count and i < size_of(live):
            value = item_at(live, i)
            part = PyTuple_GetItemUnchecked(parts, i)
            if value != part and not still(value, part, self.id, self.now):
                if not self.matches(<object>value, <object>part):
                    return False
            i += 1
        return i == count and i == size_of(live)

    cdef bint matches(self, object value, object part) except -1:
        """Whether `part` pictures `value`. If not, `value` may have no new picture yet."""
        cdef Frozen frozen
        if type(part) is not Frozen:
            return same_atom(value, part)
        frozen = <Frozen>part
        if frozen.owner == <void*>value and frozen.home == self.id:
            if frozen.stamp == self.now:
                if frozen.index:
                    self.touch(frozen)
                return True
            if frozen.leaf:
                if frozen.type is not type(value):
                    return False
                if not self.scan(self.opened(value, frozen.kind), frozen.parts):
                    return False
                frozen.stamp = self.now
                return True
        elif frozen.valued:
            if frozen.type is not type(value):
                return False
            return self.scan(self.opened(value, frozen.kind), frozen.parts)
        elif frozen.home == self.id and frozen.stamp == self.now:
            return frozen.kind == MARKER and self.visit(value, frozen) is frozen
        elif frozen.home == self.id and frozen.leaf and frozen.kind < INSTANCE:
            return self.replaces(value, frozen)
        elif not self.resembles(value, frozen):
            return False
        return self.visit(value, frozen) is frozen

    cdef bint replaces(self, object value, Frozen frozen) except -1:
        """Whether `value` has taken the place of an equal container of atoms."""
        cdef Frozen own
        if frozen.type is not type(value):
            return False
        if not self.scan(self.opened(value, frozen.kind), frozen.parts):
            return False
        own = self.find(value)
        if own is not None:
            if own.stamp == self.now:
                return False
            own.owner = NULL
        self.claim(frozen, value)
        return True

    cdef bint resembles(self, object value, object part) except -1:
        """Whether it is worth while to compare `value` with `part`: the same object, or another
        with the same atoms in the same places."""
        cdef Py_ssize_t i = 0, at = 0, count
        cdef PyObject *key
        cdef PyObject *item
        cdef Frozen frozen
        if type(part) is not Frozen:
            return same_atom(value, part)
        frozen = <Frozen>part
        if frozen.owner == <void*>value and frozen.home == self.id:
            return True
        if frozen.kind == MARKER:
            return True
        if frozen.type is not type(value):
            return False
        if frozen.kind not in (DICT, INSTANCE, LIST, TUPLE, NAMEDTUPLE):
            return True
        live = self.opened(value, frozen.kind)
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

    # Cycles: Tarjan's algorithm. What is in progress is taken for unchanged when it is met again;
    # where that was wrong, the whole cycle is new.

    cdef object touch(self, Frozen frozen):
        """Note that a picture in progress has been met."""
        if frozen.index:
            frozen.hit = True
            if frozen.index < self.low:
                self.low = frozen.index

    cdef Frozen close(self, Frozen frozen, int index, int saved):
        """Finish a picture, unless it is part of a cycle that begins further down."""
        cdef int low = self.low
        if low < index:
            self.low = min(saved, low)
            return frozen
        self.low = saved
        if frozen.hit or len(self.stack) > index or self.stale:
            return self.close_cycle(frozen, index)
        self.stack.pop()
        frozen.index = 0
        frozen.fresh = False
        return frozen

    cdef Frozen close_cycle(self, Frozen root, int index):
        cdef list members = self.stack[index - 1:]
        cdef list wrong = [entry for entry in self.stale if entry[2] >= index]
        cdef Frozen member, copy
        cdef dict instead = {}
        cdef bint comparable = True, opaque = False
        if wrong:
            self.stale = [entry for entry in self.stale if entry[2] < index]
            for i, member in enumerate(members):
                if not member.fresh:
                    members[i] = instead[member] = self.renewed(member)
            for frozen, address, _ in wrong:
                instead[frozen] = self.known[address]
            for member in members:
                member.parts = tuple(
                    [instead.get(p, p) if type(p) is Frozen else p for p in member.parts]
                )
            root = members[0]
        for member in members:
            comparable = comparable and (member.comparable or not member.fresh)
            opaque = opaque or (member.opaque and member.fresh)
        for member in members:
            if member.fresh:
                member.plain, member.comparable, member.opaque = False, comparable, opaque
            member.index = 0
            member.fresh = False
        del self.stack[index - 1:]
        return root

    def renewed(self, Frozen member):
        """A copy of a picture that has taken another for unchanged in vain, for the same object."""
        cdef Frozen copy = Frozen.__new__(Frozen)
        copy.kind, copy.type, copy.parts, copy.home = member.kind, member.type, member.parts, self.id
        copy.comparable, copy.opaque, copy.fresh = member.comparable, member.opaque, True
        copy.owner, copy.stamp = member.owner, self.now
        self.known[PyLong_FromVoidPtr(member.owner)] = copy
        member.owner = NULL
        member.index = 0
        return copy

    cdef object unwind(self):
        """Forget what is in progress."""
        cdef Frozen frozen
        for entry in self.stack:
            if entry is not None:
                frozen = entry
                if frozen.owner != NULL:
                    self.known.pop(PyLong_FromVoidPtr(frozen.owner), None)
                frozen.owner = NULL
                frozen.index = 0
        self.stack = []
        self.stale = []
        self.low = self.depth = 0

    # What is known

    cdef Frozen find(self, object value):
        """The picture of a live object, if there is one that anybody still has."""
        cdef PyObject* found
        address = PyLong_FromVoidPtr(<void*>value)
        found = PyDict_GetItem(self.known, address)
        if found == NULL or (<Frozen>found).owner != <void*>value:
            return None
        return <Frozen>found

    cdef object claim(self, Frozen frozen, object value):
        if frozen.owner != <void*>value:
            frozen.owner = <void*>value
            self.known[PyLong_FromVoidPtr(<void*>value)] = frozen
        frozen.stamp = self.now

    cdef object prune(self):
        """Forget the pictures that nobody else has, and those that are old: one in a cycle has
        itself."""
        cdef PyObject *key
        cdef PyObject *found
        cdef Py_ssize_t at = 0
        cdef list unused = []
        cdef Frozen frozen
        while PyDict_Next(self.known, &at, &key, &found):
            if (
                Py_REFCNT(found) == 1
                or (<Frozen>found).stamp + OLD < self.now
                or (<Frozen>found).owner != PyLong_AsVoidPtr(<object>key)
            ):
                unused.append(<object>key)
        for address in unused:
            frozen = self.known.pop(address)
            if frozen.owner == PyLong_AsVoidPtr(address):
                frozen.owner = NULL
        self.room = 2 * PyDict_Size(self.known) + ROOM

    # What a value consists of

    def kind_of(self, value):
        cls = type(value)
        found = self.types.get(cls)
        if found is None:
            found = self.types[cls] = classify(value)
        return found[0]

    def detail(self, value):
        self.kind_of(value)
        return self.types[type(value)][1]

    cdef object opened(self, object value, int kind):
        """What a value consists of: a dict, a list, or a tuple. NOTHING if it says that it is a
        global."""
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

    def opaque(self, value):
        """A picture that is never the same again; whoever keeps it copies the object."""
        cdef Frozen frozen = Frozen.__new__(Frozen)
        frozen.kind, frozen.type, frozen.parts, frozen.home = OPAQUE, type(value), EMPTY, self.id
        frozen.opaque = True
        self.claim(frozen, value)
        self.copiers[frozen] = value
        return frozen

    # Surroundings

    cdef Frozen marker(self, object value):
        if self.source is None:
            return None
        if self.marked != self.now:
            self.mark()
        return self.marks.get(PyLong_FromVoidPtr(<void*>value))

    cdef object mark(self):
        """Find the surrounding objects; a lazy one stands for what it has loaded as well."""
        cdef dict names = {PyLong_FromVoidPtr(<void*>self.source): "self"}
        cdef dict marks = {}
        cdef Frozen frozen
        for name in self.surroundings:
            found = find(self.source, name)
            attributes = getattr(found, "__dict__", None)
            if isinstance(attributes, dict):
                names[PyLong_FromVoidPtr(<void*>found)] = name
                inner = attributes.get("_wrapped")
                if hasattr(inner, "__dict__"):
                    names[PyLong_FromVoidPtr(<void*>inner)] = name
        for address, name in names.items():
            frozen = self.marks.get(address)
            if frozen is None or frozen.parts[0] != name:
                frozen = Frozen.__new__(Frozen)
                frozen.kind, frozen.parts, frozen.home = MARKER, (name,), self.id
            marks[address] = frozen
        self.marks, self.marked = marks, self.now


cdef inline bint still(
    PyObject* value, PyObject* part, unsigned long long home, unsigned long long now
) noexcept:
    """Whether a dict of atoms is what it was. False means that nothing is known: this is for the
    case that thousands of rows are the same, and touches no reference count."""
    cdef PyObject* parts
    cdef PyObject* key
    cdef PyObject* item
    cdef Py_ssize_t at = 0, i = 0, count
    if type_of(part) != <PyObject*>Frozen:
        return False
    if (<Frozen>part).owner != value:
        return (<Frozen>part).kind == TUPLE and <PyObject*>(<Frozen>part).parts == value
    if (<Frozen>part).home != home or (<Frozen>part).index:
        return False
    if (<Frozen>part).stamp == now:
        return True
    if (
        (<Frozen>part).version
        and PyDict_CheckExact(<object>value)
        and (<Frozen>part).version == version_of(value)
    ):
        (<Frozen>part).stamp = now
        return True
    if not (<Frozen>part).leaf or type_of(value) != <PyObject*>(<Frozen>part).type:
        return False
    if (<Frozen>part).kind != DICT:
        return False
    parts = <PyObject*>(<Frozen>part).parts
    count = PyTuple_GET_SIZE(<object>parts)
    if 2 * PyDict_Size(<object>value) != count:
        return False
    while PyDict_Next(<object>value, &at, &key, &item):
        if (
            key != PyTuple_GetItemUnchecked(<object>parts, i)
            or item != PyTuple_GetItemUnchecked(<object>parts, i + 1)
        ):
            return False
        i += 2
    (<Frozen>part).stamp = now
    (<Frozen>part).version = version_of(value)
    return True


def find(owner, name):
    """Return what the dotted `name` means among the instance attributes of `owner`, or None."""
    for part in name.split("."):
        owner = getattr(owner, "__dict__", {}).get(part)
    return owner


cdef object describe(Frozen frozen):
    """Work out the flags of a new picture from its parts."""
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


cdef bint alike(object value, object part) except -1:
    return type(part) is Frozen or value is part or same_atom(value, part)


cdef dict keyed(tuple pairs):
    cdef Py_ssize_t i
    cdef dict found = {}
    for i in range(0, len(pairs), 2):
        if type(pairs[i]) is not Frozen:
            found[pairs[i]] = pairs[i + 1]
    return found


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


cdef inline Py_ssize_t size_of(object items):
    return PyList_GET_SIZE(items) if isinstance(items, list) else PyTuple_GET_SIZE(items)


cdef inline PyObject* item_at(object items, Py_ssize_t i):
    return (
        PyList_GetItemUnchecked(items, i) if isinstance(items, list)
        else PyTuple_GetItemUnchecked(items, i)
    )


cdef object item_of(object items, Py_ssize_t i):
    if i >= size_of(items):
        raise RuntimeError("list changed size during iteration")
    return <object>item_at(items, i)


cdef inline object put(tuple made, Py_ssize_t i, object item):
    Py_INCREF(item)
    PyTuple_SET_ITEM(made, i, item)


cdef object fill(tuple made, Py_ssize_t i):
    for i in range(i, len(made)):
        put(made, i, None)
