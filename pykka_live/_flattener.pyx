"""Markup as a flat list of tags, for lxml.

lxml's tokenizer is HTML5's, but the tree that it builds is HTML 4's. So it is given a flat list of
empty elements with names that it does not know: `<p class=x>a</p>` becomes
`<zp class="x" />a<yp />`. What it gives back is a list of tokens, attributes and character
references done, of which `pykka_live._html` builds the tree that a browser would.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.string cimport memchr, memcmp, memcpy

from pykka_live._scanner cimport (
    PLAIN, REFERENCES, cdata_end, comment_end, content_of, ends_name, find_end_tag, is_letter,
    lower_name, named, next_attribute, opens_foreign, seek, starts_cdata, tag_end,
)
from pykka_live._tags cimport BREAKOUT_SET, FOREIGN, INTEGRATION

cdef bytes HEAD = b"<html><body><k>"
cdef bytes TAIL = b"<k /></k></body></html>"


@cython.final
cdef class Flattener:
    """Rewrites markup so that lxml returns it as a flat list of tokens."""

    def __cinit__(self):
        self.out = NULL
        self.foreign, self.inside, self.abroad = [], [], []
        self.long_names, self.long_places = [], {}

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
        if (stop - start) * (3 if self.has_nul else 1) >= LONG_NAME:    # a NUL becomes three bytes
            return self.put_long_name(start, stop)
        cdef Chars nul = seek(start, stop, 0) if self.has_nul else stop
        while nul < stop:
            self.copy(start, nul)
            self.escaped(nul, nul + 1, False)
            start = nul + 1
            nul = seek(start, stop, 0)
        return self.copy(start, stop)

    cdef int put_long_name(self, Chars start, Chars stop) except -1:
        cdef bytes source = start[:stop - start].lower().replace(b"\0", b"\xef\xbf\xbd")
        cdef str name = source.decode()
        cdef bytes place
        if name not in self.long_places:
            self.long_places[name] = len(self.long_names)
            self.long_names.append(name)
        place = str(self.long_places[name]).zfill(LONG_NAME).encode()
        return self.copy(place, <Chars>PyBytes_AS_STRING(place) + LONG_NAME)

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
            if self.in_foreign() and tag in BREAKOUT_SET:
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
