"""What a loop remembers of its rows, and how it puts them beside each other."""

cimport cython

from pykka_live._spare cimport Spare, next_other
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
        self.spare = Spare()

    cdef dict places(self, tuple pictures, tuple before):
        """The rows by the addresses of their pictures; if only some items are others than before,
        then only the rows of those."""
        cdef dict known = {}
        cdef Py_ssize_t i = 0, count = len(self.rows)
        cdef Row row
        while i < count:
            if before is not None:
                i = next_other(pictures, before, i, count)
                if i == count:
                    break
            row = <Row>self.rows[i]
            known[<size_t><void*>row.item] = row
            i += 1
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

    cdef int begin(self, Py_ssize_t count, bint in_place) except -1:
        """Begin a rendering of so many rows; `in_place`, if those that are not put are what they
        were."""
        self.rendering += 1
        self.next = None if in_place else [None] * count
        self.changes, self.fresh = [], []
        return 0

    cdef int put(self, Py_ssize_t i, Row row) except -1:
        """The row in a place of this rendering."""
        row.taken = self.rendering
        if self.next is not None:
            self.next[i] = row
        if i >= len(self.rows) or self.rows[i] is not row:
            self.changes.append(i)
            self.fresh.append(row)
        return 0

    cdef list so_far(self, Py_ssize_t count):
        """The first rows of this rendering."""
        cdef list rows
        if self.next is not None:
            return self.next[:count]
        rows = self.rows[:count]
        for i, row in zip(self.changes, self.fresh):
            rows[i] = row
        return rows

    cdef int join(self) except -1:
        """Put the rows of this rendering beside each other."""
        cdef bint alike = self.next is None or len(self.next) == len(self.rows)
        cdef bint patched = alike and self.fragment is not None and self.patch()
        cdef Py_ssize_t k
        if self.next is not None:
            self.rows = self.next
        else:
            for k in range(len(self.changes)):
                self.rows[self.changes[k]] = self.fresh[k]
        if not patched:
            self.stride = 0
            self.fragment = joined(self.rows, &self.stride)
        self.next = self.changes = self.fresh = None
        return 0

    cdef bint patch(self) except -1:
        """Put the rows that have changed in the place of the old ones, if they look alike."""
        cdef Fragment old, new, result
        cdef list places = [], nodes = []
        cdef Py_ssize_t k, i
        for k in range(len(self.changes)):
            i = self.changes[k]
            old = (<Row>self.rows[i]).fragment
            new = (<Row>self.fresh[k]).fragment
            if old is new:
                continue
            if (new.source is not None or new.parts is not None or len(new.nodes) != 1
                    or new.lead != old.lead or new.trail != old.trail):
                return False
            places.append(i * self.stride)
            nodes.append(new.nodes[0])
        if not places:
            return True
        if not self.stride or 4 * len(places) > len(self.rows) or self.fragment.parts is not None:
            return False
        result = Fragment.__new__(Fragment)
        result.lead, result.trail = self.fragment.lead, self.fragment.trail
        result.nodes = self.spare.patched(self.fragment.nodes, places, nodes)
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
