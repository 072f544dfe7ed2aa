"""The actor: its mailbox belongs to its cell, and its failures to its supervisor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, NoReturn, cast

import pykka
from pykka import messages as pykka_messages

from pykka_live.actors._cell import Cell
from pykka_live.actors._envelope import Envelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import ActorError, Fenced, Killed
from pykka_live.actors._inbox import Inbox
from pykka_live.actors._incarnation import Incarnation
from pykka_live.actors._messages import Down, Exit, Ping, PoisonPill, Started, Stop, Wake
from pykka_live.actors._replies import Deferred, answer, refuse
from pykka_live.actors._timers import Timer, Timers

__all__ = ["SupervisedActor"]

logger = logging.getLogger("pykka_live.actors")

PYKKA_STOP = pykka_messages._ActorStop
PYKKA_CALLS = (
    pykka_messages.ProxyCall,
    pykka_messages.ProxyGetAttr,
    pykka_messages.ProxySetAttr,
)
SPECIAL = frozenset([PoisonPill, PYKKA_STOP, *PYKKA_CALLS])


class SupervisedActor(pykka.ThreadingActor):
    """An actor that a `Supervisor` starts, watches and replaces.

    Write `on_start`, `on_receive`, `on_stop` and `on_failure` as for any Pykka actor; they all run
    in the actor's own thread, one at a time. Unlike in plain Pykka,

    - an exception in `on_receive` fails the actor, also when someone asked (who gets the
      exception). The strategy of its `ChildSpec` decides what comes next. The message is lost; the
      mail behind it is not;
    - `SystemExit` and every other `BaseException` fail this actor only;
    - an exception in `on_start` is a failure like others and calls `on_failure`;
    - its thread is a daemon, and it is not in Pykka's registry.

    `start()` is not for you to call: give a `ChildSpec` to a supervisor. Before the incarnation is
    bound, in `__init__`, there is no `cell` yet.

    Attributes:
        cell: the `Cell`, which outlives this incarnation
        message_waited: seconds that the message being handled waited in the mailbox
        stop_reason: why the actor ends, in `on_stop`
    """

    use_daemon_thread: ClassVar[bool] = True
    _is_supervisor: ClassVar[bool] = False

    cell: Cell
    message_waited: float = 0.0
    stop_reason: str = ""

    _incarnation: Incarnation | None = None
    _exit: Exit | None = None
    _open = False  # whether user mail is taken

    # Hooks

    def on_start(self) -> None:
        """Prepare for the first message. What it raises is a failed start."""

    def on_receive(self, message: Any) -> Any:
        """Handle a message.

        Returns:
            the answer, for those who ask
        """
        return super().on_receive(message)

    def around(self, message: Any, handle: Callable[[Any], Any]) -> Any:
        """Handle a message by calling `handle(message)`.

        Override it for what has to be done before and after each message. What it returns is the
        answer; what it raises fails the actor.
        """
        return handle(message)

    def on_stop(self) -> None:
        """Clean up at a normal end; `stop_reason` says why. What it raises is logged."""

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clean up after a failure, before the thread ends; instead of `on_stop`.

        What it raises is logged.
        """

    def on_resume(self, error: BaseException) -> None:
        """Put things right after a message that failed, when this incarnation goes on.

        What it raises fails the actor.
        """

    # For use inside

    @property
    def path(self) -> str:
        """The actor's path."""
        return self.cell.path

    def stop(self, reason: str = "normal") -> None:
        """End after the current message. To be called from within the actor."""
        if self._exit is None:
            self._exit = Exit(reason)

    def fence(self) -> Fence:
        """Return a context manager that keeps other incarnations out while its block runs.

        Raises:
            Fenced: on entry, when this incarnation was replaced
        """
        return Fence(self.cell, self._incarnation)

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
            self.cell._deferred.add(deferred)
            return deferred

    def send_after(self, seconds: float, message: Any) -> Timer:
        """Handle `message` in `seconds` seconds, between two other messages.

        To be called from within the actor. The timer dies with the incarnation. It does not take
        room in the mailbox.

        Returns:
            a timer that can be cancelled from within the actor
        """
        clock = self.cell.system.clock
        return self._timers.at(clock() + seconds, lambda: self._deliver(Envelope(message)))

    def send_interval(self, seconds: float, message: Any) -> Timer:
        """Handle `message` every `seconds` seconds; as `send_after`.

        A time that was missed is not made up for.
        """
        if not seconds > 0:
            raise ValueError(f"seconds must be > 0, not {seconds!r}")
        clock = self.cell.system.clock

        def again() -> None:
            timer.action = again
            self._timers.push(timer, clock() + seconds)
            self._deliver(Envelope(message))

        timer = self._timers.at(clock() + seconds, again)
        return timer

    def monitor(self, path: str) -> Callable[[], None]:
        """Have a `Down(path, reason)` sent to this actor when the one at `path` ends for good.

        At once if there is none.

        Returns:
            a function that ends the monitoring
        """
        cell = self.cell
        target = cell.system.find(path)
        if target is None:
            cell.mailbox.put_last(SystemEnvelope(_Deliver(Down(path, "not found"))))
            return lambda: None
        return target.watch(
            lambda _, reason: cell.mailbox.put_last(SystemEnvelope(_Deliver(Down(path, reason))))
        )

    # The loop

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a supervised actor is started by a supervisor."""
        raise ActorError(
            f"{cls.__name__} is started by a supervisor: start_child(ChildSpec(id, {cls.__name__}))"
        )

    @staticmethod
    def _create_actor_inbox() -> Any:
        return Inbox()

    def _bind(self, incarnation: Incarnation) -> None:
        if self._incarnation is not None:
            raise ActorError(
                f"{incarnation.cell.path}: start must make a new actor for each incarnation"
            )
        self._incarnation = incarnation
        self.cell = cell = incarnation.cell
        cell.is_supervisor = self._is_supervisor
        self.actor_inbox.bind(cell)  # type: ignore[attr-defined]
        self._timers = Timers(cell.system.clock)

    def _actor_loop(self) -> None:
        """Live: the whole life of this incarnation, in its own thread.

        `_exit` is set at its end.
        """
        try:
            self._begin()
            self._serve()
        except (Fenced, Killed):
            self.actor_stopped.set()
            raise
        except BaseException as error:
            self._exit = Exit("failed", error)
        self._open = False
        self._timers.clear()
        try:
            self._wind_down()
        finally:
            self.actor_stopped.set()
        self._say_goodbye()

    def _begin(self) -> None:
        try:
            self.on_start()
            self._ready()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            self.cell._record_failure(error, None)
            raise

    def _ready(self) -> None:
        """The start is done: tell the supervisor and take user mail."""
        cell = self.cell
        with self.fence():
            if cell._state == "starting":
                cell._state = "running"
            cell.started_at = time.time()
        self._open = True
        incarnation = cast(Incarnation, self._incarnation)
        if cell.parent is not None:
            cell.parent.mailbox.put_system(SystemEnvelope(Started(cell, incarnation)))
        else:
            cell.system._root_started(cell)

    def _serve(self) -> None:
        """Handle one message after the other until there is an exit."""
        get = cast(Incarnation, self._incarnation).receiver.get
        timers = self._timers
        while self._exit is None:
            if timers:
                action = timers.pop_due()
                if action is not None:
                    action()
                    continue
                envelope = get(timers.remaining(), self._open)
                if envelope is None:
                    continue
            else:
                envelope = cast(Envelope, get(None, self._open))
            if type(envelope) is SystemEnvelope:
                self._on_system(envelope)
            else:
                self._deliver(envelope)

    def _deliver(self, envelope: Envelope) -> None:
        cell = self.cell
        cell.busy_since = now = time.monotonic_ns()
        waited = now - envelope.sent
        cell.waited += waited
        self.message_waited = waited * 1e-9
        cell.current = envelope
        try:
            message = envelope.message
            if type(message) in SPECIAL:
                result = self._handle_special(message)
            else:
                result = self.around(message, self.on_receive)
        except Fenced:
            raise
        except BaseException as error:
            self._message_failed(envelope, error)
            return
        with cell._lock:
            if cell._incarnation is not self._incarnation:
                raise Fenced
            cell.current = None
            cell.handled += 1
            reply = envelope.reply
            envelope.reply = None
        if reply is not None:
            answer(reply, result)

    def _message_failed(self, envelope: Envelope, error: BaseException) -> None:
        """Answer the asker with the error; then go on, or raise it again."""
        cell = self.cell
        with cell._lock:
            if cell._incarnation is not self._incarnation:
                raise Fenced
            cell.current = None
            reply, envelope.reply = envelope.reply, None
        cell._record_failure(error, envelope.message)
        refuse(reply, error)
        resume = envelope.resume or cell.spec.strategy_for(error) == "resume"
        if not resume or isinstance(error, Killed):
            raise error
        self.on_resume(error)
        cell._emit("resumed", type(error).__name__, error)

    def _handle_special(self, message: Any) -> Any:
        """Handle what is not for `on_receive`."""
        if isinstance(message, PoisonPill):
            return self.stop(message.reason)
        if type(message) is PYKKA_STOP:
            return self.stop()
        return self.around(message, self._handle_receive)

    def _on_system(self, envelope: Envelope) -> None:
        """Handle a message of the system lane."""
        message = envelope.message
        if isinstance(message, PoisonPill):
            self.stop(message.reason)
        elif isinstance(message, Stop):
            if self._is_for_me(message):
                self.stop(message.reason)
        elif isinstance(message, _Deliver):
            self._deliver(Envelope(message.message))
            return
        elif not isinstance(message, Ping | Wake):
            error = ActorError(f"{self.path} does not understand {type(message).__name__}")
            refuse(self._claim(envelope), error)
            return
        answer(self._claim(envelope), True)

    def _is_for_me(self, stop: Stop) -> bool:
        return stop.incarnation in (None, cast(Incarnation, self._incarnation).number)

    def _claim(self, envelope: Envelope) -> ReplyPort | None:
        """Take over the duty to answer. Raises Fenced when another has it."""
        with self.fence():
            reply, envelope.reply = envelope.reply, None
            return reply

    def _wind_down(self) -> None:
        """What has to be done before the goodbye; a supervisor stops its children here."""

    def _say_goodbye(self) -> None:
        """Call `on_stop` or `on_failure`."""
        exit = cast(Exit, self._exit)
        self.stop_reason = exit.reason
        try:
            if exit.error is None:
                self.on_stop()
            else:
                self.on_failure(type(exit.error), exit.error, exit.error.__traceback__)
        except (Fenced, Killed):
            raise
        except BaseException as error:
            hook = "on_stop" if exit.error is None else "on_failure"
            logger.error(
                "%s: %s raised", self.path, hook, exc_info=error, extra={"path": self.path}
            )


class Fence:
    """Holds the cell's lock while its block runs, if the incarnation is still the current one."""

    __slots__ = ("_cell", "_incarnation")

    def __init__(self, cell: Cell, incarnation: Incarnation | None) -> None:
        self._cell = cell
        self._incarnation = incarnation

    def __enter__(self) -> None:
        self._cell._lock.acquire()
        if self._cell._incarnation is not self._incarnation:
            self._cell._lock.release()
            raise Fenced

    def __exit__(self, *_exc: object) -> None:
        self._cell._lock.release()


class _Deliver:
    """System mail that holds user mail for which there is always room."""

    __slots__ = ("message",)

    def __init__(self, message: Any) -> None:
        self.message = message
