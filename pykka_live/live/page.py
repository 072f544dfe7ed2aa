"""The page that a GET answers: mounted in place, complete without JavaScript, and left for its
socket to adopt."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from sys import intern
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from pykka_live.conf import live_settings
from pykka_live.exceptions import BadParameters, TemplateFailed
from pykka_live.live.params import Binder
from pykka_live.live.part import SURROUNDINGS, topics_of
from pykka_live.live.pubsub import hub
from pykka_live.live.spans import page_span
from pykka_live.live.stage import Stage
from pykka_live.live.talking import Mail, PagePlace
from pykka_live.live.token import PageToken, owner_of
from pykka_live.live.user_code import call, contained
from pykka_live.state.adoption import AdoptionStore
from pykka_live.state.snapshot import Snapshot, take_snapshot
from pykka_live.vdom import Element

if TYPE_CHECKING:
    from pykka_live.live.page_components import ComponentAdoption
    from pykka_live.live.view import LiveView


@dataclass(frozen=True)
class Adoption:
    """A view that was mounted for a page.

    Attributes:
        state, picture: the view's.
        csrf_token: the one in its forms.
        topics, version: what it has subscribed to, and where these topics stood before its mount.
        mail: what it has sent.
        components: what its components have left.
    """

    state: Snapshot
    picture: Element
    csrf_token: str
    topics: frozenset[str]
    version: object
    mail: list[Mail]
    components: tuple[ComponentAdoption, ...]


adoptions: AdoptionStore[Adoption] = AdoptionStore(capacity=1000)


def mount(view: LiveView) -> HttpResponseBase | None:
    """Call the view's `mount` with what the URL captured and what it wants of the query.

    Raises:
        BadRequest: if a parameter of the query does not convert.
        BaseException: what `mount` raises.
    """
    binder = Binder(view.mount, skip=1)
    query = {
        name: view.request.GET.getlist(name) if len(values) > 1 else values[-1]
        for name, values in view.request.GET.lists()
        if name in binder.names and values
    }
    captured = {
        name: value
        for name, value in view.kwargs.items()
        if binder.takes_any or name in binder.names
    }
    try:
        arguments = binder.bind({**query, **captured})
    except BadParameters as error:
        raise BadRequest(str(error)) from error
    if not view._live_embedded:  # what the URL captured has its type from the URL's own converter
        arguments |= captured
    return call(view.mount, view.request, **arguments)


def mount_from_python(view: LiveView, params: Mapping[str, Any]) -> HttpResponseBase | None:
    """Call the view's `mount` with what Python gives it: what it declares is converted, the rest
    goes to a `mount` that takes any.

    Raises:
        BadParameters: if a parameter is missing or does not convert.
        BaseException: what `mount` raises.
    """
    binder = Binder(view.mount, skip=1, strict=False)
    try:
        arguments = binder.bind(params)
    except BadParameters as error:
        raise BadParameters(f"mount: {error}") from None
    return call(view.mount, view.request, **arguments)


def respond(view: LiveView) -> HttpResponseBase:
    """Mount and render a page, and leave the view for the socket that will join."""
    with page_span("mount", dotted_name(type(view)), event="mount"):
        return _respond(view)


def _respond(view: LiveView) -> HttpResponseBase:
    from pykka_live.live.page_components import PageComponents

    mark = hub.mark()
    view._live_place = place = PagePlace()
    answer = mount(view)
    if isinstance(answer, HttpResponseBase):
        return answer
    stage = Stage.of(view)
    name = dotted_name(type(view))
    components = PageComponents(mark, name)
    with contained(TemplateFailed), components.gathered(stage), page_span("render", name):
        page = stage.render_page(view)
    token = _token_for(view)
    if view.request.method != "HEAD":  # nobody will join
        state = take_snapshot(view, SURROUNDINGS)
        topics = topics_of(view)
        version = hub.version(topics, mark)
        adoption = Adoption(
            state,
            page.root,
            stage.csrf_token,
            topics,
            version,
            place.mail,
            components.adoptions(),
        )
        adoptions.put(token.view_id, adoption, live_settings().adopt_timeout)
    whole = replace(page, root=components.composed(page.root))
    html = whole.to_html({"data-live-token": token.sign()})
    response = HttpResponse(html, content_type=view.content_type)
    # A page that comes out of a cache would carry another tab's token.
    add_never_cache_headers(response)
    return response


def _token_for(view: LiveView) -> PageToken:
    request = view.request
    session = getattr(request, "session", None)
    if session is not None and session.modified and not session.session_key:
        session.create()  # so that the page can be bound to it
    return PageToken(
        session_id=session_id_of(request),
        view_id=str(uuid.uuid4()),
        view=dotted_name(type(view)),
        path=request.path_info,
        query=request.META.get("QUERY_STRING", ""),
        owner=owner_of(request),
        arguments=view.kwargs if view._live_embedded else None,
        use_actors=_uses_actors(view),
    )


def _uses_actors(view: LiveView) -> bool:
    wanted = view.use_actors
    if not isinstance(wanted, bool):
        raise ImproperlyConfigured(
            f"{type(view).__qualname__}.use_actors must be True or False, or a property that "
            f"returns one of them, not {wanted!r:.80}"
        )
    return live_settings().use_actors and wanted


def session_id_of(request: HttpRequest) -> str:
    """Return the id of the live session that the views of one page belong to."""
    known: str | None = vars(request).get("_live_session_id")
    if known is None:
        known = request._live_session_id = uuid.uuid4().hex  # type: ignore[attr-defined]
    return known


def dotted_name(cls: type) -> str:
    """Return the name that a class goes by in tokens, metrics and the actor tree."""
    return intern(f"{cls.__module__}.{cls.__qualname__}")  # thousands hold it
