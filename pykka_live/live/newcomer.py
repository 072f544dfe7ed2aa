"""What a view or a component is before Python has mounted it, and the request that it gets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.module_loading import import_string

from pykka_live.actors import Cell
from pykka_live.exceptions import ComponentNotFound, ViewNotFound
from pykka_live.live.component import LiveComponent, component_class
from pykka_live.live.driven_view import CreateComponent, DrivenRecord
from pykka_live.live.events import prepare_events
from pykka_live.live.given import ATOMS, checked_component_id
from pykka_live.live.objects import ObjectView, check_object, own_template
from pykka_live.live.page import dotted_name
from pykka_live.live.policy import policy_of
from pykka_live.live.props import Props
from pykka_live.live.python_components import ObjectComponent, StateComponent, with_template
from pykka_live.live.token import PageToken
from pykka_live.live.view import LiveView, view_class
from pykka_live.rendering.placeholder import shortened


def new_record(
    session: Cell,
    view: str | type[LiveView] | None,
    params: Mapping[str, Any],
    python_view: Any,
    request: HttpRequest,
) -> DrivenRecord:
    """Return the record of a view that is to be mounted.

    Raises:
        ViewNotFound: there is no such class.
        TypeError: what was given cannot be a view.
        ImproperlyConfigured: its supervision does not go together with the settings.
    """
    cls = _class_of(view)
    instance = None
    if python_view is not None:
        check_object(python_view)
        instance, cls = _as_view(python_view, cls)
    if cls is None:
        raise TypeError("mount needs a view, or a python_view")
    shown = type(python_view) if python_view is not None else cls
    token = PageToken(
        session_id=session.spec.id,
        view_id=str(uuid.uuid4()),
        view=dotted_name(shown),
        path=request.path_info,
        query="",
        owner="",
    )
    return DrivenRecord(token=token, view_class=cls, params=params, instance=instance)


def _class_of(view: str | type[LiveView] | None) -> type[LiveView] | None:
    if view is None:
        return None
    cls = _named_view(view) if isinstance(view, str) else view
    if not (isinstance(cls, type) and issubclass(cls, LiveView)):
        raise TypeError(f"a LiveView or its dotted name is wanted, not {view!r}")
    prepare_events(cls)
    policy_of(cls)
    return cls


def _named_view(name: str) -> type[LiveView]:
    if name[:1] == ".":
        raise ViewNotFound(f"there is no LiveView {name!r}: its name begins with that of a module")
    found: Any = view_class(name)
    if found is None:
        try:
            found = import_string(name)  # it may have been imported under another name
        except ImportError as error:
            raise ViewNotFound(f"there is no LiveView {name!r}: {error}") from error
        if not isinstance(found, type) or not issubclass(found, LiveView):
            raise ViewNotFound(f"there is no LiveView {name!r}: that is {shortened(found)}")
    return found


def _as_view(python_view: Any, cls: type[LiveView] | None) -> tuple[LiveView, type[LiveView]]:
    """Return the view that an object is, or that shows it, and whose supervision it has."""
    if isinstance(python_view, LiveComponent):
        raise TypeError(
            f"a {type(python_view).__qualname__} is a component, which create_component starts"
        )
    if not isinstance(python_view, LiveView):
        return ObjectView(python_view, cls), cls or ObjectView
    own = type(python_view)
    if cls is not None and not issubclass(own, cls):
        raise TypeError(f"{own.__qualname__} is no {cls.__qualname__}")
    return python_view, _class_of(own) or own


def new_component(id: str, template: Any, props: Mapping[str, Any], target: Any) -> CreateComponent:
    """Return what starts a component.

    Raises:
        ComponentNotFound: there is no component of that name.
        ValueError: the id can be none.
        TypeError: what was given cannot be a component.
        ImproperlyConfigured: there is no template, or it has not one root element.
    """
    id = checked_component_id(id)
    cls, instance = _as_component(template, target)
    cls.root_tag()
    policy_of(cls, "component")
    return CreateComponent(id, cls, Props(id).take(props), instance)


def _as_component(template: Any, target: Any) -> tuple[type[LiveComponent], LiveComponent | None]:
    if target is not None:
        check_object(target)
        if isinstance(target, LiveView):
            raise TypeError(f"a {type(target).__qualname__} is a view, which mount starts")
        if isinstance(target, LiveComponent):
            if template is not None:
                raise TypeError(f"a {type(target).__qualname__} has a template of its own")
            return type(target), target
        source, name = own_template(target) if template is None else (str(template), "")
        made: Any = with_template(ObjectComponent, source, name)
        return made, made(target)
    if isinstance(template, type) and issubclass(template, LiveComponent):
        return template, None
    if not isinstance(template, str):
        raise TypeError(f"a template, a LiveComponent or its name is wanted, not {template!r}")
    if "<" in template:
        return with_template(StateComponent, template), None
    try:
        return component_class(template), None
    except LookupError as error:
        raise ComponentNotFound(f"{error}. A template is given as its source") from None


def plain_request(params: Mapping[str, Any]) -> HttpRequest:
    """Return the request of an anonymous visitor whose query has these parameters."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = "/"
    request.META = {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "PATH_INFO": "/",
    }
    query: Any = QueryDict(mutable=True)
    for name, value in params.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        if ATOMS.issuperset(map(type, values)):
            query.setlist(name, [each if isinstance(each, str) else str(each) for each in values])
    query._mutable = False
    request.META["QUERY_STRING"] = query.urlencode()
    request.GET = query
    request.LANGUAGE_CODE = translation.get_language()
    if apps.is_installed("django.contrib.auth"):
        from django.contrib.auth.models import AnonymousUser

        request.user = AnonymousUser()
    return request
