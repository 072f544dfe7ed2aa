"""The slots that a component's class never shows."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from functools import cache, cached_property
from types import CodeType
from typing import Any

from django.utils.functional import cached_property as django_cached_property

from pykka_live.live.component import LiveComponent
from pykka_live.live.events import is_framework_class
from pykka_live.rendering.slot_names import SLOTS, check_slots


def check_slots_of(cls: type[LiveComponent], given: Collection[str]) -> None:
    """Refuse slots that neither the template of a component ever shows nor its code looks at.

    Raises:
        TemplateSyntaxError: naming the slot, and those that there are.
    """
    if not _looks_at_slots(cls):  # type: ignore[arg-type]  # a class is hashable
        check_slots(cls.name, given, cls.component_template().django_template)


@cache
def _looks_at_slots(cls: type) -> bool:
    """Tell whether code of a user's class speaks of slots: what it does with them nobody knows."""
    bases = [base for base in cls.__mro__ if not is_framework_class(base)]
    codes = [_code_of(value) for base in bases for value in vars(base).values()]
    return any(_speaks(code) for code in codes if code is not None)


def _code_of(value: Any) -> CodeType | None:
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, staticmethod | classmethod):
        value = value.__func__
    elif isinstance(value, cached_property | django_cached_property):
        value = value.func
    code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
    return code if isinstance(code, CodeType) else None


def _speaks(code: CodeType) -> bool:
    if SLOTS in code.co_names or SLOTS in code.co_consts:
        return True
    return any(isinstance(each, CodeType) and _speaks(each) for each in code.co_consts)
