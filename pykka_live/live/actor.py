"""The actor that runs one view: it owns the instance, its thread runs all of the user's code."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.http.response import HttpResponseBase

from pykka_live.actors import Fenced, Killed, SupervisedActor
from pykka_live.actors._errors import describe
from pykka_live.exceptions import (
    BadParameters,
    HandlerFailed,
    HandlerNotFound,
    JoinRefused,
    MountFailed,
    TemplateFailed,
    ViewStopped,
)
from pykka_live.live import hooks, pubsub
from pykka_live.live.events import find_handler
from pykka_live.live.housekeeping import Housekeeping, in_handler
from pykka_live.live.joining import Join
from pykka_live.live.messages import (
    Attach,
    Attached,
    CallEvent,
    Detach,
    Info,
    Leave,
    Refresh,
    Refusal,
    Update,
)
from pykka_live.live.page import mount
from pykka_live.live.painter import Painter
from pykka_live.live.record import Step, ViewRecord
from pykka_live.live.report import with_report
from pykka_live.live.stage import Stage
from pykka_live.live.stopwatch import Stopwatch
from pykka_live.live.user_code import call
from pykka_live.live.view import SURROUNDINGS, LiveView, topics_of
from pykka_live.vdom import Element, fingerprint

logger = logging.getLogger(__name__)

RESTART = "restart"
"""The reason with which a supervisor stops what it is going to start again."""


class ViewActor(SupervisedActor):
    """Handles the messages of one view, one after the other.

    What the framework refuses (an unknown event, a bad parameter) is answered by a `Refusal`. What
    the user's code raises is answered, and then fails this incarnation; the next one starts from
    the record's checkpoint.

    Args:
        record: what the incarnations of this view share.
    """

    def __init__(self, record: ViewRecord) -> None:
        super().__init__()
        self._record = record
        self._view: LiveView | None = None
        self._painter: Painter  # of the view
        self._housekeeping = Housekeeping()

    def on_start(self) -> None:
        if self._record.checkpoint is not None:
            self._housekeeping.around(self._record.stage, self._revive)

    def around(self, message: Any, handle: Callable[[Any], Any]) -> Any:
        return self._housekeeping.around(self._record.stage, handle, message)

    def on_receive(self, message: Any) -> Any:
        return _HANDLERS[type(message)](self, message)

    def get_state(self) -> dict[str, Any]:
        """Return the state of the view, for `Cell.get_state`."""
        if self._view is None:
            return {}
        return {name: v for name, v in vars(self._view).items() if name not in SURROUNDINGS}

    def on_stop(self) -> None:
        self._terminate(self.stop_reason)

    def on_failure(self, exception_type: Any, exception_value: Any, traceback: Any) -> None:
        if self.cell.spec.strategy_for(exception_value) == "stop":
            self._terminate("crashed")

    def on_resume(self, error: BaseException) -> None:
        if self._record.checkpoint is None:
            self._view = None  # its join has failed, so nobody has it
            pubsub.hub.forget(self.path)
        if self._view is not None:
            self._housekeeping.around(self._record.stage, self._show_as_it_is)

    def _terminate(self, reason: str) -> None:
        if reason != RESTART:  # then the next incarnation gets what is published meanwhile
            pubsub.hub.forget(self.path)
        if self._view is not None:
            self._housekeeping.around(self._record.stage, call, self._view.terminate, reason)

    # Joining

    def _attach(self, message: Attach) -> Attached | Refusal:
        record = self._record
        resumed = self._view is not None
        join = Join(
            message.token, self.path, self._view, record.stage.csrf_token if record.stage else None
        )
        clock = Stopwatch(message.token.view, "mount", "mount", self)
        try:
            view, stage = join.run(message.handshake)
        except JoinRefused as refused:
            clock.finish("rejected")
            if not resumed:
                self.stop("refused")
            return Refusal(refused.code, str(refused), refused.status, refused.location)
        except MountFailed as error:
            clock.finish("handler_error")
            if resumed:
                return Refusal("mount_failed", str(error))
            self._fail_join(error)
        if not resumed:
            self._have(view)
        try:
            clock.begin("render")
            picture = join.picture if join.is_current else None
            if picture is None:
                with stage.active():  # the request is over, and has taken its surroundings with it
                    picture = self._painter.show(stage)
                    clock.renderer = self._painter.renderer
            if not resumed:
                with self.fence():
                    record.picture = join.picture
            step, update = self._bring_up(message, picture, clock)
        except (TemplateFailed, HandlerFailed) as error:
            clock.finish(_outcome_of(error))
            self._fail_join(error)
        handled = clock.finish("ok", update)
        if stage.debug:
            update = with_report(update, handled, clock.renderer)
        attached = Attached(update, resumed)
        topics = topics_of(view)
        with self.fence():
            record.adopt(view, stage)
            record.outlet = message.outlet
            record.take(step)
            pubsub.hub.subscribe_exactly(self.path, topics)
            self._answer(attached)
        return attached

    def _have(self, view: LiveView) -> None:
        self._view, self._painter = view, Painter(view)

    def _bring_up(self, message: Attach, picture: Element, clock: Stopwatch) -> tuple[Step, Update]:
        """Prepare the step to `picture`, and make out what a browser has to do that has applied
        `message.version`."""
        record = self._record
        shown = record.picture
        if shown is None:
            known = False
        elif message.version == 0:
            known = message.fingerprint == fingerprint(shown)
        else:
            known = message.version == record.version
        step = self._prepare(picture, clock)
        if known:
            return step, step.update
        if message.version == 0 and message.fingerprint == fingerprint(picture):
            return step, Update(step.update.version)
        return step, step.tree()

    def _prepare(self, picture: Element, clock: Stopwatch) -> Step:
        clock.begin("checkpoint")
        try:
            state = self._painter.keep()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            raise HandlerFailed(f"the state cannot be kept: {describe(error)}") from error
        clock.begin("diff")
        try:
            return self._record.compare(picture, state)
        except ValueError as error:
            raise TemplateFailed(str(error)) from error

    def _paint(self, stage: Stage, clock: Stopwatch) -> Element:
        painter = self._painter
        picture = painter.draw(stage)
        clock.renderer = painter.renderer
        return picture

    def _detach(self, message: Detach) -> None:
        if self._record.outlet is message.outlet:
            self._record.outlet = None

    def _leave(self, _message: Leave) -> Update:
        self.stop("left")
        return Update(self._record.version)

    # Living

    def _event(self, message: CallEvent) -> Update | Refusal:
        view = self._view
        if view is None:
            return Refusal("unknown_view", "the view has not been joined; load the page again")
        try:
            handler = find_handler(type(view), message.name)
        except HandlerNotFound as error:
            self._report_refused("", "unknown")
            return Refusal("unknown_event", str(error))
        try:
            arguments = handler.bind(message.params)
        except BadParameters as error:
            self._report_refused(handler.name, "rejected")
            return Refusal("bad_params", f"{handler.name}: {error}")
        clock = Stopwatch(self._record.token.view, "event", handler.name, self)
        return self._run(clock, lambda: call(handler.function, view, **arguments), self._answer)

    def _report_refused(self, event: str, outcome: hooks.Outcome) -> None:
        view, waited = self._record.token.view, self.message_waited
        hooks.emit(hooks.Handled(view, "event", event, outcome, self.path, waited, total=waited))

    def _info(self, message: Info) -> None:
        view = self._view
        if view is None:
            return
        clock = Stopwatch(self._record.token.view, "info", "handle_info", self)
        self._run(clock, lambda: call(view.handle_info, message.message), self._push)

    def _refresh(self, _message: Refresh) -> Update | Refusal:
        if self._view is None:
            return Refusal("unknown_view", "the view has not been joined; load the page again")
        return self._record.tree()

    def _run(
        self, clock: Stopwatch, handler: Callable[[], Any], tell: Callable[[Update], None]
    ) -> Update:
        """Call a handler, and `tell`, inside the fence, what it made of the view.

        What it raises fails this incarnation.
        """
        stage = self._record.stage
        assert stage is not None
        try:
            in_handler(stage, handler)
        except (Fenced, Killed):
            raise
        except BaseException as error:
            clock.finish("handler_error")
            self._fail(HandlerFailed(describe(error)), error)
        try:
            step = self._draw(clock, stage)
        except (TemplateFailed, HandlerFailed) as error:
            clock.finish(_outcome_of(error))
            self._fail(error, error.__cause__ or error)
        step = _finished(clock, step, stage)
        self._take(step, tell)
        return step.update

    def _draw(self, clock: Stopwatch, stage: Stage) -> Step:
        """Render the view, if anyone looks, and prepare to keep its state."""
        record = self._record
        picture = record.picture
        if record.outlet is not None:
            clock.begin("render")
            picture = self._paint(stage, clock)
        assert picture is not None
        return self._prepare(picture, clock)

    def _take(self, step: Step, tell: Callable[[Update], None]) -> None:
        """Go a step and tell of it: both, or neither. What is still to be done for the message may
        fail, or be given up, and that must not make an error out of what has become the state."""
        with self.fence():
            tell(self._record.take(step))

    def _show_as_it_is(self) -> None:
        """Show what a handler that failed has left, if that can be drawn. The checkpoint stays that
        of the last event that went well."""
        record = self._record
        assert record.stage is not None
        if record.outlet is None:
            return
        try:
            step = record.compare(self._painter.show(record.stage))
        except (Fenced, Killed):
            raise
        except BaseException:
            logger.exception("%s: the previous picture stays", self.path)
            return
        self._take(step, self._push)

    def _push(self, update: Update) -> None:
        outlet = self._record.outlet
        if outlet is not None and update.patches is not None:
            outlet.push(update)

    # Failing

    def _fail(self, answer: Exception, error: BaseException) -> NoReturn:
        """Answer whoever asked with `answer`, and fail with what the user's code raised."""
        reply = self.defer()
        if reply is not None:
            if answer is not error and answer.__cause__ is None:
                answer.__cause__ = error
            reply.set_exception(answer)
        raise error

    def _fail_join(self, answer: Exception) -> NoReturn:
        """Fail because of a join. A browser tries most joins again, but must not one that ends the
        view: the next one would be like it."""
        error = answer.__cause__ or answer
        final = self.cell.spec.strategy_for(error) == "stop"
        self._fail(ViewStopped(str(answer)) if final else answer, error)

    def _revive(self) -> None:
        """Go on from the checkpoint; where that is bad, start anew."""
        record = self._record
        assert record.checkpoint is not None
        assert record.stage is not None
        clock = Stopwatch(record.token.view, "restore", "on_restore", self)
        try:
            view = record.new_instance(self.path)
            record.checkpoint.restore(view)
            call(view.on_restore)
            self._have(view)
            step = self._draw(clock, record.stage)
        except (Fenced, Killed):
            raise
        except BaseException:
            logger.exception("%s: the checkpoint is bad; mounting anew", self.path)
            view, step = self._mount_anew(clock)
        step = _finished(clock, step, record.stage)
        topics = topics_of(view)
        with self.fence():
            pubsub.hub.subscribe_exactly(self.path, topics)
            self._take(step, self._push)

    def _mount_anew(self, clock: Stopwatch) -> tuple[LiveView, Step]:
        record = self._record
        assert record.stage is not None
        try:
            view = record.new_instance(self.path)
            self._have(view)
            answer = in_handler(record.stage, lambda: mount(view))
            if isinstance(answer, HttpResponseBase):
                raise MountFailed("mount answered with a response during a restart") from None
            return view, self._draw(clock, record.stage)
        except (Fenced, Killed):
            raise
        except BaseException as error:
            clock.finish(_outcome_of(error))
            raise


def _outcome_of(error: BaseException) -> hooks.Outcome:
    return "template_error" if isinstance(error, TemplateFailed) else "handler_error"


def _finished(clock: Stopwatch, step: Step, stage: Stage) -> Step:
    """Report a message that went well; return its step, which with `DEBUG` holds the report."""
    update = step.update
    handled = clock.finish("noop" if update.patches is None else "ok", update)
    if not stage.debug:
        return step
    return step._replace(update=with_report(update, handled, clock.renderer))


def debug_detail(error: BaseException) -> str | None:
    """Return the traceback of what the user's code raised, if the site runs with DEBUG."""
    if not settings.DEBUG:
        return None
    cause = error.__cause__ or error
    return "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))


_HANDLERS: dict[type, Callable[[ViewActor, Any], Any]] = {
    Attach: ViewActor._attach,
    Detach: ViewActor._detach,
    CallEvent: ViewActor._event,
    Info: ViewActor._info,
    Refresh: ViewActor._refresh,
    Leave: ViewActor._leave,
}
