"""Tuples that are made again and again, of the same length, each time with a few other items."""

cimport cython
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

cdef extern from *:
    """
    /* Without the GIL a count of references says nothing about other threads. */
    #ifdef Py_GIL_DISABLED
    #define is_mine_alone(items) 0
    #else
    #define is_mine_alone(items) (Py_REFCNT(items) == 1)
    #endif
    /* From CPython 3.14 on, a tuple remembers its hash. */
    #if PY_VERSION_HEX >= 0x030E0000
    #define forget_hash(items) (((PyTupleObject *)(items))->ob_hash = -1)
    #else
    #define forget_hash(items) ((void)(items))
    #endif
    static inline void put(PyObject *items, Py_ssize_t place, PyObject *item) {
        PyObject *before = PyTuple_GET_ITEM(items, place);
        Py_INCREF(item);
        PyTuple_SET_ITEM(items, place, item);
        Py_DECREF(before);
        /* The collector has let go a tuple of what it need not follow. */
        if (PyObject_GC_IsTracked(item) && !PyObject_GC_IsTracked(items)) PyObject_GC_Track(items);
    }
    """
    bint is_mine_alone(PyObject* items) noexcept    # a Python argument would be one more
    void forget_hash(tuple items) noexcept
    void put(tuple items, Py_ssize_t place, object item)


@cython.final
cdef class Spare:
    """Makes a tuple of the one before the last, if nobody else has that any more.

    A copy of a tuple touches all its items, to count one more reference, and so does its end. That
    is what a change of one row of thousands would cost most, where they have left the processor's
    cache.
    """

    cdef tuple patched(self, tuple current, list places, list items):
        cdef tuple made
        cdef Py_ssize_t k, place
        if current is self.made and self.items is not None and is_mine_alone(<PyObject*>self.items):
            made = self.items
            forget_hash(made)
            for k in range(len(self.places)):
                place = self.places[k]
                put(made, place, current[place])
        else:
            made = copied(current)
        for k in range(len(places)):
            put(made, places[k], items[k])
        self.made, self.items, self.places = made, current, places
        return made


cdef tuple copied(tuple items):
    cdef Py_ssize_t i, count = PyTuple_GET_SIZE(items)
    cdef tuple made = PyTuple_New(count)
    for i in range(count):
        item = <object>PyTuple_GetItemUnchecked(items, i)
        Py_INCREF(item)
        PyTuple_SET_ITEM(made, i, item)
    return made
