"""Whether what was evaluated once can be relied on."""

cimport cython

from pykka_live.rendering._run cimport Run


# Whether no user code runs when that is done with what was looked up, and what comes of it is told
# by its picture.
cdef bint keeps_still(Run run, object value, int use) except -1

cdef int WRITTEN


@cython.final
cdef class Trust:
    cdef tuple paths        # the variables that it reads,
    cdef tuple uses         # and what is done with their values
    cdef bint trusted       # nothing else has an influence

    cdef int judge(self, Run run) except -1
    cdef tuple pictures(self, Run run, tuple before)
