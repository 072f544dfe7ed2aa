"""Markup as characters: where its parts begin and end."""

from libc.string cimport memchr

ctypedef const unsigned char* Chars

cdef enum:              # the kinds of content
    NORMAL = 0
    RAW = 1             # script, style: neither tags nor references inside
    REFERENCES = 2      # textarea, title: no tags inside
    PLAIN = 3           # plaintext: never ends

cdef struct Attribute:
    Chars name          # NULL at the end of the tag
    Chars name_end
    Chars value
    Chars value_end
    bint slash          # the tag ends in />


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


cdef inline bint named(Chars at, Py_ssize_t length, const char* name) noexcept nogil:
    """Whether these are the letters of a name in lower case, which is as long."""
    cdef Py_ssize_t k
    for k in range(length):
        if lower(at[k]) != <unsigned char>name[k]:
            return False
    return True


cdef inline bint opens_foreign(Chars name, Py_ssize_t length) noexcept nogil:
    if length == 3:
        return named(name, 3, b"svg")
    return length == 4 and named(name, 4, b"math")


cdef int content_of(Chars name, Py_ssize_t length) noexcept nogil
cdef Chars find_end_tag(Chars at, Chars end, Chars name, Py_ssize_t length) noexcept nogil
cdef Chars comment_end(Chars at, Chars end, Chars* stop) noexcept nogil
cdef bint starts_cdata(Chars at, Chars end) noexcept nogil
cdef Chars cdata_end(Chars at, Chars end) noexcept nogil
cdef Chars next_attribute(Chars at, Chars end, Attribute* found) noexcept nogil
cdef Chars tag_end(Chars at, Chars end) noexcept nogil

cdef str decoded_source(object html)
cdef str lower_name(Chars name, Py_ssize_t length)
