"""What other Cython modules may use of the register."""

cimport cython

from pykka_live.state._frozen cimport Frozen


@cython.final
cdef class Register:
    cdef unsigned long long now     # the pass
    cdef dict known                 # addresses of live objects -> their Frozens
    cdef Py_ssize_t room            # how many may be known before the unused ones go
    cdef list stack                 # Frozens in progress
    cdef list stale                 # what turned out wrong after it had been met in a cycle
    cdef int low                    # the lowest index met
    cdef unsigned long long moves   # counts the pictures in rosters that have lost their owners
    cdef list owed                  # stretches of tuples whose pictures have been found true

    cdef object begin(self)
    # The picture of a live object, if there is one that anybody still has.
    cdef Frozen find(self, object value)
    # From now on the picture of a live object is this one.
    cdef object claim(self, Frozen frozen, object value)
    # It no longer is that of a live object.
    cdef int release(self, Frozen frozen, object value) except -1
    # Note that the pictures from `start` to `stop` were found true in this pass.
    cdef int owe(self, tuple pictures, Py_ssize_t start, Py_ssize_t stop) except -1
    cdef int settle(self) except -1
    # Whether a picture has been found true in this pass, of whatever object.
    cdef bint is_taken(self, Frozen frozen) except -1
    # Note that a picture in progress has been met.
    cdef object touch(self, Frozen frozen)
    # Finish a picture, unless it is part of a cycle that begins further down.
    cdef Frozen close(self, Frozen frozen, int index, int saved)
    cdef Frozen close_cycle(self, Frozen root, int index)
    # Forget what is in progress.
    cdef object unwind(self)
    cdef object prune(self)
