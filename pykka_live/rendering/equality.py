"""How objects are compared where no code of a user's has a say: models, dataclasses, and all that
are equal to themselves alone."""

from __future__ import annotations

import dataclasses
from types import FunctionType, MemberDescriptorType
from typing import Any

from django.db.models import Model
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.options import Options
from django.db.models.query_utils import DeferredAttribute

_OBJECT, _MODEL = vars(object), vars(Model)
_STRANGER = "django.contrib.auth.models.AnonymousUser"  # auth need not be installed
_COLUMNS = (DeferredAttribute, ForeignKeyDeferredAttribute)


def attributes_compared(cls: type) -> tuple[str, ...] | None:
    """Return the attributes by which objects of a class are compared; none, if each is equal to
    itself alone, as models without a primary key are as well. None, if user code may have a say in
    that, or where one is looked for among others."""
    if _found(cls, "__contains__") or _found(cls, "__iter__"):
        return None
    if any(_found(cls, name) is not _OBJECT[name] for name in ("__class__", "__ne__")):
        return None
    equal, hashed = _found(cls, "__eq__"), _found(cls, "__hash__")
    if equal is _OBJECT["__eq__"]:
        return () if hashed is _OBJECT["__hash__"] else None
    if equal is _MODEL["__eq__"]:
        return _key(cls) if hashed is _MODEL["__hash__"] else None
    if _name_of(equal) == f"{_STRANGER}.__eq__":
        return () if _name_of(hashed) == f"{_STRANGER}.__hash__" else None
    return _fields(cls, equal, hashed)


def _found(cls: type, name: str) -> Any:
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None


def _name_of(function: Any) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"


def _key(cls: Any) -> tuple[str, ...] | None:
    """Return what holds the primary key of a model."""
    if any(_found(cls, name) is not _MODEL[name] for name in ("pk", "_get_pk_val")):
        return None
    if type(_found(cls, "_meta")) is not Options or cls._meta.pk is None:
        return None
    name = cls._meta.pk.attname
    return (name,) if type(_found(cls, name)) in _COLUMNS else None


def _fields(cls: type, equal: Any, hashed: Any) -> tuple[str, ...] | None:
    """Return what a dataclass compares, if that is what the decorator has written."""
    owner = next(base for base in cls.__mro__ if "__eq__" in vars(base))
    if "__dataclass_fields__" not in vars(owner):
        return None
    fields = dataclasses.fields(owner)
    twin = dataclasses.make_dataclass(
        "Twin",
        [(f.name, Any, dataclasses.field(compare=f.compare, hash=f.hash)) for f in fields],
        unsafe_hash=True,
    )
    if not _is_same(equal, twin.__eq__) or (hashed and not _is_same(hashed, twin.__hash__)):
        return None
    names = tuple(field.name for field in fields if field.compare)
    return names if all(_is_stored(_found(cls, name)) for name in names) else None


def _is_same(function: Any, other: Any) -> bool:
    """Tell whether two functions that the decorator may have written do the same."""
    if type(function) is not FunctionType or not _BUILTINS.isdisjoint(function.__globals__):
        return False
    return all(
        getattr(function.__code__, name) == getattr(other.__code__, name)
        for name in ("co_code", "co_names", "co_varnames", "co_consts", "co_freevars")
    )


_BUILTINS = frozenset({"hash", "NotImplemented"})


def _is_stored(found: Any) -> bool:
    """Tell whether an attribute for which the class has this is what the object holds."""
    kind = type(found)
    return kind is MemberDescriptorType or not (
        hasattr(kind, "__set__") or hasattr(kind, "__delete__")
    )
