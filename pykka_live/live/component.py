"""`LiveComponent`: a part of a page with a state, events and a life of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from inspect import getattr_static
from types import FunctionType, SimpleNamespace
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from pykka_live.exceptions import HandlerNotFound
from pykka_live.live.accepting import accepting_handler, check_accepted
from pykka_live.live.events import Handler, is_framework_class
from pykka_live.live.page import dotted_name
from pykka_live.live.part import SURROUNDINGS, Part, compiled
from pykka_live.rendering import ComponentTemplate
from pykka_live.rendering.functions import function_names
from pykka_live.state.snapshot import Snapshot
from pykka_live.vdom import Element

_by_name: dict[str, dict[str, type[LiveComponent]]] = {}  # name -> dotted name -> class


class LiveComponent(Part):
    """A part of a page that has a state, a template, events, a thread and a supervisor's care of
    its own. What happens in it draws nothing else anew.

    A view's template, or another component's, shows it: `{% live_component "cart" id="c1"
    items=items %}`. Its own template has one root element.

    Attributes:
        name: what templates call it; default: the name of the class in snake case. The dotted name
            of the class works, too.
        template_name, template: as of a view.
        accepts: names of attributes that a browser may set: an event that has no handler sets those
            of its parameters that are listed, converted by the annotations of the class.
        supervision: what this component wants other than `PYKKA_LIVE["SUPERVISION"]["component"]`
            says.
        id: the id that the template has given it.
        slots: what the parent's template has put between the tags, by the names of the slots.
        request: the page's request, or that of the socket's last join; its session and user are
            this component's own copies.
    """

    name: ClassVar[str]
    accepts: ClassVar[Sequence[str]] = ()
    id: str
    slots: dict[str, str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_accepted(cls)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__)
            cls.name = cls.name.lower()
        if not isinstance(cls.name, str) or not re.fullmatch(r"[\w-]+", cls.name):
            raise TypeError(
                f"{cls.__qualname__}.name is what templates call the component: letters, digits, "
                f"underscores and hyphens, not {cls.name!r}; state needs another name"
            )
        if not is_framework_class(cls):
            _by_name.setdefault(cls.name, {})[dotted_name(cls)] = cls

    def _live_handler(self, name: str) -> Handler:
        try:
            return super()._live_handler(name)
        except HandlerNotFound:
            if not self.accepts:
                raise
            return accepting_handler(type(self))  # type: ignore[arg-type]  # a class is hashable

    def mount(self, /, **props: Any) -> None:
        """Set up the state from the props that the template passes. Called once in the component's
        life; may be `async`. By default each prop becomes an attribute."""
        _assign(self, props)

    def update(self, /, **props: Any) -> None:
        """Take new props: those of the template, when one of them has changed, or those of
        `send_update`. May be `async`. By default each becomes an attribute."""
        _assign(self, props)

    def send_parent(self, name: str, data: Any = None) -> None:
        """Send something to the view or the component whose template has placed this one: its
        `handle_component_event(component_id, name, data)` runs there. Never waits; the parent gets
        a copy.

        Raises:
            TypeError: if `data` cannot be copied.
        """
        self._place().send_parent(name, data)

    def live_template(self) -> ComponentTemplate:
        """Return the template that renders this component, which may have one of its own: with the
        same root element as that of its class, which is the place that its parent has for it.

        Raises:
            ImproperlyConfigured: if neither `template` nor `template_name` is set, or if the
                template is not one element.
            TemplateDoesNotExist: if no template has such a name.
        """
        return _template_of(self, type(self))

    @classmethod
    def component_template(cls) -> ComponentTemplate:
        """Return the template of this class; raises as `live_template`."""
        return _template_of(cls, cls)

    @classmethod
    def root_tag(cls) -> str:
        """Return the name of the root element; raises as `live_template`."""
        return cls.component_template().root_tag

    @classmethod
    def _live_check_root(cls, picture: Element) -> None:
        """Refuse a picture that does not fit into its place.

        Raises:
            ValueError: saying so.
        """
        if picture.tag != cls.root_tag():
            raise ValueError(
                f"the root of {cls.__qualname__} is a <{cls.root_tag()}> in the template of its "
                f"class, which is its place in the page; another template must not make it a "
                f"<{picture.tag}>"
            )


def _template_of(part: Any, cls: type[LiveComponent]) -> ComponentTemplate:
    if part.template is not None:
        return compiled(ComponentTemplate, part.template)
    if part.template_name is None:
        raise ImproperlyConfigured(
            f"{cls.__qualname__} needs a template_name, or a template with the source."
        )
    return ComponentTemplate.load([part.template_name])


def _assign(component: LiveComponent, props: dict[str, Any]) -> None:
    """Let props become attributes.

    Raises:
        TypeError: if a component has something else of such a name.
    """
    cls = type(component)
    for name in props:
        own = name in SURROUNDINGS or name in ("id", "slots", "self") or name.startswith("_live")
        is_method = callable(getattr(LiveComponent, name, None))
        if own or is_method or isinstance(getattr_static(cls, name, None), FunctionType):
            raise TypeError(
                f"{cls.__qualname__} cannot have the prop {name!r} as an attribute: "
                "components have something else of that name. Call the prop otherwise, or write a "
                "mount and an update that take it"
            )
    for name, value in props.items():
        setattr(component, name, value)


def new_component(cls: type[LiveComponent], id: str, request: HttpRequest) -> LiveComponent:
    """Return a new instance, which is still to be mounted, or restored."""
    component = cls()
    component.id, component.request, component.slots = id, request, {}
    return component


def take_props(
    component: LiveComponent, props: Snapshot, is_partial: bool = False
) -> dict[str, Any]:
    """Return a copy of props for a component to be called with; it has its slots already, which
    partial ones are without."""
    holder = SimpleNamespace()
    props.restore(holder)
    given = vars(holder)
    if not is_partial:
        component.slots = given.pop("slots", {})
    return given


def component_classes() -> list[type[LiveComponent]]:
    """Return all classes of components that there are."""
    return [cls for classes in list(_by_name.values()) for cls in list(classes.values())]


def component_class(name: str) -> type[LiveComponent]:
    """Return the class that templates call `name`, or whose dotted name that is.

    Raises:
        LookupError: if there is none, or more than one; the message names them.
    """
    if "." in name:
        return _imported(name)
    found = _by_name.get(name, {})
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise LookupError(
            f"several components are called {name!r}: {', '.join(sorted(found))}; "
            "use the dotted name, or give one of them another `name`"
        )
    there_are = ", ".join(sorted({*_by_name, *function_names()})) or "none"
    raise LookupError(
        f"no component is called {name!r}; there are: {there_are} "
        "(components are looked for in each app's components.py)"
    )


def _imported(name: str) -> type[LiveComponent]:
    try:
        found = import_string(name)
    except ImportError as error:
        raise LookupError(f"{name!r} is no LiveComponent: {error}") from error
    if not isinstance(found, type) or not issubclass(found, LiveComponent):
        what = "class" if isinstance(found, type) else type(found).__name__
        raise LookupError(f"{name!r} is no LiveComponent: it is a {what}")
    return found
