"""What a view and a component have in common: a state, a picture, messages."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache, lru_cache, partial
from typing import Any, ClassVar

from django.http import HttpRequest
from django.views.generic.base import ContextMixin

from pykka_live.actors import check_fence
from pykka_live.live import pubsub
from pykka_live.live.events import (
    Handler,
    check_events,
    find_handler,
    is_framework_class,
    reserved_names,
)
from pykka_live.live.policy import check_policy
from pykka_live.live.stage import NO_CONTEXT
from pykka_live.live.talking import ComponentRef, Place
from pykka_live.rendering import LazyValues
from pykka_live.rendering.placeholder import ID_RULE, plain_id
from pykka_live.rendering.template import TreeTemplate
from pykka_live.state.snapshot import Keeper, Snapshot

# What belongs to an instance, and is made anew for each; everything else on it is its state.
SURROUNDINGS = frozenset(
    {
        *("request", "args", "kwargs", "_live_initkwargs", "_live_path", "_live_place"),
        "_live_embedded",
        *("request.session", "request.user", "request._messages"),
    }
)


class Part(ContextMixin):
    """The base of `LiveView` and `LiveComponent`.

    Attributes:
        template_name: the template's name.
        template: the template's source, instead of a name.
        supervision: what this class wants other than `PYKKA_LIVE["SUPERVISION"]` says.
        request: the page's request, or that of the socket's last join.
    """

    template_name: str | None = None
    template: ClassVar[str | None] = None
    supervision: ClassVar[Mapping[str, Any]] = {}
    request: HttpRequest

    _live_path: str | None = None
    _live_place: Place | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_events(cls)
        check_policy(cls)  # what is wrong is refused where it is written

    def on_restore(self) -> None:
        """Make anew what a checkpoint cannot hold. Called after the state has been put into a new
        instance; may be `async`."""

    def handle_info(self, message: Any) -> None:
        """Take a message: one that was published to a topic to which this subscribed, or one that
        another part of the page sent with `send` or `broadcast`. May be `async`."""

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        """Take what a component of this one has sent with `send_parent`. May be `async`."""

    def terminate(self, reason: str) -> None:
        """Clean up. Called when this instance ends in good order; may be `async`.

        Not called for an instance that crashed or hung and is replaced: its state is not to be
        trusted, and `on_restore` of the next one can tidy up. What is changed here is not kept.

        Args:
            reason: why. It ends for good: `left`, `disconnected`, `expired`, `refused` (a join
                that was turned away), `removed` (a component that is no longer shown), `stopped by
                hand` (with `manage.py actor_stop`), `system shutdown`, or `crashed`, with the
                strategy `stop`. Another instance goes on from the last checkpoint: `restart`, by
                hand or together with a sibling, or `failed`, with its session (unless that failed
                too often).
        """

    @classmethod
    def message_context(cls, request: HttpRequest) -> AbstractContextManager[Any]:
        """Return what surrounds each message, for what a middleware leaves in the thread (a tenant,
        say) and no thread but the request's has.

        Args:
            request: that of the last join.
        """
        return NO_CONTEXT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the template sees: by default the public attributes, the instance's and the
        class's, its properties included. A property is computed when somebody asks for it."""
        plain, computed = class_names(type(self))  # type: ignore[arg-type]
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

    def live_template(self) -> TreeTemplate:
        """Return the template that renders this."""
        raise NotImplementedError

    def _live_handler(self, name: str) -> Handler:
        """Return the handler of an event. Raises HandlerNotFound."""
        return find_handler(type(self), name)

    def _live_keeper(self) -> Keeper:
        """Return what takes snapshots of the state."""
        return Keeper(self, SURROUNDINGS)

    def _live_put_back(self, state: Snapshot) -> None:
        """Have the state of a snapshot again."""
        state.put_back(self)

    # Topics

    def subscribe(self, topic: str) -> None:
        """Let `handle_info` have what is published to `topic`, as long as this lives.

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

    # Components

    def send(self, component_id: str | int, message: Any) -> None:
        """Send a message to `handle_info` of a component of the same view. Never waits.

        The component gets a copy. Messages of one sender arrive in their order. What is sent before
        the page is live (in the `mount` of a page's request) arrives when it is; what another
        `mount` sends, when its first picture is there. What is for a
        component that is not there, or for which 10,000 messages wait (with the overflow policy
        `reject`: whose mailbox is full), becomes a dead letter.

        Raises:
            TypeError: if the message cannot be copied.
        """
        self._place().send(str(component_id), message)

    def broadcast(self, message: Any) -> None:
        """Send a message, as `send` does, to each other component of the same view."""
        self._place().broadcast(message)

    def find_component(self, component_id: str | int) -> ComponentRef | None:
        """Return the component of this id, of the same view, or None."""
        return self._place().find(str(component_id))

    def find_components(self, cls: type) -> list[ComponentRef]:
        """Return the components of the same view that are instances of `cls`, in the order in which
        they came.

        Raises:
            TypeError: if `cls` is no class.
        """
        if not isinstance(cls, type):
            raise TypeError(f"find_components takes a class of components, not {cls!r}")
        return self._place().find_all(cls)

    def preload(self, name: str, /, id: str | int, **props: Any) -> None:
        """Prepare a component before the template shows it: it is mounted and rendered, and when it
        is shown for the first time it is there at once. It ends like others when it is no longer
        shown. One that is never shown ends with whoever has prepared it, or when that has prepared
        20 others which are not shown yet, either: the oldest gives way, and starts anew if it is
        shown after all.

        Args:
            name: the component's, as in `{% live_component %}`.
            id, props: those with which the template will show it. Other props are an update.

        Raises:
            LookupError: if there is no component of that name.
            ValueError: if the id cannot be one, or another component has it.
        """
        text = plain_id(id)
        if text is None:
            raise ValueError(f"the id of a component is {ID_RULE}, not {id!r}")
        self._place().preload(name, text, props)

    def _place(self) -> Place:
        if self._live_place is None:
            raise RuntimeError(
                f"this {type(self).__qualname__} is no part of a page: it was made by hand"
            )
        return self._live_place


def topics_of(part: Part) -> frozenset[str]:
    """Return the topics that a view or a component has subscribed to; they are part of its
    state."""
    topics: frozenset[str] = vars(part).get("_live_topics", frozenset())
    return topics


@lru_cache(maxsize=1024)
def _public(names: tuple[str, ...]) -> list[str]:
    """Return those of an instance's attributes that its template sees."""
    return [name for name in names if name[:1] != "_" and name not in SURROUNDINGS]


@cache
def class_names(cls: type) -> tuple[list[str], list[str]]:
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
def compiled(cls: Any, source: str, using: str | None = None) -> Any:
    """Return the template of a source, which is compiled once.

    Args:
        cls: the class of the template.
    """
    return cls.from_string(source, using)
