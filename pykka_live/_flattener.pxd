"""What asks the scanner for the tokens of markup."""

from pykka_live._scanner cimport Attribute, Chars

# The letters in front of the names in the flat list of tokens.
cdef enum:
    OPENED = 122        # z: a start tag
    SELF_CLOSED = 106   # j: a start tag with a slash at its end
    CLOSED = 121        # y: an end tag

# libxml2 cuts names at 100 bytes. Those that have this many, or more, are written as a number of as
# many digits: their place among the long names.
cdef enum:
    LONG_NAME = 80

# What a Flattener may have to ask, of the place that it has come to.
cdef enum:
    NOTHING = 0
    IS_TAG_FOREIGN = 1      # the start tag right before it
    IS_ELEMENT_FOREIGN = 2  # the element that is open there
    IS_TEXT_FOREIGN = 3     # the text that follows

cdef class Flattener:
    cdef bytes source
    cdef Chars begin
    cdef Chars at
    cdef Chars end
    cdef unsigned char* out
    cdef Py_ssize_t room, size
    cdef bint has_nul
    cdef list long_names
    cdef dict long_places               # of these names, by name
    cdef list foreign                   # the open elements that lead into or out of SVG and MathML
    cdef list inside                    # for each of them, those that are open in it
    cdef Py_ssize_t fixed               # how many of them are the context's
    cdef Chars outside                  # where the innermost foreign content began
    cdef Py_ssize_t tags                # how many were written
    cdef list abroad                    # the places of those with raw content, but for being foreign
    cdef bint has_foreign               # there is foreign content, and
    cdef bint is_unsure                 # something that means something else there
    cdef bint asks                      # it does not rely on itself what is foreign
    cdef int question, content
    cdef Chars name
    cdef Py_ssize_t length

    cdef int start(self, bytes source, str context, str foreign) except -1
    cdef bytes part(self, bint answer)
    cdef int go_on(self, bint answer) except -1
    cdef int put_text(self, Chars start, Chars stop, bint is_foreign) except -1
    cdef int cdata(self) except -1
    cdef int bogus_comment(self) except -1
    cdef bint is_open_outside(self, str tag) except -1
    cdef int reserve(self, Py_ssize_t count) except -1
    cdef int copy(self, Chars start, Chars stop) except -1
    cdef int escaped(self, Chars start, Chars stop, bint ampersands) except -1
    cdef int copy_name(self, Chars start, Chars stop) except -1
    cdef int put_long_name(self, Chars start, Chars stop) except -1
    cdef int text(self, Chars start, Chars stop) except -1
    cdef bint in_foreign(self)
    cdef int comment(self, Chars start, Chars stop) except -1
    cdef int declaration(self) except -1
    cdef int end_tag(self) except -1
    cdef int start_tag(self) except -1
    cdef int attribute(self, Attribute* found) except -1
    cdef int after_start_tag(self, Chars name, Py_ssize_t length, bint self_closing) except -1
    cdef int enter(self, str tag, Chars name) except -1
    cdef bint leads_out(self, str tag) except -1
    cdef int break_out(self) except -1
    cdef int leave_foreign(self, str tag) except -1
    cdef int raw(self, Chars name, Py_ssize_t length, int content) except -1
