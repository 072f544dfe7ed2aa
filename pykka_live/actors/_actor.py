"""The actor: its mailbox belongs to its cell, and its failures to its supervisor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from pykka_live.actors._envelope import Envelope, ReplyPort
from pykka_live.actors._errors import ActorError
from pykka_live.actors._loop import ActorLoop
from pykka_live.actors._monitors import Monitors
from pykka_live.actors._replies import Deferred, answer
from pykka_live.actors._timers import Timer

__all__ = ["SupervisedActor"]


class SupervisedActor(ActorLoop):
    """An actor that a `Supervisor` starts, watches and replaces.

    Write `on_start`, `on_receive`, `on_stop` and `on_failure` as for any Pykka actor; they run
    one at a time, each in whatever thread is free. Unlike in plain Pykka,

    - an exception in `on_receive` fails the actor, also when someone asked (who gets the
      exception). The strategy of its `ChildSpec` decides what comes next. The message is lost; the
      mail behind it is not;
    - `SystemExit` and every other `BaseException` fail this actor only;
    - an exception in `on_start` is a failure like others and calls `on_failure`;
    - it has a thread, a daemon, only while it has something to do, and is not in Pykka's registry.
      Its context variables go with it; what it leaves in a `threading.local` is gone afterwards.

    `start()` is not for you to call: give a `ChildSpec` to a supervisor. Before the incarnation is
    bound, in `__init__`, there is no `cell` yet. The methods are to be called from within the
    actor.

    Attributes:
        cell: the `Cell`, which outlives this incarnation
        message_waited: seconds that the message being handled waited in the mailbox
        stop_reason: why the actor ends, in `on_stop`
    """

    @property
    def path(self) -> str:
        """The actor's path."""
        return self.cell.path

    def stop(self, reason: str = "normal") -> None:
        """End after the current message."""
        self._end_with(reason)

    def commit(self, change: Callable[[], Any]) -> Any:
        """Run `change`, which must be short, inside the `fence`."""
        with self.fence():
            return change()

    def defer(self) -> ReplyPort | None:
        """Take over the duty to answer the message that is being handled.

        What `on_receive` returns is then ignored. If there was no answer when the incarnation ends,
        it is `ActorStopped`.

        Returns:
            the port that has to be given the answer, or None when nobody asked
        """
        with self.fence():
            envelope = self.cell.current
            if envelope is None:
                return None
            reply, envelope.reply = envelope.reply, None
            if reply is None:
                return None
            deferred = Deferred(self.cell, reply)
            self.cell._deferred[deferred] = None
            return deferred

    def answer(self, value: Any) -> None:
        """Answer the message that is being handled, if anybody asked.

        What `on_receive` returns is then ignored. The answer is given inside the `fence`.
        """
        with self.fence():
            self._answer(value)

    def _answer(self, value: Any) -> None:
        """As `answer`, by who is inside the `fence` already."""
        envelope = self.cell.current
        if envelope is not None:
            reply, envelope.reply = envelope.reply, None
            answer(reply, value)

    def send_after(self, seconds: float, message: Any) -> Timer:
        """Handle `message` in `seconds` seconds, between two other messages.

        The timer dies with the incarnation, and waits while the actor is suspended. It does not
        take room in the mailbox.

        Returns:
            a timer that can be cancelled from within the actor
        """
        clock = self.cell.system.clock
        return self._user_timers.at(clock() + seconds, lambda: self._deliver(Envelope(message)))

    def send_interval(self, seconds: float, message: Any) -> Timer:
        """Handle `message` every `seconds` seconds; as `send_after`.

        A time that was missed is not made up for.
        """
        if not seconds > 0:
            raise ValueError(f"seconds must be > 0, not {seconds!r}")
        clock = self.cell.system.clock

        def again() -> None:
            timer.action = again
            self._user_timers.push(timer, clock() + seconds)
            self._deliver(Envelope(message))

        timer = self._user_timers.at(clock() + seconds, again)
        return timer

    def monitor(self, path: str) -> Callable[[], None]:
        """Have one `Down(path, reason)` sent to this actor when the one at `path` ends for good.

        At once, with the reason `"not found"`, if there is none. The wish belongs to the cell: it
        outlives this incarnation, and to repeat it before the `Down` was handled changes nothing.

        Returns:
            a function that ends the monitoring, and takes back a `Down` that is on its way
        """
        cell = self.cell
        with self.fence():
            if cell._monitors is None:
                cell._monitors = Monitors(cell)
            monitors = cell._monitors
        monitor = monitors.add(path, cell.system.find(path))
        return lambda: monitors.remove(monitor)

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a supervised actor is started by a supervisor."""
        raise ActorError(
            f"{cls.__name__} is started by a supervisor: start_child(ChildSpec(id, {cls.__name__}))"
        )
