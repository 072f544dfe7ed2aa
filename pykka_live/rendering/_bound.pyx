"""Which bindings some markup has, and where in it."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING

from pykka_live._scanner cimport Attribute, Chars
from pykka_live._tag_walk cimport TagWalk


@cython.final
cdef class Bound(TagWalk):
    """Collects the bindings."""

    cdef list found

    cdef list within(self, bytes source):
        self.found = []
        self.walk(source)
        return self.found

    cdef int attribute(self, Attribute* found) except -1:
        cdef Py_ssize_t length = found.name_end - found.name
        cdef Py_ssize_t at = found.name - <Chars>PyBytes_AS_STRING(self.source)
        if length > 1 and found.name[0] == 64:      # @
            self.found.append((self.source[at + 1:at + length], at))
        return 0


def bound(str html):
    """Return the bindings that are written in some markup, without their `@` and in small letters,
    each with where in the markup it stands.

    :param html: the markup, of whatever context
    """
    if "@" not in html:
        return []
    cdef bytes source = html.encode("utf-8", "surrogatepass")
    cdef list found = [], written = Bound().within(source)
    for name, at in written:
        before = source[:at].decode("utf-8", "surrogatepass")
        found.append((name.lower().decode("utf-8", "surrogatepass"), len(before)))
    return found
