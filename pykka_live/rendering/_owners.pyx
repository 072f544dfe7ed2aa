"""To whom the events of a slot go: its markup is shown inside of a component, but belongs to whoever
wrote it."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE

from pykka_live._scanner cimport Attribute, Chars, lower_name, named
from pykka_live._tag_walk cimport TagWalk
from pykka_live._tags cimport FOREIGN, VOID_SET

from django.utils.html import escape

cdef bytes TARGET = b"live-target"
cdef bytes BINDING = b"live-on:"


@cython.final
cdef class Owner(TagWalk):
    """Marks the elements with bindings."""

    cdef bytes mark
    cdef list parts                 # the markup so far, up to `done`
    cdef Chars done
    cdef str tag                    # of the element that says itself where its events go
    cdef Py_ssize_t depth           # so many of that name are open
    cdef bint bound, told           # the tag that is being read has a binding, or says so itself

    cdef bytes owned(self, bytes source, bytes mark):
        self.mark, self.parts = mark, []
        self.done = <Chars>PyBytes_AS_STRING(source)
        self.walk(source)
        self.parts.append(self.done[:self.end - self.done])
        return b"".join(self.parts)

    cdef int attribute(self, Attribute* found) except -1:
        cdef Py_ssize_t length = found.name_end - found.name
        self.bound = self.bound or is_binding(found.name, length)
        self.told = self.told or (length == PyBytes_GET_SIZE(TARGET)
                                  and named(found.name, length, TARGET))
        return 0

    cdef int opened(self, Chars start, Chars name_end, bint closes_itself) except -1:
        cdef bint bound = self.bound, told = self.told
        cdef str tag
        self.bound = self.told = False
        if self.depth or told:
            tag = lower_name(start + 1, name_end - start - 1)
            if not self.holds(tag, closes_itself):
                pass
            elif self.depth:
                self.depth += tag == self.tag
            else:
                self.tag, self.depth = tag, 1
        elif bound:
            self.parts.append(self.done[:name_end - self.done])
            self.parts.append(self.mark)
            self.done = name_end
        return 0

    cdef bint holds(self, str tag, bint closes_itself) except -1:
        """Whether an element that begins here can hold others."""
        if self.rules.in_foreign() or tag in FOREIGN:
            return not closes_itself
        return tag not in VOID_SET

    cdef int closed(self, Chars start, str tag) except -1:
        if self.depth and tag == self.tag:
            self.depth -= 1
        return 0


cdef inline bint is_binding(Chars name, Py_ssize_t length) noexcept:
    return (length > 1 and name[0] == 64) or (
        length > PyBytes_GET_SIZE(BINDING) and named(name, PyBytes_GET_SIZE(BINDING), BINDING))


def owned(str html, str target):
    """Say where the events of some markup go, on each element that binds one, unless that, or one
    around it, says so itself.

    :param html: the markup, of whatever context
    :param target: the value of `live-target`
    """
    if "@" not in html and "live-on:" not in html.lower():
        return html
    cdef bytes mark = f' live-target="{escape(target)}"'.encode("utf-8", "surrogatepass")
    cdef bytes source = html.encode("utf-8", "surrogatepass")
    return Owner().owned(source, mark).decode("utf-8", "surrogatepass")
