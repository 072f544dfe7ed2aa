"""Live views in the midst of another page: what `{% live_view %}` puts there, and how a join gets
to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from pykka_live.exceptions import BadParameters, JoinRefused
from pykka_live.live.page import dotted_name, session_id_of
from pykka_live.live.params import Binder
from pykka_live.live.request import LiveRequest
from pykka_live.live.token import PageToken
from pykka_live.live.view import LiveView, view_class
from pykka_live.logs import own_logger
from pykka_live.rendering.beside import BesideNode

logger = own_logger(__name__)

MAX_ARGUMENTS = 4000
"""How long the arguments of one view may be, as JSON: the page carries them, signed."""

EmbeddedView = Callable[..., HttpResponseBase]


class LiveViewNode(BesideNode):
    """`{% live_view "app.views.Chat" room=3 %}`.

    Args:
        name: the dotted name of the view's class.
        arguments: what its `mount` is called with.
    """

    def __init__(self, name: FilterExpression, arguments: Mapping[str, FilterExpression]) -> None:
        self.name = name
        self.arguments = arguments

    def show(self, context: Any) -> SafeString:
        request = getattr(context, "request", None) or context.get("request")
        if not isinstance(request, HttpRequest):
            raise TemplateSyntaxError(
                "{% live_view %} needs the request: render the template with it"
            )
        # Out of a cache the page would carry the token of another tab.
        request._cache_update_cache = False  # type: ignore[attr-defined]
        if isinstance(request, LiveRequest):  # it asks whether the page lets it through
            return mark_safe("")
        arguments = {name: value.resolve(context) for name, value in self.arguments.items()}
        return mount_in_place(request, self.name.resolve(context), arguments)


def compile_view(parser: Parser, token: Token) -> LiveViewNode:
    """Compile `{% live_view %}`.

    Raises:
        TemplateSyntaxError: if it is written wrongly.
    """
    _, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError("{% live_view %} needs the dotted name of a LiveView")
    name = parser.compile_filter(bits.pop(0))
    arguments = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(
            f"{{% live_view %}} takes arguments by their names, not {bits[0]!r}"
        )
    return LiveViewNode(name, arguments)


def mount_in_place(request: HttpRequest, name: object, given: Mapping[str, Any]) -> SafeString:
    """Mount a view for a page that is being rendered, and return its HTML. A view that answers
    something else than its page (a login, a refusal) is left out.

    Raises:
        TemplateSyntaxError: if there is no such view, or its `mount` does not take the arguments.
        Exception: what the view raises.
    """
    cls = _class_named(name)
    try:
        arguments = _as_json(given)
        _check(cls, arguments, request)
    except BadParameters as error:
        raise TemplateSyntaxError(f'{{% live_view "{name}" %}}: {error}') from error
    session_id_of(request)  # which a copy then shares
    if request.method not in ("GET", "HEAD"):  # a form is shown again, say
        request = copy.copy(request)
        request.method = "GET"
    try:
        response = _embedded(cls)(request, **arguments)  # type: ignore[arg-type]
    except (PermissionDenied, Http404) as error:
        return _left_out(cls, f"it raised {type(error).__name__}")
    response = _rendered(response)
    if not 200 <= response.status_code < 300:
        return _left_out(cls, f"it answered {response.status_code} {response.reason_phrase}")
    return mark_safe(response.content.decode(response.charset))  # type: ignore[attr-defined]


def call_embedded(token: PageToken, request: HttpRequest) -> HttpResponseBase:
    """Call the view that a page was given with `token`, for a join that its page lets through.

    Raises:
        JoinRefused: if there is no such view any more, or it does not take these arguments; or if
            it sends the visitor elsewhere, which a part of a page has no right to.
        Exception: what the view raises.
    """
    assert token.arguments is not None
    cls = view_class(token.view)
    if cls is None:
        raise JoinRefused("bad_token", f"there is no view {token.view} any more; {_AGAIN}")
    try:
        _check(cls, token.arguments, request)
    except BadParameters as error:
        raise JoinRefused("bad_token", f"{token.view}: {error}; {_AGAIN}") from error
    view = _embedded(cls)  # type: ignore[arg-type]
    response = _rendered(view(request, **token.arguments))
    if 300 <= response.status_code < 400:
        message = f"{token.view} is not for this visitor any more; {_AGAIN}"
        raise JoinRefused("denied", message, response.status_code)
    return response


_AGAIN = "load the page again"


def _class_named(name: object) -> type[LiveView]:
    try:
        found = import_string(name) if name and isinstance(name, str) else None
    except ImportError as error:
        raise TemplateSyntaxError(f'{{% live_view "{name}" %}}: {error}') from error
    if not (isinstance(found, type) and issubclass(found, LiveView)):
        raise TemplateSyntaxError(
            f"{{% live_view %}} takes the dotted name of a LiveView, not {name!r}"
        )
    return found


@lru_cache(maxsize=256)
def _embedded(cls: Any) -> EmbeddedView:
    view: EmbeddedView = cls.as_view(_live_embedded=True)
    return view


def _as_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments as the token will give them to a join."""
    arguments: dict[str, Any] = {}
    size = 0
    for name, value in given.items():
        try:
            text = json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BadParameters(
                f"the argument {name!r} is no JSON ({error}); give what it can be looked up by, "
                "such as a primary key"
            ) from error
        size += len(text)
        if size > MAX_ARGUMENTS:
            raise BadParameters(
                f"with {name!r} the arguments are more than {MAX_ARGUMENTS} characters; give what "
                "they can be looked up by"
            )
        arguments[name] = json.loads(text)
    return arguments


def _check(cls: type[LiveView], arguments: Mapping[str, Any], request: HttpRequest) -> None:
    Binder(cls.mount, skip=2).check(arguments, request.GET)


def _rendered(response: Any) -> HttpResponseBase:
    """Return a response that a mixin may have given to be rendered later."""
    if callable(render := getattr(response, "render", None)):
        response = render()
    answer: HttpResponseBase = response
    return answer


def _left_out(cls: type[LiveView], why: str) -> SafeString:
    name = dotted_name(cls)
    logger.info("%s is left out of a page: %s", name, why)
    return format_html("<!-- {} is left out: {} -->", name, why) if settings.DEBUG else SafeString()
