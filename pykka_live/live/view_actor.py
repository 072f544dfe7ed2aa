"""The actor of a view: it joins tabs to it, and handles its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from django.http.response import HttpResponseBase

from pykka_live.exceptions import (
    HandlerFailed,
    JoinRefused,
    MountFailed,
    TemplateFailed,
    ViewStopped,
)
from pykka_live.live import lifecycle, pubsub
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.actor import LiveActor
from pykka_live.live.joining import Join
from pykka_live.live.messages import (
    Arrival,
    Attach,
    Attached,
    CallEvent,
    ComponentEvent,
    ComponentsFailed,
    Contested,
    Detach,
    Info,
    Leave,
    Refresh,
    Refusal,
    Update,
    Updates,
)
from pykka_live.live.outcomes import outcome_of, outcome_of_refusal
from pykka_live.live.page import mount
from pykka_live.live.part import topics_of
from pykka_live.live.placements import Change
from pykka_live.live.record import Step, ViewRecord
from pykka_live.live.report import with_report
from pykka_live.live.screen import Deliver
from pykka_live.live.stage import Stage
from pykka_live.live.talking import replay
from pykka_live.live.view import LiveView
from pykka_live.rendering import compose
from pykka_live.vdom import Element, fingerprint


class ViewActor(LiveActor[LiveView]):
    """Handles the messages of one view.

    Args:
        record: what the incarnations of this view share.
    """

    def __init__(self, record: ViewRecord) -> None:
        super().__init__(record, record, record.token.view)
        self._record = record
        self._came_back_unseen = False  # while no tab was there

    def _stage(self) -> Stage | None:
        return self._record.stage

    def _new_part(self) -> LiveView:
        return self._record.new_instance(self.path)

    def _mount(self, part: LiveView) -> None:
        if isinstance(mount(part), HttpResponseBase):
            raise MountFailed("mount answered with a response during a restart") from None

    def on_start(self) -> None:
        self._record.cell = self.cell
        if self._record.checkpoint is not None:
            self._around_start(self._revive)
            self._came_back_unseen = self._screen.outlet is None

    def on_resume(self, error: BaseException) -> None:
        if self._record.checkpoint is None:
            self._part = None  # its join has failed, so nobody has it
            pubsub.hub.forget(self.path)
        super().on_resume(error)

    # Joining

    def _attach(self, message: Attach) -> Update | Refusal:
        record = self._record
        living = self._part
        token = record.stage.csrf_token if record.stage else None
        join = Join(message.token, self.path, living, token)
        clock = Stopwatch(message.token.view, "mount", "mount", self)
        try:
            view, stage = join.run(message.handshake)
        except JoinRefused as refused:
            clock.finish(outcome_of_refusal(refused))
            if living is None:
                self.stop("refused")
            return Refusal(refused.code, str(refused), refused.status, refused.location)
        except MountFailed as error:
            clock.finish("handler_error", None, error.__cause__ or error)
            if living is not None:
                return Refusal("mount_failed", str(error))
            self._fail_join(error)
        if living is None:
            record.components = join.components(record)
            self._have(view)
        try:
            clock.begin("render")
            picture = join.picture if join.is_current else None
            if picture is None:
                with stage.active():  # the request is over, and has taken its surroundings with it
                    self._placements.restart()
                    picture = self._painter.show(stage)
                    clock.renderer = self._painter.renderer
            if living is None:
                with self.fence():
                    record.picture = join.picture
            known, versions = self._known(message, picture)
            step = self._prepare(picture, clock)
            change = self._placements.change() or Change(self._placements)
        except (TemplateFailed, HandlerFailed) as error:
            clock.finish(outcome_of(error), None, error.__cause__ or error)
            self._fail_join(error)
        clock.begin("encode")
        update = step.tree() if known is None else step.update
        if known == "picture":
            update = Update(update.version)
        handled = clock.finish("timeout" if self._is_late() else "ok", update)
        if stage.debug:
            update = with_report(update, handled, clock.renderer)
        change.show_all()
        change.open()
        topics = topics_of(view)
        screen = self._screen
        with self.fence(), screen.lock:
            record.adopt(view, stage)
            screen.wait_no_longer()  # that was for the socket before
            screen.outlet = message.outlet
            taken = record.rebased(step)
            if taken is not step:  # others have placed what it shows
                update = taken.tree()
            record.take(taken)
            for each in record.components.values():
                each.known = versions.get(each.id)
            missing = change.settle()
            if known == "page":
                missing = {id for id in missing if id not in versions}
            pubsub.hub.subscribe_exactly(self.path, topics)
            ref = self._ref()
            arrival = self._arrival(message, join, living is not None)
            joined = self._joined(arrival)
            batch = screen.show([update], joined, missing, record.completed)
            for vacated in change.vacate():
                screen.show([vacated])
        change.tell(batch)
        replay(join.mail, view._place())
        what: lifecycle.What = "view_joined" if living is None else "view_rejoined"
        lifecycle.log(what, self.cell, arrival, ref=ref, duration=handled.total)
        return update

    def _known(self, message: Attach, picture: Element) -> tuple[str | None, Mapping[str, int]]:
        """Return what the browser knows: the `page` as it was mounted; the `version` of the last
        picture that it was sent; the `picture` that is to be shown now; or None: nothing of it. And
        the versions of the components that it has."""
        shown = self._record.picture
        if message.version:
            if shown is not None and message.version == self._record.version:
                return "version", message.components
            return None, {}
        with self._screen.lock:  # while this is compared, components may go on
            components = self._record.components
            drawn = {each.id: each for each in list(components.values()) if each.picture}
            trees = {id: each.picture for id, each in drawn.items() if each.picture}
            versions = {id: each.version for id, each in drawn.items()}
        for known, root in (("page", shown), ("picture", picture)):
            if root is None:
                continue
            if message.fingerprint == fingerprint(compose(root, trees) if trees else root):
                return known, versions
        return None, {}

    def _arrival(self, message: Attach, join: Join, is_up: bool) -> Arrival:
        if is_up:
            came_back, self._came_back_unseen = self._came_back_unseen, False
            return "restored" if came_back else "resumed"
        if message.version:  # also if its page is adopted only now: what the tab had is gone
            return "remounted"
        return "mounted" if join.picture is None else "adopted"

    def _joined(self, arrival: Arrival) -> Deliver:
        port, record = self._port(), self._record

        def deliver(updates: Update | Updates) -> None:
            parts = updates.parts if isinstance(updates, Updates) else (updates,)
            port(Attached(parts[0], arrival, parts[1:]))
            record.tell_stopped()

        return deliver

    def _take(self, step: Step, change: Change | None, answers: bool = False) -> None:
        screen = self._screen
        if change is not None or self._record.components or screen.batches:
            super()._take(step, change, answers)
            return
        with self.fence():  # without components nobody else sends anything
            update = self._record.take(step)
            if answers and not self._is_asked_elsewhere():
                self._answer(update)
                return
            if update.is_change:
                screen.push(update)
            if answers:
                self._answer(update.acknowledgement())

    def _detach(self, message: Detach) -> None:
        with self._screen.lock:
            if self._screen.outlet is message.outlet:
                self._screen.outlet = None

    def _leave(self, _message: Leave) -> Update:
        self.stop("left")
        return Update(self._record.version)

    def _refresh(self, _message: Refresh) -> Update | Refusal:
        if self._part is None:
            return Refusal("unknown_view", "the view has not been joined; load the page again")
        screen, record = self._screen, self._record
        with self.fence(), screen.lock:
            port = self._port()

            def deliver(updates: Update | Updates) -> None:
                port(updates)
                record.tell_stopped()

            screen.show([record.tree(), *record.trees(without=screen.missing())], deliver)
        return record.tree()

    def _fail_join(self, answer: Exception) -> NoReturn:
        """Fail because of a join. A browser tries most joins again, but must not one that ends the
        view: the next one would be like it."""
        error = answer.__cause__ or answer
        final = self.cell.spec.strategy_for(error) == "stop"
        self._fail(ViewStopped(str(answer)) if final else answer, error)

    _handlers = {
        Attach: _attach,
        Detach: _detach,
        CallEvent: LiveActor._event,
        Info: LiveActor._info,
        ComponentEvent: LiveActor._component_event,
        ComponentsFailed: LiveActor._components_failed,
        Contested: LiveActor._contested,
        Refresh: _refresh,
        Leave: _leave,
    }
