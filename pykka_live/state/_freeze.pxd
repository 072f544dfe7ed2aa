"""What other Cython modules may use of the freezer:
`from pykka_live.state._freeze cimport Freezer, Frozen`.
"""

cimport cython


@cython.final
cdef class Frozen:
    # The freezer's own. A Frozen of another freezer is never written to. What is read of each row
    # stands in front, within one line of the processor's cache.
    cdef void* owner                # the live object that it pictures, or NULL
    cdef unsigned long long home    # the freezer
    cdef unsigned long long stamp   # the pass in which it was last found true
    cdef unsigned long long version # the dict's, when it was found true; 0 where none is known
    cdef int index                  # its place on the stack while it is in progress, from 1
    cdef char leaf                  # holds nothing but atoms
    cdef char valued                # pictures a value, which has no identity and so no owner
    cdef char fresh                 # has been made in this pass and is not finished
    cdef char hit                   # has been met within itself

    cdef readonly int kind          # a Kind
    cdef readonly bint plain        # str(), bool() and == of what it pictures run no user's code
    cdef readonly bint comparable   # the same picture means the same content
    cdef readonly bint opaque       # deeply holds something that copies itself
    cdef readonly object type       # the class of what it pictures
    cdef readonly tuple parts       # atoms and Frozens; see Kind for their order


@cython.final
cdef class Freezer:
    cdef unsigned long long id, now
    cdef object source
    cdef frozenset surroundings
    cdef dict known                 # addresses of live objects -> their Frozens
    cdef Py_ssize_t room            # how many may be known before the unused ones go
    cdef list alive                 # what must not be freed in this pass: its address is known
    cdef dict copiers               # Frozens of this pass that are opaque -> their objects
    cdef dict types                 # classes -> what `classify` says
    cdef dict marks                 # addresses of surrounding objects -> their markers
    cdef unsigned long long marked  # the pass for which `marks` hold
    cdef list stack                 # Frozens in progress
    cdef list stale                 # what turned out wrong after it had been met in a cycle
    cdef int low                    # the lowest index met
    cdef int depth

    # Start a pass: all that has been frozen before may have been changed since.
    cpdef object begin(self)
    # The picture of a value: `hint` itself if it still is that, else another.
    cpdef object freeze(self, object value, object hint=*)

    cdef bint still_all(self, dict state, tuple last) except -1
    cdef object visit(self, object value, object hint)
    cdef object resolve(self, object value, object hint)
    cdef bint attempt(self, object value, object live, Frozen frozen, int index) except -1
    cdef Frozen build(self, object value, object live, int kind, Frozen base, int index)
    cdef tuple build_pairs(self, object live, tuple base)
    cdef tuple build_items(self, object live, tuple base)
    cdef bint take_over(
        self, tuple made, Py_ssize_t i, object live, tuple base, Py_ssize_t at
    ) except -1
    cdef bint is_value(self, object value, int depth) except -1
    cdef Frozen value(self, object value, int kind)
    cdef bint matches(self, object value, object part) except -1
    cdef bint replaces(self, object value, Frozen frozen) except -1
    cdef bint resembles(self, object value, object part) except -1
    cdef bint scan(self, object live, tuple parts) except -1
    cdef Frozen close(self, Frozen frozen, int index, int saved)
    cdef Frozen close_cycle(self, Frozen root, int index)
    cdef object unwind(self)
    cdef object opened(self, object value, int kind)
    cdef Frozen find(self, object value)
    cdef Frozen marker(self, object value)
    cdef object touch(self, Frozen frozen)
    cdef object claim(self, Frozen frozen, object value)
    cdef object mark(self)
    cdef object prune(self)


# Whether a value that is no Frozen is printed, tested and compared without any user's code.
cdef bint is_plain(object picture) except -1
