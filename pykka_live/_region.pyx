"""The live region of a page: where it begins and ends."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memcmp

from pykka_live._flattener cimport Flattener
from pykka_live._scanner cimport (
    Attribute, Chars, cdata_end, comment_end, ends_name, is_letter, lower_name, named,
    next_attribute, seek, starts_cdata, tag_end,
)
from pykka_live._tags cimport FOREIGN, VOID_SET

from typing import NamedTuple


class RegionError(ValueError):
    """A page has no live region that can be told from the rest."""


class Region(NamedTuple):
    """The live region of a page: `page[start:end]` is the element, `page[inner_start:inner_end]`
    what is in it.
    """

    start: int
    inner_start: int
    inner_end: int
    end: int
    tag: str
    attrs: tuple[tuple[str, str], ...]
    foreign: bool


MARK = "data-liveview-root"
cdef bytes MARK_NAME = MARK.encode()


@cython.final
cdef class Finder:
    """Goes over a page, tag by tag, looking for the mark."""

    cdef bytes source
    cdef Chars at
    cdef Chars end
    cdef Flattener rules            # knows which content is foreign
    cdef str tag
    cdef Py_ssize_t start, inner_start, inner_end, stop, depth
    cdef bint foreign

    def __cinit__(self, bytes source):
        self.source = source
        self.at = <Chars>PyBytes_AS_STRING(source)
        self.end = self.at + PyBytes_GET_SIZE(source)
        self.rules = Flattener()
        self.rules.begin = self.at
        self.start = self.inner_end = -1

    cdef inline Py_ssize_t offset(self, Chars at):
        return at - <Chars>PyBytes_AS_STRING(self.source)

    cdef int run(self) except -1:
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
        if self.start < 0:
            raise RegionError(f"the page has no element with {MARK}")
        if self.inner_end < 0:
            if self.tag != "body" and self.tag != "html":
                raise RegionError(f"the element with {MARK}, <{self.tag}>, has no end tag")
            self.inner_end = self.stop = self.offset(self.end)
        return 0

    cdef int start_tag(self) except -1:
        cdef Chars start = self.at, name = self.at + 1, stop = self.at + 1, at
        cdef Attribute found
        cdef bint marked = False, self_closing
        cdef Py_ssize_t length = PyBytes_GET_SIZE(MARK_NAME)
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
            if found.name_end - found.name == length and named(found.name, length, MARK_NAME):
                marked = True
        self.at = at
        self_closing = found.slash
        if marked or self.start >= 0:
            self.see(start, lower_name(name, stop - name), marked, self_closing)
        self.rules.at, self.rules.end, self.rules.size = at, self.end, 0
        self.rules.after_start_tag(name, stop - name, self_closing)
        self.at = self.rules.at
        return 0

    cdef int see(self, Chars start, str tag, bint marked, bint self_closing) except -1:
        """A start tag that is the root's, or comes after it."""
        cdef bint foreign = self.rules.in_foreign() or tag in FOREIGN
        if marked:
            if self.start >= 0:
                raise RegionError(
                    f"the page has two elements with {MARK}, <{self.tag}> and <{tag}>, not one")
            if (tag in VOID_SET and not foreign) or (self_closing and foreign):
                raise RegionError(f"{MARK} stands on <{tag}>, which has no content")
            self.tag, self.start, self.foreign = tag, self.offset(start), foreign
            self.inner_start = self.offset(self.at)
            self.depth = 1
        elif self.inner_end < 0 and tag == self.tag and not (self_closing and foreign):
            self.depth += 1
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
        if self.start >= 0 and self.inner_end < 0 and tag == self.tag:
            self.depth -= 1
            if self.depth == 0:
                self.inner_end, self.stop = self.offset(start), self.offset(self.at)
        return 0


def locate(html):
    """The bytes of a page, and where in them its region is.

    The offsets are those of bytes; `find_region` makes them those of characters.
    """
    # Surrogates and newlines are left alone: offsets have to be those of the page.
    cdef bytes source = html.encode("utf-8", "surrogatepass")
    cdef Finder finder = Finder(source)
    finder.run()
    return (source, finder.start, finder.inner_start, finder.inner_end, finder.stop,
            finder.tag, finder.foreign)
