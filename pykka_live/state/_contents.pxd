"""What other Cython modules may use of a value's contents."""

cimport cython
from cpython.list cimport PyList_GET_SIZE
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

cdef extern from "Python.h":
    PyObject* PyList_GetItemUnchecked "PyList_GET_ITEM" (object items, Py_ssize_t index)
    PyObject* PyTuple_GetItemUnchecked "PyTuple_GET_ITEM" (object items, Py_ssize_t index)

cdef object NOTHING


@cython.final
cdef class Contents:
    cdef list alive                 # what must not be freed in this pass: its address is known
    cdef dict types                 # classes -> what `classify` says

    cdef int kind_of(self, object value) except -1
    # A dict, a list, or a tuple; NOTHING if the value says that it is a global.
    cdef object opened(self, object value, int kind)


# An opened value that is no dict is read with these.

cdef inline Py_ssize_t size_of(object items):
    return PyList_GET_SIZE(items) if isinstance(items, list) else PyTuple_GET_SIZE(items)


cdef inline PyObject* item_at(object items, Py_ssize_t i):
    return (
        PyList_GetItemUnchecked(items, i) if isinstance(items, list)
        else PyTuple_GetItemUnchecked(items, i)
    )


cdef inline object item_of(object items, Py_ssize_t i):
    if i >= size_of(items):
        raise RuntimeError("list changed size during iteration")
    return <object>item_at(items, i)
