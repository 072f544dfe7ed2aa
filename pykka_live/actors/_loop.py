"""How an incarnation lives: it takes one envelope after the other until it has to end."""

from __future__ import annotations

import time
from typing import Any, ClassVar, cast

from pykka import messages as pykka_messages

from pykka_live.actors._current import is_given_up
from pykka_live.actors._envelope import Envelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import ActorError, Fenced, Killed
from pykka_live.actors._fence import Fence
from pykka_live.actors._hooks import Hooks
from pykka_live.actors._inbox import Inbox
from pykka_live.actors._incarnation import Incarnation
from pykka_live.actors._messages import (
    Exit,
    GetState,
    Goodbye,
    Ping,
    PoisonPill,
    Resume,
    Started,
    Stop,
    Suspend,
    Wake,
)
from pykka_live.actors._monitors import Downed
from pykka_live.actors._replies import Deferred, answer, refuse
from pykka_live.actors._reports import report
from pykka_live.actors._timers import Timers
from pykka_live.actors._tracing import Trace, tell_tracers

__all__ = ["ActorLoop"]

PYKKA_STOP = pykka_messages._ActorStop
PYKKA_CALLS = (
    pykka_messages.ProxyCall,
    pykka_messages.ProxyGetAttr,
    pykka_messages.ProxySetAttr,
)
IN_A_ROW = 10  # messages, and timers, that an actor handles while others wait for a thread
SPECIAL = frozenset([PoisonPill, PYKKA_STOP, *PYKKA_CALLS])


class ActorLoop(Hooks):
    """The loop that calls the hooks of a `SupervisedActor`.

    Everything but `__init__` runs in the thread that the incarnation has at that time.
    """

    use_daemon_thread: ClassVar[bool] = True
    _is_supervisor: ClassVar[bool] = False

    _incarnation: Incarnation | None = None
    _exit: Exit | None = None
    _open = False  # whether the start is done, so that user mail is taken
    _suspended = False
    _begun = False
    _ending = False
    _pause: float | None = None
    _has_around = True  # without one, each message costs a call less

    # Start

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
        self._fence = Fence(cell, incarnation)
        self._receiver = incarnation.receiver
        cell.is_supervisor = self._is_supervisor
        self.actor_inbox.bind(cell)  # type: ignore[attr-defined]
        self._has_around = type(self).around is not Hooks.around
        self._timers = Timers(cell.system.clock)
        self._user_timers = Timers(cell.system.clock)

    def _live(self) -> bool:
        """Live on, until there is nothing to do.

        Returns:
            whether the life is over. Then `_exit` is set; else `_pause` to the seconds for which
            there is nothing to do without mail, None if there is no limit
        """
        if not self._ending:
            if not self._live_up():
                return False
            self._ending = True
            self._open = False
            self._timers.clear()
            self._user_timers.clear()
        try:
            if not self._wind_down():
                return False
        except BaseException:
            self.actor_stopped.set()
            raise
        self.actor_stopped.set()
        self._say_goodbye()
        return True

    def _live_up(self) -> bool:
        """Begin, and handle messages. Returns whether there is an exit."""
        try:
            if not self._begun:
                self._begun = True
                self._begin()
            return self._serve()
        except (Fenced, Killed) as error:
            self.actor_stopped.set()
            if isinstance(error, Fenced) and self._is_current():
                self._exit = Exit("failed", error)
            else:
                raise
        except BaseException as error:
            self._exit = Exit("failed", error)
        return True

    def _is_current(self) -> bool:
        return self.cell._incarnation is self._incarnation

    def _begin(self) -> None:
        try:
            self.on_start()
            self._ready()
        except Killed:
            raise
        except BaseException as error:
            with self.fence():
                pass
            self.cell._record_failure(error, None)
            raise

    def _ready(self) -> None:
        """The start is done: tell the supervisor and take user mail."""
        cell = self.cell
        with self.fence():
            if cell._state == "starting":
                cell._state = "suspended" if self._suspended else "running"
            cell.started_at = time.time()
        self._open = True
        incarnation = cast(Incarnation, self._incarnation)
        if cell.parent is not None:
            cell.parent.mailbox.put_system(SystemEnvelope(Started(cell, incarnation)))
        else:
            cell.system._root_started(cell)

    # Mail

    def fence(self) -> Fence:
        """Return a context manager that keeps other incarnations out while its block runs.

        Raises:
            Fenced: on entry, when this incarnation was replaced
        """
        return self._fence

    def _serve(self) -> bool:
        """Handle one message after the other until there is none. Returns whether it is to end."""
        receiver = self._receiver
        take = receiver.take
        queue = self.cell.system.dispatcher.queue
        left = IN_A_ROW
        timers, user_timers = self._timers, self._user_timers
        heap, user_heap = timers.heap, user_timers.heap
        while self._exit is None:
            user = self._open and not self._suspended
            timeout = None
            if heap or user_heap:
                action = timers.pop_due() or (user_timers.pop_due() if user else None)
                if action is None:
                    timeout = timers.remaining(user_timers if user else None)
                else:
                    with self.fence():  # a timer does not know that its actor was given up
                        pass
                    action()
                    if self._exit is not None:
                        break
                    timeout = 0.0  # mail has its turn before the next timer
            envelope = take(user)
            if envelope is None:
                if timeout != 0.0:
                    self._pause = timeout
                    return False
            elif type(envelope) is SystemEnvelope:
                self._on_system(envelope)
            else:
                self._deliver(envelope)
                if receiver.has_all and not (heap or user_heap or self._exit):
                    self._pause = None  # what has come meanwhile keeps it from being parked
                    return False
            left -= 1
            if left < 0 and queue and self._exit is None:
                self._pause = 0.0
                return False
        return True

    def _deliver(self, envelope: Envelope) -> None:
        cell = self.cell
        message = envelope.message
        cell.busy_since = now = cell.recent.begin(message)
        waited = now - envelope.sent
        cell.waited += waited
        self.message_waited = waited * 1e-9
        cell.current = envelope
        if cell.tracers:
            self._trace("received", envelope)
        try:
            if type(message) in SPECIAL:
                result = self._handle_special(message)
            elif self._has_around:
                result = self.around(message, self.on_receive)
            else:
                result = self.on_receive(message)
        except BaseException as error:  # `Fenced`, too, may be of another actor
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
        if cell.tracers:
            self._trace("handled", envelope, result)

    def _message_failed(self, envelope: Envelope, error: BaseException) -> None:
        """Answer the asker with the error; then go on, or raise it again."""
        cell = self.cell
        resumes = envelope.resume or cell.spec.strategy_for(error) == "resume"
        resumes = resumes and not isinstance(error, Killed)
        with self.fence():
            pass
        # Until this is told, whoever gives the actor up has to answer: a listener may hang.
        cell._record_failure(error, envelope.message)
        with self.fence():
            if not resumes:
                cell.current = None
            reply, envelope.reply = envelope.reply, None
        refuse(reply, error)
        if cell.tracers:
            self._trace("failed", envelope, None, error)
        if not resumes:
            raise error
        try:
            self.on_resume(error)
        except BaseException as failure:
            if is_given_up():
                raise
            cell._record_failure(failure, envelope.message)
            raise
        with self.fence():
            cell.current = None
        cell._emit("resumed", type(error).__name__, error)

    def _trace(
        self, kind: Any, envelope: Envelope, result: Any = None, error: BaseException | None = None
    ) -> None:
        cell = self.cell
        took = 0.0 if kind == "received" else (time.monotonic_ns() - cell.busy_since) * 1e-9
        trace = Trace(kind, cell, envelope.message, self.message_waited, took, result, error)
        tell_tracers(cell.tracers, trace)

    def _handle_special(self, message: Any) -> Any:
        """Handle what is not for `on_receive`."""
        if isinstance(message, PoisonPill):
            return self._end_with(message.reason)
        if type(message) is PYKKA_STOP:
            return self._end_with("normal")
        return self.around(message, self._handle_receive)

    def _end_with(self, reason: str) -> None:
        """End after the current message."""
        if self._exit is None:
            self._exit = Exit(reason)

    # System mail

    def _on_system(self, envelope: Envelope) -> None:
        """Handle a message of the system lane."""
        message = envelope.message
        result: Any = True
        if isinstance(message, PoisonPill):
            self._end_with(message.reason)
        elif isinstance(message, Stop):
            if self._is_for_me(message):
                self._end_with(message.reason)
        elif isinstance(message, Downed):
            monitors = self.cell._monitors
            if monitors is not None and monitors.take(message.monitor):
                self._deliver(Envelope(message.down))
            return
        elif isinstance(message, Suspend | Resume):
            self._suspend(isinstance(message, Suspend))
        elif isinstance(message, GetState):
            self._answer_state(envelope)
            return
        elif not isinstance(message, Ping | Wake):
            error = ActorError(f"{self.cell.path} does not understand {type(message).__name__}")
            refuse(self._claim(envelope), error)
            return
        answer(self._claim(envelope), result)

    def _is_for_me(self, stop: Stop) -> bool:
        return stop.incarnation in (None, cast(Incarnation, self._incarnation).number)

    def _suspend(self, suspended: bool) -> None:
        """Leave user mail and timers alone from now on, or no longer."""
        before, after = ("running", "suspended") if suspended else ("suspended", "running")
        with self.fence():
            self._suspended = suspended
            if self.cell._state == before:
                self.cell._state = after

    def _answer_state(self, envelope: Envelope) -> None:
        with self.fence():
            reply, envelope.reply = envelope.reply, None
            if reply is not None:
                reply = Deferred(self.cell, reply)
                self.cell._deferred[reply] = None
            self.cell.busy_since = time.monotonic_ns()
            self.cell.current = envelope
        try:
            state = self.get_state()
        except BaseException as error:
            if is_given_up():
                raise
            refuse(reply, error)
        else:
            answer(reply, state)
        with self.fence():
            self.cell.current = None

    def _claim(self, envelope: Envelope) -> ReplyPort | None:
        """Take over the duty to answer. Raises Fenced when another has it."""
        with self.fence():
            reply, envelope.reply = envelope.reply, None
            return reply

    # End

    def _wind_down(self) -> bool:
        """Do what has to be done before the goodbye; a supervisor stops its children here.

        Returns:
            whether it is done; if not, as `_live`
        """
        return True

    def _say_goodbye(self) -> None:
        """Call `on_stop` or `on_failure`."""
        exit = cast(Exit, self._exit)
        self.stop_reason = exit.reason
        with self.fence():  # the last hook, too, can be stuck
            self.cell.busy_since = time.monotonic_ns()
            self.cell.current = Envelope(Goodbye(exit))
        try:
            if exit.error is None:
                self.on_stop()
            else:
                self.on_failure(type(exit.error), exit.error, exit.error.__traceback__)
        except BaseException:
            if is_given_up():
                raise
            hook = "on_stop" if exit.error is None else "on_failure"
            report("%s: %s raised", self.cell.path, hook, path=self.cell.path)
