"""`LiveView`: a Django class-based view whose page goes on living over a socket."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache, lru_cache, partial, wraps
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import classonlymethod
from django.utils.module_loading import import_string
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from pykka_live.actors import check_fence
from pykka_live.conf import find_problems
from pykka_live.exceptions import MountFailed
from pykka_live.live import page, pubsub
from pykka_live.live.events import check_events, is_framework_class, prepare_events, reserved_names
from pykka_live.live.policy import check_policy, policy_of
from pykka_live.live.request import LiveRequest
from pykka_live.live.stage import NO_CONTEXT
from pykka_live.live.user_code import contained
from pykka_live.live.visitor import pin_session
from pykka_live.rendering import LazyValues, LiveTemplate

# What belongs to an instance, and is made anew for each; everything else on it is its state.
SURROUNDINGS = frozenset(
    {
        *("request", "args", "kwargs", "_live_initkwargs", "_live_path"),
        *("request.session", "request.user", "request._messages"),
    }
)


_classes: dict[str, type[LiveView]] = {}


def view_class(name: str) -> type[LiveView] | None:
    """Return the `LiveView` class of a dotted name, which is imported if need be."""
    if name not in _classes:
        with contextlib.suppress(ImportError):
            import_string(name)
    return _classes.get(name)


class LiveView(TemplateResponseMixin, ContextMixin, View):
    """A page whose state is its attributes, whose picture is a Django template, and whose events
    are its methods.

    The template marks the live part of the page with `data-liveview-root`. Whatever Django does
    with class-based views holds: `as_view()`, mixins, decorators, middleware; for the page, and
    again when the socket joins.

    Attributes:
        template_name: the template's name.
        template: the template's source, instead of a name.
        supervision: what this view wants other than `PYKKA_LIVE["SUPERVISION"]["view"]` says.
    """

    http_method_names = ["get", "head", "options"]

    template: ClassVar[str | None] = None
    supervision: ClassVar[Mapping[str, Any]] = {}

    _live_path: str | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_events(cls)
        check_policy(cls)  # what is wrong is refused where it is written
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

    def on_restore(self) -> None:
        """Make anew what a checkpoint cannot hold. Called after the state has been put into a new
        instance; may be `async`."""

    def handle_info(self, message: Any) -> None:
        """Take a message that was published to a topic which this view subscribed to. May be
        `async`."""

    def terminate(self, reason: str) -> None:
        """Clean up. Called when this instance ends in good order; may be `async`.

        Not called for an instance that crashed or hung and is replaced: its state is not to be
        trusted, and `on_restore` of the next one can tidy up. What is changed here is not kept.

        Args:
            reason: why. The view ends for good: `left`, `disconnected`, `expired`, `refused` (a
                join that was turned away), `system shutdown`, or `crashed`, with the strategy
                `stop`. Another instance goes on from the last checkpoint: `restart`, together with
                a sibling, or `failed`, with its session (unless that failed too often).
        """

    @classmethod
    def message_context(cls, request: HttpRequest) -> AbstractContextManager[Any]:
        """Return what surrounds each message of a view, for what a middleware leaves in the thread
        (a tenant, say) and no thread but the request's has.

        Args:
            request: that of the last join.
        """
        return NO_CONTEXT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the template sees: by default the public attributes, the instance's and the
        class's, its properties included. A property is computed when somebody asks for it."""
        plain, computed = _class_names(type(self))  # type: ignore[arg-type]
        values = {name: getattr(self, name) for name in plain} if plain else {}
        own = vars(self)
        for name in _public(tuple(own)):
            values[name] = own[name]
        values.update(kwargs)
        values = super().get_context_data(**values)
        if not computed:
            return values
        properties = {name: partial(getattr, self, name) for name in computed if name not in values}
        return LazyValues(values, properties)

    def live_template(self) -> LiveTemplate:
        """Return the template that renders this view.

        Raises:
            ImproperlyConfigured: if neither `template` nor `template_name` is set.
            TemplateDoesNotExist: if no template has such a name.
        """
        if self.template is not None:
            return _compiled(self.template, self.template_engine)
        if not self.template_name and type(self).get_template_names is LiveView.get_template_names:
            raise ImproperlyConfigured(
                f"{type(self).__qualname__} needs a template_name, or a template with the source."
            )
        return LiveTemplate.load(self.get_template_names(), self.template_engine)

    def subscribe(self, topic: str) -> None:
        """Let `handle_info` have what is published to `topic`, as long as the view lives.

        Raises:
            ValueError: if the topic is not a text of 1 to 200 characters.
        """
        pubsub.check_topic(topic)
        check_fence()
        self._live_topics = topics_of(self) | {topic}
        if self._live_path is not None:
            pubsub.hub.subscribe(topic, self._live_path)

    def unsubscribe(self, topic: str) -> None:
        """Undo `subscribe`; does nothing if there was none."""
        check_fence()
        self._live_topics = topics_of(self) - {topic}
        if self._live_path is not None:
            pubsub.hub.unsubscribe(topic, self._live_path)


def topics_of(view: LiveView) -> frozenset[str]:
    """Return the topics that a view has subscribed to; they are part of its state."""
    topics: frozenset[str] = vars(view).get("_live_topics", frozenset())
    return topics


@lru_cache(maxsize=1024)
def _public(names: tuple[str, ...]) -> list[str]:
    """Return those of an instance's attributes that its template sees."""
    return [name for name in names if name[:1] != "_" and name not in SURROUNDINGS]


@cache
def _class_names(cls: type) -> tuple[list[str], list[str]]:
    """Return the public data attributes that users' classes define: plain ones and computed
    ones."""
    names: dict[str, bool] = {}
    for base in reversed(cls.__mro__):
        if is_framework_class(base):
            continue
        for name, value in vars(base).items():
            if isinstance(value, property) or hasattr(type(value), "__set_name__"):
                names[name] = True
            elif (
                callable(value)
                or inspect.isdatadescriptor(value)
                or isinstance(value, (staticmethod, classmethod))
            ):
                names.pop(name, None)
            else:
                names[name] = False
    reserved = reserved_names(cls)
    public = [name for name in names if not name.startswith("_") and name not in reserved]
    plain = [name for name in public if not names[name]]
    return plain, [name for name in public if names[name]]


@lru_cache(maxsize=256)
def _compiled(source: str, using: str | None) -> LiveTemplate:
    return LiveTemplate.from_string(source, using)
