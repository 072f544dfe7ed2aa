"""What holds for a whole thread while something is rendered: its language, its time zone and what
belongs to its URLs."""

from __future__ import annotations

from contextvars import copy_context
from operator import is_
from typing import Any

from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone, translation
from django.utils.translation import trans_real


class ContextMark:
    """Tells whether a context variable was set since the mark was, without asking their values
    whether they are equal: only one that is the same object is unchanged."""

    def __init__(self) -> None:
        self._names: tuple[Any, ...] | None = None
        self._values: tuple[Any, ...] = ()
        self._languages: Any = None

    def set(self) -> None:
        """Remember the context as it is now."""
        context = copy_context()
        self._names, self._values = tuple(context), tuple(context.values())
        self._languages = getattr(trans_real, "_active", None)

    def is_unchanged(self) -> bool:
        """Whether the context is as it was. False before the first `set`."""
        context = copy_context()
        return (
            tuple(context) == self._names
            and all(map(is_, context.values(), self._values))
            # Where a translation is edited, Django makes itself a new variable.
            and self._languages is getattr(trans_real, "_active", None)
        )


class Surroundings:
    """Tells whether what holds for the thread is what it was."""

    def __init__(self) -> None:
        self._mark = ContextMark()
        self._known: tuple[Any, ...] = ()

    def have_changed(self) -> bool:
        """Whether they are others than when this was asked before."""
        if self._mark.is_unchanged():
            return False
        before, self._known = (
            self._known,
            (
                translation.get_language(),
                timezone.get_current_timezone(),
                get_script_prefix(),
                get_urlconf(),
            ),
        )
        self._mark.set()
        return before != self._known
