"""Plain Python objects as parts of a live page: whatever has methods can be driven by them and
shown by a template."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache, partial, partialmethod, singledispatchmethod
from inspect import ismemberdescriptor
from types import SimpleNamespace
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from pykka_live.exceptions import BadParameters, HandlerNotFound
from pykka_live.live.events import Handler
from pykka_live.live.params import Binder
from pykka_live.live.part import Part, class_names, compiled
from pykka_live.live.user_code import call
from pykka_live.live.view import LiveView
from pykka_live.rendering import LazyValues, LiveTemplate
from pykka_live.rendering.placeholder import shortened
from pykka_live.state.snapshot import Keeper, Snapshot

LIFECYCLE = frozenset(
    "mount get_context_data handle_info handle_component_event on_restore terminate".split()
)
"""What an object may have as a view has it. None of these is a handler."""


class ObjectPart(Part):
    """Lets an object that knows nothing of live pages be a part of one.

    Its public methods are the handlers, its attributes are the state. What the template sees is
    taken after each handler: from its `get_context_data`, or else its public attributes.
    """

    _target: Any
    _taken: Mapping[str, Any] | None = None
    _lifecycle: ClassVar[frozenset[str]]

    def on_restore(self) -> None:
        self._taken = None
        if (own := self._own("on_restore")) is not None:
            call(own)

    def handle_info(self, message: Any) -> None:
        if (own := self._own("handle_info")) is not None:
            self.run(own, message)

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        if (own := self._own("handle_component_event")) is not None:
            self.run(own, component_id, name, data)

    def terminate(self, reason: str) -> None:
        if (own := self._own("terminate")) is not None:
            call(own, reason)

    def get_context_data(self, **kwargs: Any) -> Any:
        if self._taken is None:
            self._taken = context_of(self._target)
        return self._taken

    def run(self, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the object, and take what the template sees then.

        Raises:
            TypeError: if `get_context_data` returns no dictionary of names.
            BaseException: what the two raise.
        """
        result = call(method, *args, **kwargs)
        self._taken = context_of(self._target)
        return result

    def assign(self, values: Mapping[str, Any]) -> None:
        """Set attributes of the object. Raises what that raises."""
        self.run(partial(assign, self._target, values))

    @property
    def target_class(self) -> type:
        """The class of the object."""
        return type(self._target)

    def state(self) -> dict[str, Any]:
        """Return the state of the object."""
        return dict(vars(self._target))

    def _own(self, name: str) -> Any:
        return own_method(self._target, name)

    def _live_handler(self, name: str) -> Handler:
        return _Method(name, method_of(self._target, name, self._lifecycle))

    def _live_keeper(self) -> Keeper:
        return Keeper(self._target)

    def _live_put_back(self, state: Snapshot) -> None:
        state.put_back(self._target)
        self._taken = None


class ObjectView(ObjectPart, LiveView):
    """An object as a view.

    Args:
        target: the object; it has a `__dict__`.
        shown_by: the view class whose template shows it; without it the object has a `template` or
            a `template_name` itself.
    """

    _lifecycle = LIFECYCLE

    def __init__(self, target: Any, shown_by: type[LiveView] | None = None) -> None:
        super().__init__()
        self._target = target
        self._shown_by = shown_by

    def mount(self, request: HttpRequest, **params: Any) -> HttpResponseBase | None:
        """Call the object's own, if it has one; take what the template sees then."""
        own = self._own("mount")
        if own is None:
            self._taken = context_of(self._target)
            return None
        return self.run(own, request, **Binder(own, skip=1, strict=False).bind(params))

    def live_template(self) -> LiveTemplate:
        if self._shown_by is None:
            source, name = own_template(self._target)
            return compiled(LiveTemplate, source) if source else LiveTemplate.load([name])
        view = self._shown_by()
        view.setup(self.request, *self.args, **self.kwargs)
        return view.live_template()


class _Method(Handler):
    """A method of an object, as the handler of an event."""

    __slots__ = ("_method",)

    def __init__(self, name: str, method: Callable[..., Any]) -> None:
        self.name = name
        self._method = method
        self.bind = self._bind
        self.function = self._run

    def _bind(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        return bind(self._method, sent)

    def _run(self, part: ObjectPart, /, **arguments: Any) -> Any:
        return part.run(self._method, **arguments)


def check_object(target: Any) -> None:
    """Refuse what cannot be a view or a component: its state could not be put back.

    Raises:
        TypeError: it is a class, or has no `__dict__`, or has state elsewhere as well.
    """
    if isinstance(target, type):
        raise TypeError(f"an instance is wanted, not the class {target.__qualname__}")
    if not isinstance(getattr(target, "__dict__", None), dict):
        raise TypeError(
            f"an object with a __dict__, where its state is, is wanted, not {shortened(target)}"
        )
    cls = type(target)
    slots = [name for base in cls.__mro__ for name in vars(base) if _is_slot(base, name)]
    if slots:
        raise TypeError(
            f"{cls.__qualname__} has the slot {slots[0]!r}, whose value could not be put "
            "back after a failure: all of an object's state must be in its __dict__"
        )
    plain = _PlainNamespace if issubclass(cls, SimpleNamespace) else _Plain
    if cls.__basicsize__ > plain.__basicsize__ or cls.__itemsize__:
        raise TypeError(
            f"{cls.__qualname__} is based on a type that is written in C, whose state (such as the "
            "items of a dictionary) could not be put back after a failure: have such a thing as an "
            "attribute"
        )


def _is_slot(cls: type, name: str) -> bool:
    return ismemberdescriptor(vars(cls)[name]) and not name.startswith("__")


class _Plain:
    """All that its instances have is in their `__dict__`."""


class _PlainNamespace(SimpleNamespace):
    """Likewise, though in C it has a place for that."""


def own_template(target: Any) -> tuple[str | None, str]:
    """Return the source, or else the name, of the template that an object brings.

    Raises:
        ImproperlyConfigured: if it has neither.
    """
    source, name = (getattr(target, each, None) for each in ("template", "template_name"))
    source = source if isinstance(source, str) else None
    if source is None and not isinstance(name, str):
        raise ImproperlyConfigured(
            f"{type(target).__qualname__} has neither a template nor a template_name"
        )
    return source, name if isinstance(name, str) else ""


_METHODS = (staticmethod, classmethod, partialmethod, singledispatchmethod)  # none is callable


def own_method(target: Any, name: str) -> Any:
    """Return what an object has of that name and can be called, or None.

    A property, or a `__getattr__`, is nobody's method: it is not run to find that out.
    """
    found = inspect.getattr_static(target, name, None)
    if not callable(found) and not isinstance(found, _METHODS):
        return None
    method = getattr(target, name)
    return method if callable(method) else None


def method_of(target: Any, name: str, lifecycle: frozenset[str]) -> Callable[..., Any]:
    """Return a method of an object that may be called by its name.

    Raises:
        HandlerNotFound: if there is no such method, or it is none of the public ones.
    """
    if not name.startswith("_") and name not in lifecycle:
        method = own_method(target, name)
        if inspect.isroutine(method):
            return method
    raise HandlerNotFound(f"{type(target).__qualname__} has no method {name[:80]!r} to call")


def bind(method: Callable[..., Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments for a method, converted by its annotations, where these say how.

    Raises:
        BadParameters: if one is missing or does not convert, or the method takes none by name.
    """
    function = getattr(method, "__func__", None)
    try:
        binder = Binder(method, 0, strict=False) if function is None else _binder(function)
    except (TypeError, ValueError) as error:
        raise BadParameters(str(error)) from None
    return binder.bind(sent)


@lru_cache(maxsize=1024)
def _binder(function: Callable[..., Any]) -> Binder:
    return Binder(function, skip=1, strict=False)


def context_of(target: Any) -> Mapping[str, Any]:
    """Return what a template sees of an object: what its `get_context_data` returns, or its public
    attributes, those of its class and its properties included.

    Raises:
        TypeError: if `get_context_data` returns no dictionary of names.
        BaseException: what it raises.
    """
    own = own_method(target, "get_context_data")
    if own is not None:
        values = call(own)
        if not isinstance(values, Mapping):
            raise TypeError(
                f"{type(target).__qualname__}.get_context_data must return a dictionary, "
                f"not {type(values).__name__}"
            )
        for name in values:
            if not isinstance(name, str):
                raise TypeError(
                    f"{type(target).__qualname__}.get_context_data must return a dictionary of "
                    f"names and values: {shortened(name)} is no name"
                )
        return values
    plain, computed = class_names(type(target))  # type: ignore[arg-type]
    values = {name: getattr(target, name) for name in plain}
    values.update((name, value) for name, value in vars(target).items() if name[:1] != "_")
    if not computed:
        return values
    return LazyValues(values, {name: partial(getattr, target, name) for name in computed})


def assign(target: Any, values: Mapping[str, Any]) -> None:
    """Set attributes of an object. Raises what that raises."""
    for name, value in values.items():
        setattr(target, name, value)
