"""An actor that owns one instance, runs its code, and shows what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar, cast

from django.core.exceptions import PermissionDenied

from pykka_live.actors import Fenced, Killed, SupervisedActor, check_fence
from pykka_live.actors._errors import describe
from pykka_live.actors._replies import answer
from pykka_live.exceptions import HandlerDenied, HandlerFailed, TemplateFailed
from pykka_live.live import pubsub
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.housekeeping import Housekeeping, in_handler
from pykka_live.live.messages import Update
from pykka_live.live.outcomes import outcome_of
from pykka_live.live.painter import Painter
from pykka_live.live.part import Part, topics_of
from pykka_live.live.placements import Change, Placements
from pykka_live.live.record import Record, Step, ViewRecord
from pykka_live.live.report import with_report
from pykka_live.live.screen import Deliver, Screen
from pykka_live.live.stage import Stage
from pykka_live.live.talking import LivePlace
from pykka_live.live.user_code import call
from pykka_live.logs import own_logger
from pykka_live.rendering import gatherer

logger = own_logger(__name__)

P = TypeVar("P", bound=Part)


class Stepper(SupervisedActor, Generic[P]):
    """Goes from one picture and one good state to the next, and tells of each step.

    Args:
        record: what the incarnations share.
        view: the record of the view; the same, for the view's own actor.
        class_name: the dotted name of the part's class.
    """

    def __init__(self, record: Record, view: ViewRecord, class_name: str) -> None:
        super().__init__()
        self._class_name = class_name
        self._shared = record
        self._view_record = view
        self._screen: Screen = view.screen
        self._part: P | None = None
        # Of the part, and in its pictures. Python keeps the attributes of all actors in one table
        # only if each is set in here.
        self._painter = cast(Painter, None)
        self._placements = cast(Placements, None)
        self._place = cast(LivePlace, None)
        self._housekeeping = Housekeeping()
        self._behind = 0.0  # since when the picture is, if it is
        self.clock: Stopwatch | None = None  # of the message that is being handled

    # What views and components do differently

    def _stage(self) -> Stage | None:
        """Return what surrounds the part, if that is known already."""
        raise NotImplementedError

    def _new_part(self) -> P:
        """Make a new instance, which nothing has been done to."""
        raise NotImplementedError

    def _mount(self, part: P) -> None:
        """Call the part's `mount`, as a handler is called."""
        raise NotImplementedError

    def _is_seen(self) -> bool:
        """Whether anybody looks at the picture."""
        return self._screen.outlet is not None

    def _addressed(self, update: Update) -> list[Update]:
        """Return what is to be told of an update. The screen's lock is held."""
        return self._shared.told(update)

    def on_given_up(self) -> None:
        if (clock := self.clock) is not None:
            clock.give_up()

    # Who it is

    @property
    def view_name(self) -> str:
        """The dotted name of the view's class."""
        return self._view_record.token.view

    @property
    def component_id(self) -> str:
        """The id of the component; empty for a view."""
        return self._shared.component

    def _have(self, part: P) -> None:
        """Let `part` be the one that lives here."""
        self._part, self._painter = part, Painter(part)
        self._placements = Placements(self._shared, self._view_record)
        part._live_path = self.path
        part._live_place = self._place = LivePlace(
            self._shared, self._view_record, self._placements
        )
        gatherer.set(self._placements)

    # Steps

    def _run(
        self,
        clock: Stopwatch,
        handler: Callable[[], Any],
        *,
        answers: bool = False,
        draws: bool = True,
    ) -> Update:
        """Call a handler, and tell, inside the fence, what it made of the part: as the answer to
        the message, or to whoever looks.

        What it raises, or the template, fails this incarnation, but for `PermissionDenied`, which
        is a refusal.
        """
        stage, behind = self._stage(), self._behind
        assert stage is not None
        try:
            in_handler(stage, handler)
        except (Fenced, Killed):
            raise
        except PermissionDenied as error:
            return self._deny(clock, stage, error)
        except BaseException as error:
            clock.finish(outcome_of(error), None, error)
            self._fail(HandlerFailed(describe(error)), error)
        try:
            step = self._draw(clock, stage, draws)
            change = self._placements.change() if self._placements.is_used else None
        except (TemplateFailed, HandlerFailed) as error:
            if isinstance(error.__cause__, PermissionDenied):
                self._behind = behind
                return self._deny(clock, stage, error.__cause__)
            clock.finish(outcome_of(error), None, error.__cause__ or error)
            self._fail(error, error.__cause__ or error)
        step = finished(clock, step, stage, is_late=answers and self._is_late())
        self._take(step, change, answers)
        return step.update

    def _draw(self, clock: Stopwatch, stage: Stage, draws: bool = True) -> Step:
        """Render the part, if anyone looks, and prepare to keep its state."""
        picture = self._shared.picture
        if draws:
            self._behind = 0.0
            if self._is_seen():
                clock.begin("render")
                painter = self._painter
                if self._placements.is_used:
                    self._placements.restart()
                picture = painter.draw(stage)
                clock.renderer = painter.renderer
        assert picture is not None
        return self._prepare(picture, clock)

    def _prepare(self, picture: Any, clock: Stopwatch) -> Step:
        clock.begin("checkpoint")
        try:
            state = self._painter.keep()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            raise HandlerFailed(f"the state cannot be kept: {describe(error)}") from error
        clock.begin("diff")
        clock.kept = state is not self._shared.checkpoint
        try:
            return self._shared.compare(picture, state, clock)
        except ValueError as error:
            raise TemplateFailed(str(error)) from error

    def _take(self, step: Step, change: Change | None, answers: bool = False) -> None:
        """Go a step and tell of it: both, or neither. What is still to be done for the message may
        fail, or be given up, and that must not make an error out of what has become the state."""
        screen = self._screen
        if change is not None:
            change.open()
        with self.fence(), screen.lock:
            update = self._shared.take(step)
            if self._shared.is_gone:
                change = None  # what it has just started ends with it
            missing = change.settle() if change is not None else ()
            told = self._addressed(update)
            is_asked_elsewhere = answers and self._is_asked_elsewhere()
            answer = self._port() if answers else None
            batch = None
            if told:
                batch = screen.show(told, None if is_asked_elsewhere else answer, missing)
            if answer is not None and (is_asked_elsewhere or not told):
                acknowledgement = update.acknowledgement()
                if self._shared.is_gone:  # its id may be that of another one, who is waited for
                    acknowledgement = acknowledgement._replace(component="")
                screen.show([acknowledgement], answer)
            for each in change.vacate() if change is not None else ():
                screen.show([each])
        if change is not None:
            change.tell(batch)

    def _ref(self) -> int | None:
        """Return what the browser calls the request that is being handled; None if it has been
        answered, or is none."""
        envelope = self.cell.current
        return None if envelope is None else getattr(envelope.reply, "ref", None)

    def _is_late(self) -> bool:
        """Whether who has sent the message has been told that there was no answer in time."""
        envelope = self.cell.current
        return envelope is not None and getattr(envelope.reply, "is_late", False)

    def _is_asked_elsewhere(self) -> bool:
        """Whether the message came over another socket than the one that the tab has now."""
        envelope = self.cell.current
        assert envelope is not None
        return getattr(envelope.reply, "outlet", None) is not self._screen.outlet

    def _port(self) -> Deliver:
        """Take over the duty to answer the message that is being handled. Inside the fence."""
        envelope = self.cell.current
        assert envelope is not None
        reply, envelope.reply = envelope.reply, None
        return partial(answer, reply)

    def _show_as_it_is(self) -> None:
        """Show what a handler that failed has left, if that can be drawn. The checkpoint stays that
        of the last event that went well."""
        stage = self._stage()
        assert stage is not None
        if not self._is_seen():
            return
        try:
            self._placements.restart()
            step = self._shared.compare(self._painter.show(stage))
            change = self._placements.change()
        except (Fenced, Killed):
            raise
        except BaseException:
            logger.exception("%s: the previous picture stays", self.path)
            return
        self._take(step, change)

    # Failing

    def _deny(self, clock: Stopwatch, stage: Stage, error: PermissionDenied) -> Update:
        """Be as before a message that the handler has refused, and tell whoever asked."""
        handled = clock.finish("denied", None, error)
        record, part, answer = self._shared, self._part, HandlerDenied(describe(error))
        assert part is not None
        if record.checkpoint is None:
            self._fail(answer, error)
        check_fence()  # the instance may be one that was given, and the next one's already
        try:
            part._live_put_back(record.checkpoint)
            self._have(part)  # what was known of it is no longer so
            topics = topics_of(part)
        except (Fenced, Killed):
            raise
        except BaseException:
            logger.exception("%s: the state before the refusal cannot be put back", self.path)
            self._fail(answer, error)
        with self.fence():
            pubsub.hub.subscribe_exactly(self.path, topics)
        who, ref = stage.visitor.name, self._ref()
        logger.warning(
            "%s: %s denied to %s: %s",
            *(self.path, f"{handled.kind} {handled.event}", who or "a visitor", answer),
            extra={
                "path": self.path,
                "view": handled.view,
                "event": handled.event,
                "outcome": handled.outcome,
                "by": who,
                "ref": ref,
            },
        )
        self._refuse(answer, error)
        return Update(record.version, component=record.component)

    def _refuse(self, answer: Exception, error: BaseException) -> None:
        """Answer whoever asked with `answer`, which is caused by `error`."""
        reply = self.defer()
        if reply is not None:
            if answer is not error and answer.__cause__ is None:
                answer.__cause__ = error
            reply.set_exception(answer)

    def _fail(self, answer: Exception, error: BaseException) -> NoReturn:
        """Answer whoever asked with `answer`, and fail with what the user's code raised."""
        self.cell.data["ref"] = self._ref()  # for the log, which hears of the failure later
        self._refuse(answer, error)
        raise error

    def _revive(self) -> None:
        """Go on from the checkpoint; where that is bad, start anew."""
        record, stage = self._shared, self._stage()
        assert record.checkpoint is not None
        assert stage is not None
        clock = Stopwatch(self._class_name, "restore", "on_restore", self)
        try:
            part = self._new_part()
            self._have(part)
            record.restore(part)
            call(part.on_restore)
            step = self._draw(clock, stage)
            change = self._placements.change()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            logger.exception("%s: the checkpoint is bad; mounting anew", self.path)
            clock.fail_attempt(error)
            part, step, change = self._mount_anew(clock, stage)
        step = finished(clock, step, stage)
        topics = topics_of(part)
        with self.fence():
            pubsub.hub.subscribe_exactly(self.path, topics)
        self._take(step, change)
        self._place.let_go()

    def _mount_anew(self, clock: Stopwatch, stage: Stage) -> tuple[P, Step, Change | None]:
        """Mount a new instance, and draw it. What it sends is kept until the step is taken."""
        try:
            part = self._new_part()
            self._have(part)
            self._place.keep()
            in_handler(stage, lambda: self._mount(part))
            return part, self._draw(clock, stage), self._placements.change()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            clock.finish(outcome_of(error), None, error.__cause__ or error)
            raise


def finished(clock: Stopwatch, step: Step, stage: Stage, *, is_late: bool = False) -> Step:
    """Report a message that went well; return its step, which with `DEBUG` holds the report."""
    update = step.update
    is_noop = update.patches is None and step.before is not None
    handled = clock.finish("timeout" if is_late else "noop" if is_noop else "ok", update)
    if not stage.debug:
        return step
    return step._replace(update=with_report(update, handled, clock.renderer))
