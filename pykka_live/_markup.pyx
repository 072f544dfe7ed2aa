"""Markup as characters and tags: the scanner in front of lxml, the finder of a page's live region,
and the writer of HTML.

lxml's tokenizer is HTML5's, but the tree that it builds is HTML 4's. So it is given a flat list of
empty elements with names that it does not know: `<p class=x>a</p>` becomes
`<zp class="x" />a<yp />`. What it gives back is a list of tokens, attributes and character
references done, of which `pykka_live._html` builds the tree that a browser would.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.string cimport memchr, memcmp, memcpy

from pykka_live._vdom cimport Comment, Element, Node, Text

from typing import NamedTuple

from pykka_live._tags import BREAKOUT_NAMES, VOID_NAMES

cdef enum:
    NORMAL = 0
    RAW = 1             # script, style: neither tags nor references inside
    REFERENCES = 2      # textarea, title: no tags inside
    PLAIN = 3           # plaintext: never ends

cdef bytes HEAD = b"<html><body><k>"
cdef bytes TAIL = b"<k /></k></body></html>"

# Elements that lead into or out of SVG and MathML, where script, style and title are elements like
# others.
cdef frozenset FOREIGN = frozenset({"svg", "math"})
cdef dict INTEGRATION = {       # where HTML goes on inside of them
    "svg": frozenset("foreignobject desc title".split()),
    "math": frozenset("annotation-xml mi mo mn ms mtext".split()),
}
cdef frozenset BREAKOUT = frozenset(BREAKOUT_NAMES.split())
cdef frozenset VOID = frozenset(VOID_NAMES.split())


cdef inline bint is_space(unsigned char c) noexcept nogil:
    return c == 32 or c == 10 or c == 9 or c == 12 or c == 13


cdef inline bint is_letter(unsigned char c) noexcept nogil:
    return 97 <= (c | 32) <= 122


cdef inline bint ends_name(unsigned char c) noexcept nogil:
    return c == 62 or c == 47 or is_space(c)     # > /


cdef inline Chars seek(Chars at, Chars end, int byte) noexcept nogil:
    """The next such byte, or the end."""
    cdef Chars found = <Chars>memchr(at, byte, end - at) if at < end else NULL
    return found if found else end


cdef inline unsigned char lower(unsigned char c) noexcept nogil:
    return c | 32 if 65 <= c <= 90 else c


cdef bint named(Chars at, Py_ssize_t length, const char* name) noexcept nogil:
    """Whether these are the letters of a name in lower case, which is as long."""
    cdef Py_ssize_t k
    for k in range(length):
        if lower(at[k]) != <unsigned char>name[k]:
            return False
    return True


cdef int content_of(Chars name, Py_ssize_t length) noexcept nogil:
    """What kind of content an HTML element has."""
    if length < 3 or length > 9:
        return NORMAL
    if length == 3:
        return RAW if named(name, 3, b"xmp") else NORMAL
    if length == 5:
        if named(name, 5, b"title"):
            return REFERENCES
        return RAW if named(name, 5, b"style") else NORMAL
    if length == 6:
        return RAW if named(name, 6, b"script") or named(name, 6, b"iframe") else NORMAL
    if length == 7:
        return RAW if named(name, 7, b"noembed") else NORMAL
    if length == 8:
        if named(name, 8, b"textarea"):
            return REFERENCES
        return RAW if named(name, 8, b"noscript") or named(name, 8, b"noframes") else NORMAL
    if length == 9:
        return PLAIN if named(name, 9, b"plaintext") else NORMAL
    return NORMAL


cdef Chars find_end_tag(Chars at, Chars end, Chars name, Py_ssize_t length) noexcept nogil:
    """The end tag of a raw element, or the end of the text. Knows that a script may hide one in a
    comment.
    """
    cdef bint script = length == 6 and named(name, 6, b"script")
    cdef bint hidden = False, doubly = False        # inside <!--, inside <!-- <script
    cdef Py_ssize_t k
    while at < end:
        if at[0] == 45 and hidden and end - at >= 3 and at[1] == 45 and at[2] == 62:
            hidden = doubly = False
            at += 3
            continue
        if at[0] != 60:
            at += 1
            continue
        if script and end - at >= 4 and memcmp(at, b"<!--", 4) == 0:
            hidden = True
            at += 2             # the dashes may be those of the end, too
            continue
        if (hidden and not doubly and end - at > 7
                and named(at + 1, 6, b"script") and ends_name(at[7])):
            doubly = True
        elif end - at > length + 2 and at[1] == 47 and ends_name(at[length + 2]):
            for k in range(length):
                if lower(at[k + 2]) != lower(name[k]):
                    break
            else:
                if not doubly:
                    return at
                doubly = False
        at += 1
    return end


cdef Chars comment_end(Chars at, Chars end, Chars* stop) noexcept nogil:
    """Where the text of a comment ends, which starts at `at`; `stop` gets what follows the comment.
    """
    cdef Chars found
    if at < end and at[0] == 62:                                            # <!-->
        stop[0] = at + 1
        return at
    if end - at >= 2 and at[0] == 45 and at[1] == 62:                       # <!--->
        stop[0] = at + 2
        return at
    found = at
    while True:
        found = seek(found, end, 62)
        if found == end:
            stop[0] = end
            break
        if found - at >= 2 and (found - 1)[0] == 45 and (found - 2)[0] == 45:         # -->
            stop[0] = found + 1
            return found - 2
        if found - at >= 3 and memcmp(found - 3, b"--!", 3) == 0:               # --!>
            stop[0] = found + 1
            return found - 3
        found += 1
    # The page ends inside; dashes of an end that was begun are not part of the text.
    if end - at >= 3 and (end - 1)[0] == 33 and (end - 2)[0] == 45 and (end - 3)[0] == 45:
        return end - 3
    if end - at >= 2 and (end - 1)[0] == 45 and (end - 2)[0] == 45:
        return end - 2
    if end - at >= 1 and (end - 1)[0] == 45:
        return end - 1
    return end


cdef str decoded_source(object html):
    """What a browser's decoder and its input stream make of a text: no lone surrogates, one kind of
    newline.
    """
    if not isinstance(html, str):
        raise TypeError(f"expected a str, got {type(html).__name__}")
    cdef str source = str(html)
    try:
        source.encode()
    except UnicodeEncodeError:
        source = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source


cdef str lower_name(Chars name, Py_ssize_t length):
    return name[:length].decode("utf-8", "surrogatepass").lower()


cdef bint opens_foreign(Chars name, Py_ssize_t length) noexcept nogil:
    if length == 3:
        return named(name, 3, b"svg")
    return length == 4 and named(name, 4, b"math")


cdef bint starts_cdata(Chars at, Chars end) noexcept nogil:
    return end - at >= 9 and memcmp(at, b"<![CDATA[", 9) == 0


cdef Chars cdata_end(Chars at, Chars end) noexcept nogil:
    while at < end and not (end - at >= 3 and memcmp(at, b"]]>", 3) == 0):
        at += 1
    return at


@cython.final
cdef class Flattener:
    """Rewrites markup so that lxml returns it as a flat list of tokens."""

    def __cinit__(self):
        self.out = NULL
        self.foreign, self.inside, self.abroad = [], [], []

    def __dealloc__(self):
        PyMem_Free(self.out)

    cdef int start(self, bytes source, str context, str foreign) except -1:
        """Begin with a source. `foreign` is what its context is a part of: `svg`, `math` or None.
        """
        cdef bytes name = context.encode()
        self.source = source
        self.begin = self.at = <Chars>PyBytes_AS_STRING(source)
        self.end = self.at + PyBytes_GET_SIZE(source)
        self.has_nul = memchr(self.at, 0, self.end - self.at) != NULL
        self.reserve(self.end - self.at + 256)
        if foreign is not None:
            self.foreign.append(foreign)
            self.inside.append([])
            self.fixed = 1
            self.has_foreign = True
        else:
            self.content = content_of(<Chars>PyBytes_AS_STRING(name), len(name))
        return 0

    cdef bytes part(self, bint answer):
        """The list, up to the next question; `answer` is that to the last one."""
        cdef Chars found
        self.size = 0
        self.copy(HEAD, <Chars>PyBytes_AS_STRING(HEAD) + len(HEAD))
        self.go_on(answer)
        while self.at < self.end and self.question == NOTHING:
            found = seek(self.at, self.end, 60)
            if found > self.at:
                self.text(self.at, found)
                if self.question != NOTHING:
                    break
            self.at = found
            if found == self.end:
                break
            if found + 1 < self.end and is_letter(found[1]):
                self.start_tag()
            elif found + 1 < self.end and found[1] == 47:
                self.end_tag()
            elif found + 1 < self.end and (found[1] == 33 or found[1] == 63):
                self.declaration()
            else:
                self.escaped(found, found + 1, False)
                self.at = found + 1
        self.copy(TAIL, <Chars>PyBytes_AS_STRING(TAIL) + len(TAIL))
        return PyBytes_FromStringAndSize(<char*>self.out, self.size)

    cdef int go_on(self, bint answer) except -1:
        """Take what the question was about; at first, the content of the context."""
        cdef int question = self.question
        cdef Chars stop
        self.question = NOTHING
        if question == NOTHING:
            if self.content:
                self.escaped(self.at, self.end, self.content != REFERENCES)
                self.at = self.end
        elif question == IS_TEXT_FOREIGN:
            stop = seek(self.at, self.end, 60)
            self.put_text(self.at, stop, answer)
            self.at = stop
        elif question == IS_ELEMENT_FOREIGN:
            return self.cdata() if answer else self.bogus_comment()
        elif not answer:
            return self.raw(self.name, self.length, self.content)
        return 0

    cdef int reserve(self, Py_ssize_t count) except -1:
        cdef unsigned char* out
        if self.size + count > self.room:
            self.room = (self.size + count) * 3 // 2
            out = <unsigned char*>PyMem_Realloc(self.out, self.room)
            if not out:
                raise MemoryError
            self.out = out
        return 0

    cdef int copy(self, Chars start, Chars stop) except -1:
        self.reserve(stop - start)
        memcpy(self.out + self.size, start, stop - start)
        self.size += stop - start
        return 0

    cdef int escaped(self, Chars start, Chars stop, bint ampersands) except -1:
        """Copy with what could be mistaken for markup escaped, and NULs replaced."""
        cdef unsigned char c
        self.reserve(6 * (stop - start))
        while start < stop:
            c = start[0]
            start += 1
            if c == 60:
                memcpy(self.out + self.size, b"&lt;", 4)
                self.size += 4
            elif c == 34:
                memcpy(self.out + self.size, b"&quot;", 6)
                self.size += 6
            elif c == 38 and ampersands:
                memcpy(self.out + self.size, b"&amp;", 5)
                self.size += 5
            elif c == 0:
                memcpy(self.out + self.size, b"\xef\xbf\xbd", 3)
                self.size += 3
            else:
                self.out[self.size] = c
                self.size += 1
        return 0

    cdef int text(self, Chars start, Chars stop) except -1:
        if not self.has_nul or not memchr(start, 0, stop - start):
            return self.copy(start, stop)
        self.is_unsure = True
        if self.asks and self.has_foreign:
            self.question = IS_TEXT_FOREIGN
            return 0
        return self.put_text(start, stop, self.in_foreign())

    cdef int put_text(self, Chars start, Chars stop, bint is_foreign) except -1:
        cdef Chars nul
        while start < stop:
            nul = seek(start, stop, 0)
            self.copy(start, nul)
            if nul < stop and is_foreign:
                self.escaped(nul, nul + 1, False)
            start = nul + 1
        return 0

    cdef bint in_foreign(self):
        return bool(self.foreign) and self.foreign[len(self.foreign) - 1] in FOREIGN

    cdef int comment(self, Chars start, Chars stop) except -1:
        cdef Chars nul
        self.copy(b"<!--", <Chars>b"<!--" + 4)
        while start < stop:
            nul = seek(start, stop, 0) if self.has_nul else stop
            self.copy(start, nul)
            if nul < stop:
                self.escaped(nul, nul + 1, False)
                nul += 1
            start = nul
        return self.copy(b"-->", <Chars>b"-->" + 3)

    cdef int declaration(self) except -1:
        """Whatever starts with `<!` or `<?`."""
        cdef Chars at = self.at, stop
        cdef Py_ssize_t left = self.end - at
        if left >= 4 and memcmp(at, b"<!--", 4) == 0:
            stop = comment_end(at + 4, self.end, &self.at)
            return self.comment(at + 4, stop)
        if left >= 9 and at[1] == 33 and named(at + 2, 7, b"doctype"):
            stop = seek(at, self.end, 62)
            self.at = stop + 1 if stop < self.end else stop
            return 0
        if self.has_foreign and starts_cdata(at, self.end):
            self.is_unsure = True
            if self.asks:
                self.question = IS_ELEMENT_FOREIGN
                return 0
            if self.in_foreign():
                return self.cdata()
        return self.bogus_comment()

    cdef int cdata(self) except -1:
        cdef Chars at = self.at + 9, stop = cdata_end(self.at + 9, self.end)
        self.at = stop + 3 if stop < self.end else stop
        return self.escaped(at, stop, True)

    cdef int bogus_comment(self) except -1:
        cdef Chars at = self.at, stop = seek(self.at, self.end, 62)
        self.at = stop + 1 if stop < self.end else stop
        return self.comment(at + (2 if at[1] == 33 else 1), stop)

    cdef int end_tag(self) except -1:
        cdef Chars name = self.at + 2, stop
        if name == self.end:
            self.escaped(self.at, self.end, False)
            self.at = self.end
            return 0
        if not is_letter(name[0]):
            stop = seek(name, self.end, 62)
            self.at = stop + 1 if stop < self.end else stop
            return self.comment(name, stop) if stop > name else 0
        stop = name
        while stop < self.end and not ends_name(stop[0]):
            stop += 1
        self.at = tag_end(stop, self.end)
        if self.at == NULL:
            self.at = self.end      # a tag that the page ends in is none
            return 0
        self.tags += 1
        self.copy(b"<y", <Chars>b"<y" + 2)
        self.copy_name(name, stop)
        if self.foreign:
            self.leave_foreign(lower_name(name, stop - name))
        return self.copy(b" />", <Chars>b" />" + 3)

    cdef int copy_name(self, Chars start, Chars stop) except -1:
        """A name of a tag or an attribute."""
        cdef Chars nul = seek(start, stop, 0) if self.has_nul else stop
        while nul < stop:
            self.copy(start, nul)
            self.escaped(nul, nul + 1, False)
            start = nul + 1
            nul = seek(start, stop, 0)
        return self.copy(start, stop)

    cdef int start_tag(self) except -1:
        cdef Chars name = self.at + 1, stop = self.at + 1, at
        cdef Py_ssize_t before = self.size
        cdef Attribute found
        while stop < self.end and not ends_name(stop[0]):
            stop += 1
        self.copy(b"<z", <Chars>b"<z" + 2)
        self.copy_name(name, stop)
        at = stop
        while True:
            at = next_attribute(at, self.end, &found)
            if at == NULL:
                self.size = before
                self.at = self.end
                return 0
            if found.name == NULL:
                break
            self.attribute(&found)
        self.at = at
        self.tags += 1
        if found.slash:
            self.out[before + 1] = SELF_CLOSED
        self.copy(b" />", <Chars>b" />" + 3)
        return self.after_start_tag(name, stop - name, found.slash)

    cdef int attribute(self, Attribute* found) except -1:
        cdef Py_ssize_t length = found.value_end - found.value
        self.copy(b" ", <Chars>b" " + 1)
        self.copy_name(found.name, found.name_end)
        self.copy(b'="', <Chars>b'="' + 2)
        if length and (memchr(found.value, 34, length) or memchr(found.value, 0, length)):
            self.escaped(found.value, found.value_end, False)
        elif length:
            self.copy(found.value, found.value_end)
        return self.copy(b'"', <Chars>b'"' + 1)

    cdef int after_start_tag(self, Chars name, Py_ssize_t length, bint self_closing) except -1:
        """What the tokenizer learns from a start tag: raw content, and whether foreign content
        begins.
        """
        cdef int content = content_of(name, length)
        cdef str tag
        if self.foreign or opens_foreign(name, length):
            self.has_foreign = True
            tag = lower_name(name, length)
            if self.in_foreign() and tag in BREAKOUT:
                self.break_out()
            if (self.in_foreign() or tag in FOREIGN) and not self.asks:
                if content:
                    self.abroad.append(self.tags)
                if not self_closing:
                    self.enter(tag, name)
                return 0
        if content and self.asks and self.has_foreign:
            self.question, self.content = IS_TAG_FOREIGN, content
            self.name, self.length = name, length
        elif content:
            self.raw(name, length, content)
        return 0

    cdef int enter(self, str tag, Chars name) except -1:
        """Note that a foreign element has begun."""
        cdef bint inside = self.in_foreign()
        if not inside:
            self.outside = name
        if not inside or tag in FOREIGN or self.leads_out(tag):
            self.foreign.append(tag)
            self.inside.append([])
        else:
            (<list>self.inside[len(self.inside) - 1]).append(tag)
        return 0

    cdef bint leads_out(self, str tag) except -1:
        return tag in INTEGRATION[self.foreign[len(self.foreign) - 1]]

    cdef int break_out(self) except -1:
        while self.in_foreign() and len(self.foreign) > self.fixed:
            self.foreign.pop()
            self.inside.pop()
        return 0

    cdef int leave_foreign(self, str tag) except -1:
        cdef Py_ssize_t k
        cdef list open
        if self.in_foreign() and tag in ("p", "br"):
            self.break_out()
        elif self.in_foreign():
            open = <list>self.inside[len(self.inside) - 1]
            if tag in open:
                while open.pop() != tag:
                    pass
                return 0
        for k in range(len(self.foreign) - 1, self.fixed - 1, -1):
            if self.foreign[k] == tag:
                del self.foreign[k:]
                del self.inside[k:]
                return 0
        if self.in_foreign() and self.is_open_outside(tag):
            self.break_out()
        return 0

    cdef bint is_open_outside(self, str tag) except -1:
        """Whether it seems that an end tag ends an element around the foreign content."""
        cdef bytes name = tag.encode("utf-8", "surrogatepass")
        cdef Py_ssize_t length = len(name), count = 0
        cdef Chars at = self.begin
        cdef bint closes
        if self.outside == NULL:
            return False
        while True:
            at = seek(at, self.outside, 60) + 1
            if self.outside - at <= length + 1:
                return count > 0
            closes = at[0] == 47
            if named(at + closes, length, name) and ends_name(at[closes + length]):
                count += -1 if closes else 1

    cdef int raw(self, Chars name, Py_ssize_t length, int content) except -1:
        cdef Chars stop = self.end
        if content != PLAIN:
            stop = find_end_tag(self.at, self.end, name, length)
        self.escaped(self.at, stop, content != REFERENCES)
        self.at = stop
        return 0


cdef Chars next_attribute(Chars at, Chars end, Attribute* found) noexcept nogil:
    """Read the next attribute of a tag; returns what follows it (or the tag, if there was none),
    NULL where the page ends first.
    """
    found.slash = False
    while at < end and (is_space(at[0]) or at[0] == 47):
        found.slash = at[0] == 47
        at += 1
    if at == end:
        return NULL
    found.name = found.name_end = found.value = found.value_end = NULL
    if at[0] == 62:
        return at + 1
    found.slash = False
    found.name = at
    at += 1                                         # a first = belongs to the name
    while at < end and at[0] != 61 and not ends_name(at[0]):
        at += 1
    found.name_end = at
    while at < end and is_space(at[0]):
        at += 1
    if at == end:
        return NULL
    return attribute_value(at + 1, end, found) if at[0] == 61 else at


cdef Chars attribute_value(Chars at, Chars end, Attribute* found) noexcept nogil:
    cdef unsigned char quote
    while at < end and is_space(at[0]):
        at += 1
    if at == end:
        return NULL
    found.value = found.value_end = at
    if at[0] == 62:
        return at
    if at[0] == 34 or at[0] == 39:
        quote = at[0]
        found.value = at + 1
        found.value_end = seek(at + 1, end, quote)
        return found.value_end + 1 if found.value_end < end else NULL
    while at < end and at[0] != 62 and not is_space(at[0]):
        at += 1
    found.value_end = at
    return at if at < end else NULL


cdef Chars tag_end(Chars at, Chars end) noexcept nogil:
    """What follows a tag whose name ends at `at`; NULL where the page ends first."""
    cdef Attribute found
    while True:
        at = next_attribute(at, end, &found)
        if at == NULL or found.name == NULL:
            return at


# ------------------------------------------------------------------------------------------ regions


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
            if (tag in VOID and not foreign) or (self_closing and foreign):
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


# ------------------------------------------------------------------------------------ serialisation

cdef frozenset RAW_TEXT = frozenset(
    "style script xmp iframe noembed noframes noscript plaintext".split())
cdef frozenset LOSES_NEWLINE = frozenset("pre listing textarea".split())


cdef str escape(str text, bint attribute):
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "\xa0" in text:
        text = text.replace("\xa0", "&nbsp;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if attribute and '"' in text:
        text = text.replace('"', "&quot;")
    return text


cdef str raw_text(Element parent, str text):
    """A text that cannot be escaped. One that would end its element could only come from data, not
    from a page.
    """
    if "</" in text and f"</{parent.tag}" in text.lower() and parent.tag != "script":
        raise ValueError(f"a text with </{parent.tag} cannot be written inside of <{parent.tag}>")
    return text


cdef str space_inside(Element element, str space):
    """What the children of an element are: "html", "svg" or "math"."""
    if element.tag in FOREIGN:
        return element.tag
    if space == "html":
        return space
    tag = element.tag.lower()
    if tag == "annotation-xml":
        encoding = (element.get("encoding") or "").lower()
        return "html" if encoding in ("text/html", "application/xhtml+xml") else space
    return "html" if tag in INTEGRATION[space] else space


cdef int put_start_tag(list parts, Element element) except -1:
    cdef Py_ssize_t k
    parts.append("<")
    parts.append(element.tag)
    for k in range(0, len(element.pairs), 2):
        parts.append(" ")
        parts.append(element.pairs[k])
        parts.append('="')
        parts.append(escape(<str>element.pairs[k + 1], True))
        parts.append('"')
    parts.append(">")
    return 0


def to_html(Node node not None, *, bint inner=False):
    """A tree as HTML, from which a browser makes the same tree again.

    :param inner: leave out the node's own tags
    :raises ValueError: for what HTML cannot express, like `</style>` in a style or `-->` in a
        comment. No parsed tree has such a thing
    """
    cdef list parts = [], stack = [node]
    cdef str space = "html"
    cdef Element element, parent = None
    cdef bint own
    while stack:
        item = stack.pop()
        if type(item) is tuple:                 # the end of an element
            element, parent, space = item
            if not (inner and element is node and not stack):
                parts.append("</" + element.tag + ">")
        elif isinstance(item, Text):
            text = (<Text>item).data
            if parent is not None and space == "html" and parent.tag in RAW_TEXT:
                parts.append(raw_text(parent, text))
            else:
                parts.append(escape(text, False))
        elif isinstance(item, Comment):
            parts.append(comment_markup((<Comment>item).data))
        else:
            element = item
            own = not (inner and element is node and parent is None)
            if own:
                put_start_tag(parts, element)
            if space == "html" and element.tag in VOID:
                continue
            if own and space == "html" and loses_newline(element):
                parts.append("\n")
            stack.append((element, parent, space))
            parent, space = element, space_inside(element, space)
            stack.extend(reversed(element.children))
    return "".join(parts)


cdef bint loses_newline(Element element) except -1:
    """Whether a browser would drop the newline that the content starts with."""
    if element.tag not in LOSES_NEWLINE:
        return False
    if not element.children or not isinstance(element.children[0], Text):
        return False
    return (<Text>element.children[0]).data.startswith("\n")


cdef str comment_markup(str data):
    if (data.startswith((">", "->")) or data.endswith(("<!-", "--!"))
            or "-->" in data or "--!>" in data):
        raise ValueError(f"a comment cannot contain {data!r}")
    return "<!--" + data + "-->"
