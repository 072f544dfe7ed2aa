"""The life of a cell: what the supervisor and the incarnations do with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from pykka_live.actors._current import is_given_up
from pykka_live.actors._dead_letters import DeadLetter
from pykka_live.actors._envelope import Envelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import (
    ActorError,
    ActorStopped,
    ActorStuck,
    Fenced,
    MailboxFull,
)
from pykka_live.actors._events import Event, EventKind
from pykka_live.actors._in_place import InPlace, InPlaceReply
from pykka_live.actors._incarnation import Incarnation
from pykka_live.actors._mailbox import Mailbox
from pykka_live.actors._messages import Exit, Exited, message_name
from pykka_live.actors._monitors import Monitors
from pykka_live.actors._recent import Recent
from pykka_live.actors._replies import Deferred, Reply, answer, refuse, refuse_envelope
from pykka_live.actors._reports import report
from pykka_live.actors._statistics import LastError
from pykka_live.actors._tracing import Tracer

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._spec import ChildSpec
    from pykka_live.actors._system import ActorSystem

__all__ = ["CellLife"]


class CellLife:
    """The half of a `Cell` that is for the supervision core, not for users."""

    def __init__(
        self, system: ActorSystem, spec: ChildSpec, path: str, parent: Cell | None
    ) -> None:
        self.system = system
        self.spec = spec
        self.path = path
        self.kind = spec.kind
        self.parent = parent
        self.children: dict[str, Cell] = {}
        self.data: dict[str, Any] = dict(spec.data)
        self.is_supervisor = False
        self.incarnation = 0
        self.mailbox = Mailbox(
            spec.capacity,
            spec.overflow,
            undelivered=self._undelivered,
            overflowed=self._overflowed,
        )
        self._lock = threading.RLock()
        # guarded by _lock: the current incarnation, the state, and who waits for what
        self._incarnation: Incarnation | None = None
        self._state = "starting"
        self._end_reason: str | None = None
        self._watchers: dict[object, Callable[[Cell, str], object]] = {}
        self._start_ports: list[ReplyPort] = []
        self._deferred: dict[Deferred, None] = {}
        self._monitors: Monitors | None = None
        self._heir: Callable[[Any, ReplyPort | None], bool] | None = None
        self.tracers: tuple[Tracer, ...] = ()
        self.recent = Recent()
        # statistics: written by the current incarnation's thread or the supervisor, read by anyone
        self.current: Envelope | None = None
        self.busy_since = 0  # time.monotonic_ns() when the current or last message was begun
        self.busy_reported = 0  # the `busy_since` of which the last event "busy" told
        self.waited = 0  # nanoseconds that handled messages waited in the mailbox, in all
        self.handled = 0
        self.failures = 0
        self.restarts = 0
        self.overflows = 0
        self.last_error: LastError | None = None
        self.started_at: float | None = None
        self.backing_off = False  # it is down, and the time of its restart has not come

    def reply(self) -> Reply:
        """Return a port for an answer of this actor, for which the current thread will wait.

        For `offer`, `enqueue` and `post`, where one asks several before one waits. A `Reply` that
        is made by itself would wait for an actor in place that nobody runs.
        """
        dispatcher = self.system.dispatcher
        if isinstance(dispatcher, InPlace):
            return InPlaceReply(dispatcher, cast("Cell", self))
        return Reply()

    def _is_asked_inside(self) -> bool:
        """Whether it is code of an actor in place of the same system that calls: then somebody has
        to run the others while it waits."""
        dispatcher = self.system.dispatcher
        return isinstance(dispatcher, InPlace) and dispatcher.runs()

    def _launch(self) -> Incarnation:
        """Start the next incarnation. Raises Fenced when the cell was ended meanwhile."""
        with self._lock:
            if self._end_reason is not None:
                raise Fenced
            self.incarnation += 1
            incarnation = Incarnation(cast("Cell", self), self.incarnation)
            self._incarnation = incarnation
            self.current = None
            self.busy_since = time.monotonic_ns()
            self._state = "starting"
        try:
            incarnation.start()
        except RuntimeError as error:  # no thread to be had: a failed start
            self._record_failure(error, None)
            self._incarnation_ended(incarnation, Exit("failed", error))
        return incarnation

    def _incarnation_ended(self, incarnation: Incarnation, exit: Exit) -> None:
        """Note the end of a thread; tell the supervisor, unless the thread was given up before."""
        deferred: dict[Deferred, None] = {}
        with self._lock:
            incarnation.ended = True
            current = self._incarnation is incarnation
            if current:
                self._incarnation = None
                self.current = None
                self._state = "stopping" if exit.error is None else "failed"
                deferred, self._deferred = self._deferred, deferred
        if not current:
            self.system._given_up.discard(incarnation)
            return
        self._refuse_taken(deferred, ActorStopped(f"{self.path} ended before it answered"))
        if self.parent is not None:
            message = Exited(cast("Cell", self), incarnation, exit)
            self.parent.mailbox.put_system(SystemEnvelope(message))
        else:
            self.system._root_ended(cast("Cell", self), exit)

    def _give_up(self, error: ActorStuck, busy: float | None = None) -> bool:
        """Fence the current incarnation, answer whoever waits for it, try to interrupt its thread.

        From here on nothing that the thread does counts. Its descendants are given up with it.

        Args:
            error: what those who wait get
            busy: do nothing unless it has been busy for so many seconds

        Returns:
            whether it was given up
        """
        deferred: dict[Deferred, None] = {}
        with self._lock:
            if busy is not None and self._busy_seconds() < busy:
                return False
            incarnation, self._incarnation = self._incarnation, None
            if incarnation is not None:
                incarnation.given_up = True
            self.current = None
            deferred, self._deferred = self._deferred, deferred
        self._refuse_taken(deferred, error)
        if incarnation is not None:
            self.system._given_up.add(incarnation)
            self._tell_given_up(incarnation)
        for child in list(self.children.values()):
            child._give_up(error)
            child._end("failed", "abandoned")
        return True

    def _tell_given_up(self, incarnation: Incarnation) -> None:
        actor = incarnation.actor
        if actor is None:
            return
        try:
            actor.on_given_up()
        except BaseException:
            if is_given_up():
                raise
            report("%s: on_given_up raised", self.path, path=self.path)

    def _refuse_taken(self, deferred: Iterable[Deferred], error: ActorError) -> None:
        """Take the mailbox away from a thread that is fenced, and answer for it."""
        taken = self.mailbox.detach()
        if taken is not None:
            refuse_envelope(taken, error)
        for port in deferred:
            refuse(port.reply, error)

    def _answer_start(self, error: BaseException | None = None) -> None:
        """Tell those who wait for the start."""
        with self._lock:
            ports, self._start_ports = self._start_ports, []
        for port in ports:
            if error is None:
                answer(port, self)
            else:
                refuse(port, error)

    def _end(self, state: str, reason: str, error: BaseException | None = None) -> None:
        """End for good: no more mail, no path, all who wait are told."""
        if self._end_reason is not None:
            return
        cell = cast("Cell", self)
        if self.parent is not None:
            self.parent.children.pop(self.spec.id, None)
        self.system._registry.remove(cell)
        self.mailbox.close(reason)
        with self._lock:
            self._end_reason = reason
            self._state = state
            watchers, self._watchers = self._watchers, {}
        if self._monitors is not None:
            self._monitors.clear()
        self._answer_start(error or ActorStopped(f"{self.path} ended ({reason})"))
        for watcher in watchers.values():
            self._call_watcher(watcher, reason)
        self._emit("stopped", reason)

    def _call_watcher(self, watcher: Callable[[Cell, str], object], reason: str) -> None:
        try:
            watcher(cast("Cell", self), reason)
        except BaseException:
            if is_given_up():
                raise
            report("%s: a watcher failed", self.path, path=self.path)

    def _revive(self) -> None:
        """Live again after `_end`, for a kept child that is restarted. Raises NameTaken."""
        cell = cast("Cell", self)
        self.system._registry.add(cell)
        with self._lock:
            self._end_reason = None
            self._state = "starting"
        self.mailbox.reopen()
        if self.parent is not None:
            self.parent.children[self.spec.id] = cell

    def _record_failure(self, error: BaseException, message: Any) -> None:
        self.failures += 1
        self.last_error = LastError.of(error, message)
        self._emit("failed", type(error).__name__, error)

    def _report_busy(self, seconds: float) -> bool:
        """Tell, once per message, that the current one takes longer than `seconds`."""
        since = self.busy_since
        busy = self._busy_seconds()
        if busy <= seconds or self.busy_reported == since:
            return False
        self.busy_reported = since
        envelope = self.current
        what = "its start" if envelope is None else message_name(envelope.message)
        self._emit("busy", f"{what} takes {busy:.1f} s so far")
        return True

    def _busy_seconds(self) -> float:
        """Return the seconds since the current message, or the start, was begun; 0 without one."""
        if self.current is None and self._state != "starting":
            return 0.0
        return (time.monotonic_ns() - self.busy_since) * 1e-9

    def _inherited(self, envelope: Envelope, reason: str) -> bool:
        """Offer mail that is left to the heir; return whether that has taken it."""
        heir = self._heir
        if heir is None or reason == "dropped" or type(envelope) is SystemEnvelope:
            return False
        try:
            return heir(envelope.message, envelope.reply)
        except BaseException:
            if is_given_up():
                raise
            report("%s: the heir failed", self.path, path=self.path)
            return False

    def _undelivered(self, envelope: Envelope, reason: str) -> None:
        if self._inherited(envelope, reason):
            return
        try:
            if type(envelope) is not SystemEnvelope:
                letter = DeadLetter(self.path, envelope.message, reason, envelope.sender)
                self.system.dead_letters.add(letter)
                self._emit("dead_letter", reason, None, letter)
        finally:  # a listener may be interrupted
            if envelope.reply is not None:
                error: ActorError = ActorStopped(f"{self.path} ended ({reason})")
                if reason == "dropped":
                    error = MailboxFull(f"{self.path}: dropped from a full mailbox")
                refuse_envelope(envelope, error)

    def _overflowed(self) -> None:
        self.overflows += 1
        self._emit("overflow", self.mailbox.overflow)

    def _emit(
        self,
        kind: EventKind,
        reason: str = "",
        error: BaseException | None = None,
        letter: DeadLetter | None = None,
        stack: str = "",
    ) -> None:
        if self.parent is None and self.system.part_of is not None:
            return
        self.system.listeners.emit(Event(kind, cast("Cell", self), reason, error, letter, stack))

    def _after_fork(self) -> None:
        """In the child of a fork: dead, with new locks."""
        self._lock = threading.RLock()
        self._incarnation = None
        self.current = None
        self._watchers = {}
        self._start_ports = []
        self._monitors = None
        self._deferred = {}
        self._end_reason = "forked"
        self._state = "stopped"
        self.mailbox._after_fork()
