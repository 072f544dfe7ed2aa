"""Views that Python drives: no page, no socket, and a picture for each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import count
from math import inf
from typing import Any, ClassVar

from django.db import connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from pykka_live.actors import Cell, Fenced, Killed, SupervisedActor, check_fence
from pykka_live.exceptions import (
    BadParameters,
    HandlerFailed,
    JoinRefused,
    MountFailed,
    TemplateFailed,
)
from pykka_live.live import lifecycle, pubsub
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.component import LiveComponent
from pykka_live.live.contest import forget
from pykka_live.live.driven import DrivenActor, Render
from pykka_live.live.driven_component import CreatedRecord, DrivenComponentActor
from pykka_live.live.events import reserved_names
from pykka_live.live.family import open_components
from pykka_live.live.holders import hold
from pykka_live.live.messages import CallEvent, Refusal, Update
from pykka_live.live.objects import ObjectView, assign
from pykka_live.live.outcomes import outcome_of, outcome_of_refusal
from pykka_live.live.page import mount_from_python
from pykka_live.live.part import SURROUNDINGS, class_names, topics_of
from pykka_live.live.record import ViewRecord
from pykka_live.live.screen import Deliver
from pykka_live.live.stage import Stage
from pykka_live.live.view import LiveView
from pykka_live.live.view_actor import ViewActor
from pykka_live.state.snapshot import Snapshot


@dataclass(frozen=True)
class Locale:
    """What is active where a view is mounted, and will be in all that it does."""

    language: str | None
    time_zone: tzinfo
    script_prefix: str

    @classmethod
    def here(cls) -> Locale:
        """Return that of the caller."""
        return cls(translation.get_language(), timezone.get_current_timezone(), get_script_prefix())

    def activate(self) -> None:
        """Make it that of the current thread."""
        if self.language is None:
            translation.deactivate_all()
        else:
            translation.activate(self.language)
        timezone.activate(self.time_zone)
        set_script_prefix(self.script_prefix)


# Messages. Each is answered with `Shown` or a `Refusal`, where it does not say otherwise.


@dataclass(frozen=True)
class Mount:
    """Begin: the first message of a view."""

    log_name: ClassVar[str] = "mount"

    request: HttpRequest
    locale: Locale


@dataclass(frozen=True)
class SetState:
    """Set these attributes of the view."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Reset:
    """Let the next answer be the whole picture. Answered with True."""


@dataclass(frozen=True)
class CreateComponent:
    """Start a component that no template has placed."""

    id: str
    component_class: type[LiveComponent]
    props: Snapshot
    instance: LiveComponent | None


@dataclass(frozen=True)
class RemoveComponent:
    """Forget a component that was created so. Answered with its cell."""

    id: str


@dataclass(kw_only=True, eq=False)
class DrivenRecord(ViewRecord):
    """A view that Python drives. `picture` is what has been answered last.

    Attributes:
        params: what `mount` is given.
        whole: whether the next answer has to be the whole picture.
        rank: a number that is the higher the later the view was mounted; None: it is still being
            mounted.
    """

    is_shown_unasked: ClassVar[bool] = False

    params: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    rank: int | None = None

    def arrive(self, request: HttpRequest, path: str) -> LiveView:
        """Return the view, before its mount."""
        assert self.view_class is not None
        view: Any = self.instance or self.view_class()
        view.setup(request, **self.params)
        view._live_path = path
        return view

    def new_instance(self, path: str) -> LiveView:
        assert self.stage is not None
        return self.arrive(self.stage.request, path)

    def component_actor(self) -> Callable[[Any], SupervisedActor]:
        return DrivenComponentActor


class DrivenViewActor(DrivenActor[LiveView], ViewActor):
    """Handles what Python sends to a view."""

    _record: DrivenRecord

    def get_state(self) -> dict[str, Any]:
        view = self._part
        return view.state() if isinstance(view, ObjectView) else super().get_state()

    def _mount(self, part: LiveView) -> None:
        if isinstance(mount_from_python(part, self._record.params), HttpResponseBase):
            raise MountFailed("mount answered with a response during a restart") from None

    def _mount_first(self, message: Mount) -> None:
        record = self._record
        clock = Stopwatch(record.token.view, "mount", "mount", self)
        message.locale.activate()
        try:
            view = record.arrive(message.request, self.path)
            self._have(view)
            self._place.keep()
            with _in_transactions():
                answer = mount_from_python(view, record.params)
                check_fence()
            if isinstance(answer, HttpResponseBase):
                raise _refused(answer)
            stage = Stage.of(view)
        except (Fenced, Killed):
            raise
        except (BadParameters, JoinRefused) as refused:
            clock.finish(outcome_of_refusal(refused))
            self._turn_away(refused)
            return
        except BaseException as error:
            clock.finish(outcome_of(error), None, error)
            self._turn_away(error)
            return
        try:
            clock.begin("render")
            with stage.active():
                self._placements.restart()
                picture = self._painter.show(stage)
                clock.renderer = self._painter.renderer
            step = self._prepare(picture, clock)
            change = self._placements.change()
        except (TemplateFailed, HandlerFailed) as error:
            clock.finish(outcome_of(error), None, error.__cause__ or error)
            self._turn_away(error, mounted=True)
            return
        handled = clock.finish("timeout" if self._is_late() else "ok", step.update)
        topics = topics_of(view)
        with self.fence():
            record.adopt(view, stage)
            record.rank = next(_ranks)
            pubsub.hub.subscribe_exactly(self.path, topics)
        self._whole = True
        try:
            self._take(step, change, answers=True)
        finally:
            self._whole = False
        self._place.let_go()
        lifecycle.log("view_mounted", self.cell, duration=handled.total)

    def _set_state(self, message: SetState) -> Update | Refusal:
        view = self._part
        if view is None:
            return _UNKNOWN
        try:
            _check_names(view, message.values)
        except BadParameters as error:
            self._report_refused("update_state", "rejected", "info")
            return Refusal("bad_params", str(error))
        if isinstance(view, ObjectView):
            return self._answer_after("update_state", lambda: view.assign(message.values))
        return self._answer_after("update_state", lambda: assign(view, message.values))

    def _reset(self, _message: Reset) -> bool:
        with self.fence():
            self._record.whole = True
        return True

    def _port(self) -> Deliver:
        record, asked = self._record, self._whole
        self._whole = asked or record.whole
        try:
            return super()._port()
        finally:
            self._whole, record.whole = asked, False

    # Components that no template has placed

    def _create(self, message: CreateComponent) -> Refusal | None:
        record = self._record
        if self._part is None:
            return _UNKNOWN
        if message.id in record.components:
            return Refusal("bad_params", f"the view has a component {message.id!r} already")
        created = CreatedRecord(
            id=message.id,
            view=record,
            owner=record,
            component_class=message.component_class,
            props=message.props,
            instance=message.instance,
        )
        refusal = hold(created)
        if refusal is not None:
            return Refusal("bad_params", refusal)
        open_components(record, [created])
        record.components[message.id] = created
        assert created.cell is not None
        created.cell.enqueue(Render(), self.defer(), insist=True)
        return None

    def _remove(self, message: RemoveComponent) -> Cell | Refusal | None:
        record = self._record.components.get(message.id)
        if record is None:
            return Refusal("unknown_component", f"the view has no component {message.id!r}")
        if not isinstance(record, CreatedRecord):
            return Refusal("bad_params", f"the template shows the component {message.id!r}")
        with self._screen.lock:
            forget(record, self._record.components)
        return record.cell

    _handlers = {
        **ViewActor._handlers,
        Mount: _mount_first,
        CallEvent: DrivenActor._call,
        Render: DrivenActor._render,
        SetState: _set_state,
        Reset: _reset,
        CreateComponent: _create,
        RemoveComponent: _remove,
    }


def _check_names(view: LiveView, values: Mapping[str, Any]) -> None:
    """Refuse what is no attribute of a view's state, or not for others to set.

    Raises:
        BadParameters: naming it.
    """
    if isinstance(view, ObjectView):
        cls, taken, own = view.target_class, frozenset[str](), view.state()
    else:
        cls, taken, own = type(view), SURROUNDINGS | reserved_names(type(view)), vars(view)
    state = {name for name in (*own, *class_names(cls)[0]) if name[:1] != "_"} - taken
    for name in values:
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise BadParameters(f"{name!r} is no public attribute")
        if name in taken or callable(getattr(cls, name, None)):
            raise BadParameters(f"{name!r} is none of the state of {cls.__qualname__}")
        if name not in state and not hasattr(cls, name):
            raise BadParameters(
                f"{cls.__qualname__} has no {name!r}, but "
                f"{', '.join(sorted(state)) or 'no state'}; "
                "what is to be set later has a value in the class, or from mount on"
            )


def _refused(response: HttpResponseBase) -> JoinRefused:
    location = response.headers.get("Location", "")
    code = "redirect" if location and 300 <= response.status_code < 400 else "denied"
    text = f"mount answered {response.status_code} {response.reason_phrase}"
    return JoinRefused(code, text, response.status_code, location)


@contextmanager
def _in_transactions() -> Iterator[None]:
    """Do as Django does with a request for each database with `ATOMIC_REQUESTS`."""
    with ExitStack() as stack:
        for alias, options in connections.settings.items():
            if options["ATOMIC_REQUESTS"]:
                stack.enter_context(transaction.atomic(using=alias))
        yield


def first_of(views: Mapping[str, ViewRecord]) -> str | None:
    """Return the id of the view for what names none: the one that was mounted first; while all are
    still being mounted, the one that began first; None: there is none."""

    def rank(id: str) -> float:
        record = views[id]
        return record.rank if isinstance(record, DrivenRecord) and record.rank else inf

    return min(views, key=rank, default=None)


_ranks = count(1)

_UNKNOWN = Refusal("unknown_view", "the view has not been mounted")
