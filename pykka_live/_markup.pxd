"""What the HTML parser uses of the scanner."""

ctypedef const unsigned char* Chars

# The letters in front of the names in the flat list of tokens.
cdef enum:
    OPENED = 122        # z: a start tag
    SELF_CLOSED = 106   # j: a start tag with a slash at its end
    CLOSED = 121        # y: an end tag

cdef struct Attribute:
    Chars name          # NULL at the end of the tag
    Chars name_end
    Chars value
    Chars value_end
    bint slash          # the tag ends in />

cdef class Flattener:
    cdef Chars at
    cdef Chars end
    cdef unsigned char* out
    cdef Py_ssize_t room, size
    cdef bint has_nul
    cdef list foreign                   # the open elements that lead into or out of SVG and MathML
    cdef Py_ssize_t fixed               # how many of them are the context's
    cdef Py_ssize_t tags                # how many were written

    cdef bytes run(self, bytes source, str context)
    cdef int reserve(self, Py_ssize_t count) except -1
    cdef int copy(self, Chars start, Chars stop) except -1
    cdef int escaped(self, Chars start, Chars stop, bint ampersands) except -1
    cdef int copy_name(self, Chars start, Chars stop) except -1
    cdef int text(self, Chars start, Chars stop) except -1
    cdef bint in_foreign(self)
    cdef int comment(self, Chars start, Chars stop) except -1
    cdef int declaration(self) except -1
    cdef int end_tag(self) except -1
    cdef int start_tag(self) except -1
    cdef int attribute(self, Attribute* found) except -1
    cdef int after_start_tag(self, Chars name, Py_ssize_t length, bint self_closing) except -1
    cdef bint leads_out(self, str tag) except -1
    cdef int break_out(self) except -1
    cdef int leave_foreign(self, str tag) except -1
    cdef int raw(self, Chars name, Py_ssize_t length, int content) except -1

cdef str decoded_source(object html)
