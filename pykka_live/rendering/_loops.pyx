"""`{% for %}`: renders the rows that have changed and remembers the others."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.list cimport PyList_GET_SIZE
from cpython.object cimport PyObject

from pykka_live._spare cimport next_other
from pykka_live.rendering._cycles cimport move_to, places_of
from pykka_live.rendering._fragments cimport NOTHING, Fragment, alike_fragments, combined
from pykka_live.rendering._ops cimport Op, Sequence
from pykka_live.rendering._rows cimport Row, Rows
from pykka_live.rendering._run cimport MISSING, UNASKED, UNKNOWN, UNREAD, Run, is_same_setting
from pykka_live.rendering._trust cimport Trust
from pykka_live.state._frozen cimport Frozen

import django
from django.template.context import ContextDict

cdef extern from "Python.h":
    PyObject** PySequence_Fast_ITEMS(object items) noexcept

cdef enum:
    INDEX = 1       # what a row knows of its place: how many are before it,
    REMAINDER = 2   # how many are behind it,
    IS_FIRST = 4    # whether it is the first one,
    IS_LAST = 8     # or the last one,
    LENGTH = 16     # how many there are

cdef enum:
    EVERY = 16      # rows others are let in

PLACES = {
    "counter": INDEX, "counter0": INDEX, "revcounter": REMAINDER, "revcounter0": REMAINDER,
    "first": IS_FIRST, "last": IS_LAST,
}
"""What of `forloop` may be read by rows that are remembered."""

cdef bint tells_length = django.VERSION >= (6, 0)
if tells_length:
    PLACES["length"] = LENGTH


@cython.final
cdef class For(Op):
    """A loop.

    :param node: Django's
    :param bits: what its sequence looks up, if that is all that it does
    :param trust: in the sequence, if it does more
    :param body: what is made of each item
    :param empty: what is made if there is none
    :param outer: the variables that the body reads, but for those of the loop
    :param cycles: the cycles that it takes further
    :param lasting: whether rows may be remembered at all
    :param places: what of `forloop` the body reads
    :param place: its own in the memory
    """

    cdef object node
    cdef Trust trust
    cdef tuple bits, outer, names, cycles
    cdef bint lasting
    cdef Sequence body, empty
    cdef int places, place

    def __init__(self, node, bits, Trust trust, Sequence body, Sequence empty, outer, cycles,
                 bint lasting, int places, int place):
        self.node = node
        self.bits = bits
        self.trust = trust
        self.body = body
        self.empty = empty
        self.outer = tuple(outer)
        self.cycles = tuple(cycles)
        self.names = tuple(node.loopvars)
        self.lasting = lasting
        self.places = places
        self.place = place

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        run.depth += 1
        parent = context["forloop"] if "forloop" in context else {}
        scope = ContextDict(context)
        cdef Rows rows = None
        cdef list items
        if memory is not None:
            rows = memory[self.place]
            if rows is None:
                rows = memory[self.place] = Rows(len(self.outer), self.empty.size)
        try:
            values = self.sequence(run)
            count = len(values)
            if run.notes is not None:
                run.notes.loop(self.node, count)
            if count < 1:
                return self.empty.run(run, rows.memory if rows is not None else None)
            if rows is None:
                return self.all_rows(run, scope, parent, self.in_order(values), count)
            return self.changed_rows(run, scope, parent, values, count, rows)
        except BaseException as error:
            if memory is not None:
                memory[self.place] = None   # it knows already what has changed, but has not shown it
            if isinstance(error, Exception):
                run.trace(self.node, error)
            raise
        finally:
            run.depth -= 1
            context.pop()

    cdef object sequence(self, Run run):
        """What the loop goes over, as Django finds it."""
        values = run.lookup(self.bits, False) if self.bits is not None else UNKNOWN
        if values is MISSING:
            values = None
        elif values is UNKNOWN or values is UNASKED:
            values = self.node.sequence.resolve(run.context, ignore_failures=True)
            if self.bits is None:
                self.trust.judge(run)
            else:
                run.doubt()
        if values is None:
            return ()
        if type(values) is list or type(values) is tuple:
            return values
        run.stale = True        # a query may be made now, or a generator be used up
        if not run.classes.holds(values):
            run.doubt()
        return values if hasattr(values, "__len__") else list(values)

    cdef object in_order(self, values):
        return reversed(values) if self.node.is_reversed else values

    # -- rows

    cdef Fragment all_rows(self, Run run, scope, parent, items, Py_ssize_t count):
        """Without a memory."""
        cdef list fragments = []
        cdef Py_ssize_t i = 0
        cdef dict loop = loop_of(parent, count)
        scope["forloop"] = loop
        for item in items:
            fragments.append(self.one_row(run, scope, loop, item, i, count, None))
            i += 1
        return combined(fragments) if fragments else NOTHING

    cdef Fragment one_row(self, Run run, scope, dict loop, item, Py_ssize_t i, Py_ssize_t count,
                          list memory):
        run.rendered += 1
        if run.notes is not None:
            run.notes.row(self.node)
        loop["counter0"] = i
        loop["counter"] = i + 1
        loop["revcounter"] = count - i
        loop["revcounter0"] = count - i - 1
        loop["first"] = i == 0
        loop["last"] = i == count - 1
        if len(self.names) == 1:
            scope[self.names[0]] = item
            return self.body.run(run, memory)
        if not run.classes.holds(item):
            run.doubt()
        try:
            length = len(item)
        except TypeError:
            length = 1
        if length != len(self.names):
            raise ValueError(
                f"Need {len(self.names)} values to unpack in for loop; got {length}. ")
        ContextDict(run.context, zip(self.names, item))
        try:
            return self.body.run(run, memory)
        finally:
            run.context.pop()

    cdef Fragment changed_rows(self, Run run, scope, parent, values, Py_ssize_t count, Rows old):
        cdef list before = old.rows
        cdef tuple pictures, setting, pictures_before = old.pictures
        cdef Py_ssize_t i = 0, j, breath = 0
        cdef dict loop = loop_of(parent, count), known = None
        cdef bint same_outer, steady = True, in_place, all_sure = True, stale = False
        cdef bint skips, is_list
        cdef bytes stood = None
        cdef Row row, heir, made
        cdef tuple begin = self.turns(run), now = begin
        is_list, live = type(values) is list or type(values) is tuple, None
        # `list` would ask for the length once more.
        items = values if is_list else [item for item in self.in_order(values)]
        if len(items) != count:
            return self.all_rows(run, scope, parent, items, count)
        picture_before = old.items
        setting, old.setting = old.setting, run.setting()
        # After all that may have run user code.
        same_outer = self.same_outer(run, old, False) and is_same_setting(setting, old.setting)
        # The list itself, where there is one: its picture may be known.
        pictures = self.pictures(run, items, old, is_list)
        in_place = (old.sure and same_outer and pictures is not None and len(before) == count
                    and pictures_before is not None and len(pictures_before) == count)
        if (in_place and old.items is picture_before and pictures is pictures_before
                and is_comparable(old.items) and begin == old.first):
            self.turn_to(run, old.end)
            run.reused += count
            return old.fragment
        if type(values) is list:
            stood = addresses(values)
        elif not is_list and run.classes.holds(values):
            live = iter(self.in_order(values))
        backwards = is_list and self.node.is_reversed
        # What is the same picture as before may be skipped, if it tells all.
        skips = in_place and not self.cycles and live is None and is_comparable(old.items)
        scope["forloop"] = loop
        old.begin(count, in_place)
        while i < count:
            if skips and not stale and not run.stale:
                j = i
                i = next_other(pictures, pictures_before, i, count)
                run.reused += i - j
                if i == count:
                    break
            if i >= breath and run.depth == 1:
                run.breathe()       # not in a row, which has been compared as a whole
                breath = i + EVERY
            stale = stale or run.stale
            if live is not None:
                items[i] = next(live)   # which fails as Django's does if a row has added one
            picture = pictures[i] if pictures is not None else None
            j = count - 1 - i if backwards else i
            if stood is not None and not is_there(values, j, stood):
                return self.moving_rows(run, scope, loop, values, i, count, old)
            if stale:
                if steady and (run.has_other_classes() or not self.same_outer(run, old, True)
                               or not is_same_setting(old.setting, run.setting())):
                    steady = same_outer = False
                if picture is not None and is_comparable(picture):
                    picture = run.frozen(items[j], picture)
                    all_sure = all_sure and picture is pictures[i]
            row = None
            if picture is not None:
                if i < len(before) and (<Row>before[i]).item is picture:
                    row = <Row>before[i]
                else:
                    if known is None:
                        known = old.places(pictures, pictures_before if in_place else None)
                    row = known.get(<size_t><void*>picture)
            heir = row
            if row is None and type(picture) is Frozen:
                heir = old.predecessor(pictures[i], known)
            now = self.turns(run)
            if (row is not None and row.sure and same_outer and self.fits(row, i, count)
                    and is_comparable(picture) and row.begin == now):
                made = row
                run.reused += 1
                self.turn_to(run, row.end)
            else:
                made = self.new_row(run, scope, loop, items[j], picture, i, count, heir, old)
            all_sure = all_sure and made.sure
            old.put(i, made)
            i += 1
        if live is not None:
            next(live, None)
        if type(values) is list and self.item_now(values, count, count) is not MISSING:
            return self.moving_rows(run, scope, loop, values, count, count, old)
        old.join()
        old.sure = all_sure
        old.first, old.end = begin, self.turns(run)
        self.note_outer(run, old)
        if not steady:
            old.doubt()
            run.doubt()
        return old.fragment

    cdef object item_now(self, list values, Py_ssize_t i, Py_ssize_t count):
        """What Python's own iteration over a list, which may change meanwhile, comes to."""
        if self.node.is_reversed:
            i = count - 1 - i
        return values[i] if 0 <= i < len(values) else MISSING

    cdef Fragment moving_rows(self, Run run, scope, dict loop, list values, Py_ssize_t i,
                              Py_ssize_t count, Rows old):
        """Go on with a list that its own rows have changed."""
        cdef list fragments = [(<Row>row).fragment for row in old.so_far(i)]
        old.doubt()
        run.doubt()
        while True:
            item = self.item_now(values, i, count)
            if item is MISSING:
                return combined(fragments) if fragments else NOTHING
            fragments.append(self.one_row(run, scope, loop, item, i, count, None))
            i += 1

    cdef Row new_row(self, Run run, scope, dict loop, item, picture, Py_ssize_t i,
                     Py_ssize_t count, Row row, Rows old):
        """Render an item; `row` is what was made of it, if that is known."""
        cdef Row made = Row.__new__(Row)
        cdef list before = old.rows
        cdef Py_ssize_t doubts = run.doubts
        made.begin = self.turns(run)
        if row is None and i < len(before) and type(picture) is not Frozen:
            row = <Row>before[i]
        if self.body.size:
            if row is not None and row.taken != old.rendering:
                made.memory, row.memory = row.memory, None
            if made.memory is None:
                made.memory = [None] * self.body.size
        made.fragment = self.one_row(run, scope, loop, item, i, count, made.memory)
        made.item = picture
        made.end = self.turns(run)
        made.index, made.remainder = i, count - i
        made.sure = self.lasting and run.doubts == doubts and picture is not None
        if row is not None and alike_fragments(row.fragment, made.fragment):
            made.fragment = row.fragment
            if (row.item is picture and row.sure == made.sure and self.fits(row, i, count)
                    and row.begin == made.begin and row.end == made.end):
                row.memory = made.memory
                return row
        return made

    cdef tuple turns(self, Run run):
        """Where the cycles are."""
        return places_of(self.cycles, run.context.render_context) if self.cycles else None

    cdef int turn_to(self, Run run, tuple places) except -1:
        """Take the cycles further, as rows do that are not rendered."""
        if self.cycles:
            move_to(self.cycles, places, run.context.render_context)
        return 0

    cdef bint fits(self, Row row, Py_ssize_t i, Py_ssize_t count) noexcept:
        """Whether what the row knows of its place is still so."""
        cdef int places = self.places
        if not places:
            return True
        return not (
            (places & INDEX and row.index != i)
            or (places & REMAINDER and row.remainder != count - i)
            or (places & IS_FIRST and (row.index == 0) != (i == 0))
            or (places & IS_LAST and (row.remainder == 1) != (i == count - 1))
            or (places & LENGTH and row.index + row.remainder != count))

    cdef tuple pictures(self, Run run, items, Rows old, bint is_list):
        """Pictures of the items, in the loop's order; None if they cannot be compared."""
        cdef tuple pictures
        cdef bint backwards = is_list and self.node.is_reversed
        try:
            frozen = run.frozen(items, old.items)
        except Exception:
            old.items = old.pictures = None
            return None
        if frozen is not old.items or backwards != old.backwards:
            pictures = (<Frozen>frozen).parts
            old.items, old.backwards = frozen, backwards
            old.pictures = pictures[::-1] if backwards else pictures
        return old.pictures

    # -- what rows read from outside

    cdef bint same_outer(self, Run run, Rows old, bint again) except -1:
        """Whether all that the rows have read from outside is the same; note what it is now.
        `again`, if rows have been rendered meanwhile: one may have been the first to read it."""
        cdef Py_ssize_t i
        cdef bint same = True
        for i in range(len(self.outer)):
            before = old.outer[i]
            now = self.outside(run, <tuple>self.outer[i], before)
            if now is not before or not is_comparable(now):
                same = same and again and before is UNREAD
            old.outer[i] = now
        return same

    cdef object outside(self, Run run, tuple path, object before):
        value = run.lookup(path, before is UNREAD)
        if value is UNKNOWN or value is MISSING or value is UNREAD:
            return value
        if value is UNASKED:
            return UNREAD
        try:
            return run.pictured(value, before)
        except Exception:
            return object()     # it cannot be compared, so it is never the same again

    cdef int note_outer(self, Run run, Rows old) except -1:
        """What was computed because of the rows is to be compared the next time."""
        cdef Py_ssize_t i
        for i in range(len(self.outer)):
            if old.outer[i] is UNREAD:
                old.outer[i] = self.outside(run, <tuple>self.outer[i], UNREAD)
        return 0


cdef dict loop_of(parent, Py_ssize_t count):
    """What `forloop` is, but for the places of the rows."""
    return {"parentloop": parent, "length": count} if tells_length else {"parentloop": parent}


cdef bytes addresses(list items):
    """Which objects a list holds, in bytes that keep none of them."""
    return PyBytes_FromStringAndSize(
        <char*>PySequence_Fast_ITEMS(items), PyList_GET_SIZE(items) * sizeof(PyObject*))


cdef bint is_there(list items, Py_ssize_t i, bytes stood) noexcept:
    """Whether a list still holds the object that stood in a place; if that has gone, another may
    have its address, so its content is to be compared as well."""
    return i < PyList_GET_SIZE(items) and (
        PySequence_Fast_ITEMS(items)[i] == (<PyObject**>PyBytes_AS_STRING(stood))[i])


cdef inline bint is_comparable(object picture) except -1:
    return not isinstance(picture, Frozen) or (<Frozen>picture).comparable
