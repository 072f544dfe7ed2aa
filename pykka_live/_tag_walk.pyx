"""Goes over markup, tag by tag, and builds no tree."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memcmp

from pykka_live._flattener cimport Flattener
from pykka_live._scanner cimport (
    Attribute, Chars, cdata_end, comment_end, ends_name, is_letter, lower_name, next_attribute,
    seek, starts_cdata, tag_end,
)


cdef class TagWalk:
    """Calls what a subclass has to say of each tag. One that the markup ends in is none."""

    cdef int walk(self, bytes source) except -1:
        """Go over all of it, once."""
        cdef Chars stop
        self.source = source
        self.at = <Chars>PyBytes_AS_STRING(source)
        self.end = self.at + PyBytes_GET_SIZE(source)
        self.rules = Flattener()
        self.rules.begin = self.at
        while True:
            self.at = seek(self.at, self.end, 60)
            if self.end - self.at < 2:
                return 0
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

    cdef int start_tag(self) except -1:
        cdef Chars start = self.at, stop = self.at + 1, at
        cdef Attribute found
        cdef bint closes_itself
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
            self.attribute(&found)
        self.at = at
        closes_itself = found.slash
        self.opened(start, stop, closes_itself)
        self.rules.at, self.rules.end, self.rules.size = at, self.end, 0
        self.rules.after_start_tag(start + 1, stop - start - 1, closes_itself)
        self.at = self.rules.at
        return 0

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
        self.closed(start, tag)
        return 0

    # For subclasses

    cdef int attribute(self, Attribute* found) except -1:
        """Each attribute of a start tag, before that."""
        return 0

    cdef int opened(self, Chars start, Chars name_end, bint closes_itself) except -1:
        """A start tag. The walk has come to what follows it; the rules have not."""
        return 0

    cdef int closed(self, Chars start, str tag) except -1:
        """An end tag. The walk, and the rules, have come to what follows it."""
        return 0
