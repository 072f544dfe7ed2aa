"""`LiveView`: a Django class-based view whose page goes on living over a socket."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import classonlymethod
from django.utils.module_loading import import_string
from django.views.generic.base import TemplateResponseMixin, View

from pykka_live.conf import find_problems
from pykka_live.exceptions import MountFailed
from pykka_live.live import page
from pykka_live.live.events import prepare_events
from pykka_live.live.part import Part, compiled
from pykka_live.live.policy import policy_of
from pykka_live.live.request import LiveRequest
from pykka_live.live.user_code import contained
from pykka_live.live.visitor import pin_session
from pykka_live.rendering import LiveTemplate

_classes: dict[str, type[LiveView]] = {}


def view_class(name: str) -> type[LiveView] | None:
    """Return the `LiveView` class of a dotted name, which is imported if need be."""
    if name not in _classes:
        with contextlib.suppress(ImportError):
            import_string(name)
    return _classes.get(name)


class LiveView(Part, TemplateResponseMixin, View):
    """A page whose state is its attributes, whose picture is a Django template, and whose events
    are its methods.

    The template marks the live part of the page with `data-liveview-root`. Whatever Django does
    with class-based views holds: `as_view()`, mixins, decorators, middleware; for the page, and
    again when the socket joins.

    Attributes:
        template_name: the template's name.
        template: the template's source, instead of a name.
        use_actors: whether the live session has threads of its own; else it runs in place, in
            worker threads of the event loop. May be a property, which is asked at each page's
            request. `PYKKA_LIVE["USE_ACTORS"] = False` lets all run in place.
        supervision: what this view wants other than `PYKKA_LIVE["SUPERVISION"]["view"]` says.
    """

    http_method_names = ["get", "head", "options"]
    use_actors: bool = True

    _live_embedded = False  # in the midst of a page, by `{% live_view %}`

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _classes[page.dotted_name(cls)] = cls

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._live_initkwargs = kwargs

    @classonlymethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view function for the URLconf, as Django's `View.as_view` does.

        Raises:
            TypeError: if an event handler's parameter has an annotation that no browser's value can
                be converted to; or if `supervision` is given, which concerns the class.
            ImproperlyConfigured: if `supervision` does not go together with the settings.
        """
        if "supervision" in initkwargs:
            raise TypeError(
                f"{cls.__qualname__}.as_view() takes no 'supervision': set it in a subclass"
            )
        # Wrong settings are for the system checks to report, which load the URLconf as well.
        if not find_problems(getattr(settings, "PYKKA_LIVE", {})):
            prepare_events(cls)
            policy_of(cls)
        view = super().as_view(**initkwargs)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if isinstance(request, LiveRequest):  # its actor contains what is raised
                return view(request, *args, **kwargs)
            with contained(MountFailed):
                return view(request, *args, **kwargs)

        return answer

    def head(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as the page would."""
        # Django's `View.setup` would put this on the instance, where the state is.
        return self.get(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the page; or, when a socket joins, let it have this view."""
        if isinstance(request, LiveRequest) and request.join is not None:
            pin_session(request)
            return request.join.arrive(self)
        return page.respond(self)

    def mount(self, request: HttpRequest, **params: Any) -> HttpResponseBase | None:
        """Set up the state. Called once per live session; may be `async`.

        Args:
            request: the page's request.
            params: what the URL captured, and of the query the names that the method declares,
                converted by their annotations.

        Returns:
            Nothing; or a response, such as a redirect, which is sent instead of the page.
        """

    def live_template(self) -> LiveTemplate:
        """Return the template that renders this view.

        Raises:
            ImproperlyConfigured: if neither `template` nor `template_name` is set.
            TemplateDoesNotExist: if no template has such a name.
        """
        if self.template is not None:
            return compiled(LiveTemplate, self.template, self.template_engine)
        if not self.template_name and type(self).get_template_names is LiveView.get_template_names:
            raise ImproperlyConfigured(
                f"{type(self).__qualname__} needs a template_name, or a template with the source."
            )
        return LiveTemplate.load(self.get_template_names(), self.template_engine)
