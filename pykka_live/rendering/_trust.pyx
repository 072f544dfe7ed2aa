"""Whether what was evaluated once can be relied on: whether it comes to the same again, as long as
all that it reads is the same."""

cimport cython

from pykka_live.rendering._classes cimport ATOMS
from pykka_live.rendering._run cimport MISSING, UNASKED, UNKNOWN, UNREAD, Run
from pykka_live.state._frozen cimport Frozen, is_plain

from types import MemberDescriptorType

from django.db.models import Model
from django.utils.functional import SimpleLazyObject, empty

from pykka_live.rendering import reads as _reads

cdef int PASSED = _reads.PASSED, TESTED = _reads.TESTED, COMPARED = _reads.COMPARED
cdef int WRITTEN = _reads.WRITTEN, IDENTIFIED = _reads.IDENTIFIED

cdef frozenset CONTAINERS = frozenset({list, tuple, set, frozenset, dict})


cdef bint keeps_still(Run run, object value, int use) except -1:
    cls = type(value)
    if value is UNKNOWN or value is UNASKED:
        return False
    if cls is SimpleLazyObject:
        if use & IDENTIFIED or value._wrapped is empty:
            return False    # it may have been asked, and have failed
        value = run.behind(value)
        cls = type(value)
    if use & IDENTIFIED:
        if not has_identity(run, value):
            return False
        use -= IDENTIFIED
    if value is MISSING or value is UNREAD:
        return True
    if use == PASSED:
        if cls not in ATOMS and cls not in CONTAINERS:
            run.classes.of(cls)     # which may make it something that is called
        return True
    if use == TESTED and (cls in CONTAINERS or run.classes.of(cls).simply_true):
        return True
    return is_written_plainly(run, value) or (use == COMPARED and is_compared_plainly(run, value))


cdef bint is_written_plainly(Run run, object value) except -1:
    cls = type(value)
    if cls is not list and cls is not dict:
        return run.classes.is_inert(value)
    run.classes.rounds = True   # there may be decimals in it
    try:    # the picture tells without going through it once more
        return is_plain(run.frozen(value, None))
    except Exception:
        return False


cdef bint has_identity(Run run, object value) except -1:
    """Whether another object, however equal, would count as a change: texts and numbers are
    compared by their content, and so are tuples of them."""
    cls = type(value)
    if value is None or cls is bool or value is MISSING or value is UNREAD:
        return True
    if cls in ATOMS:
        return False
    try:
        picture = run.frozen(value, None)
    except Exception:
        return False
    return type(picture) is Frozen and not (<Frozen>picture).valued


cdef bint is_compared_plainly(Run run, object value, int depth=0) except -1:
    """Whether no user code runs when a value is compared with another such one, or looked for among
    them, and what comes of it is told by their pictures."""
    cdef tuple names
    cls = type(value)
    if depth > 5:
        return False
    if cls is list or cls is tuple:
        for item in value:
            if not is_compared_plainly(run, item, depth + 1):
                return False
        return True
    if cls is dict:
        for key, item in (<dict>value).items():
            if not run.classes.is_inert(key) or not is_compared_plainly(run, item, depth + 1):
                return False
        return True
    if run.classes.is_inert(value):
        return True
    names = run.classes.of(cls).comparing()
    if names is None:
        return False
    for name in names:
        item = attribute_of(value, name)
        if item is None and issubclass(cls, Model):     # it is not saved
            return has_identity(run, value)
        if item is MISSING or not is_compared_plainly(run, item, depth + 1):
            return False
    return len(names) > 0 or has_identity(run, value)


cdef object attribute_of(object owner, str name):
    """An attribute that no code of a user's gives; MISSING, if there is none."""
    try:
        return vars(owner)[name]
    except (TypeError, KeyError):   # but in a slot
        if type(getattr(type(owner), name, None)) is MemberDescriptorType:
            return getattr(owner, name, MISSING)
        return MISSING


@cython.final
cdef class Trust:
    """What has to be so that something can be relied on: that evaluated once more, of the same, it
    gives the same.

    :param reads: what it reads
    """

    def __init__(self, reads):
        cdef dict uses = {}
        for path, use in reads.uses:
            known = uses.get(path, PASSED)
            uses[path] = max(use % IDENTIFIED, known % IDENTIFIED) | (use | known) & IDENTIFIED
        self.paths, self.uses = tuple(uses), tuple(uses.values())
        self.trusted = reads.trusted

    cdef int judge(self, Run run) except -1:
        """Doubt what was evaluated, unless it can be relied on."""
        cdef Py_ssize_t i
        if not self.trusted:
            return run.doubt()
        for i in range(len(self.paths)):
            value = run.lookup(<tuple>self.paths[i], True)
            if not keeps_still(run, value, self.uses[i]):
                if run.notes is not None:
                    run.notes.asked(self.paths[i])
                return run.doubt()
        return 0

    cdef tuple pictures(self, Run run, tuple before):
        """The pictures of what is read; `before` itself, if they are these. None if it cannot be
        relied on, or not be compared."""
        cdef Py_ssize_t i
        cdef list found = []
        cdef bint same = before is not None
        if not self.trusted:
            return None
        for i in range(len(self.paths)):
            value = run.lookup(<tuple>self.paths[i], True)
            if value is UNREAD or not keeps_still(run, value, self.uses[i]):
                return None
            if value is not MISSING:
                try:
                    value = run.pictured(value, None if before is None else before[i])
                except Exception:
                    return None
            if value is UNREAD or (isinstance(value, Frozen) and not (<Frozen>value).comparable):
                return None
            same = same and value is before[i]
            found.append(value)
        return before if same else tuple(found)
