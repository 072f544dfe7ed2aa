"""One rendering of a page: where its values come from, and whether they can be relied on.

Django's look-up of a variable may run anything: properties, methods, `__getitem__`. The one here
knows the cases in which it cannot, and gives what Django's would give; all else is left to Django,
and is a *doubt*: the same template may show something else the next time, although everything that
it was given is the same.
"""

cimport cython
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject

from pykka_live.state._frozen cimport Frozen, is_plain

import collections
import datetime
import decimal
import enum
import types
import uuid
from functools import partialmethod
from time import monotonic, sleep

from django.db.models import Choices, Model
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.template.context import ContextDict
from django.utils.functional import Promise, SimpleLazyObject, empty
from django.utils.safestring import SafeString

from pykka_live.rendering import reads as _reads
from pykka_live.rendering.purity import is_pure
from pykka_live.rendering.values import Pending, TemplateValues

cdef extern from "Python.h":
    PyObject* _PyType_Lookup(object type, object name)
    object PyObject_GenericGetDict(object owner, void* context)
    bint PyCallable_Check(object value) noexcept

cdef extern from *:
    """
    #define LOOKS_UP_PLAINLY(type) (((PyTypeObject*)(type))->tp_getattro == PyObject_GenericGetAttr)
    #define GOES_FIRST(descriptor) (Py_TYPE(descriptor)->tp_descr_set != NULL)
    #define type_attribute(type, name) _PyType_Lookup((PyTypeObject*)(type), (name))
    """
    bint LOOKS_UP_PLAINLY(object type) noexcept
    bint GOES_FIRST(object descriptor) noexcept
    PyObject* type_attribute(object type, object name)

cdef int PASSED = _reads.PASSED, TESTED = _reads.TESTED, IDENTIFIED = _reads.IDENTIFIED

cdef double LONG = 0.002        # seconds; so long no other thread needs to run
cdef double BREATH = 0.00001    # seconds for which one that waits is let in

UNKNOWN = object()
MISSING = object()
UNREAD = object()

cdef frozenset ATOMS = frozenset({
    str, SafeString, int, bool, float, type(None), bytes, decimal.Decimal, datetime.date,
    datetime.datetime, datetime.time, datetime.timedelta, uuid.UUID, range,
})
cdef frozenset SEQUENCES = frozenset({list, tuple, set, frozenset})
cdef frozenset DICT_NAMES = frozenset(dir(dict))
cdef frozenset DICT_READERS = frozenset({"items", "keys", "values"})
cdef frozenset CLOCKS = frozenset({"now", "today", "utcnow"})
# Descriptors that run no Python code.
cdef frozenset C_DESCRIPTORS = frozenset({
    types.GetSetDescriptorType, types.MemberDescriptorType,
    type(vars(collections.namedtuple("Pair", "a"))["a"]),
})
# Descriptors of the standard library and of Django's that only read.
cdef frozenset READERS = frozenset(map(id, (
    vars(enum.Enum)["name"], vars(enum.Enum)["value"], vars(Choices)["label"], vars(Model)["pk"],
)))
cdef object DISPLAY = Model._get_FIELD_display
# Users' properties that are always the same; auth need not be installed.
cdef frozenset CONSTANTS = frozenset([
    f"django.contrib.auth.{name}.{fact}"
    for name in ("base_user.AbstractBaseUser", "models.AnonymousUser")
    for fact in ("is_authenticated", "is_anonymous")
])

cdef frozenset CONTAINERS = SEQUENCES | {dict}

cdef dict plain_types = {}
cdef dict simply_true = {}


cdef bint is_plain_type(object cls) except -1:
    """Whether attributes of its instances are looked up as `object` does it, and nothing else is."""
    plain = plain_types.get(cls)
    if plain is None:
        plain = LOOKS_UP_PLAINLY(cls) and not hasattr(cls, "__getitem__")
        if len(plain_types) > 10_000:   # classes that are made over and over
            plain_types.clear()
        plain_types[cls] = plain
    return plain


def locate(error, template):
    """Note for Django's debug page which line an error comes from, if that is in this template."""
    node = getattr(error, "_culprit_node", None)
    if node is None or hasattr(error, "template_debug") or template.origin != node.origin:
        return
    error.template_debug = template.get_exception_info(error, node.token)


cdef bint is_pure_getter(object function) except -1:
    if is_pure(function):
        return True
    name = getattr(function, "__qualname__", None)
    return name is not None and f"{function.__module__}.{name}" in CONSTANTS


cdef bint is_pure_method(object descriptor) except -1:
    if type(descriptor) is partialmethod:   # what a field with choices gives its model
        return descriptor.func is DISPLAY
    return is_pure(descriptor) and not getattr(descriptor, "alters_data", False)


cdef bint is_simply_true(object cls) except -1:
    """Whether its instances are true, and no one is asked."""
    simple = simply_true.get(cls)
    if simple is None:
        # Nor does it have a length or items.
        simple = is_plain_type(cls) and not hasattr(cls, "__bool__") and not hasattr(cls, "__len__")
        if len(simply_true) > 10_000:
            simply_true.clear()
        simply_true[cls] = simple
    return simple


cdef bint is_inert(object value, int depth=0) except -1:
    """Whether no user code runs when the value is written, tested or compared."""
    cls = type(value)
    if cls in ATOMS or value is MISSING or value is UNREAD:
        return True
    # `isinstance` would ask a lazy object for its class.
    if depth > 5 or issubclass(cls, enum.Enum):
        return False
    if cls in SEQUENCES:
        for item in value:
            if not is_inert(item, depth + 1):
                return False
        return True
    if cls is dict:
        for key, item in (<dict>value).items():
            if not is_inert(key, depth + 1) or not is_inert(item, depth + 1):
                return False
        return True
    return issubclass(cls, Promise)


@cython.final
cdef class Run:
    """One rendering.

    :param context: Django's context, bound to its template
    :param freezer: compares values with what they were
    :param plain_numbers: whether numbers are written without thousands separators
    """

    def __init__(self, context, Freezer freezer, bint plain_numbers):
        self.context = context
        self.freezer = freezer
        self.plain_numbers = plain_numbers
        self.stale = True
        self.breathed = monotonic()

    cdef int doubt(self) except -1:
        self.doubts += 1
        self.stale = True
        return 0

    cdef int breathe(self) except -1:
        """Let other threads have the interpreter for a moment, unless they have just had it. In C it
        is not taken away, however many wait."""
        cdef double now = monotonic()
        if now - self.breathed > LONG:
            sleep(BREATH)
            self.breathed = monotonic()
            self.stale = True
        return 0

    cdef int trace(self, object node, object error) except -1:
        """Tell Django's debug page where an error comes from, as its nodes do."""
        context = self.context
        if not context.template.engine.debug:
            return 0
        if not hasattr(error, "_culprit_node"):
            error._culprit_node = node
        locate(error, context.render_context.template)
        return 0

    cdef object frozen(self, object value, object hint):
        """The picture of a value; `hint` itself, if it is the picture of this value."""
        if self.stale:
            self.freezer.begin()
            self.stale = False
        return self.freezer.freeze(value, hint)

    cdef object lookup(self, tuple bits, bint peek):
        """What Django's `Variable` gives for these bits, or UNKNOWN, or MISSING. One that only
        peeks computes nothing, and may get UNREAD."""
        cdef Py_ssize_t i
        current = self.first(<str>bits[0], peek)
        for i in range(1, len(bits)):
            if current is UNKNOWN or current is MISSING or current is UNREAD:
                return current
            current = self.step(current, <str>bits[i], peek)
        return current

    cdef object first(self, str name, bint peek):
        cdef list dicts = self.context.dicts
        cdef Py_ssize_t i
        cdef PyObject* found
        for i in range(len(dicts) - 1, -1, -1):
            values = dicts[i]
            cls = type(values)
            if cls is not dict and cls is not ContextDict and cls is not TemplateValues:
                if isinstance(values, dict) and name not in values:
                    continue
                return UNKNOWN
            found = PyDict_GetItem(values, name)
            if not found:
                continue
            value = <object>found
            if type(value) is Pending:
                if peek:
                    return UNREAD
                self.stale = True
                value = values[name]
            return self.called(value)
        if name in vars(self.context) or hasattr(type(self.context), name):
            return UNKNOWN
        return MISSING if name[0].isalpha() else UNKNOWN

    cdef object called(self, object value):
        return UNKNOWN if PyCallable_Check(value) else value

    cdef object step(self, object current, str bit, bint peek):
        cdef PyObject* found
        cls = type(current)
        if cls is dict or cls is ContextDict:
            found = PyDict_GetItem(current, bit)
            if found:
                return self.called(<object>found)
            if bit in DICT_READERS:
                return getattr(current, bit)()
            return MISSING if bit not in DICT_NAMES and bit[0].isalpha() else UNKNOWN
        if cls is SimpleLazyObject:
            if current._wrapped is empty:
                if peek:
                    return UNREAD
                self.stale = True
                current._setup()
            current = current._wrapped
            cls = type(current)
        if cls is list or cls is tuple:
            if not bit.isdecimal() or not bit.isascii():
                return UNKNOWN
            if int(bit) >= len(current):
                return MISSING
            return self.called(current[int(bit)])
        if cls in ATOMS:
            return self.of_atom(current, bit)
        if issubclass(cls, tuple):
            found = type_attribute(cls, bit)    # a field of a named tuple
            if found and type(<object>found) in C_DESCRIPTORS:
                return self.called(getattr(current, bit))
            return UNKNOWN
        if is_plain_type(cls):
            return self.of_object(current, cls, bit)
        return UNKNOWN

    cdef object of_atom(self, object current, str bit):
        if not bit[0].isalpha() or bit in CLOCKS:
            return UNKNOWN
        try:
            value = getattr(current, bit)
            return value() if callable(value) else value
        except Exception:
            return UNKNOWN

    cdef object of_object(self, object current, object cls, str bit):
        cdef PyObject* found = type_attribute(cls, bit)
        cdef PyObject* own
        descriptor = <object>found if found else None
        if found and GOES_FIRST(descriptor):
            if type(descriptor) in C_DESCRIPTORS:
                reads = True
            elif isinstance(descriptor, ForwardManyToOneDescriptor):
                reads = descriptor.is_cached(current)
            else:
                reads = id(descriptor) in READERS or is_pure_getter(getattr(descriptor, "fget", None))
            try:
                return self.called(getattr(current, bit)) if reads else UNKNOWN
            except Exception:
                return UNKNOWN
        try:
            attributes = PyObject_GenericGetDict(current, NULL)
        except AttributeError:
            attributes = {}
        own = PyDict_GetItem(attributes, bit)
        if own:
            return self.called(<object>own)
        if not found:
            return MISSING if bit[0].isalpha() else UNKNOWN
        if is_pure_method(descriptor):
            try:
                return getattr(current, bit)()
            except Exception:
                return UNKNOWN
        return UNKNOWN

    cdef bint keeps_still(self, object value, int use) except -1:
        """Whether no user code runs when that is done with a value, and only its content counts."""
        cls = type(value)
        if use & IDENTIFIED:
            if not self.has_identity(value):
                return False
            use -= IDENTIFIED
        if use == PASSED or (use == TESTED and (cls in CONTAINERS or is_simply_true(cls))):
            return True
        if cls is not list and cls is not dict:
            return is_inert(value)
        try:    # the picture tells without going through it once more
            return is_plain(self.frozen(value, None))
        except Exception:
            return False


    cdef bint has_identity(self, object value) except -1:
        """Whether another object, however equal, would count as a change: texts and numbers are
        compared by their content, and so are tuples of them."""
        cls = type(value)
        if value is None or cls is bool or value is MISSING or value is UNREAD:
            return True
        if cls in ATOMS:
            return False
        try:
            picture = self.frozen(value, None)
        except Exception:
            return False
        return type(picture) is Frozen and not (<Frozen>picture).valued


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
            if value is UNKNOWN or not run.keeps_still(value, self.uses[i]):
                if run.notes is not None:
                    run.notes.asked(self.paths[i])
                return run.doubt()
        return 0
