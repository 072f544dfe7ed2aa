"""What a loop remembers of its rows, and how it puts them beside each other."""

cimport cython

from pykka_live._vdom cimport Text, make_text
from pykka_live.rendering._fragments cimport Fragment, combined
from pykka_live.state._freeze cimport Frozen


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Row:
    """What was made of one item. It refers to nothing that may refer to it."""


@cython.final
cdef class Rows:
    """What a loop remembers."""

    def __init__(self, Py_ssize_t paths, Py_ssize_t size):
        self.rows = []
        self.outer = [None] * paths
        self.memory = [None] * size

    cdef dict places(self, tuple pictures, tuple before):
        """The rows by the addresses of their pictures; if only some items are others than before,
        then only the rows of those."""
        cdef dict known = {}
        cdef Py_ssize_t i
        cdef Row row
        for i in range(len(self.rows)):
            if before is None or pictures[i] is not before[i]:
                row = <Row>self.rows[i]
                known[<size_t><void*>row.item] = row
        return known

    cdef Row predecessor(self, Frozen picture, dict known):
        """What was made of the item before it changed; None if it is new."""
        row = known.get(<size_t><void*>picture)
        return row if row is not None else known.get(<size_t>picture.base)

    cdef int doubt(self) except -1:
        """Rely on no row: all are to be rendered the next time."""
        for row in self.rows:
            (<Row>row).sure = False
        self.sure = False
        return 0

    cdef int join(self, list rows) except -1:
        """Put rows beside each other."""
        cdef Fragment fragment
        if self.fragment is None or len(rows) != len(self.rows) or not self.patch(rows):
            self.stride = 0
            self.fragment = joined(rows, &self.stride)
        self.rows = rows
        return 0

    cdef bint patch(self, list rows) except -1:
        """Put the rows that have changed in the place of the old ones, if they look alike."""
        cdef Fragment old, new, result
        cdef list nodes
        self.changes = [
            i for i in self.changes if (<Row>self.rows[i]).fragment is not (<Row>rows[i]).fragment
        ]
        if not self.changes:
            return True
        if not self.stride or 4 * len(self.changes) > len(rows):
            return False
        if self.fragment.parts is not None:
            return False
        nodes = list(self.fragment.nodes)
        for i in self.changes:
            old = (<Row>self.rows[i]).fragment
            new = (<Row>rows[i]).fragment
            if (new.source is not None or new.parts is not None or len(new.nodes) != 1 or new.lead != old.lead
                    or new.trail != old.trail):
                return False
            nodes[i * self.stride] = new.nodes[0]
        result = Fragment.__new__(Fragment)
        result.lead, result.nodes = self.fragment.lead, tuple(nodes)
        result.trail = self.fragment.trail
        self.fragment = result
        return True


cdef Fragment joined(list rows, Py_ssize_t* stride):
    """The piece that rows make beside each other. What stands between two of them is mostly the same
    all over, and then is one node."""
    cdef list nodes = []
    cdef Fragment fragment, result
    cdef str lead = "", trail = None, last_trail = None, last_lead = None
    cdef Text between = None
    cdef Row row
    cdef Py_ssize_t gaps = 0, singles = 0
    for item in rows:
        row = <Row>item
        fragment = row.fragment
        if fragment.source is not None or fragment.parts is not None or not fragment.nodes:
            return combined([(<Row>other).fragment for other in rows])
        if trail is None:
            lead = fragment.lead
        else:
            if trail is not last_trail or fragment.lead is not last_lead:
                last_trail, last_lead = trail, fragment.lead
                data = trail + fragment.lead
                between = make_text(data) if data else None
            if between is not None:
                gaps += 1
                nodes.append(between)
        if len(fragment.nodes) == 1:
            singles += 1
            nodes.append(fragment.nodes[0])
        else:
            nodes.extend(fragment.nodes)
        trail = fragment.trail
    if singles == len(rows) and (gaps == 0 or gaps == len(rows) - 1):
        stride[0] = 2 if gaps else 1
    result = Fragment.__new__(Fragment)
    result.lead, result.nodes, result.trail = lead, tuple(nodes), trail
    return result
