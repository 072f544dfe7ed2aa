"""What goes on the wire, while it is written: bytes that grow, and JSON in them."""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    uint32_t PyUnicode_READ(int kind, void* data, Py_ssize_t index) noexcept
    Py_ssize_t PyUnicode_GET_LENGTH(object text) noexcept


@cython.final
cdef class Buffer:
    """Bytes that grow."""

    def __cinit__(self):
        self.size, self.room = 0, 256
        self.data = <char*>PyMem_Malloc(self.room)
        if not self.data:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.data)

    cdef int grow(self, Py_ssize_t count) except -1:
        self.room = max(2 * self.room, self.size + count)
        cdef char* data = <char*>PyMem_Realloc(self.data, self.room)
        if not data:
            raise MemoryError
        self.data = data
        return 0

    cdef int number(self, Py_ssize_t value) except -1:
        cdef char digits[24]
        cdef int k = 24
        if value < 0:
            raise ValueError("an index in a patch is negative")
        while True:
            k -= 1
            digits[k] = 48 + value % 10
            value //= 10
            if not value:
                break
        self.reserve(24 - k)
        memcpy(self.data + self.size, digits + k, 24 - k)
        self.size += 24 - k
        return 0

    cdef int string(self, str text) except -1:
        """A JSON string, in UTF-8."""
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t i = 0, length = PyUnicode_GET_LENGTH(text)
        cdef uint32_t c
        self.reserve(6 * length + 2)
        cdef char* out = self.data + self.size
        out[0] = b'"'
        out += 1
        while i < length:
            if kind == 1 and i + 8 <= length and is_plain(<char*>data + i):
                memcpy(out, <char*>data + i, 8)
                out += 8
                i += 8
                continue
            c = PyUnicode_READ(kind, data, i)
            i += 1
            if 0x20 <= c < 0x80 and c != 0x22 and c != 0x5C:
                out[0] = <char>c
                out += 1
            else:
                out = put_special(out, c)
        out[0] = b'"'
        self.size = out + 1 - self.data
        return 0

    cdef bytes done(self, Py_ssize_t start=0):
        return PyBytes_FromStringAndSize(self.data + start, self.size - start)


cdef inline bint is_plain(const char* text) noexcept:
    """Whether eight characters of Latin-1 stand for themselves in JSON and in UTF-8. The high bit of
    a byte of `odd` is set where it is not ASCII, a control character, a quote or a backslash.
    """
    cdef uint64_t ones = 0x0101010101010101, eight, quotes, slashes, odd
    memcpy(&eight, text, 8)
    quotes = eight ^ ones * 0x22
    slashes = eight ^ ones * 0x5C
    odd = eight | (eight - ones * 0x20) | (quotes - ones) | (slashes - ones)
    return not odd & ones * 0x80


cdef char* put_special(char* out, uint32_t c) noexcept:
    """A character that JSON escapes or that UTF-8 needs several bytes for."""
    cdef const char* hex = b"0123456789abcdef"
    if 0xD800 <= c <= 0xDFFF:
        c = 0xFFFD
    if c >= 0x10000:
        out[0] = <char>(0xF0 | (c >> 18))
        out[1] = <char>(0x80 | ((c >> 12) & 0x3F))
        out[2] = <char>(0x80 | ((c >> 6) & 0x3F))
        out[3] = <char>(0x80 | (c & 0x3F))
        return out + 4
    if c >= 0x800:
        out[0] = <char>(0xE0 | (c >> 12))
        out[1] = <char>(0x80 | ((c >> 6) & 0x3F))
        out[2] = <char>(0x80 | (c & 0x3F))
        return out + 3
    if c >= 0x80:
        out[0] = <char>(0xC0 | (c >> 6))
        out[1] = <char>(0x80 | (c & 0x3F))
        return out + 2
    out[0] = b'\\'
    if c == 10:
        out[1] = b'n'
    elif c >= 0x20:
        out[1] = <char>c
    else:
        memcpy(out + 1, b"u00", 3)
        out[4] = hex[c >> 4]
        out[5] = hex[c & 15]
        return out + 6
    return out + 2
