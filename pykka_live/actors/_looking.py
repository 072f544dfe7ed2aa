"""Looking inside one actor, as OTP's `sys` does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pykka_live.actors._life import CellLife
from pykka_live.actors._messages import GetState, Resume, Suspend, class_called
from pykka_live.actors._threads import stack_of
from pykka_live.actors._tracing import Tracer, log_trace

__all__ = ["CellLooking"]

ASK_TIMEOUT = 30.0


class CellLooking(CellLife):
    """The part of a `Cell` that is for those who look inside."""

    def request(self, message: Any, timeout: float | None = ASK_TIMEOUT) -> Any:
        """Ask in the system lane."""
        raise NotImplementedError

    def stack(self) -> str:
        """Return where the actor is in its current message, as in a traceback; nothing, while it
        has no thread. It is not asked, and goes on meanwhile."""
        incarnation, envelope = self._incarnation, self.current
        thread = None if incarnation is None else incarnation.thread
        stack = stack_of(thread)
        # A thread that has gone on to another actor meanwhile tells of that one.
        same = incarnation is not None and incarnation.thread is thread
        return stack if same and self.current is envelope else ""

    def last_messages(self) -> list[tuple[str, float]]:
        """Return the names of the last messages of all incarnations, the oldest first, with the
        moments (seconds since the epoch) at which they were begun. It may be at the last one yet.
        """
        since = time.time() - time.monotonic_ns() * 1e-9
        return [
            (what if isinstance(what, str) else class_called(what), since + moment * 1e-9)
            for what, moment in self.recent.copy()
        ]

    def suspend(self, timeout: float | None = ASK_TIMEOUT) -> None:
        """Have the actor leave its user mail and its timers alone after the current message.

        Mail is queued meanwhile. Stop, `get_state` and all other requests are heard, and a
        supervisor goes on supervising. It ends with `resume`, or with the incarnation.

        Raises:
            ActorStopped: the actor has ended
            ActorTimeout: it did not come back from the current message in time; it will be
                suspended then
            ActorError: the actor asked itself
        """
        self.request(Suspend(), timeout)

    def resume(self, timeout: float | None = ASK_TIMEOUT) -> None:
        """Have a suspended actor go on; others do not care. Raises as `suspend` does."""
        self.request(Resume(), timeout)

    def get_state(self, timeout: float | None = ASK_TIMEOUT) -> Any:
        """Return the state of the actor between two messages, as its `get_state` tells it.

        In a coroutine: `request_async(GetState())`. What it returns is shared with the actor: look,
        and do not touch.

        Raises:
            ActorStopped, ActorTimeout, ActorError: as `suspend`
            Exception: what the actor's `get_state` raised
        """
        return self.request(GetState(), timeout)

    def trace(self, tracer: Tracer = log_trace) -> Callable[[], None]:
        """Show `tracer` each message before and after it is handled, over all incarnations.

        Args:
            tracer: called with a `Trace`, in the actor's thread; by default it goes to the log

        Returns:
            a function that ends it
        """
        with self._lock:
            self.tracers = (*self.tracers, tracer)

        def untrace() -> None:
            with self._lock:
                left = list(self.tracers)
                if tracer in left:
                    left.remove(tracer)
                self.tracers = tuple(left)

        return untrace
