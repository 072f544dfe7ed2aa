"""Pictures of the state of an object: of its attributes."""

from cpython.dict cimport PyDict_Next
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from pykka_live.state._freeze cimport Freezer, keyed
from pykka_live.state._frozen cimport Frozen, PyTuple_GetItemUnchecked, still


def attributes(Freezer freezer, tuple last):
    """Picture the attributes of a freezer's source that are state.

    :param last: what this returned the last time, or an empty tuple
    :returns: names and pictures in turn, `last` itself if nothing has changed; and pairs of
        names and exceptions of the attributes that cannot be copied, None if all can be
        compared
    """
    cdef dict state = freezer.source.__dict__
    cdef list made = [], failures = []
    cdef Py_ssize_t i = 0
    cdef bint shared = True, compared = True
    cdef dict by_name = None
    if still_all(freezer, state, last):
        return last, None
    for name, value in list(state.items()):
        if name in freezer.surroundings:
            continue
        hint = None
        if i < len(last) and last[i] == name:
            hint = last[i + 1]
        else:
            if by_name is None:
                by_name = keyed(last)
            hint = by_name.get(name)
        try:
            picture = freezer.visit(value, hint)
        except BaseException as error:
            freezer.register.unwind()
            freezer.depth = 0
            if not isinstance(error, Exception):
                raise
            failures.append((name, error))
            compared = False
            continue
        if type(picture) is Frozen and not (<Frozen>picture).comparable:
            compared = False
        shared = shared and i < len(last) and name is last[i] and picture is last[i + 1]
        made.append(name)
        made.append(picture)
        i += 2
    if not shared or i != len(last):
        last = tuple(made)
    return last, None if compared else failures


cdef bint still_all(Freezer freezer, dict state, tuple last) except -1:
    """Whether all attributes are what they were, as far as that is seen without running any
    code."""
    cdef Py_ssize_t i = 0, at = 0, count = PyTuple_GET_SIZE(last)
    cdef PyObject* name
    cdef PyObject* value
    while PyDict_Next(state, &at, &name, &value):
        if <object>name in freezer.surroundings:
            continue
        if i >= count or name != PyTuple_GetItemUnchecked(last, i):
            return False
        if value != PyTuple_GetItemUnchecked(last, i + 1) and not still(
            value, PyTuple_GetItemUnchecked(last, i + 1), freezer.id, freezer.register.now
        ):
            return False
        i += 2
    return i == count
