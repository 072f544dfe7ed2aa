"""What a value is to the freezer: an atom, a container, an object with parts, or opaque."""

import copyreg
import re
import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from libc.math cimport copysign

cdef extern from "Python.h":
    int PyUnicode_Compare(object a, object b) except? -1


# -------------------------------------------------------------------------------------------- atoms


def _same_complex(a, b):
    return same_atom(a.real, b.real) and same_atom(a.imag, b.imag)


def _same_range(a, b):
    return (a.start, a.stop, a.step) == (b.start, b.stop, b.step)


def _same_decimal(a, b):
    return not a.is_nan() and not a.compare_total(b)


def _same_zone(a, b):
    """Zones of the same name may come from different files, so only `timezone`s are compared."""
    return a is b or (type(a) is timezone and type(b) is timezone and _same_timezone(a, b))


def _same_timezone(a, b):
    return a == b and a.tzname(None) == b.tzname(None)


def _same_moment(a, b):
    return a == b and a.fold == b.fold and _same_zone(a.tzinfo, b.tzinfo)


def _same_uuid(a, b):
    return a.int == b.int and a.is_safe is b.is_safe


def _same_path(a, b):
    return str(a) == str(b)


def _equal(a, b):
    return a == b


# Other types of atoms are compared by identity: functions, classes, modules, members of enums, ...
cdef dict COMPARERS = {
    complex: _same_complex,
    bytes: _equal,
    range: _same_range,
    Decimal: _same_decimal,
    Fraction: _equal,
    date: _equal,
    timedelta: _equal,
    time: _same_moment,
    datetime: _same_moment,
    timezone: _same_timezone,
    UUID: _same_uuid,
    **dict.fromkeys((PosixPath, PurePosixPath, PureWindowsPath, WindowsPath), _same_path),
    **dict.fromkeys((IPv4Address, IPv4Interface, IPv4Network), _equal),
    **dict.fromkeys((IPv6Address, IPv6Interface, IPv6Network), _equal),
}

cdef frozenset ATOMS = frozenset(
    {
        *COMPARERS,
        *(type(None), type(Ellipsis), type(NotImplemented), bool, int, float, str, SafeString),
        *(types.FunctionType, types.BuiltinFunctionType, types.CodeType, types.ModuleType),
        *(types.MemberDescriptorType, property, re.Pattern, weakref.ref, ZoneInfo),
    }
)

# No code of a user's runs when one is printed, tested or compared.
cdef frozenset PLAIN = frozenset(
    {
        *(type(None), type(Ellipsis), bool, int, float, str, SafeString, complex, bytes, range),
        *(Decimal, Fraction, date, timedelta, UUID),
    }
)


cdef bint same_atom(object a, object b) except -1:
    """Whether two values, one of which is an atom, are the same in type and content."""
    if a is b:
        return True
    cls = type(a)
    if cls is not type(b):
        return False
    if cls is str:
        return <str>a == <str>b
    if cls is int:
        return a == b
    if cls is float:
        return <double>a == <double>b and copysign(1, <double>a) == copysign(1, <double>b)
    if cls is SafeString:
        return PyUnicode_Compare(a, b) == 0
    comparer = COMPARERS.get(cls)
    return comparer is not None and comparer(a, b)


cdef bint is_plain_atom(object value) except -1:
    """Whether an atom is printed, tested and compared without any code of a user's."""
    cls = type(value)
    if cls in PLAIN:
        return True
    if cls is datetime or cls is time:
        return value.tzinfo is None or type(value.tzinfo) in (timezone, ZoneInfo)
    return False


# -------------------------------------------------------------------------------------------- kinds

cdef dict CONTAINERS = {
    dict: DICT,
    Counter: COUNTER,
    list: LIST,
    tuple: TUPLE,
    set: SET,
    frozenset: FROZENSET,
    bytearray: BYTEARRAY,
    memoryview: MEMORY,
    deque: DEQUE,
    OrderedDict: ORDERED,
    defaultdict: DEFAULT,
    types.MethodType: METHOD,
}

cdef frozenset TRANSLATORS = frozenset(
    {translation.gettext, translation.pgettext, translation.ngettext, translation.npgettext}
)

cdef frozenset TEXTS = frozenset({str, int, type(None)})
cdef str LAZY = type(translation.gettext_lazy("")).__qualname__
cdef object REMAKE_PLURAL = translation.ngettext_lazy("", "", "number").__reduce__()[0]

cdef tuple HOOKS = (
    "__copy__",
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__setstate__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getinitargs__",
)


def classify(value):
    """Return the kind of `value`, and what else its type says: the descriptors of its slots, or the
    function that reduces it.

    The answer is the same for all values of a type.

    :raises TypeError: if values of the type cannot be copied
    """
    cls = type(value)
    if cls in ATOMS or issubclass(cls, (type, Enum)):
        return ATOM, None
    if cls is types.SimpleNamespace:
        return INSTANCE, None
    if issubclass(cls, Promise):
        return (ATOM if is_translation(value) else OPAQUE), None
    if cls in CONTAINERS:
        return CONTAINERS[cls], None
    if getattr(value, "__deepcopy__", None) is not None:
        return OPAQUE, None
    reducer = copyreg.dispatch_table.get(cls)
    if reducer is not None:
        return REDUCED, reducer
    if is_namedtuple(cls):
        return NAMEDTUPLE, None
    if is_ordinary(value):
        slots = slots_of(cls)
        return (SLOTTED, slots) if slots else (INSTANCE, None)
    return REDUCED, None


cdef bint is_translation(object value) except -1:
    """Whether a lazy object is one of Django's translations, which depend on nothing but the
    language. What is behind any other may change without notice."""
    cls = type(value)
    if cls.__qualname__ != LAZY or cls.__module__ != Promise.__module__:
        return False
    remake, parts = value.__reduce__()[:2]
    if remake is REMAKE_PLURAL:     # its number comes when it is shown
        function, _, number, kwargs = parts
        args = (number,)
    else:
        function, args, kwargs = parts[:3]
    return function in TRANSLATORS and all([
        type(given) in TEXTS for given in (*args, *kwargs.values())
    ])


def is_namedtuple(cls):
    """Whether a class is what `namedtuple` makes, or adds no more than methods to that."""
    return (
        issubclass(cls, tuple)
        and cls.__dictoffset__ == 0
        and all(
            base in (tuple, object)
            or ("_fields" in vars(base) and base.__bases__ == (tuple,))
            or not any(hook in vars(base) for hook in HOOKS)
            for base in cls.__mro__
        )
        and any("_fields" in vars(base) and base.__bases__ == (tuple,) for base in cls.__mro__)
    )


def is_ordinary(value):
    """Whether a copy of an object is a new one of its class with copies of its attributes."""
    cls = type(value)
    if cls.__new__ is not object.__new__:
        return False
    declared = [hook for hook in HOOKS if not is_default(cls, hook)]
    if declared:
        return False
    if isinstance(value, Model) or is_dataclass_with_slots(cls):
        return True
    rebuild, arguments, *rest = object.__reduce_ex__(value, 4)  # knows hidden state in C
    return rebuild is copyreg.__newobj__ and arguments == (cls,) and rest[1:] in ([], [None, None])


def is_dataclass_with_slots(cls):
    return getattr(getattr(cls, "__getstate__", None), "__module__", "") == "dataclasses"


def is_default(cls, hook):
    found = getattr(cls, hook, None)
    return (
        found is getattr(object, hook, None)
        or (issubclass(cls, Model) and found is getattr(Model, hook, None))
        or getattr(found, "__module__", "") == "dataclasses"
    )


def slots_of(cls):
    """Return the descriptors of the slots of a class and its bases."""
    return tuple(
        found
        for base in cls.__mro__
        for found in vars(base).values()
        if isinstance(found, types.MemberDescriptorType)
    )
