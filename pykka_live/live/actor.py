"""What the actors of views and of components have in common: the messages that both understand."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar, NoReturn

from pykka_live.actors import ActorFailed
from pykka_live.actors._recent import name_by_first_field
from pykka_live.exceptions import (
    BadParameters,
    HandlerNotFound,
    TemplateFailed,
)
from pykka_live.live import hooks, pubsub
from pykka_live.live._stopwatch import Stopwatch
from pykka_live.live.contest import pass_on, two_places
from pykka_live.live.events import CALLED
from pykka_live.live.messages import (
    CallEvent,
    ComponentEvent,
    ComponentsFailed,
    Contested,
    Info,
    Refusal,
    Update,
    UpdateProps,
)
from pykka_live.live.part import SURROUNDINGS
from pykka_live.live.spans import cut_short
from pykka_live.live.stepping import P, Stepper
from pykka_live.live.user_code import call

RESTART = "restart"
"""The reason with which a supervisor stops what it is going to start again."""

name_by_first_field(CallEvent, CALLED)

BURST = 0.05
"""Seconds for which the picture may be behind, while more messages of one kind wait."""


class LiveActor(Stepper[P]):
    """Handles the messages of one view or component, one after the other.

    What the framework refuses (an unknown event, a bad parameter) is answered by a `Refusal`. What
    the user's code raises is answered, and then fails this incarnation; the next one starts from
    the record's checkpoint.

    Args:
        record: what the incarnations share.
        view: the record of the view; the same, for the view's own actor.
        class_name: the dotted name of the part's class.
    """

    _handlers: ClassVar[dict[type, Callable[[Any, Any], Any]]]

    # Hooks

    def around(self, message: Any, handle: Callable[[Any], Any]) -> Any:
        try:
            return self._housekeeping.around(self._stage(), handle, message)
        except BaseException as error:
            cut_short(self.path, error)
            raise

    def _around_start(self, handle: Callable[[], Any]) -> None:
        """The same for what is done while it starts."""
        try:
            self._housekeeping.around(self._stage(), handle)
        except BaseException as error:
            cut_short(self.path, error)
            raise

    def on_receive(self, message: Any) -> Any:
        result = self._handlers[type(message)](self, message)
        if self._behind and type(message) not in _BURSTS:
            self._catch_up()
        return result

    def get_state(self) -> dict[str, Any]:
        """Return the state of the part, for `Cell.get_state`."""
        if self._part is None:
            return {}
        return {name: v for name, v in vars(self._part).items() if name not in SURROUNDINGS}

    def on_stop(self) -> None:
        self._terminate(self.stop_reason)

    def on_failure(self, exception_type: Any, exception_value: Any, traceback: Any) -> None:
        if self.cell.spec.strategy_for(exception_value) == "stop":
            self._terminate("crashed")

    def on_resume(self, error: BaseException) -> None:
        if self._part is not None:
            self._housekeeping.around(self._stage(), self._show_as_it_is)

    def _terminate(self, reason: str) -> None:
        if reason != RESTART:  # then the next incarnation gets what is published meanwhile
            pubsub.hub.forget(self.path)
        if self._part is not None:
            self._housekeeping.around(self._stage(), call, self._part.terminate, reason)

    # Messages

    def _event(self, message: CallEvent) -> Update | Refusal:
        part = self._part
        if part is None:
            self._report_refused("", "rejected")
            return Refusal("unknown_view", "the view has not been joined; load the page again")
        try:
            handler = part._live_handler(message.name)
        except HandlerNotFound as error:
            self._report_refused("", "unknown")
            return Refusal("unknown_event", str(error))
        try:
            arguments = handler.bind(message.params)
        except BadParameters as error:
            self._report_refused(handler.name, "rejected")
            return Refusal("bad_params", f"{handler.name}: {error}")
        clock = Stopwatch(self._class_name, "event", handler.name, self)
        return self._run(clock, lambda: call(handler.function, part, **arguments), answers=True)

    def _report_refused(
        self, event: str, outcome: hooks.Outcome, kind: hooks.Kind = "event"
    ) -> None:
        name, waited = self._class_name, self.message_waited
        hooks.emit(hooks.Handled(name, kind, event, outcome, self.path, waited, total=waited))

    def _info(self, message: Info) -> None:
        part = self._part
        if part is not None:
            self._burst("handle_info", Info, lambda: call(part.handle_info, message.message))

    def _component_event(self, message: ComponentEvent) -> None:
        part = self._part
        if part is not None:
            self._burst(
                "handle_component_event",
                ComponentEvent,
                lambda: call(
                    part.handle_component_event, message.component_id, message.name, message.data
                ),
            )

    def _components_failed(self, message: ComponentsFailed) -> NoReturn:
        raise ActorFailed(f"the components in it failed too often: {message.error}")

    def _contested(self, message: Contested) -> None:
        """Take a component again that another one has let go of. Fail, if another one has it, but
        this one has not let go of it."""
        id, winner = message.id, message.winner
        if message.way:
            pass_on(message)
            return
        is_lost = self._part is not None and id in self._shared.lost and self._still_places(id)
        if is_lost and winner is not None and self._view_record.components.get(id) is winner:
            raise TemplateFailed(
                f"{two_places(id)}: it is shown where it came last, "
                "and its place in this one stays empty"
            )

    def _still_places(self, id: str) -> bool:
        """Draw what was lost, if anybody looks; return whether that is still lost."""
        if not self._is_seen():
            return False
        self._run(Stopwatch(self._class_name, "info", "", self), _nothing)
        return id in self._shared.lost

    def _burst(self, name: str, kind: type, handler: Callable[[], Any]) -> None:
        """Call the handler of a message that nobody waits for. While the next one is of the same
        kind, the picture may wait for it."""
        clock = Stopwatch(self._class_name, "info", name, self)
        draws = True
        if self.cell.mailbox.is_next(kind):
            now = monotonic()
            since = self._behind or now
            draws = now - since > BURST
            if not draws:
                self._behind = since
        self._run(clock, handler, draws=draws)
        if draws and self._behind:  # it was refused, and what came before is still to be drawn
            self._catch_up()

    def _catch_up(self) -> None:
        """Draw what a message that has been lost since, from a full mailbox, was to draw."""
        self._run(Stopwatch(self._class_name, "info", "", self), _nothing)


_BURSTS = frozenset({Info, ComponentEvent, UpdateProps})


def _nothing() -> None:
    """Do nothing."""
