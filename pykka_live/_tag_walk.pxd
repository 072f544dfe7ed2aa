"""What goes over the tags of markup."""

from pykka_live._flattener cimport Flattener
from pykka_live._scanner cimport Attribute, Chars


cdef class TagWalk:
    cdef bytes source
    cdef Chars at
    cdef Chars end
    cdef Flattener rules            # knows which content is foreign, or raw

    cdef int walk(self, bytes source) except -1
    cdef int start_tag(self) except -1
    cdef int end_tag(self) except -1

    cdef int attribute(self, Attribute* found) except -1
    cdef int opened(self, Chars start, Chars name_end, bint closes_itself) except -1
    cdef int closed(self, Chars start, str tag) except -1
