"""To whom the events of a slot go: its markup is shown inside of a component, but belongs to whoever
wrote it."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memcmp

from pykka_live._flattener cimport Flattener
from pykka_live._scanner cimport (
    Attribute, Chars, cdata_end, comment_end, ends_name, is_letter, lower_name, named,
    next_attribute, seek, starts_cdata, tag_end,
)
from pykka_live._tags cimport FOREIGN, VOID_SET

from django.utils.html import escape

cdef bytes TARGET = b"live-target"
cdef bytes BINDING = b"live-on:"


@cython.final
cdef class Owner:
    """Goes over markup, tag by tag."""

    cdef bytes source, mark
    cdef Chars at
    cdef Chars end
    cdef Flattener rules            # knows which content is foreign, or raw
    cdef list parts                 # the markup so far, up to `done`
    cdef Chars done
    cdef str tag                    # of the element that says itself where its events go
    cdef Py_ssize_t depth           # so many of that name are open

    def __cinit__(self, bytes source, bytes mark):
        self.source, self.mark = source, mark
        self.at = self.done = <Chars>PyBytes_AS_STRING(source)
        self.end = self.at + PyBytes_GET_SIZE(source)
        self.rules = Flattener()
        self.rules.begin = self.at
        self.parts = []

    cdef bytes run(self):
        cdef Chars stop
        while True:
            self.at = seek(self.at, self.end, 60)
            if self.end - self.at < 2:
                break
            if is_letter(self.at[1]):
                self.start_tag()
            elif self.at[1] == 47 and self.end - self.at > 2 and is_letter(self.at[2]):
                self.end_tag()
            elif self.end - self.at >= 4 and memcmp(self.at, b"<!--", 4) == 0:
                comment_end(self.at + 4, self.end, &stop)
                self.at = stop
            elif self.rules.in_foreign() and starts_cdata(self.at, self.end):
                self.at = cdata_end(self.at + 9, self.end)
            elif self.at[1] == 33 or self.at[1] == 63 or self.at[1] == 47:
                self.at = seek(self.at, self.end, 62)
            else:
                self.at += 1
        self.parts.append(self.done[:self.end - self.done])
        return b"".join(self.parts)

    cdef int start_tag(self) except -1:
        cdef Chars name = self.at + 1, stop = self.at + 1, at
        cdef Attribute found
        cdef bint bound = False, told = False, closes_itself
        cdef str tag
        while stop < self.end and not ends_name(stop[0]):
            stop += 1
        at = stop
        while True:
            at = next_attribute(at, self.end, &found)
            if at == NULL:
                self.at = self.end
                return 0
            if found.name == NULL:
                break
            bound = bound or is_binding(found.name, found.name_end - found.name)
            told = told or (found.name_end - found.name == PyBytes_GET_SIZE(TARGET)
                            and named(found.name, PyBytes_GET_SIZE(TARGET), TARGET))
        closes_itself = found.slash
        if self.depth or told:
            tag = lower_name(name, stop - name)
            if not self.holds(tag, closes_itself):
                pass
            elif self.depth:
                self.depth += tag == self.tag
            else:
                self.tag, self.depth = tag, 1
        elif bound:
            self.parts.append(self.done[:stop - self.done])
            self.parts.append(self.mark)
            self.done = stop
        self.rules.at, self.rules.end, self.rules.size = at, self.end, 0
        self.rules.after_start_tag(name, stop - name, closes_itself)
        self.at = self.rules.at
        return 0

    cdef bint holds(self, str tag, bint closes_itself) except -1:
        """Whether an element that begins here can hold others."""
        if self.rules.in_foreign() or tag in FOREIGN:
            return not closes_itself
        return tag not in VOID_SET

    cdef int end_tag(self) except -1:
        cdef Chars start = self.at, stop = self.at + 2
        cdef str tag
        while stop < self.end and not ends_name(stop[0]):
            stop += 1
        self.at = tag_end(stop, self.end)
        if self.at == NULL:
            self.at = self.end
            return 0
        tag = lower_name(start + 2, stop - start - 2)
        if self.rules.foreign:
            self.rules.leave_foreign(tag)
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
    cdef Owner owner = Owner(html.encode("utf-8", "surrogatepass"), mark)
    return owner.run().decode("utf-8", "surrogatepass")
