"""Tells listeners when the work of a view or a component begins and how it ends: where tracing and
the user's own code attach."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, get_args

from django.core.exceptions import PermissionDenied

from pykka_live.actors import Fenced, Killed
from pykka_live.actors._current import is_given_up
from pykka_live.live.hooks import Kind
from pykka_live.logs import own_logger, session_of

if TYPE_CHECKING:
    from pykka_live.live.actor import LiveActor

logger = own_logger(__name__)

Name = Literal["mount", "event", "render", "info", "restart"]
NAMES: tuple[Name, ...] = get_args(Name)

GIVEN_UP = "given_up"
"""The outcome of what was cut short, because its actor was given up meanwhile."""

_NAMES: dict[Kind, Name] = {
    "mount": "mount",
    "event": "event",
    "info": "info",
    "restore": "restart",
}


class Span:
    """Something that a view or a component does, from its start to its end.

    Attributes:
        name: `mount`, `event`, `render`, `info` or `restart`.
        phase: `start`; at the end `stop`, or `exception`, if the user's code raised.
        path: that of the actor; empty while a page is answered, which has no actor yet.
        session: the id of the live session, as in the path; empty like that.
        view: the dotted name of the view's class.
        component: the id of the component that does it; empty for the view itself.
        class_name: the dotted name of the class that does it: the component's, or the view's.
        event: the name of the handler; empty for what has none.
        ref: that of the browser's request; None where no browser has asked.
        started: when, in seconds since the epoch.
        duration: seconds that it took; 0 before the end.
        outcome: how it ended, as the label of the metrics; `given_up`: its actor was given up.
            Empty before the end.
        error: what the user's code raised, or None.
        data: for the listener's own things, from the start to the end.
    """

    __slots__ = (
        *("name", "phase", "path", "session", "view", "component", "class_name", "event", "ref"),
        *("started", "duration", "outcome", "error", "data", "_began", "_listeners"),
        "_thread",
    )

    def __init__(
        self,
        name: Name,
        path: str,
        view: str,
        *,
        component: str = "",
        class_name: str = "",
        event: str = "",
        ref: int | None = None,
    ) -> None:
        self.name = name
        self.phase: Literal["start", "stop", "exception"] = "start"
        self.path = path
        self.session = session_of(path)
        self.view = view
        self.component = component
        self.class_name = class_name or view
        self.event = event
        self.ref = ref
        self.duration = 0.0
        self.outcome = ""
        self.error: BaseException | None = None
        self.data: dict[Any, Any] = {}
        self._listeners = LISTENERS.get(name, ())
        self.started = time.time()
        self._began = perf_counter()
        self._thread = threading.get_ident()
        _open.setdefault(self._thread, []).append(self)
        self._tell()

    def __repr__(self) -> str:
        return f"<Span {self.name} {self.phase} {self.path or self.view} {self.event}>"

    def end(self, outcome: str = "ok", error: BaseException | None = None) -> None:
        """It is over; so is what has begun within it, and has not ended."""
        thread = self._thread
        spans = _open.get(thread, [])
        if self not in spans:  # it has ended with the one that it is in, or is a parent's of a fork
            return
        while spans[-1] is not self:
            spans[-1].end(outcome, error)
        self.duration = perf_counter() - self._began
        self.outcome, self.error = outcome, error
        self.phase = "stop" if error is None else "exception"
        try:
            self._tell()
        finally:
            spans.pop()
            if not spans:
                del _open[thread]

    def _tell(self) -> None:
        # Those who have heard of the start hear of the end, whoever has come or gone since.
        for listener in self._listeners:
            try:
                listener(self)
            except BaseException:
                if is_given_up():
                    raise
                logger.exception("A listener failed at the %s of %s", self.phase, self.name)


Listener = Callable[[Span], object]

LISTENERS: dict[Name, tuple[Listener, ...]] = {}
"""By the name of the spans; without a listener there is no entry. Look only."""

_lock = threading.Lock()  # guards LISTENERS while it is written

# By thread, those that are open, each within the one before. Each thread sees to its own.
_open: dict[int, list[Span]] = {}


def _after_fork_in_child() -> None:
    """Forget what the parent's other threads have begun: the child's may get their numbers."""
    global _lock
    _lock = threading.Lock()
    own = threading.get_ident()
    for thread in _open.keys() - {own}:
        del _open[thread]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def attach(listener: Listener, *names: Name) -> None:
    """Call `listener` with a `Span` when something starts and when it ends.

    It is called in the thread that does the work: before the user's code, which sees the context
    variables that it sets, and again after it, with the same object. What happens within something
    else (the `render` of an `event`) starts after that and ends before it.

    The listener must be quick, for the view waits. What it raises is logged, and concerns nobody.
    Attaching it twice is attaching it once; what has started already it does not hear of.

    Args:
        listener: takes the span. `span.phase` is `start`, `stop` or `exception`.
        names: of what: `mount` (a page is answered, a tab joins, or a component comes), `event` (a
            browser, or Python, calls a handler), `render` (the template, within one of the others),
            `info` (a message from elsewhere, and new props), `restart` (going on from a checkpoint
            after a crash). None: all of it.

    Raises:
        ValueError: if there is no such name.
        TypeError: if the listener cannot be called.
    """
    if not callable(listener):
        raise TypeError(f"a listener is called with a Span, but {listener!r} cannot be called")
    for name in names:
        if name not in NAMES:
            raise ValueError(f"there are no spans {name!r}; there are {', '.join(NAMES)}")
    with _lock:
        for name in names or NAMES:
            there = LISTENERS.get(name, ())
            if listener not in there:
                LISTENERS[name] = (*there, listener)


def detach(listener: Listener) -> None:
    """Do not call `listener` any more, but for the end of what it has seen start. Unknown ones are
    ignored."""
    with _lock:
        for name in NAMES:
            left = tuple(each for each in LISTENERS.get(name, ()) if each != listener)
            if left:
                LISTENERS[name] = left
            else:
                LISTENERS.pop(name, None)


def begin_message(kind: Kind, event: str, class_name: str, actor: LiveActor[Any]) -> Span | None:
    """Start the span of a message; None: nobody listens to those."""
    return _begin(_NAMES[kind], event, class_name, actor)


def begin_render(class_name: str, actor: LiveActor[Any]) -> Span | None:
    """Start the span of a picture that is drawn for a message; None: nobody listens to those."""
    return _begin("render", "", class_name, actor)


def _begin(name: Name, event: str, class_name: str, actor: LiveActor[Any]) -> Span | None:
    if name not in LISTENERS:
        return None
    envelope = actor.cell.current
    return Span(
        name,
        actor.path,
        actor.view_name,
        component=actor.component_id,
        class_name=class_name,
        event=event,
        ref=None if envelope is None else getattr(envelope.reply, "ref", None),
    )


@contextmanager
def page_span(name: Name, view: str, **values: Any) -> Iterator[None]:
    """Surround what is done while a page is answered."""
    if name not in LISTENERS:
        yield
        return
    span = Span(name, "", view, **values)
    try:
        yield
    except PermissionDenied as error:
        span.end("denied", error)
        raise
    except (Fenced, Killed) as error:
        span.end(GIVEN_UP, error)
        raise
    except BaseException as error:
        span.end("template_error" if name == "render" else "handler_error", error)
        raise
    span.end()


def cut_short(path: str, error: BaseException) -> None:
    """End what the actor at `path` has begun in this thread, and will not come back to."""
    while (spans := _open.get(threading.get_ident())) and spans[-1].path == path:
        spans[-1].end(GIVEN_UP if is_given_up() else "handler_error", error)
