"""What goes on the wire: patches and trees as JSON, and the fingerprint of a tree."""

from cpython.long cimport PyLong_AsSsize_t
from libc.stdint cimport uint32_t

from pykka_live._buffer cimport Buffer
from pykka_live._data cimport put_nodes
from pykka_live._vdom cimport Comment, Element, Node, Text

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    uint32_t PyUnicode_READ(int kind, void* data, Py_ssize_t index) noexcept
    Py_ssize_t PyUnicode_GET_LENGTH(object text) noexcept


def encode(patches):
    """The patches as they go on the wire: a JSON array, where neighbours share the front of their
    paths.

    :param patches: what `diff` returns
    :returns: UTF-8 bytes; `b"[]"` for no patches
    :raises ValueError: for what is no patch: an unknown operation, a negative index
    """
    cdef list flat = list(patches)
    cdef Py_ssize_t k, depth = 0, count = len(flat)
    cdef Buffer out = Buffer.__new__(Buffer)
    cdef list opens, closes, open_groups
    cdef tuple patch, path
    cdef bint several = count == 0
    for item in flat:
        check_patch(item)
    if count == 1:
        put_patch(out, <tuple>flat[0], 0)
        return out.done()
    opens, closes, open_groups = [], [], []
    find_groups(flat, opens, closes)
    for k in range(count - 1):
        several = several or common(flat[k][0], flat[k + 1][0]) == 0
    if several:
        out.put(b'[')
    for k in range(count):
        patch = <tuple>flat[k]
        path = <tuple>patch[0]
        if k:
            out.put(b',')
        for group in opens[k] or ():
            out.put(b'[')
            put_path(out, path, depth, group)
            out.put(b',')
            open_groups.append(depth)
            depth = group
        put_patch(out, patch, depth)
        for _ in range(closes[k]):
            out.put(b']')
            depth = open_groups.pop()
    if several:
        out.put(b']')
    return out.done()


cdef int check_patch(object patch) except -1:
    if type(patch) is not tuple or len(<tuple>patch) < 3 or type((<tuple>patch)[0]) is not tuple:
        raise ValueError(f"not a patch: {patch!r}")
    if (<tuple>patch)[1] not in ("t", "a", "r", "i", "d", "m", "s"):
        raise ValueError(f"there is no patch operation {patch[1]!r}")
    return 0


cdef int find_groups(list flat, list opens, list closes) except -1:
    """For each patch: the path lengths of the groups that it opens, outer ones first, and how many
    it closes.

    A group is a longest run of patches whose paths share a front. A stack holds the open ones, each
    with its first patch.
    """
    cdef Py_ssize_t k, first, shared, count = len(flat)
    cdef list stack = []
    for k in range(count):
        opens.append(None)
        closes.append(0)
        shared = common(flat[k][0], flat[k + 1][0]) if k + 1 < count else 0
        first = k
        while stack and stack[len(stack) - 1][0] > shared:
            length, first = stack.pop()
            closes[k] += 1
            opens[first] = [length] if opens[first] is None else [length, *opens[first]]
        if shared and (not stack or stack[len(stack) - 1][0] < shared):
            stack.append((shared, first))
    return 0


cdef Py_ssize_t common(tuple a, tuple b) except -1:
    cdef Py_ssize_t k = 0, shorter = min(len(a), len(b))
    while k < shorter and a[k] == b[k]:
        k += 1
    return k


cdef bint put_path(Buffer out, tuple path, Py_ssize_t start, Py_ssize_t stop) except -1:
    cdef Py_ssize_t k
    for k in range(start, stop):
        if k > start:
            out.put(b',')
        out.number(PyLong_AsSsize_t(path[k]))
    return stop > start


cdef int put_patch(Buffer out, tuple patch, Py_ssize_t depth) except -1:
    """Put a patch, whose path begins at a depth."""
    cdef tuple path = <tuple>patch[0]
    out.put(b'[')
    if put_path(out, path, depth, len(path)):
        out.put(b',')
    put_operation(out, patch)
    out.put(b']')
    return 0


cdef int put_operation(Buffer out, tuple patch) except -1:
    cdef Py_ssize_t k
    out.string(<str>patch[1])
    for k in range(2, len(patch)):
        argument = patch[k]
        if isinstance(argument, Node):      # and so are those behind it
            check_nodes(patch, k)
            put_nodes(out, patch, k)
            break
        out.put(b',')
        if isinstance(argument, str):
            out.string(argument)
        else:
            out.number(PyLong_AsSsize_t(argument))
    return 0


cdef int check_nodes(tuple patch, Py_ssize_t start) except -1:
    cdef Py_ssize_t k
    for k in range(start, len(patch)):
        if not isinstance(patch[k], Node):
            raise ValueError(f"expected a node in a patch, got {patch[k]!r}")
    return 0


def encode_node(Node node not None):
    """A tree as data, as it goes on the wire: UTF-8 JSON bytes."""
    cdef Buffer out = Buffer.__new__(Buffer)
    put_nodes(out, (node,), 0)
    return out.done(1)      # without the comma in front


# -------------------------------------------------------------------------------------- fingerprint


cdef uint32_t hash_units(uint32_t seed, str text) noexcept:
    """FNV-1a over UTF-16 code units."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t i
    cdef uint32_t c
    for i in range(PyUnicode_GET_LENGTH(text)):
        c = PyUnicode_READ(kind, data, i)
        if c >= 0x10000:
            c -= 0x10000
            seed = (seed ^ (0xD800 | (c >> 10))) * <uint32_t>16777619
            c = 0xDC00 | (c & 0x3FF)
        seed = (seed ^ c) * <uint32_t>16777619
    return seed


def fingerprint(Element root not None):
    """The 32-bit fingerprint of all that is inside a root, as docs/protocol.md defines it."""
    cdef uint32_t seed = <uint32_t>2166136261, prime = 16777619
    cdef list stack = list(reversed(root.children))
    cdef Element element
    cdef Py_ssize_t k
    while stack:
        item = stack.pop()
        if item is None:
            seed = (seed ^ 4) * prime
        elif isinstance(item, Text):
            seed = hash_units((seed ^ 5) * prime, (<Text>item).data)
        elif isinstance(item, Comment):
            seed = hash_units((seed ^ 6) * prime, (<Comment>item).data)
        else:
            element = <Element>item
            seed = hash_units((seed ^ 1) * prime, element.tag)
            for k in range(0, len(element.pairs), 2):
                seed = hash_units((seed ^ 2) * prime, <str>element.pairs[k])
                seed = hash_units((seed ^ 3) * prime, <str>element.pairs[k + 1])
            stack.append(None)
            for k in range(len(element.children) - 1, -1, -1):
                stack.append(element.children[k])
    return seed
