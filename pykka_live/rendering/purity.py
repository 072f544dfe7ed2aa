"""What can be relied on to give the same for the same: Django's own filters and tags that do, and
whatever a project declares with `pure`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.humanize.templatetags import humanize
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Node, defaultfilters
from django.templatetags import i18n, l10n, tz
from django.utils.functional import cached_property as django_cached_property

_Declared = TypeVar("_Declared")

_CLOCKS = {
    *(defaultfilters.random, defaultfilters.timesince_filter, defaultfilters.timeuntil_filter),
    *(humanize.naturalday, humanize.naturaltime),
}
_FILTERS = frozenset(
    function
    for module in (defaultfilters, humanize, i18n, l10n, tz)
    for function in module.register.filters.values()
    if function not in _CLOCKS
)

_WRITING = defaultfilters.stringfilter(str).__code__  # what `stringfilter` puts around each

MEASURES = frozenset({defaultfilters.length, defaultfilters.yesno})
"""Filters that ask a value only whether it is true, or how much it holds."""

SELECTS = frozenset(
    {
        *(defaultfilters.default, defaultfilters.default_if_none, defaultfilters.first),
        *(defaultfilters.last, defaultfilters.slice_filter),
    }
)
"""Filters that ask no more, and give a part of the value, or all of it."""


def pure(declared: _Declared) -> _Declared:
    """Declare that a function's result depends on nothing but its arguments, and that calling it
    changes nothing.

    What is pure is not called again while its arguments stay what they were, so that the rows of a
    loop that use it need not be rendered again. It may stand on a template filter, on the function
    of a `simple_tag`, `simple_block_tag` or `inclusion_tag` that does not take the context, on a
    function or method that a template calls, on a property (whose argument is the object that it
    belongs to: its attributes, at any depth), and on a subclass of `Node` that reads nothing but
    what its attributes hold as `FilterExpression`, `Variable` or `NodeList`. The template of an
    `inclusion_tag` belongs to what is declared: it may show nothing but what the function returns.

    Args:
        declared: the function, the property, or the class.

    Raises:
        TypeError: if it is something that cannot be declared as pure.
    """
    function: Any = getattr(declared, "__func__", declared)  # a class method, a static one
    if isinstance(declared, property):
        function = declared.fget
    elif isinstance(declared, cached_property | django_cached_property):
        function = declared.func
    if isinstance(function, type) and not issubclass(function, Node):
        raise TypeError(f"{declared!r} cannot be declared as pure: of classes, only Nodes can be")
    if not callable(function) or iscoroutinefunction(function):
        raise TypeError(f"{declared!r} cannot be declared as pure: it is no function")
    try:
        function._live_pure = function  # `functools.wraps` copies attributes
    except (AttributeError, TypeError):
        raise TypeError(
            f"{declared!r} cannot be declared as pure: put a function of your own around it"
        ) from None
    return declared


def is_pure(function: object) -> bool:
    """Tell whether a function, or a class, was declared as pure."""
    function = getattr(function, "__func__", function)
    return function is not None and getattr(function, "_live_pure", None) is function


def is_pure_filter(function: Callable[..., Any]) -> bool:
    """Tell whether a template filter can be relied on, if its arguments are inert."""
    if function in _FILTERS:
        return True
    if getattr(function, "__code__", None) is _WRITING:
        function = function.__wrapped__  # type: ignore[attr-defined]
    return is_pure(function)


def is_pure_node(node: Node) -> bool:
    """Tell whether the class of a node was declared as pure, itself and not a base."""
    return is_pure(type(node))


def are_static_urls_fixed() -> bool:
    """Tell whether the URLs of static files are made by Django's own code; a storage of others may
    sign them anew each time."""
    if not apps.is_installed("django.contrib.staticfiles"):
        return True
    kind = staticfiles_storage.__class__
    found = (getattr(kind, name, None) for name in ("url", "_url", "stored_name", "hashed_name"))
    return all(getattr(each, "__module__", "django.").startswith("django.") for each in found)
