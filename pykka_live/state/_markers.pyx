"""Pictures of what surrounds the state: it is not copied, but found again by its name."""

cimport cython
from cpython.long cimport PyLong_FromVoidPtr

from pykka_live.state._frozen cimport Frozen
from pykka_live.state._kinds cimport MARKER


@cython.final
cdef class Markers:
    """The markers of one freezer.

    :param source: the object whose attributes are the state; it has a marker, too
    :param names: of its attributes that are none of the state, and dotted names of their parts
    :param home: the freezer's number
    """

    def __init__(self, source, frozenset names, unsigned long long home):
        self.source = source
        self.names = names
        self.home = home
        self.marks = {}
        self.marked = 0

    cdef Frozen at(self, object address, unsigned long long now):
        if self.source is None:
            return None
        if self.marked != now:
            self.mark()
            self.marked = now
        return self.marks.get(address)

    cdef object mark(self):
        """Find the surrounding objects; a lazy one stands for what it has loaded as well."""
        cdef dict names = {PyLong_FromVoidPtr(<void*>self.source): "self"}
        cdef dict marks = {}
        cdef Frozen frozen
        for name in self.names:
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
                frozen.kind, frozen.parts, frozen.home = MARKER, (name,), self.home
            marks[address] = frozen
        self.marks = marks


def find(owner, name):
    """Return what the dotted `name` means among the instance attributes of `owner`, or None."""
    for part in name.split("."):
        owner = getattr(owner, "__dict__", {}).get(part)
    return owner
