"""One rendering of a page: where its values come from, and whether they can be relied on."""

cimport cython

from pykka_live.rendering._classes cimport Classes, Facts
from pykka_live.rendering._contexts cimport ContextMaker
from pykka_live.rendering._lazies cimport Lazies
from pykka_live.rendering._surroundings cimport Surroundings
from pykka_live.state._freeze cimport Freezer


cdef object UNKNOWN         # only Django's own look-up can tell: it may call something
cdef object MISSING         # it is not there
cdef object UNREAD          # it is computed when somebody asks for it, and nobody has
cdef object UNASKED         # it is in a lazy object, which nobody has asked, or which has failed


@cython.final
cdef class Run:
    cdef ContextMaker maker
    cdef object values              # what the template was given
    cdef list names                 # the dictionaries where it finds what, the first one last
    cdef object made                # Django's context, once there is one
    cdef Freezer freezer
    cdef bint plain_numbers         # numbers are written without thousands separators
    cdef Classes classes
    cdef Surroundings surroundings
    cdef Lazies lazies
    cdef Py_ssize_t generation      # of the classes
    cdef readonly bint stale        # user code may have run since values were compared
    cdef bint was_disturbed         # user code has run at all
    cdef double breathed            # when other threads could last run
    cdef int depth                  # loops inside of each other
    cdef readonly Py_ssize_t doubts # how often something was evaluated that may differ next time
    cdef public Py_ssize_t rendered, reused     # rows
    cdef public object notes        # for a developer; None in production
    cdef bint has_moved             # what is outside of the region is other than before:
    cdef str page                   # it, around what stands for the region,
    cdef Py_ssize_t place           # and where that is

    cdef object made_context(self)
    cdef bint escapes(self) except -1
    cdef bint has_other_classes(self) except -1
    cdef int doubt(self) except -1
    cdef int disturb(self) except -1
    cdef tuple setting(self)
    cdef int breathe(self) except -1
    cdef int trace(self, object node, object error) except -1
    cdef object frozen(self, object value, object hint)
    cdef object pictured(self, object value, object before)
    cdef object behind(self, object lazy)
    cdef object lookup(self, tuple bits, bint peek)
    cdef object first(self, str name, bint peek)
    cdef object step(self, object current, str bit)
    cdef object called(self, object value)
    cdef object of_atom(self, object current, str bit)
    cdef object of_member(self, object current, object cls, str bit)
    cdef object of_object(self, object current, Facts facts, str bit)


cdef Run make_run(
    ContextMaker maker, values, Freezer freezer, bint plain_numbers, Classes classes,
    Surroundings surroundings, Lazies lazies)


# Whether two settings are known, and the same.
cdef bint is_same_setting(tuple a, tuple b) noexcept
