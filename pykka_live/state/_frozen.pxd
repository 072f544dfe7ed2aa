"""What other Cython modules may use of pictures:
`from pykka_live.state._frozen cimport Frozen, is_plain`.
"""

cimport cython
from cpython.dict cimport PyDict_CheckExact, PyDict_Next, PyDict_Size
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from pykka_live.state._kinds cimport DICT, TUPLE
from pykka_live.state._roster cimport Roster

cdef extern from "Python.h":
    PyObject* PyTuple_GetItemUnchecked "PyTuple_GET_ITEM" (object items, Py_ssize_t index)
    PyObject* type_of "(PyObject*)Py_TYPE" (PyObject* thing) noexcept

cdef extern from *:
    """
    /* PEP 509: each change gives a dict a number that no dict has had before. CPython 3.13 has done
       away with it. */
    #if PY_VERSION_HEX < 0x030D0000
    #define version_of(mapping) (((PyDictObject *)(mapping))->ma_version_tag)
    #else
    #define version_of(mapping) 0
    #endif
    typedef char flag;
    """
    unsigned long long version_of(PyObject* mapping) noexcept
    ctypedef bint flag      # a byte: there are thousands of them


@cython.final
cdef class Frozen:
    # The freezer's own. A Frozen of another freezer is never written to. What is read of each row
    # stands in front, within one line of the processor's cache.
    cdef void* owner                # the live object that it pictures, or NULL
    cdef unsigned long long home    # the freezer
    cdef unsigned long long stamp   # the pass in which it was last found true
    cdef unsigned long long version # the dict's, when it was found true; 0 where none is known
    cdef void* base                 # the picture that its item of a list had before: never followed
    cdef int index                  # its place on the stack while it is in progress, from 1
    cdef flag leaf                  # holds nothing but atoms
    cdef flag valued                # pictures a value, which has no identity and so no owner
    cdef flag fresh                 # has been made in this pass and is not finished
    cdef flag hit                   # has been met within itself
    cdef flag listed                # its version stands in a roster

    cdef readonly flag plain        # str(), bool() and == of what it pictures run no user's code
    cdef readonly flag comparable   # the same picture means the same content
    cdef readonly flag opaque       # deeply holds something that copies itself
    cdef readonly int kind          # a Kind
    cdef readonly object type       # the class of what it pictures
    cdef readonly tuple parts       # atoms and Frozens; see Kind for their order
    cdef Roster roster              # of a list's parts; the latest picture of a list has it


# Whether a value that is no Frozen is printed, tested and compared without any user's code.
cdef bint is_plain(object picture) except -1

# Work out the flags of a new picture from its parts,
cdef object describe(Frozen frozen)
# or, if it is like another one but for a few parts, from these.
cdef object describe_like(Frozen frozen, Frozen base, list parts)


cdef inline bint still(
    PyObject* value, PyObject* part, unsigned long long home, unsigned long long now
) noexcept:
    """Whether a dict of atoms is what it was. False means that nothing is known: this is for the
    case that thousands of rows are the same, and touches no reference count."""
    cdef PyObject* parts
    cdef PyObject* key
    cdef PyObject* item
    cdef Py_ssize_t at = 0, i = 0, count
    if type_of(part) != <PyObject*>Frozen:
        return False
    if (<Frozen>part).owner != value:
        return (<Frozen>part).kind == TUPLE and <PyObject*>(<Frozen>part).parts == value
    if (<Frozen>part).home != home or (<Frozen>part).index:
        return False
    if (<Frozen>part).stamp == now:
        return True
    if (
        (<Frozen>part).version
        and PyDict_CheckExact(<object>value)
        and (<Frozen>part).version == version_of(value)
    ):
        (<Frozen>part).stamp = now
        return True
    if not (<Frozen>part).leaf or type_of(value) != <PyObject*>(<Frozen>part).type:
        return False
    if (<Frozen>part).kind != DICT:
        return False
    parts = <PyObject*>(<Frozen>part).parts
    count = PyTuple_GET_SIZE(<object>parts)
    if 2 * PyDict_Size(<object>value) != count:
        return False
    while PyDict_Next(<object>value, &at, &key, &item):
        if (
            key != PyTuple_GetItemUnchecked(<object>parts, i)
            or item != PyTuple_GetItemUnchecked(<object>parts, i + 1)
        ):
            return False
        i += 2
    (<Frozen>part).stamp = now
    (<Frozen>part).version = version_of(value)
    return True
