"""Which items of a list are which of those that stood there before.

What is said here is only a guess, of which picture an item's own is to be compared with and made
of: the freezer finds out what it really has in common with it. So it may be wrong where items have
the same digest or the same key, and costs no more than a look at each item that is not where it
was.
"""

cimport cython
from cpython.dict cimport PyDict_GetItem, PyDict_Next, PyDict_Size
from cpython.object cimport PyObject

from pykka_live.state._freeze cimport Freezer
from pykka_live.state._frozen cimport Frozen
from pykka_live.state._kinds cimport (
    ATOM, DICT, INSTANCE, LIST, NAMEDTUPLE, SLOTTED, TUPLE, is_plain_atom, same_atom,
)
from pykka_live.state._likeness cimport resembles

from datetime import date, datetime
from uuid import UUID

from django.utils.safestring import SafeString

cdef enum:
    PARTS = 32      # so many parts of a value are looked at for its digest,
    DEPTH = 4       # and so deep

cdef object NOTHING = object()
cdef frozenset KEYS = frozenset({str, SafeString, int, bytes, date, datetime, UUID})


# -------------------------------------------------------------------------------- digests and keys


cdef Py_hash_t digest(Freezer freezer, object thing) except? -1:
    """A number that is the same for a value and for its picture, and hardly for another."""
    cdef int left = PARTS
    return digest_of(freezer, thing, &left, DEPTH)


cdef Py_hash_t digest_of(Freezer freezer, object thing, int* left, int depth) except? -1:
    cdef Py_hash_t made
    cdef Py_ssize_t i = 0, at = 0, step = 1, count
    cdef PyObject *key
    cdef PyObject *value
    cdef int kind
    left[0] -= 1
    cls = type(thing)
    if cls is str or cls is int or cls is float or cls is bool or thing is None:
        return hash(thing)
    kind = kind_of(freezer, thing)
    if kind == ATOM:
        return digest_of_atom(thing)
    content = content_of(freezer, thing, kind)
    if cls is Frozen:
        cls = (<Frozen>thing).type
    made = <Py_hash_t><size_t><void*>cls
    if content is None or depth == 0:
        return made
    if type(content) is dict:
        made ^= PyDict_Size(content)
        while left[0] > 0 and PyDict_Next(content, &at, &key, &value):
            made = made * 1000003 ^ digest_of(freezer, <object>value, left, depth - 1)
        return made
    if kind == DICT or kind == INSTANCE:
        i, step = 1, 2
    count = len(content)
    made ^= count // step
    while i < count and left[0] > 0:
        item = content[i]
        made = made * 1000003 ^ digest_of(freezer, item, left, depth - 1)
        i += step
    return made


cdef Py_hash_t digest_of_atom(object atom) except? -1:
    if is_plain_atom(atom):
        try:
            return hash(atom)
        except TypeError:   # a Decimal that is a signalling NaN
            pass
    cls = type(atom)
    return <Py_hash_t><size_t><void*>cls


cdef object key_of(Freezer freezer, object thing):
    """What tells an item, or its picture, from the others; None if nothing is known to."""
    for path in freezer.keys:
        found = thing
        for name in <tuple>path:
            found = part_of(freezer, found, <str>name)
            if found is NOTHING:
                break
        else:
            if type(found) in KEYS:
                return found
    return None


cdef object part_of(Freezer freezer, object thing, str name):
    """The part of a value, or of its picture, that goes by a name, or by a number; or NOTHING."""
    cdef Py_ssize_t i
    cdef PyObject* found
    cdef int kind = kind_of(freezer, thing)
    content = content_of(freezer, thing, kind)
    if content is None:
        return NOTHING
    if type(content) is dict:
        found = PyDict_GetItem(content, name)
        return <object>found if found else NOTHING
    if kind == DICT or kind == INSTANCE:
        for i in range(0, len(content), 2):
            if content[i] is name or (type(content[i]) is str and content[i] == name):
                return content[i + 1]
        return NOTHING
    if kind == SLOTTED:
        for i in range(1, len(content), 2):
            if content[i].__name__ == name:
                return content[i + 1]
        return NOTHING
    if kind == NAMEDTUPLE:
        fields = ((<Frozen>thing).type if type(thing) is Frozen else type(thing))._fields
        if name in fields:
            return content[fields.index(name)]
    if name.isdecimal() and int(name) < len(content):
        return content[int(name)]
    return NOTHING


cdef int kind_of(Freezer freezer, object thing) except -1:
    cls = type(thing)
    if cls is Frozen:
        return (<Frozen>thing).kind
    if cls is dict:
        return DICT
    if cls is list:
        return LIST
    return TUPLE if cls is tuple else freezer.contents.kind_of(thing)


cdef object content_of(Freezer freezer, object thing, int kind):
    """What a value, or its picture, consists of: a dict, a list, or a tuple, as `Kind` says; None
    if that is not looked at."""
    if kind not in (DICT, LIST, TUPLE, NAMEDTUPLE, INSTANCE, SLOTTED):
        return None
    return (<Frozen>thing).parts if type(thing) is Frozen else freezer.contents.opened(thing, kind)


# ----------------------------------------------------------------------------------------- pairing


cdef bint looks_like(Freezer freezer, object value, Frozen part) except -1:
    if part.leaf and part.kind in (DICT, LIST, TUPLE, NAMEDTUPLE, INSTANCE, SLOTTED):
        return True     # there is nothing more in it
    return digest(freezer, value) == digest(freezer, part)


cdef list paired(Freezer freezer, list values, list parts):
    return Pairing(freezer, values, parts).made


@cython.final
cdef class Pairing:
    """Finds for each value the picture that shows it, or else the one that it has most in common
    with."""

    cdef Freezer freezer
    cdef list values, parts, made
    cdef list left      # the places of values that have none yet,
    cdef list spare     # and pictures that may be theirs

    def __init__(self, Freezer freezer, list values, list parts):
        self.freezer = freezer
        self.values = values
        self.parts = parts
        self.made = []
        self.left = []
        self.spare = []
        self.by_place()
        if self.left and freezer.keys:
            self.by_key()
        if self.left:
            self.by_content()
        if self.left:
            self.by_turn()

    cdef int by_place(self) except -1:
        """What stands where it stood, and what is the same object elsewhere."""
        cdef Py_ssize_t i, count = len(self.parts)
        cdef bint aligned = True    # so was the value before
        for i in range(len(self.values)):
            value = self.values[i]
            picture = NOTHING
            if i < count:
                part = self.parts[i]
                picture = self.if_same(value, part)
                if picture is NOTHING and aligned and self.has_same_key(value, part):
                    picture = self.freezer.heir(value, part)
                aligned = picture is not NOTHING
                if not aligned:
                    self.spare.append(part)
            if picture is NOTHING:
                own = self.freezer.register.find(value)
                if own is not None:
                    picture = self.if_same(value, own)
            if picture is NOTHING:
                self.left.append(i)
            self.made.append(picture)
        for i in range(len(self.values), count):
            self.spare.append(self.parts[i])
        return 0

    cdef object if_same(self, object value, object part):
        """The picture of a value that `part` seems to show, or NOTHING."""
        cdef Freezer freezer = self.freezer
        cdef Frozen frozen
        if type(part) is not Frozen:
            return part if same_atom(value, part) else NOTHING
        frozen = <Frozen>part
        if frozen.type is not type(value):
            return NOTHING
        if frozen.valued or (frozen.leaf and frozen.kind < INSTANCE and frozen.home == freezer.id):
            return part if freezer.matches(value, part) else NOTHING
        if frozen.owner == <void*>value:
            if not self.is_free(part):
                return freezer.visit(value, part)
            if digest(freezer, value) != digest(freezer, part):
                return NOTHING      # another object may have had its address
        elif not self.is_free(part) or not resembles(freezer, value, part):
            return NOTHING
        elif not self.has_same_key(value, part) and not looks_like(freezer, value, part):
            return NOTHING
        return freezer.heir(value, part)

    cdef bint has_same_key(self, object value, object part) except -1:
        if not self.freezer.keys or type(part) is not Frozen:
            return False
        key = key_of(self.freezer, value)
        return key is not None and same_atom(key, key_of(self.freezer, part))

    cdef bint is_free(self, object part) except -1:
        """Whether a picture may still turn out to be that of some object."""
        cdef Frozen frozen
        if type(part) is not Frozen:
            return True
        frozen = <Frozen>part
        return (
            frozen.valued or frozen.home != self.freezer.id
            or not self.freezer.register.is_taken(frozen)
        )

    cdef int by_key(self) except -1:
        """What is the only one of its key, and what has a new key."""
        cdef dict keyed = {}
        cdef list left = [], spare = []
        for part in self.spare:
            key = key_of(self.freezer, part)
            if key is None:
                spare.append(part)
            else:
                keyed[key] = spare if key in keyed else part
        if not keyed:
            return 0
        for part in self.spare:     # the others of a key
            if keyed.get(key_of(self.freezer, part)) is spare:
                spare.append(part)
        for i in self.left:
            value = self.values[i]
            key = key_of(self.freezer, value)
            part = keyed.get(key, None) if key is not None else spare
            if part is spare:
                left.append(i)
            else:
                self.made[i] = self.freezer.heir(value, part)
        self.left, self.spare = left, spare
        return 0

    cdef int by_content(self) except -1:
        """What was somewhere else, as another object maybe."""
        cdef dict index = {}
        cdef list found, left = []
        for part in reversed(self.spare):
            if self.is_free(part):
                index.setdefault(digest(self.freezer, part), []).append(part)
        if not index:
            return 0
        for i in self.left:
            value = self.values[i]
            found = <list>index.get(digest(self.freezer, value))
            if not found:
                left.append(i)
                continue
            part = found[len(found) - 1]
            if type(part) is Frozen and not (<Frozen>part).valued:
                found.pop()
            self.made[i] = self.freezer.heir(value, part)
        self.left = left
        return 0

    cdef int by_turn(self) except -1:
        """What has changed, or is new."""
        cdef set taken = {<size_t><void*>picture for picture in self.made}
        cdef list others = []
        for part in reversed(self.spare):
            if type(part) is Frozen and <size_t><void*>part not in taken and self.is_free(part):
                others.append(part)
        for i in self.left:
            value = self.values[i]
            part = self.freezer.register.find(value)
            if part is None and others:
                part = others.pop()
            self.made[i] = self.freezer.heir(value, part)
        return 0
