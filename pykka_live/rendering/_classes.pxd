"""What is known of classes and of their values."""

cimport cython


@cython.final
cdef class Facts:
    cdef object type
    cdef unsigned int version   # the class's; 0 if it has none
    cdef bint plain             # attributes are looked up as `object` does it, and nothing else is
    cdef bint answers           # but the class is asked for what is not there
    cdef bint simply_true       # all are true, and no one is asked
    cdef bint is_enum           # they are members of an enum
    cdef bint inert             # and no code of a user's writes, tests or compares them
    cdef bint holds             # what they are gone over for is what they hold
    cdef bint has_warned, has_looked
    cdef tuple compared

    cdef tuple comparing(self)
    cdef int warn(self, str name) except -1


@cython.final
cdef class Classes:
    cdef dict known             # classes -> Facts
    cdef list choices           # fields whose choices are shown, with what these are
    cdef Py_ssize_t generation  # counts the changes
    cdef bint rounds            # decimals may have been written

    cdef Facts of(self, object cls)
    cdef Facts learn(self, object cls)
    cdef Py_ssize_t now(self) except -1
    cdef bint is_inert(self, object value, int depth=*) except -1
    cdef bint holds(self, object value) except -1
    cdef bint shows_choice(self, object field, object model, object cls) except -1


cdef frozenset ATOMS
