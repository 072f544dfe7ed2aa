"""Views and components that Python drives: nobody looks at them but who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn, TypeVar

from pykka_live.actors import ActorError, Fenced, Killed
from pykka_live.actors._errors import describe
from pykka_live.exceptions import MountFailed
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.actor import LiveActor
from pykka_live.live.contest import placed_by
from pykka_live.live.family import open_components
from pykka_live.live.messages import CallEvent, Refusal, Show, Update, Updates
from pykka_live.live.part import Part
from pykka_live.live.placements import Change, catch_up
from pykka_live.live.record import Step
from pykka_live.live.screen import Deliver
from pykka_live.logs import own_logger
from pykka_live.vdom import Element

logger = own_logger(__name__)

P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Render:
    """Draw the whole picture now. Answered with `Shown` or a `Refusal`."""


class Shown(NamedTuple):
    """What is to be seen.

    Attributes:
        version: of the picture.
        patches: encoded; they lead here from the version before. None if nothing has changed.
        picture: the whole, if it was asked for.
        new: the ids of the components that are shown for the first time.
        pictures: if there are such components, or the whole was asked for: those of all components
            that are shown, by their ids.
    """

    version: int
    patches: bytes | None
    picture: Element | None
    new: tuple[str, ...]
    pictures: Mapping[str, Element]


class DrivenActor(LiveActor[P]):
    """Handles what Python sends to a view or a component.

    It renders for each answer, and only then: whatever else changes the part is seen in the next
    one. An instance that was given stays the part; what it raises costs the message alone.
    """

    _wanted = False  # whether the current message is answered with a picture
    _whole = False  # whether that is to be the whole
    _is_back = False  # whether the instance has the state of the checkpoint again
    _new: tuple[str, ...] = ()  # the components that the step taken shows for the first time

    def _is_seen(self) -> bool:
        return self._wanted or self._shared.picture is None

    def _call(self, message: CallEvent) -> Update | Refusal:
        self._wanted = True
        try:
            return self._event(message)
        finally:
            self._wanted = False

    def _render(self, _message: Render) -> Update | Refusal:
        if self._part is None:
            return Refusal("unknown_view", "it has not been mounted")
        self._whole = True
        try:
            return self._answer_after("render", _nothing)
        finally:
            self._whole = False

    def _answer_after(self, name: str, change: Callable[[], Any]) -> Update:
        """Change the part, and answer what is to be seen then."""
        self._wanted = True
        try:
            clock = Stopwatch(self._class_name, "info", name, self)
            return self._run(clock, change, answers=True)
        finally:
            self._wanted = False

    def _take(self, step: Step, change: Change | None, answers: bool = False) -> None:
        self._new = tuple([each.id for each in change.new]) if change is not None else ()
        LiveActor._take(self, step, change, answers)  # which asks for the port

    def _port(self) -> Deliver:
        port = super()._port()
        whole, new, components = self._whole, self._new, self._view_record.components
        picture = self._shared.picture if whole else None

        def deliver(updates: Update | Updates) -> None:
            update = updates.parts[0] if isinstance(updates, Updates) else updates
            pictures = {}
            if whole or new:
                shown = [each for each in list(components.values()) if each.is_shown]
                pictures = {each.id: each.picture for each in shown if each.picture is not None}
            port(Shown(update.version, update.patches, picture, new, pictures))

        return deliver

    def _still_places(self, id: str) -> bool:
        stage = self._stage()
        assert stage is not None
        self._placements.restart()
        self._painter.show(stage)  # to look only: who asks next is shown what has changed
        return self._placements.has_placed(id)

    # Coming back

    def _revive(self) -> None:
        super()._revive()
        self._reopen()

    def _reopen(self) -> None:
        """Start those components again that have ended with their supervisor, or with the session:
        nobody may ever ask for a picture of them."""
        mine = placed_by(self._shared, self._view_record.components)
        ended = [each for each in mine if not each.is_alive and each.comes_back]
        open_components(self._shared, ended)
        for each in ended:
            assert each.cell is not None
            each.cell.enqueue(Show(), insist=True)
            catch_up(each)

    # Instances that were given

    def on_resume(self, error: BaseException) -> None:
        if self._shared.instance is None or self._shared.checkpoint is None:
            super().on_resume(error)
        elif not self._is_back:
            self._housekeeping.around(self._stage(), self._put_back)
        if self._part is not None:
            self._housekeeping.around(self._stage(), self._reopen)

    def _fail(self, answer: Exception, error: BaseException) -> NoReturn:
        self._is_back = False
        if self._shared.instance is not None and self._shared.checkpoint is not None:
            try:
                self._put_back()  # before the caller is told, who may have the instance, too
                self._is_back = True
            except (Fenced, Killed):
                raise
            except Exception:
                logger.exception("%s: the state before the event cannot be put back", self.path)
        super()._fail(answer, error)

    def _put_back(self) -> None:
        """Give the instance the state of the checkpoint."""
        part: Any = self._shared.instance
        self._shared.restore(part)
        self._have(part)  # what was known of it is no longer so

    def _turn_away(self, error: BaseException, *, mounted: bool = False) -> None:
        """Answer with an error, and end: what has not begun is no failure that a restart would
        heal."""
        if not mounted:
            self._part = None  # which is not told that it ends
        reply = self.defer()
        self.stop("refused")
        if reply is not None:
            reply.set_exception(as_mount_failure(error))


def as_mount_failure(error: BaseException) -> Exception:
    """Return what to tell of a mount that has failed with `error`."""
    if isinstance(error, ActorError):  # it tells already what it is
        return error
    failed = MountFailed(describe(error))
    failed.__cause__ = error
    return failed


def _nothing() -> None:
    """Change nothing."""
