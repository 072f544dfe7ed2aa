"""Nodes as data, for what else goes on the wire."""

from pykka_live._buffer cimport Buffer


cdef int put_nodes(Buffer out, tuple nodes, Py_ssize_t at) except -1
