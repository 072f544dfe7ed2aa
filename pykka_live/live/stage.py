"""What surrounds a view while it is rendered: its request, and what holds for as long as the
request does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import get_script_prefix, set_script_prefix, set_urlconf
from django.utils import timezone, translation

from pykka_live.live.user_code import call
from pykka_live.live.visitor import Visitor, own_request
from pykka_live.rendering import LazyValues, Page
from pykka_live.rendering.template import TreeTemplate

if TYPE_CHECKING:
    from pykka_live.live.part import Part
    from pykka_live.live.view import LiveView

NO_CONTEXT = nullcontext()
"""The `message_context` of a view that has none of its own."""


@dataclass(frozen=True)
class Stage:
    """Taken once per request: the page's, and each join's.

    Attributes:
        request: the request.
        processed: what the context processors gave; with the token, not Django's way to it.
        csrf_token: the same for the whole live session, so that it is no change of the picture.
        language: the active language, or None if translation is off.
        time_zone: the active time zone.
        script_prefix: what stands before the project's URLs.
        urlconf: the request's own URLconf, or None for the project's.
        visitor: the request's Django session and user.
        message_context: the view's own addition to this.
        atomic: the databases in whose transactions the handlers run.
        debug: whether the browser is told what each update has cost.
    """

    request: HttpRequest
    processed: dict[str, Any]
    csrf_token: str
    language: str | None
    time_zone: tzinfo
    script_prefix: str
    urlconf: Any
    visitor: Visitor
    message_context: Callable[[HttpRequest], AbstractContextManager[Any]]
    atomic: tuple[str, ...] = ()
    debug: bool = False

    @classmethod
    def of(cls, view: LiveView, csrf_token: str | None = None) -> Stage:
        """Look around in the current thread, which handles the view's request."""
        request = view.request
        processed = view.live_template().processed_values(request)
        token = processed["csrf_token"] = csrf_token or get_token(request)
        return cls(
            request=request,
            processed=processed,
            csrf_token=token,
            language=translation.get_language(),
            time_zone=timezone.get_current_timezone(),
            script_prefix=get_script_prefix(),
            urlconf=getattr(request, "urlconf", None),
            visitor=Visitor(request),
            message_context=type(view).message_context,
            atomic=tuple(
                alias
                for alias, options in connections.settings.items()
                if options["ATOMIC_REQUESTS"]
            ),
            debug=settings.DEBUG,
        )

    def for_component(self, cls: type[Part], template: TreeTemplate) -> Stage:
        """Return these surroundings for a component, which has a thread of its own: with a request
        whose session and user nobody else loads or forgets."""
        self.activate()  # context processors may ask for the language
        request = own_request(self.request, self.visitor.session_key)
        processed = template.processed_values(request)
        processed["csrf_token"] = self.csrf_token
        return replace(
            self,
            request=request,
            processed=processed,
            visitor=Visitor(request),
            message_context=cls.message_context,
        )

    def activate(self) -> None:
        """Make the language, the time zone, the script prefix and the URLconf those of the current
        thread."""
        if self.language is None:
            translation.deactivate_all()
        else:
            translation.activate(self.language)
        timezone.activate(self.time_zone)
        set_script_prefix(self.script_prefix)
        set_urlconf(self.urlconf)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Activate this stage, and do within the view's `message_context` what is done inside."""
        self.activate()
        with self.message_context(self.request):
            yield

    def render_page(self, view: LiveView) -> Page:
        """Render the whole page of `view`. Raises what the user's code raises."""
        return view.live_template().render_page(self.request, self.values(view), self.processed)

    def values(self, part: Part) -> Mapping[str, Any]:
        """Return what the template of a view, or a component, sees. Raises what the user's code
        raises."""
        values = call(part.get_context_data)
        if not isinstance(values, (dict, Mapping)):  # most are; to ask about others costs more
            raise TypeError(
                f"{type(part).__qualname__}.get_context_data must return a dictionary, "
                f"not {type(values).__name__}"
            )
        return values.for_template() if isinstance(values, LazyValues) else values
