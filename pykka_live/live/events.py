"""Which methods of a view a browser may call.

A browser sends a name. `find_handler` turns it into a method, or refuses: only what the class's
author offered can be reached, by a look-up in a table that is made once per class, never by
attribute access on the instance.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType
from typing import Any, TypeVar, overload

from pykka_live.conf import live_settings
from pykka_live.exceptions import HandlerNotFound
from pykka_live.live.params import Binder

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__live_event__"

CALLED: dict[str, str] = {}
"""What to call the events that there are handlers for, in any class that was looked at."""


@overload
def event(function: F) -> F: ...
@overload
def event() -> Callable[[F], F]: ...
def event(function: Callable[..., Any] | None = None) -> Any:
    """Offer a method of a view to the browser.

    The parameters that the browser sends are converted by the method's annotations (`int`, `float`,
    `bool`, `str`, `Decimal`, `date`, `datetime`, `UUID`, an `Enum`, `Literal`, `list[...]`,
    `Optional`); those that the method does not declare are dropped, unless it takes `**kwargs`. The
    method may be `async def`.

    Raises:
        TypeError: if it decorates something other than a function.
    """

    def mark(target: F) -> F:
        if not isinstance(target, FunctionType):
            raise TypeError(f"@event decorates methods, not {target!r}")
        setattr(target, _MARK, True)
        return target

    return mark if function is None else mark(function)


class Handler:
    """A method that a browser may call: the function, and how to bind what was sent to its
    parameters."""

    __slots__ = ("bind", "function", "name")

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.function = function
        self.bind = Binder(function, skip=1).bind


_OWN_PAGES = "pykka_live.observability.observer."
"""Where our own live pages are: they are written as users' are."""


def is_framework_class(cls: type) -> bool:
    """Tell whether a class is Django's or ours, not the user's."""
    module = cls.__module__
    if cls is not object and module.partition(".")[0] not in ("django", "pykka_live"):
        return False
    return not module.startswith(_OWN_PAGES)


def reserved_names(cls: type) -> set[str]:
    """Return the names that the framework or Django defines somewhere among the bases of `cls`."""
    return {name for base in cls.__mro__ if is_framework_class(base) for name in vars(base)}


# What a class may have an event of instead: the framework itself calls none of these.
_FREE = frozenset(
    "send broadcast send_parent preload subscribe unsubscribe find_component find_components"
    "".split()
)


def check_events(cls: type) -> None:
    """Refuse a class that offers to the browser what it must not.

    Raises:
        TypeError: if `@event` stands on a private method, or on one that Django or the framework
        calls itself.
    """
    for name, member in vars(cls).items():
        if not getattr(member, _MARK, False):
            continue
        if name.startswith("_"):
            raise TypeError(f"{cls.__qualname__}.{name} is private: it cannot be an @event")
        if name in reserved_names(cls) - _FREE:
            raise TypeError(
                f"{cls.__qualname__}.{name} overrides a method of the framework: "
                "it cannot be an @event"
            )


def _own_classes(cls: type) -> list[type]:
    """Return those classes of `cls` that its author wrote for live views: the subclasses of
    `LiveView`, and mixins of the package that `cls` is of. A library's mixin knows nothing of
    browsers that call its methods."""
    package = cls.__module__.partition(".")[0]
    live = {base for base in cls.__mro__ if base.__module__.startswith("pykka_live.live.")}
    return [
        base
        for base in cls.__mro__
        if not is_framework_class(base)
        and (base.__module__.partition(".")[0] == package or not live.isdisjoint(base.__mro__[1:]))
    ]


@cache
def _handlers(cls: type, rule: str) -> Mapping[str, Handler]:
    reserved = reserved_names(cls)
    own = _own_classes(cls)
    found = {}
    for name in dir(cls):
        function = inspect.getattr_static(cls, name)
        if name.startswith("_") or not isinstance(function, FunctionType):
            continue
        is_marked = getattr(function, _MARK, False)
        if name in reserved and not (is_marked and name in _FREE):
            continue
        if is_marked or (
            rule == "public" and next(base for base in cls.__mro__ if name in vars(base)) in own
        ):
            found[name] = Handler(name, function)
    CALLED.update((name, f"event {name}") for name in found)
    return found


def prepare_events(cls: type) -> None:
    """Analyse the handlers of `cls` now, so that a mistake in one shows at start-up.

    Raises:
        TypeError: if a handler has a parameter that no browser's value can be converted for.
        NameError: if an annotation cannot be resolved.
    """
    _handlers(cls, live_settings().events)


def find_handler(cls: type, name: str) -> Handler:
    """Return the handler of the event `name`.

    Raises:
        HandlerNotFound: if the class has no such event; also for methods that exist but are not
        offered, so that a browser cannot explore the class.
    """
    try:
        return _handlers(cls, live_settings().events)[name]
    except KeyError:
        raise HandlerNotFound(f"{cls.__name__} has no event {name[:80]!r}") from None
