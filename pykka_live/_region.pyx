"""The live region of a page: where it begins and ends."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE

from pykka_live._scanner cimport Attribute, Chars, lower_name, named
from pykka_live._tag_walk cimport TagWalk
from pykka_live._tags cimport BREAKOUT_SET, FOREIGN, VOID_SET

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
cdef class Finder(TagWalk):
    """Looks for the mark in a page."""

    cdef str tag
    cdef Py_ssize_t start, inner_start, inner_end, stop, depth
    cdef bint foreign
    cdef bint marked                # the tag that is being read has the mark

    cdef inline Py_ssize_t offset(self, Chars at):
        return at - <Chars>PyBytes_AS_STRING(self.source)

    cdef int find(self, bytes source) except -1:
        self.start = self.inner_end = -1
        self.walk(source)
        if self.start < 0:
            raise RegionError(f"the page has no element with {MARK}")
        if self.inner_end < 0:
            if self.tag != "body" and self.tag != "html":
                raise RegionError(f"the element with {MARK}, <{self.tag}>, has no end tag")
            self.inner_end = self.stop = self.offset(self.end)
        return 0

    cdef int attribute(self, Attribute* found) except -1:
        cdef Py_ssize_t length = PyBytes_GET_SIZE(MARK_NAME)
        if found.name_end - found.name == length and named(found.name, length, MARK_NAME):
            self.marked = True
        return 0

    cdef int opened(self, Chars start, Chars name_end, bint closes_itself) except -1:
        cdef bint marked = self.marked
        self.marked = False
        if marked or self.start >= 0:
            self.see(start, lower_name(start + 1, name_end - start - 1), marked, closes_itself)
        return 0

    cdef int see(self, Chars start, str tag, bint marked, bint closes_itself) except -1:
        """A start tag that is the root's, or comes after it."""
        cdef bint foreign = tag in FOREIGN or self.rules.in_foreign() and tag not in BREAKOUT_SET
        if marked:
            if self.start >= 0:
                raise RegionError(
                    f"the page has two elements with {MARK}, <{self.tag}> and <{tag}>, not one")
            if (tag in VOID_SET and not foreign) or (closes_itself and foreign):
                raise RegionError(f"{MARK} stands on <{tag}>, which has no content")
            self.tag, self.start, self.foreign = tag, self.offset(start), foreign
            self.inner_start = self.offset(self.at)
            self.depth = 1
        elif self.inner_end < 0 and tag == self.tag and not (closes_itself and foreign):
            self.depth += 1
        return 0

    cdef int closed(self, Chars start, str tag) except -1:
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
    cdef Finder finder = Finder()
    finder.find(source)
    return (source, finder.start, finder.inner_start, finder.inner_end, finder.stop,
            finder.tag, finder.foreign)
