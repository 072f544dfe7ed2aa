"""Nodes as data, for what else goes on the wire."""

cimport cython


@cython.final
cdef class Buffer:
    """Bytes that grow."""

    cdef char* data
    cdef Py_ssize_t size, room

    cdef int reserve(self, Py_ssize_t count) except -1
    cdef int put(self, char byte) except -1
    cdef int raw(self, const char* text, Py_ssize_t size) except -1
    cdef int number(self, Py_ssize_t value) except -1
    cdef int string(self, str text) except -1
    cdef bytes done(self, Py_ssize_t start=*)


cdef int put_nodes(Buffer out, tuple nodes, Py_ssize_t at) except -1
