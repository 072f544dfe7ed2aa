"""Which live object is pictured by what, and what is in progress."""

cimport cython
from cpython.dict cimport PyDict_GetItem, PyDict_Next, PyDict_Size
from cpython.long cimport PyLong_AsVoidPtr, PyLong_FromVoidPtr
from cpython.object cimport PyObject

from pykka_live.state._frozen cimport Frozen, PyTuple_GetItemUnchecked, type_of, version_of

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(PyObject* thing) noexcept
    bint PyDict_CheckExact(object thing) noexcept

cdef enum:
    ROOM = 1000         # pictures that are known before one looks for unused ones
    OLD = 100           # passes after which a picture may be forgotten
    FEW = 32            # pictures are stamped at once


@cython.final
cdef class Register:
    """The pictures of one freezer, by the addresses of what they picture."""

    def __init__(self):
        self.now = 1
        self.known = {}
        self.room = ROOM
        self.stack = []
        self.stale = []
        self.low = 0
        self.moves = 0
        self.owed = []

    cdef object begin(self):
        """Start a pass."""
        self.now += 1
        if self.owed:
            self.owed = []
        if PyDict_Size(self.known) > self.room:
            self.prune()

    cdef Frozen find(self, object value):
        cdef PyObject* found
        address = PyLong_FromVoidPtr(<void*>value)
        found = PyDict_GetItem(self.known, address)
        if found == NULL or (<Frozen>found).owner != <void*>value:
            return None
        return <Frozen>found

    cdef object claim(self, Frozen frozen, object value):
        if frozen.owner != <void*>value:
            if frozen.listed:
                self.moves += 1
            frozen.listed, frozen.version = False, 0
            frozen.owner = <void*>value
            self.known[PyLong_FromVoidPtr(<void*>value)] = frozen
        frozen.stamp = self.now

    cdef int release(self, Frozen frozen, object value) except -1:
        # Where the object has another version, no roster knows it any more.
        if frozen.listed and (
            not PyDict_CheckExact(value) or frozen.version == version_of(<PyObject*>value)
        ):
            self.moves += 1
        frozen.listed, frozen.version = False, 0
        frozen.owner = NULL
        return 0

    # What a roster finds true is not touched. It is stamped when somebody asks for the stamps.

    cdef int owe(self, tuple pictures, Py_ssize_t start, Py_ssize_t stop) except -1:
        if stop - start > FEW:
            self.owed.append((pictures, start, stop))
        else:
            stamp(pictures, start, stop, self.now)
        return 0

    cdef int settle(self) except -1:
        cdef tuple pictures
        cdef Py_ssize_t start, stop
        for pictures, start, stop in self.owed:
            stamp(pictures, start, stop, self.now)
        self.owed = []
        return 0

    cdef bint is_taken(self, Frozen frozen) except -1:
        if frozen.stamp != self.now and self.owed:
            self.settle()
        return frozen.stamp == self.now

    cdef object prune(self):
        """Forget the pictures that nobody else has, and those that are old: one in a cycle has
        itself, and one in a roster is found again when that is made anew."""
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
        self.moves += 1
        self.room = 2 * PyDict_Size(self.known) + ROOM

    # Cycles: Tarjan's algorithm. What is in progress is taken for unchanged when it is met again;
    # where that was wrong, the whole cycle is new.

    cdef object touch(self, Frozen frozen):
        if frozen.index:
            frozen.hit = True
            if frozen.index < self.low:
                self.low = frozen.index

    cdef Frozen close(self, Frozen frozen, int index, int saved):
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
        copy.kind, copy.type, copy.parts = member.kind, member.type, member.parts
        copy.home = member.home
        copy.comparable, copy.opaque, copy.fresh = member.comparable, member.opaque, True
        copy.owner, copy.stamp = member.owner, self.now
        self.known[PyLong_FromVoidPtr(member.owner)] = copy
        member.owner = NULL
        member.index = 0
        return copy

    cdef object unwind(self):
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
        self.low = 0


cdef int stamp(
    tuple pictures, Py_ssize_t start, Py_ssize_t stop, unsigned long long now
) except -1:
    cdef Py_ssize_t i
    cdef PyObject* picture
    for i in range(start, stop):
        picture = PyTuple_GetItemUnchecked(pictures, i)
        if type_of(picture) == <PyObject*>Frozen:
            (<Frozen>picture).stamp = now
    return 0
