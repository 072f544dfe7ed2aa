"""Lists: whether their items are what they were, and pictures of them where they are not."""

from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE, PyTuple_New

from pykka_live.state._contents cimport item_at, item_of, size_of
from pykka_live.state._freeze cimport Freezer
from pykka_live.state._frozen cimport (
    Frozen, PyTuple_GetItemUnchecked, describe, describe_like, still,
)
from pykka_live.state._kinds cimport LIST
from pykka_live.state._likeness cimport resembles
from pykka_live.state._pairing cimport looks_like, paired
from pykka_live.state._roster cimport Roster, enrolled


cdef bint scan_items(Freezer freezer, object live, Frozen frozen) except -1:
    """As `scan`, for the items of a list, with the help of its roster."""
    cdef Roster roster = frozen.roster
    cdef Py_ssize_t i = 0, start = 0, count = PyTuple_GET_SIZE(frozen.parts)
    cdef PyObject *value
    cdef PyObject *part
    if roster is None or roster.moves != freezer.register.moves:
        if not freezer.scan(live, frozen.parts):
            return False
        frozen.roster = enrolled(frozen.parts, freezer.register.moves)
        return True
    if size_of(live) != count:
        return False
    while roster.moves == freezer.register.moves:
        i = roster.goes_on(live, i)
        freezer.register.owe(frozen.parts, start, i)
        if i >= count or i >= size_of(live):
            return i == count and i == size_of(live)
        value = item_at(live, i)
        part = PyTuple_GetItemUnchecked(frozen.parts, i)
        if value != part and not still(value, part, freezer.id, freezer.register.now):
            if not freezer.matches(<object>value, <object>part):
                if frozen.kind == LIST:     # others are opened anew
                    roster.live, roster.stamp = <void*>live, freezer.register.now
                    roster.reached = i
                return False
        roster.note(i, <object>part)
        i += 1
        start = i
    if not freezer.scan(live, frozen.parts):
        return False
    frozen.roster = enrolled(frozen.parts, freezer.register.moves)
    return True


cdef Frozen mended(Freezer freezer, object live, Frozen frozen, Frozen base):
    """Fill in a new picture that is like `base`, but for some items that have changed where
    they stand."""
    cdef Roster roster = base.roster
    cdef tuple parts = base.parts
    cdef list places = [], pictures = []
    cdef Py_ssize_t i = 0, start = 0, k, count = PyTuple_GET_SIZE(parts)
    cdef PyObject* part
    if roster.live == <void*>live and roster.stamp == freezer.register.now:
        i = start = roster.reached
    while size_of(live) == count and roster.moves == freezer.register.moves:
        i = roster.goes_on(live, i)
        freezer.register.owe(parts, start, i)
        if i == count:
            break
        part = PyTuple_GetItemUnchecked(parts, i)
        item = item_of(live, i)
        picture = <object>part
        if <PyObject*>item != part and not still(
            <PyObject*>item, part, freezer.id, freezer.register.now
        ):
            if not has_come_of(freezer, item, picture):
                break
            picture = freezer.heir(item, picture)
        if <PyObject*>picture != part:
            places.append(i)
            pictures.append(picture)
        i += 1
        start = i
    if i < count or size_of(live) != count or 2 * len(places) > count:
        frozen.parts = build_items(freezer, live, parts)
        describe(frozen)
    else:
        frozen.parts = roster.spare.patched(parts, places, pictures) if places else parts
        describe_like(frozen, base, pictures)
        if roster.moves == freezer.register.moves:
            for k in range(len(places)):
                roster.note(places[k], pictures[k])
            frozen.roster, base.roster = roster, None
            return frozen
    frozen.roster = enrolled(frozen.parts, freezer.register.moves)
    return frozen


cdef tuple build_items(Freezer freezer, object live, tuple base):
    """Common front, common back, and between them what belongs together."""
    cdef Py_ssize_t i = 0, count = size_of(live), size = PyTuple_GET_SIZE(base)
    cdef Py_ssize_t shorter = min(count, size), back = 0, k
    cdef tuple made = PyTuple_New(count)
    while i < shorter and goes_on(freezer, made, i, live, base, i):
        i += 1
    while back < shorter - i and goes_on(
        freezer, made, count - 1 - back, live, base, size - 1 - back
    ):
        back += 1
    if i == size - back:    # nothing stood there
        for k in range(i, count - back):
            put(made, k, freezer.visit(item_of(live, k), None))
    elif i < count - back:
        pictures = paired(
            freezer,
            [item_of(live, k) for k in range(i, count - back)],
            [base[k] for k in range(i, size - back)],
        )
        for k in range(i, count - back):
            put(made, k, pictures[k - i])
    if size_of(live) != count:
        raise RuntimeError("list changed size during iteration")
    return base if same_items(made, base) else made


cdef bint goes_on(
    Freezer freezer, tuple made, Py_ssize_t i, object live, tuple base, Py_ssize_t at
) except -1:
    """Picture an item, if it seems to be the one that stood there."""
    cdef PyObject* part = PyTuple_GetItemUnchecked(base, at)
    item = item_of(live, i)
    if <PyObject*>item == part or still(<PyObject*>item, part, freezer.id, freezer.register.now):
        put(made, i, <object>part)
        return True
    if not has_come_of(freezer, item, <object>part):
        return False
    put(made, i, freezer.heir(item, <object>part))
    return True


cdef bint has_come_of(Freezer freezer, object item, object part) except -1:
    """Whether an item seems to be what `part` pictured, maybe changed."""
    if not resembles(freezer, item, part):
        return False
    if type(part) is not Frozen or (<Frozen>part).owner == <void*>item:
        return True
    return looks_like(freezer, item, <Frozen>part)


cdef object fill(tuple made, Py_ssize_t i):
    for i in range(i, len(made)):
        put(made, i, None)


cdef bint same_items(tuple a, tuple b) noexcept:
    cdef Py_ssize_t i, count = PyTuple_GET_SIZE(a)
    if PyTuple_GET_SIZE(b) != count:
        return False
    for i in range(count):
        if PyTuple_GetItemUnchecked(a, i) != PyTuple_GetItemUnchecked(b, i):
            return False
    return True
