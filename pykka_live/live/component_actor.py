"""The actor of a component."""

from __future__ import annotations

from typing import Any, ClassVar

from pykka_live.exceptions import HandlerFailed, TemplateFailed
from pykka_live.live import pubsub
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.actor import LiveActor
from pykka_live.live.component import LiveComponent, new_component, take_props
from pykka_live.live.messages import (
    CallEvent,
    ComponentEvent,
    ComponentsFailed,
    Contested,
    Info,
    Refresh,
    Refusal,
    Show,
    Update,
    UpdateProps,
)
from pykka_live.live.outcomes import outcome_of
from pykka_live.live.part import topics_of
from pykka_live.live.record import ComponentRecord, Step
from pykka_live.live.stage import Stage
from pykka_live.live.stepping import finished
from pykka_live.live.talking import replay
from pykka_live.live.user_code import call_with_props


class ComponentActor(LiveActor[LiveComponent]):
    """Handles the messages of one component.

    Args:
        record: what the incarnations of this component share.
    """

    _openings: ClassVar[frozenset[type]] = frozenset({Show})  # that see to it themselves

    def __init__(self, record: ComponentRecord) -> None:
        super().__init__(record, record.view, record.class_name)
        self._record = record
        self._own_stage: Stage | None = None
        self._stage_of: Stage | None = None  # the view's, of which that was made

    def _stage(self) -> Stage | None:
        """Return the view's stage, with a request that is this thread's own."""
        stage = self._record.view.stage
        if stage is not self._stage_of:
            self._stage_of = stage
            self._own_stage = None
            if stage is not None:
                cls = self._record.component_class
                self._own_stage = stage.for_component(cls, cls.component_template())
            if self._part is not None and self._own_stage is not None:
                self._part.request = self._own_stage.request
        return self._own_stage

    def _new_part(self) -> LiveComponent:
        stage = self._stage()
        assert stage is not None
        return new_component(self._record.component_class, self._record.id, stage.request)

    def _mount(self, part: LiveComponent) -> None:
        record = self._record
        props = record.taken = record.props
        call_with_props(part.mount, take_props(part, props))

    def _is_seen(self) -> bool:
        return self._screen.outlet is not None or not self._record.is_shown

    def on_start(self) -> None:
        self._record.cell = self.cell
        if self.cell.incarnation > 1:
            self._around_start(self._come_up)

    def on_receive(self, message: Any) -> Any:
        # Whoever has it shown may come later than others.
        if self._part is None and type(message) not in self._openings:
            self._come_up()
        return super().on_receive(message)

    def _come_up(self) -> None:
        """Be there: as a page has left it, as at the checkpoint, or anew."""
        record, stage = self._record, self._stage()
        assert stage is not None
        if record.checkpoint is not None and not self._adopt():
            self._revive()
        if record.checkpoint is None:
            clock = Stopwatch(self._class_name, "mount", "mount", self)
            part, step, change = self._mount_anew(clock, stage)
            topics = topics_of(part)
            with self.fence():
                pubsub.hub.subscribe_exactly(self.path, topics)
            self._take(finished(clock, step, stage), change or self._placements.reopened())
            self._place.let_go()
        mail, record.mail = record.mail, []
        if mail and self._part is not None:
            replay(mail, self._part._place())

    def _adopt(self) -> bool:
        """Go on where a page's request has left it; returns whether that is possible, or else
        the component is to be mounted anew."""
        record = self._record
        adoption, record.adoption = record.adoption, None
        if adoption is None:
            return False
        if adoption.topics and not pubsub.hub.adopt(self.path, adoption.topics, adoption.version):
            record.checkpoint, record.mail = None, []  # it has missed something; mount sends again
            return True
        if record.component_class.on_restore is not LiveComponent.on_restore:
            return False  # whoever makes something anew may change what is seen
        part = self._new_part()
        self._have(part)
        assert record.checkpoint is not None
        assert record.picture is not None
        record.checkpoint.restore(part)
        told = Update(record.version, component=record.id)
        step = Step(record.picture, told, before=record.picture)
        self._take(step, self._placements.reopened())
        return True

    def _show(self, _message: Show) -> None:
        if self._part is None:
            self._come_up()
        else:
            stage = self._stage()
            assert stage is not None
            clock = Stopwatch(self._class_name, "info", "show", self)
            try:
                step = self._draw(clock, stage)
                change = self._placements.change() or self._placements.reopened()
            except (TemplateFailed, HandlerFailed) as error:
                clock.finish(outcome_of(error), None, error.__cause__ or error)
                raise (error.__cause__ or error) from None
            self._take(finished(clock, step, stage), change)

    def _update(self, message: UpdateProps) -> None:
        part, record = self._part, self._record
        if part is None:
            return
        props = message.props
        if props is None:
            record.is_behind = False  # before the props are looked at: there may be newer ones
            props = record.props
        if not message.is_partial:
            if props is record.taken:
                return
            if props is not record.retried:
                record.owed = props
        given = take_props(part, props, message.is_partial)
        self._burst("update", UpdateProps, lambda: call_with_props(part.update, given))
        if not message.is_partial:
            record.taken, record.owed = props, None

    def _refresh(self, _message: Refresh) -> Update | Refusal:
        if self._record.picture is None:
            return Refusal("unknown_component", "the component has not been shown")
        record, screen = self._record, self._screen
        with self.fence(), screen.lock:
            if record.has_place:
                record.known = record.version
            screen.show([record.tree()], self._port())
        return record.tree()

    _handlers = {
        Show: _show,
        UpdateProps: _update,
        Contested: LiveActor._contested,
        CallEvent: LiveActor._event,
        Info: LiveActor._info,
        ComponentEvent: LiveActor._component_event,
        ComponentsFailed: LiveActor._components_failed,
        Refresh: _refresh,
    }
