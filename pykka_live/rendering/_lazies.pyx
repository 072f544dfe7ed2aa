"""The lazy objects that a page shows: Django gives a template one for the user, and one for the CSRF
token. Who asks such a one first runs code of a user's."""

cimport cython


@cython.final
cdef class Lazies:
    """Knows which of them had been asked before a rendering began. Only those of the last two
    renderings are kept: what is not known may have been asked just now."""

    def __init__(self):
        self.before, self.met = {}, {}

    cdef int begin(self) except -1:
        """Begin a rendering."""
        if self.met or self.before:
            self.before, self.met = self.met, {}
        return 0

    cdef bint knows(self, object lazy) except -1:
        """Whether one that has been asked is known; from now on it is."""
        address = <size_t><void*>lazy
        if address in self.met:
            return True
        self.met[address] = lazy
        return address in self.before


@cython.final
cdef class Behind:
    """The picture of what a lazy object stands for. That itself may be told from the object."""

    def __init__(self, picture):
        self.picture = picture
