"""One rendering of a page: where its values come from, and whether they can be relied on.

Django's look-up of a variable may run anything: properties, methods, `__getitem__`. The one here
knows the cases in which it cannot, and gives what Django's would give; all else is left to Django,
and is a *doubt*: the same template may show something else the next time, although everything that
it was given is the same.
"""

cimport cython
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject

from pykka_live.rendering._classes cimport ATOMS, Classes, Facts
from pykka_live.rendering._contexts cimport BUILTINS, ContextMaker
from pykka_live.rendering._lazies cimport Behind, Lazies
from pykka_live.state._frozen cimport Frozen
from pykka_live.state._kinds cimport is_translation

import collections
import datetime
import decimal
import enum
import types
from functools import partialmethod
from time import monotonic, sleep

from django.db.models import Choices, Model
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.template.context import ContextDict
from django.utils.functional import SimpleLazyObject, empty

from pykka_live.rendering.purity import is_pure
from pykka_live.rendering.values import Pending, TemplateValues

cdef extern from "Python.h":
    PyObject* _PyType_Lookup(object type, object name)
    object PyObject_GenericGetDict(object owner, void* context)
    bint PyCallable_Check(object value) noexcept

cdef extern from *:
    """
    #define GOES_FIRST(descriptor) (Py_TYPE(descriptor)->tp_descr_set != NULL)
    #define type_attribute(type, name) _PyType_Lookup((PyTypeObject*)(type), (name))
    """
    bint GOES_FIRST(object descriptor) noexcept
    PyObject* type_attribute(object type, object name)

cdef double LONG = 0.002        # seconds; so long no other thread needs to run
cdef double BREATH = 0.00001    # seconds for which one that waits is let in

UNKNOWN = object()
MISSING = object()
UNREAD = object()
UNASKED = object()

cdef frozenset DICT_NAMES = frozenset(dir(dict))
cdef frozenset DICT_READERS = frozenset({"items", "keys", "values"})
# What depends on more than the value: the time of day, or the time zone of the process.
cdef frozenset CLOCKS = frozenset({"now", "today", "utcnow", "timestamp", "astimezone"})
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

cdef frozenset FUNCTIONS = frozenset({types.FunctionType, types.MethodType})

def locate(error, template):
    """Note for Django's debug page which line an error comes from, if that is in this template."""
    node = getattr(error, "_culprit_node", None)
    if node is None or hasattr(error, "template_debug") or template.origin != node.origin:
        return
    error.template_debug = template.get_exception_info(error, node.token)


cdef object getter_of(object descriptor):
    """The function of a property, if that does nothing more; else None."""
    kind = type(descriptor)
    if issubclass(kind, property) and kind.__get__ is property.__get__:
        return descriptor.fget
    return None


cdef bint is_pure_getter(object function) except -1:
    if is_pure(function):
        return True
    name = getattr(function, "__qualname__", None)
    return name is not None and f"{function.__module__}.{name}" in CONSTANTS


cdef bint is_pure_method(object descriptor) except -1:
    if not is_pure(descriptor):
        return False
    function = getattr(descriptor, "__func__", descriptor)
    return not (
        getattr(function, "alters_data", False)
        or getattr(function, "do_not_call_in_templates", False)
    )


@cython.final
@cython.freelist(4)
cdef class Run:
    """One rendering. `make_run` makes it."""

    @property
    def context(self):
        """Django's context, bound to its template."""
        return self.made_context()

    @context.setter
    def context(self, context):
        self.made = context

    cdef object made_context(self):
        if self.made is None:
            self.made = self.maker.make(self.values)
        return self.made

    cdef bint escapes(self) except -1:
        """Whether what is written is escaped."""
        return (self.maker.escapes if self.made is None else self.made.autoescape)

    cdef bint has_other_classes(self) except -1:
        """Whether a class is another than when this rendering began."""
        return self.classes.now() != self.generation

    cdef int doubt(self) except -1:
        self.doubts += 1
        return self.disturb()

    cdef int disturb(self) except -1:
        """Note that user code runs."""
        self.stale = self.was_disturbed = True
        return 0

    cdef tuple setting(self):
        """What user code may have set for all that follows; None if that is not known."""
        made = self.made
        request = self.maker.request if made is None else made.request
        if self.was_disturbed and self.surroundings.have_strayed(request, self.classes.rounds):
            return None
        if made is None:
            return self.maker.setting
        return made.autoescape, made.use_l10n, made.use_tz

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

    cdef object pictured(self, object value, object before):
        """As `frozen`, of what may be lazy. UNREAD, if it is and has not been asked yet."""
        cdef bint was_lazy = type(before) is Behind
        if type(value) is not SimpleLazyObject:
            return self.frozen(value, before)
        if value._wrapped is empty:
            return UNREAD
        picture = self.frozen(self.behind(value), (<Behind>before).picture if was_lazy else None)
        if was_lazy and picture is (<Behind>before).picture:
            return before
        if type(picture) is Frozen and not (<Frozen>picture).comparable:
            return picture
        return Behind(picture)

    cdef object behind(self, object lazy):
        """What a lazy object stands for that was asked. If that was just now, code of a user's has
        run."""
        if not self.lazies.knows(lazy):
            self.disturb()
        return lazy._wrapped

    cdef object lookup(self, tuple bits, bint peek):
        """What Django's `Variable` gives for these bits, or UNKNOWN, or MISSING. One that only
        peeks computes nothing, and may get UNREAD."""
        cdef Py_ssize_t i
        current = self.first(<str>bits[0], peek)
        for i in range(1, len(bits)):
            if current is UNKNOWN or current is MISSING or current is UNREAD or current is UNASKED:
                return current
            current = self.step(current, <str>bits[i])
        return current

    cdef object first(self, str name, bint peek):
        cdef list dicts = self.names if self.made is None else self.made.dicts
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
                    return UNREAD if value.error is None else UNKNOWN
                self.disturb()
                try:
                    value = values[name]
                except Exception:
                    return UNKNOWN      # Django decides what comes of it
            return self.called(value)
        if name in vars(self.context) or hasattr(type(self.context), name):
            return UNKNOWN
        return MISSING if name[0].isalpha() else UNKNOWN

    cdef object called(self, object value):
        """What Django makes of a value that it has found: it calls what can be called."""
        if not PyCallable_Check(value):
            return value
        if type(value) not in FUNCTIONS or not is_pure_method(value):
            return UNKNOWN
        try:
            return value()
        except Exception:
            return UNKNOWN

    cdef object step(self, object current, str bit):
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
                return UNASKED
            current = self.behind(current)
            cls = type(current)
        if cls is list or cls is tuple:
            if not bit.isdecimal() or not bit.isascii():
                return UNKNOWN
            if int(bit) >= len(current):
                return MISSING
            return self.called(current[int(bit)])
        if cls in ATOMS:
            return self.of_atom(current, bit)
        facts = self.classes.of(cls)
        if issubclass(cls, tuple):
            found = type_attribute(cls, bit)    # a field of a named tuple
            if found and facts.plain and type(<object>found) in C_DESCRIPTORS:
                return self.called(getattr(current, bit))
            return UNKNOWN
        if not facts.plain:
            facts.warn(bit)
            return UNKNOWN
        if facts.is_enum:
            return self.of_member(current, cls, bit)
        return self.of_object(current, facts, bit)

    cdef object of_atom(self, object current, str bit):
        if not bit[0].isalpha() or bit in CLOCKS or not self.classes.is_inert(current):
            return UNKNOWN
        try:
            value = getattr(current, bit)
            if not callable(value):
                return value
            # What methods of decimals give is rounded as the current context says.
            return UNKNOWN if type(current) is decimal.Decimal else value()
        except Exception:
            return UNKNOWN

    cdef object of_member(self, object current, object cls, str bit):
        """A fact about the member of an enum. What else there is may change without notice."""
        cdef PyObject* found = type_attribute(cls, bit)
        if not found or id(<object>found) not in READERS:
            return UNKNOWN
        value = getattr(current, bit)
        return value if type(value) in ATOMS or is_translation(value) else UNKNOWN

    cdef object of_object(self, object current, Facts facts, str bit):
        cdef PyObject* found = type_attribute(facts.type, bit)
        cdef PyObject* own
        descriptor = <object>found if found else None
        if found and GOES_FIRST(descriptor):
            try:
                getter = getter_of(descriptor)
                if getter is not None and is_pure_getter(getter):
                    return self.called(getter(current))
                if facts.answers:   # and may be asked, if this fails
                    reads = False
                elif isinstance(descriptor, ForwardManyToOneDescriptor):
                    reads = descriptor.is_cached(current)
                else:
                    reads = type(descriptor) in C_DESCRIPTORS or id(descriptor) in READERS
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
            return MISSING if bit[0].isalpha() and not facts.answers else UNKNOWN
        if self.classes.is_inert(descriptor):   # a constant of the class
            return descriptor if type(descriptor) in ATOMS else UNKNOWN
        if type(descriptor) is partialmethod:   # what a field with choices gives its model
            reads = descriptor.func is DISPLAY and self.classes.shows_choice(
                descriptor.keywords["field"], current, facts.type)
        else:
            reads = is_pure_method(descriptor)
        if reads:
            try:
                return getattr(current, bit)()
            except Exception:
                return UNKNOWN
        return UNKNOWN


cdef Run make_run(
    ContextMaker maker, values, Freezer freezer, bint plain_numbers, Classes classes,
    Surroundings surroundings, Lazies lazies,
):
    """
    :param maker: makes Django's context, if one is needed
    :param values: what the template is given, to be written to
    :param freezer: compares values with what they were
    :param plain_numbers: whether numbers are written without thousands separators
    :param classes: those of what the template has shown
    :param surroundings: what holds for the thread
    :param lazies: the lazy objects that the template has shown
    """
    cdef Run run = Run.__new__(Run)
    run.maker = maker
    run.values = values
    run.names = [BUILTINS, maker.processed, values]
    run.freezer = freezer
    run.plain_numbers = plain_numbers
    run.classes = classes
    run.surroundings = surroundings
    run.lazies = lazies
    lazies.begin()
    run.generation = classes.now()
    run.stale = True
    run.breathed = monotonic()
    return run


cdef bint is_same_setting(tuple a, tuple b) noexcept:
    return (a is not None and b is not None
            and a[0] is b[0] and a[1] is b[1] and a[2] is b[2])
