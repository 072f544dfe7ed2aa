"""Nodes as data, as docs/protocol.md describes it: JSON in which siblings of the same structure tell
that structure once.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from pykka_live._buffer cimport Buffer
from pykka_live._vdom cimport Comment, Element, Node, Text

cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GET_LENGTH(object text) noexcept
    uint32_t PyUnicode_READ_CHAR(object text, Py_ssize_t index) noexcept
    PyObject* PyTuple_GET_ITEM(PyObject* items, Py_ssize_t index) noexcept

cdef enum:
    # Nodes that are higher are never in a group, and flatter ones are written by plain recursion.
    DEEP = 50
    # How many nodes may follow each other until their structure repeats.
    LONGEST_PERIOD = 6
    # How often it has to be there, and how many bytes have to be saved, for a group to be written.
    FEWEST = 3
    WORTH = 16
    # After so many, one that is not quite like the others stays outside: the white space behind a
    # list is another than that within.
    MANY = 8


# -------------------------------------------------------------------------------------------- nodes


cdef int put_nodes(Buffer out, tuple nodes, Py_ssize_t at) except -1:
    """The siblings from `at` on, each with a comma in front."""
    cdef list stack = []        # around deep elements: their siblings, and where to go on
    cdef Element element
    while True:
        if at == len(nodes):
            if not stack:
                return 0
            out.put(b']')
            nodes, at = stack.pop()
        elif (<Node>nodes[at]).height < DEEP:
            at += put_flat(out, nodes, at)
        else:
            element = <Element>nodes[at]
            put_start(out, element)
            stack.append((nodes, at + 1))
            nodes, at = element.children, 0


cdef Py_ssize_t put_flat(Buffer out, tuple nodes, Py_ssize_t at) except -1:
    """The flat node at `at`, or the run that begins there. Returns how many nodes these are."""
    cdef Py_ssize_t period
    cdef Run run
    for period in range(1, min(LONGEST_PERIOD, (len(nodes) - at) // FEWEST) + 1):
        if (repeats(nodes, at, period, at + period, None)
                and repeats(nodes, at, period, at + 2 * period, None)):
            if leads(nodes, at, period):
                break
            run = Run.__new__(Run)
            run.find(nodes, at, period)
            return run.put(out)
    put_node(out, <Node>nodes[at])
    return 1


cdef bint leads(tuple nodes, Py_ssize_t at, Py_ssize_t period) except -1:
    """Whether a text only leads to a run: it is another one than those within, as white space is.
    """
    if type(nodes[at]) is not Text:
        return False
    cdef Text second = nodes[at + period], third = nodes[at + 2 * period]
    return second.data == third.data and (<Text>nodes[at]).data != second.data


cdef int put_node(Buffer out, Node node) except -1:
    if type(node) is Text:
        out.put(b',')
        out.string((<Text>node).data)
    elif type(node) is Comment:
        out.raw(b',["!",', 6)
        out.string((<Comment>node).data)
        out.put(b']')
    else:
        put_start(out, <Element>node)
        put_children(out, (<Element>node).children)
        out.put(b']')
    return 0


cdef int put_children(Buffer out, tuple children) except -1:
    cdef Py_ssize_t at = 0, count = len(children)
    while at < count:
        at += put_flat(out, children, at)
    return 0


cdef int put_start(Buffer out, Element element) except -1:
    cdef tuple pairs = element.pairs
    cdef Py_ssize_t k
    out.raw(b',[', 2)
    out.string(element.tag)
    if not pairs:
        return 0
    out.put(b',')
    for k in range(0, len(pairs), 2):
        out.put(b',' if k else b'{')
        out.string(<str>pairs[k])
        out.put(b':')
        out.string(<str>pairs[k + 1])
    return out.put(b'}')


# ------------------------------------------------------------------------------------------- groups


@cython.final
cdef class Strings:
    """Strings that a tree holds, which has to outlive this."""

    cdef PyObject** items
    cdef Py_ssize_t size, room

    def __dealloc__(self):
        PyMem_Free(self.items)

    cdef inline int add(self, PyObject* text) except -1:
        cdef PyObject** items
        if self.size == self.room:
            items = <PyObject**>PyMem_Realloc(self.items, (2 * self.room + 16) * sizeof(PyObject*))
            if not items:
                raise MemoryError
            self.items, self.room = items, 2 * self.room + 16
        self.items[self.size] = text
        self.size += 1
        return 0


cdef bint repeats(
        tuple nodes, Py_ssize_t start, Py_ssize_t period, Py_ssize_t at, Strings strings) except -1:
    """Whether the nodes at `at` are like those at `start`."""
    cdef PyObject* items = <PyObject*>nodes
    cdef Py_ssize_t k
    for k in range(period):
        if not alike(<Node>PyTuple_GET_ITEM(items, start + k), <Node>PyTuple_GET_ITEM(items, at + k),
                     strings):
            return False
    return True


cdef bint alike(Node a, Node b, Strings strings) except -1:
    """Whether two flat nodes differ in nothing but strings. Collects those of the second one."""
    if type(a) is not type(b):
        return False
    if type(a) is Element:
        return alike_elements(<Element>a, <Element>b, strings)
    if strings is not None:
        strings.add(<PyObject*>((<Text>b).data if type(b) is Text else (<Comment>b).data))
    return True


cdef bint alike_elements(Element a, Element b, Strings strings) except -1:
    cdef PyObject* names = <PyObject*>a.pairs
    cdef PyObject* pairs = <PyObject*>b.pairs
    cdef PyObject* ours = <PyObject*>a.children
    cdef PyObject* theirs = <PyObject*>b.children
    cdef Py_ssize_t k
    if (a.height >= DEEP or len(a.pairs) != len(b.pairs) or len(a.children) != len(b.children)
            or not equal(<PyObject*>a.tag, <PyObject*>b.tag)):
        return False
    for k in range(0, len(a.pairs), 2):
        if (not equal(PyTuple_GET_ITEM(names, k), PyTuple_GET_ITEM(pairs, k))
                or is_number(PyTuple_GET_ITEM(names, k))):
            return False
        if strings is not None:
            strings.add(PyTuple_GET_ITEM(pairs, k + 1))
    for k in range(len(a.children)):
        if not alike(<Node>PyTuple_GET_ITEM(ours, k), <Node>PyTuple_GET_ITEM(theirs, k), strings):
            return False
    return True


cdef inline bint equal(PyObject* a, PyObject* b) except -1:
    return a is b or <str>a == <str>b


cdef inline bint is_number(PyObject* name) noexcept:
    """Whether JavaScript may give an attribute of this name another place among the others."""
    return PyUnicode_GET_LENGTH(<str>name) > 0 and 48 <= PyUnicode_READ_CHAR(<str>name, 0) < 58


@cython.final
cdef class Run:
    """Siblings whose structure repeats every `period` nodes."""

    cdef tuple nodes
    cdef Py_ssize_t start, period
    cdef Py_ssize_t count           # how often it is there
    cdef Strings strings            # of all repetitions
    cdef Py_ssize_t width           # how many of them each repetition has
    cdef char* holes                # for each of these, whether the repetitions differ there
    cdef Py_ssize_t hole_count
    cdef Py_ssize_t slot            # the next one, while the shapes are written

    def __dealloc__(self):
        PyMem_Free(self.holes)

    cdef int find(self, tuple nodes, Py_ssize_t start, Py_ssize_t period) except -1:
        """Follow the run from `start` to where its structure ends."""
        cdef Py_ssize_t at = start, size = 0
        self.nodes, self.start, self.period = nodes, start, period
        self.strings = Strings.__new__(Strings)
        while at + period <= len(nodes) and repeats(nodes, start, period, at, self.strings):
            at += period
            size = self.strings.size
        self.count = (at - start) // period
        self.width = size // self.count
        return 0

    cdef Py_ssize_t put(self, Buffer out) except -1:
        """Returns how many nodes were written."""
        cdef Py_ssize_t k
        self.find_holes()
        if not self.put_group(out):
            for k in range(self.start, self.start + self.count * self.period):
                put_node(out, <Node>self.nodes[k])
        return self.count * self.period

    cdef int find_holes(self) except -1:
        cdef Py_ssize_t k, last = self.count - 1
        if self.count >= MANY:
            for k in range(self.width):
                if self.varies(k, last + 1) and not self.varies(k, last):
                    self.count = last
                    break
        self.holes = <char*>PyMem_Malloc(self.width + 1)
        if not self.holes:
            raise MemoryError
        for k in range(self.width):
            self.holes[k] = self.varies(k, self.count)
            self.hole_count += self.holes[k]
        if self.width and not self.hole_count:      # the values tell how often, so there must be one
            self.holes[0] = self.hole_count = 1
        return 0

    cdef bint varies(self, Py_ssize_t slot, Py_ssize_t count) except -1:
        """Whether a string differs among the first repetitions."""
        cdef PyObject** items = self.strings.items + slot
        cdef Py_ssize_t k
        for k in range(1, count):
            if not equal(items[0], items[k * self.width]):
                return True
        return False

    cdef bint put_group(self, Buffer out) except -1:
        """Write the repetitions as a group, if that is worth it."""
        cdef Py_ssize_t k, slot, shapes, start = out.size
        cdef Py_ssize_t holes = self.hole_count
        out.raw(b',[', 2)
        out.number(self.period)
        shapes = out.size
        self.slot = 0
        for k in range(self.period):
            self.put_shape(out, <Node>self.nodes[self.start + k])
        shapes = out.size - shapes
        # Each repetition would take the shapes' bytes, with strings instead of zeros; here it takes
        # a comma for each of its strings. The rest of the group are 4 bytes.
        if not holes or self.count * (shapes - 2 * holes) < shapes + 4 + WORTH:
            out.size = start
            return False
        for k in range(self.count):
            for slot in range(self.width):
                if self.holes[slot]:
                    out.put(b',')
                    out.string(<str>self.strings.items[k * self.width + slot])
        out.put(b']')
        return True

    cdef int put_shape(self, Buffer out, Node node) except -1:
        cdef Element element
        cdef Py_ssize_t k
        out.put(b',')
        if type(node) is Text:
            return self.put_slot(out)
        out.put(b'[')
        if type(node) is Comment:
            out.raw(b'"!",', 4)
            self.put_slot(out)
            return out.put(b']')
        element = <Element>node
        out.string(element.tag)
        for k in range(0, len(element.pairs), 2):
            out.raw(b',' if k else b',{', 1 if k else 2)
            out.string(<str>element.pairs[k])
            out.put(b':')
            self.put_slot(out)
        if element.pairs:
            out.put(b'}')
        for k in range(len(element.children)):
            self.put_shape(out, <Node>element.children[k])
        return out.put(b']')

    cdef int put_slot(self, Buffer out) except -1:
        """A hole, or the string that all repetitions have."""
        cdef Py_ssize_t slot = self.slot
        self.slot += 1
        if self.holes[slot]:
            return out.put(b'0')
        return out.string(<str>self.strings.items[slot])
