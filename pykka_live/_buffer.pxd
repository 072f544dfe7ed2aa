"""Bytes that grow, for what is written into them."""

cimport cython
from libc.string cimport memcpy


@cython.final
cdef class Buffer:
    cdef char* data
    cdef Py_ssize_t size, room

    cdef int grow(self, Py_ssize_t count) except -1
    cdef int number(self, Py_ssize_t value) except -1
    cdef int string(self, str text) except -1
    cdef bytes done(self, Py_ssize_t start=*)

    cdef inline int reserve(self, Py_ssize_t count) except -1:
        return self.grow(count) if self.size + count > self.room else 0

    cdef inline int put(self, char byte) except -1:
        self.reserve(1)
        self.data[self.size] = byte
        self.size += 1
        return 0

    cdef inline int raw(self, const char* text, Py_ssize_t size) except -1:
        self.reserve(size)
        memcpy(self.data + self.size, text, size)
        self.size += size
        return 0
