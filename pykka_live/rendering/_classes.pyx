"""What is known of the classes of what a template shows: whether code of a user's can run when
their objects are looked at, and whether all that is still so.

A class may get other attributes at any time. CPython numbers what a class and its bases hold, so
that a look at the number tells.
"""

cimport cython
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject

from pykka_live.state._kinds cimport is_plain_atom, is_translation

import collections
import datetime
import decimal
import enum
import types
import uuid

from django.db.models import Choices
from django.db.models import enums as model_enums
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from pykka_live.logs import own_logger
from pykka_live.rendering.equality import attributes_compared
from pykka_live.rendering.purity import is_pure

logger = own_logger(__name__)

cdef extern from "Python.h":
    PyObject* _PyType_Lookup(object type, object name)

cdef extern from *:
    """
    #define LOOKS_UP_PLAINLY(type) (((PyTypeObject*)(type))->tp_getattro == PyObject_GenericGetAttr)
    #define type_attribute(type, name) _PyType_Lookup((PyTypeObject*)(type), (name))
    #if PY_VERSION_HEX >= 0x030C0000    /* the flag has no meaning any more */
    #define version_of(type) (((PyTypeObject*)(type))->tp_version_tag)
    #else
    #define version_of(type) \\
        (PyType_HasFeature((PyTypeObject*)(type), Py_TPFLAGS_VALID_VERSION_TAG) \\
            ? ((PyTypeObject*)(type))->tp_version_tag : 0)
    #endif
    """
    bint LOOKS_UP_PLAINLY(object type) noexcept
    PyObject* type_attribute(object type, object name)
    unsigned int version_of(object type) noexcept

ATOMS = frozenset({
    str, SafeString, int, bool, float, type(None), bytes, decimal.Decimal, datetime.date,
    datetime.datetime, datetime.time, datetime.timedelta, uuid.UUID, range,
})
cdef frozenset ZONED = frozenset({datetime.datetime, datetime.time})
cdef frozenset SEQUENCES = frozenset({list, tuple, set, frozenset})
cdef frozenset HOLDERS = SEQUENCES | frozenset({
    dict, str, SafeString, range, bytes, bytearray, type({}.keys()), type({}.values()),
    type({}.items()), collections.deque, collections.OrderedDict, collections.defaultdict,
    collections.Counter,
})
# What runs when a class is made, but not later.
cdef frozenset MAKERS = frozenset({"__new__", "__new_member__", "__init__", "__init_subclass__"})
cdef tuple ENUM_MODULES = (vars(enum), vars(model_enums))
cdef object FUNCTION = types.FunctionType
cdef frozenset C_CODE = frozenset({
    types.BuiltinFunctionType, types.ClassMethodDescriptorType, types.GetSetDescriptorType,
    types.MemberDescriptorType, types.MethodDescriptorType, types.WrapperDescriptorType,
})
cdef Py_ssize_t ENOUGH = 1000       # classes may be made over and over


@cython.final
cdef class Facts:
    """What is known of a class, while its version is the same."""

    def __init__(self, cls):
        self.type = cls
        own = type_attribute(cls, "__getitem__")    # a class is given its version when it is asked
        self.version = version_of(cls)
        self.is_enum = issubclass(cls, enum.Enum)
        if own and self.is_enum:
            own = NULL if own == type_attribute(str, "__getitem__") else own
        if own and issubclass(cls, tuple):
            own = NULL if own == type_attribute(tuple, "__getitem__") else own
        self.answers = (
            type_attribute(cls, "__getattr__") != NULL
            or type_attribute(cls, "__dir__") != type_attribute(object, "__dir__")
        )
        self.plain = not own and (LOOKS_UP_PLAINLY(cls) or (
            self.answers
            and type_attribute(cls, "__getattribute__")
            == type_attribute(object, "__getattribute__")
        ))
        self.simply_true = (
            self.plain and not self.answers
            and not type_attribute(cls, "__bool__") and not type_attribute(cls, "__len__")
        )
        self.inert = self.is_enum and all(map(is_inert_base, cls.__mro__))
        self.holds = cls in HOLDERS or (
            issubclass(cls, tuple) and self.plain
            and not type_attribute(cls, "__reversed__")
            and type_attribute(cls, "__iter__") == type_attribute(tuple, "__iter__")
            and type_attribute(cls, "__len__") == type_attribute(tuple, "__len__")
        )

    cdef tuple comparing(self):
        """The attributes by which objects of the class are compared, if all are true as well; none
        if each is equal to itself alone. None if user code may have a say."""
        if not self.has_looked:
            self.has_looked = True
            self.compared = attributes_compared(self.type) if self.simply_true else None
        return self.compared

    cdef int warn(self, str name) except -1:
        """Tell once that a declaration is of no use, where a class is asked before it is met."""
        cdef PyObject* found
        if self.has_warned:
            return 0
        found = type_attribute(self.type, name)
        if not found:
            return 0
        declared = <object>found
        if is_pure(getattr(declared, "fget", declared)):
            self.has_warned = True
            logger.warning(
                "%s.%s is declared as pure, but it is evaluated each time: templates ask the "
                "class's own __getitem__ or __getattribute__ first", self.type.__qualname__, name)
        return 0


def is_inert_base(cls):
    """Whether a class adds no code of a user's to what the members of an enum are asked."""
    if cls is object or cls in ATOMS:
        return True
    if not issubclass(cls, enum.Enum) and vars(enum).get(cls.__name__) is not cls:
        return False
    for name, value in vars(cls).items():
        if not name.startswith("__") or name in MAKERS:
            continue
        kind = type(value)
        if kind is FUNCTION:
            if not any(value.__globals__ is its for its in ENUM_MODULES):
                return False
        elif kind not in C_CODE and (callable(value) or hasattr(kind, "__get__")):
            return False
    return True


@cython.final
cdef class Classes:
    """The classes that a template has met. Those who render it share them, each in its thread; the
    dictionary is only changed where no other thread can run."""

    def __init__(self):
        self.known = {}
        self.choices = []

    cdef Facts of(self, object cls):
        """What is known of a class."""
        cdef PyObject* found = PyDict_GetItem(self.known, cls)
        if found and (<Facts>found).version == version_of(cls):
            return <Facts>found
        return self.learn(cls)

    cdef Facts learn(self, object cls):
        cdef Facts facts = Facts(cls)
        if cls in self.known:
            self.generation += 1
        elif len(self.known) >= ENOUGH:
            self.known = {}
            self.generation += 1
        self.known[cls] = facts
        return facts

    cdef Py_ssize_t now(self) except -1:
        """How often a class has become another. What was made before the last time is not to be
        relied on."""
        cdef list changed = None
        cdef Facts facts
        for known in self.known.values():
            facts = <Facts>known
            if facts.version == 0 or facts.version != version_of(facts.type):
                if changed is None:
                    changed = []
                changed.append(facts.type)
        if changed is not None:
            for cls in changed:
                self.learn(cls)
        if self.choices:
            for field, choices, items in tuple(self.choices):
                if not are_choices(field, choices, items):
                    self.choices = [known for known in self.choices if known[0] is not field]
                    self.generation += 1
        return self.generation

    cdef bint is_inert(self, object value, int depth=0) except -1:
        """Whether no user code runs when the value is written, tested or compared."""
        cls = type(value)
        if cls in ATOMS:
            if cls is decimal.Decimal:
                self.rounds = True
            return cls not in ZONED or is_plain_atom(value)
        if depth > 5:
            return False
        if cls in SEQUENCES:
            for item in value:
                if not self.is_inert(item, depth + 1):
                    return False
            return True
        if cls is dict:
            for key, item in (<dict>value).items():
                if not self.is_inert(key, depth + 1) or not self.is_inert(item, depth + 1):
                    return False
            return True
        # `isinstance` would ask a lazy object for its class.
        if issubclass(cls, enum.Enum):
            return self.of(cls).inert
        return issubclass(cls, Promise) and is_translation(value)

    cdef bint holds(self, object value) except -1:
        """Whether going over a value, or asking how long it is, runs no user code."""
        cls = type(value)
        return cls is tuple or cls is list or self.of(cls).holds

    cdef bint shows_choice(self, object field, object model, object cls) except -1:
        """Whether the label of a model's choice depends on nothing but the model and the choices
        that its field has now."""
        cdef PyObject* own = type_attribute(cls, field.attname)
        choices = field.choices
        if type(<object>own if own else None) is not DeferredAttribute:
            return False
        if type(choices) is not list and type(choices) is not tuple:
            return False
        for pair in choices:
            if type(pair) is not tuple or not self.is_inert(pair):
                return False
            if any([type(item) in SEQUENCES for item in pair]):     # a group
                return False
        if field.attname not in vars(model) or not self.is_inert(vars(model)[field.attname]):
            return False
        if not any([known[0] is field for known in self.choices]):
            self.choices = [*self.choices, (field, choices, tuple(choices))]
        return True


cdef bint are_choices(field, choices, tuple items) except -1:
    cdef Py_ssize_t i
    if field.choices is not choices or len(choices) != len(items):
        return False
    for i in range(len(items)):
        if choices[i] is not items[i]:
            return False
    return True
