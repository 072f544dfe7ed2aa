"""Immutable pictures of mutable values: what has changed since the last one, and what has not.

A `Freezer` pictures the values that one thread owns. It knows of each live object the `Frozen` that
pictured it last, by its address, and always compares the contents: an address may be used again.
Where nothing has changed the picture is the same object as before, so "unchanged" is one comparison
of pointers, and pictures share what they have in common.
"""

cimport cython
from cpython.dict cimport PyDict_GetItem, PyDict_Next, PyDict_Size
from cpython.long cimport PyLong_FromVoidPtr
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE, PyTuple_New

from pykka_live.state._contents cimport NOTHING, Contents, item_at, size_of
from pykka_live.state._frozen cimport (
    Frozen, PyTuple_GetItemUnchecked, describe, is_plain, still, version_of,
)
from pykka_live.state._items cimport build_items, fill, mended, put, scan_items
from pykka_live.state._kinds cimport (
    ATOM, FROZENSET, INSTANCE, KEPT, MARKER, NAMEDTUPLE, OPAQUE, REDUCED, SLOTTED, TUPLE, VIEW,
    same_atom,
)
from pykka_live.state._likeness cimport is_value, resembles
from pykka_live.state._markers cimport Markers
from pykka_live.state._register cimport Register
from pykka_live.state._roster cimport enrolled

from collections import OrderedDict
from gc import get_referents
from itertools import count

cdef enum:
    DEPTH = 500         # deeper than copy.deepcopy gets, and safe on a thread's C stack

cdef tuple EMPTY = ()
cdef object _ids = count(1)

cdef frozenset VIEWS = frozenset(
    type(view)
    for mapping in ({}, OrderedDict())
    for view in (mapping.keys(), mapping.values(), mapping.items())
)


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
        self.source = source
        self.surroundings = frozenset(surroundings)
        self.register = Register()
        self.contents = Contents()
        self.markers = Markers(source, self.surroundings, self.id)
        self.copiers = {}
        self.depth = 0
        self.keys = ()

    cpdef object begin(self):
        """Start a pass: all that has been frozen before may have been changed since."""
        self.register.begin()
        if self.contents.alive:
            self.contents.alive = []
        if self.copiers:
            self.copiers = {}

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
        self.contents.alive.append(value)
        try:
            if type(value) in VIEWS:
                return self.frozen_view(value, hint)
            return self.visit(value, hint)
        except BaseException:
            self.register.unwind()
            self.depth = 0
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

    def pictured(self, address):
        """Return the picture of the object at an address, if it has been frozen in this pass and
        does not copy itself."""
        cdef Frozen found = self.markers.at(address, self.register.now)
        if found is None:
            found = self.register.known.get(address)
            if found is None or found.kind == OPAQUE or not self.register.is_taken(found):
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
                if frozen.stamp == self.register.now:
                    if frozen.index:
                        self.register.touch(frozen)
                    return frozen
                if frozen.leaf and frozen.type is type(value):
                    if self.scan(self.contents.opened(value, frozen.kind), frozen.parts):
                        frozen.stamp = self.register.now
                        return frozen
            elif frozen.valued and frozen.type is type(value):
                if self.scan(self.contents.opened(value, frozen.kind), frozen.parts):
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
            own = self.register.find(value)
        if own is not None:
            if own.stamp == self.register.now or (
                other is not None and self.register.is_taken(own)
            ):
                self.register.touch(own)
                return own
        kind = self.contents.kind_of(value)
        if kind == ATOM:
            return value
        if kind in (TUPLE, NAMEDTUPLE, FROZENSET) and is_value(self, value, 0):
            return self.value(value, kind)
        if kind in (INSTANCE, SLOTTED, REDUCED, OPAQUE):
            frozen = self.markers.at(PyLong_FromVoidPtr(<void*>value), self.register.now)
            if frozen is not None:
                return frozen
            if kind == OPAQUE:
                return self.opaque(value)
        live = self.contents.opened(value, kind)
        if live is NOTHING:
            kind, live = KEPT, EMPTY
        if self.depth >= DEPTH:
            raise RecursionError(f"the state is nested more than {DEPTH} levels deep")

        self.register.stack.append(None)
        index = len(self.register.stack)
        saved, self.register.low = self.register.low, index
        self.depth += 1
        if own is not None:
            self.register.release(own, value)   # so that it is not met while `other` is tried
        if (
            other is not None and other.kind == kind and other.home == self.id
            and not self.register.is_taken(other) and resembles(self, value, other)
            and self.attempt(value, live, other, index)
        ):
            made = other
        elif own is not None and own.type is cls and own.kind == kind:
            if self.attempt(value, live, own, index):
                made = own
        if made is None:
            made = self.build(value, live, kind, own if other is None else other, index)
        self.depth -= 1
        return self.register.close(made, index, saved)

    cdef bint attempt(self, object value, object live, Frozen frozen, int index) except -1:
        """Whether `value` is what `frozen` pictures. While that is found out, it is taken for it.
        """
        cdef void* owner = frozen.owner
        cdef unsigned long long stamp = frozen.stamp
        self.register.claim(frozen, value)
        frozen.index = index
        frozen.hit = False
        self.register.stack[index - 1] = frozen
        if frozen.kind == KEPT:
            if frozen.parts[0] is value:
                return True
        elif isinstance(live, dict):
            if self.scan(live, frozen.parts):
                return True
        elif scan_items(self, live, frozen):
            return True
        if frozen.hit:
            self.register.stale.append((frozen, PyLong_FromVoidPtr(<void*>value), index))
        frozen.index = 0
        frozen.owner = NULL
        frozen.stamp = 0
        if owner != <void*>value and owner != NULL:
            if PyDict_GetItem(self.register.known, PyLong_FromVoidPtr(owner)) == <PyObject*>frozen:
                frozen.owner = owner
                frozen.stamp = stamp
        return False

    cdef Frozen build(self, object value, object live, int kind, Frozen base, int index):
        """A new picture; it shares what it can with `base`."""
        cdef Frozen frozen = Frozen.__new__(Frozen)
        cdef tuple parts = EMPTY
        cdef unsigned long long version = 0
        frozen.kind, frozen.type, frozen.parts, frozen.home = kind, type(value), EMPTY, self.id
        frozen.index = index
        frozen.fresh = True
        self.register.claim(frozen, value)
        self.register.stack[index - 1] = frozen
        if base is not None and base.kind != kind:
            base = None
        if base is not None:
            parts = base.parts
        if kind == KEPT:
            parts = (value,)
        elif isinstance(live, dict):
            if type(value) is dict:
                version = version_of(<PyObject*>value)
            parts = self.build_pairs(live, parts)
        elif base is not None and base.roster is not None and base.home == self.id:
            return mended(self, live, frozen, base)
        else:
            parts = build_items(self, live, parts)
        frozen.parts = parts
        describe(frozen)
        if frozen.leaf:
            frozen.version = version
        elif base is not None and not isinstance(live, dict):
            frozen.roster = enrolled(parts, self.register.moves)
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

    cdef object heir(self, object value, object part):
        """The picture of an item that had this one, as far as is known."""
        picture = self.visit(value, part)
        if type(picture) is Frozen and type(part) is Frozen and picture is not part:
            if (<Frozen>picture).base == NULL:
                (<Frozen>picture).base = <void*>part
        return picture

    # Tuples of atoms are values: nobody can tell one from another that is equal

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
                if value != part and not still(value, part, self.id, self.register.now):
                    if not self.matches(<object>value, <object>part):
                        return False
                i += 2
            return i == count
        if size_of(live) != count:
            return False
        while i < count and i < size_of(live):
            value = item_at(live, i)
            part = PyTuple_GetItemUnchecked(parts, i)
            if value != part and not still(value, part, self.id, self.register.now):
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
            if frozen.stamp == self.register.now:
                if frozen.index:
                    self.register.touch(frozen)
                return True
            if frozen.leaf:
                if frozen.type is not type(value):
                    return False
                if not self.scan(self.contents.opened(value, frozen.kind), frozen.parts):
                    return False
                frozen.stamp = self.register.now
                return True
        elif frozen.valued:
            if frozen.type is not type(value):
                return False
            return self.scan(self.contents.opened(value, frozen.kind), frozen.parts)
        elif frozen.home == self.id and self.register.is_taken(frozen):
            return frozen.kind == MARKER and self.visit(value, frozen) is frozen
        elif frozen.home == self.id and frozen.leaf and frozen.kind < INSTANCE:
            return self.replaces(value, frozen)
        elif not resembles(self, value, frozen):
            return False
        return self.heir(value, frozen) is frozen

    cdef bint replaces(self, object value, Frozen frozen) except -1:
        """Whether `value` has taken the place of an equal container of atoms."""
        cdef Frozen own
        if frozen.type is not type(value):
            return False
        if not self.scan(self.contents.opened(value, frozen.kind), frozen.parts):
            return False
        own = self.register.find(value)
        if own is not None:
            if self.register.is_taken(own):
                return False
            self.register.release(own, value)
        self.register.claim(frozen, value)
        return True

    def opaque(self, value):
        """A picture that is never the same again; whoever keeps it copies the object."""
        cdef Frozen frozen = Frozen.__new__(Frozen)
        frozen.kind, frozen.type, frozen.parts, frozen.home = OPAQUE, type(value), EMPTY, self.id
        frozen.opaque = True
        self.register.claim(frozen, value)
        self.copiers[frozen] = value
        return frozen


cdef dict keyed(tuple pairs):
    cdef Py_ssize_t i
    cdef dict found = {}
    for i in range(0, len(pairs), 2):
        if type(pairs[i]) is not Frozen:
            found[pairs[i]] = pairs[i + 1]
    return found
