"""Where the actors of a test run: in the test's own thread, or in threads of theirs."""

from __future__ import annotations

import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from pykka_live import actors
from pykka_live.actors import ActorStopped, ActorSystem, Cell, Event, Ping
from pykka_live.actors._dispatcher import Worker
from pykka_live.actors._errors import describe
from pykka_live.actors._messages import message_name
from pykka_live.exceptions import HandlerFailed
from pykka_live.live.painter import add_inspector, remove_inspector
from pykka_live.live.stage import Stage
from pykka_live.live.system import live_root, new_system
from pykka_live.testing.failures import MessageLost, PageBroken
from pykka_live.testing.inspection import inspect
from pykka_live.vdom import Element

if TYPE_CHECKING:
    from pykka_live.testing.page import Page


class Place:
    """Where the actors of a test run. Its clients share it.

    Attributes:
        system: the actor system.
        pages: the tabs that are connected.
    """

    uses_actors = False

    def __init__(self, system: ActorSystem) -> None:
        self.system = system
        self.pages: list[Page] = []
        self.users = 0
        self._failed: list[tuple[str, BaseException]] = []
        self._lost: list[str] = []
        self._is_settling = False
        self._previous = ActorSystem._default  # what the tests around this one use
        self._broken: list[PageBroken] = []
        system.add_listener(self._note)
        add_inspector(self._inspect)
        ActorSystem.reset_default(system)

    def settle(self) -> None:
        """Return when no actor has anything left to do."""
        raise NotImplementedError

    @contextmanager
    def working(self) -> Iterator[None]:
        """Surround what may run actors."""
        yield

    def settle_pages(self) -> None:
        """The same, and let the tabs show it. Raises what `LiveClient.settle` does."""
        if self._is_settling:
            return
        self._is_settling = True
        try:
            self.settle()
            while self._take():
                self.settle()
            self._warn_of_lost()
            self._raise_failures()
            for page in list(self.pages):
                if page.client.verify:
                    page.verify()
        finally:
            self._is_settling = False

    def _take(self) -> bool:
        """Let each tab take what was sent to it. Returns whether there was anything."""
        taken = [page.take() for page in self.pages]
        return any(taken)

    def release(self) -> list[str]:
        """One client less; with the last one, all actors end. Returns as `end` does."""
        self.users -= 1
        return self.end() if self.users <= 0 else []

    def end(self) -> list[str]:
        """End all actors.

        Returns:
            the names of threads that could not be ended
        """
        global _current
        if _current is not self:
            return []
        _current = None
        remove_inspector(self._inspect)
        with self.working():
            left = self.system.shutdown(TIMEOUT)
        ActorSystem.reset_default(self._previous)
        return left

    def _inspect(self, view: Any, stage: Stage, picture: Element) -> None:
        if self.pages and all(page.client.verify for page in self.pages):
            broken = inspect(view, stage, picture)
            if broken is not None:
                self._broken.append(broken)

    def _note(self, event: Event) -> None:
        if event.kind == "failed" and event.error is not None:
            self._failed.append((event.cell.path, event.error))
        letter = event.letter
        if letter is not None and letter.reason in _LOST:
            name = message_name(letter.message)
            self._lost.append(f"{letter.path} misses a message ({name}): {letter.reason}")

    def _warn_of_lost(self) -> None:
        """Warn of what was sent and nobody will get."""
        lost, self._lost = self._lost, []
        for text, times in Counter(lost).items():
            warnings.warn(f"{text} ({times} times)" if times > 1 else text, MessageLost, 2)

    def _raise_failures(self) -> None:
        """Raise what the user's code has raised: what was answered first."""
        failures = [error for page in self.pages for error in page.failures()]
        told = {id(each) for error in failures for each in (error, error.__cause__)}
        noted, self._failed = self._failed, []
        for path, error in noted:
            if id(error) not in told:
                failed = HandlerFailed(f"{path}: {describe(error)}")
                failed.__cause__ = error
                failures.append(failed)
        broken, self._broken = self._broken, []
        for failure in [*failures, *broken]:
            raise failure


class InThreads(Place):
    """In threads of their own, as on a server."""

    uses_actors = True

    def __init__(self) -> None:
        super().__init__(new_system())

    def settle(self) -> None:
        before = None
        while before != (now := self._counts()):
            before = now
            for cell in self.system.cells():
                self._come_to_rest(cell)

    def _come_to_rest(self, cell: Cell) -> None:
        """Wait until an actor has handled what it had to."""
        while cell.alive:
            # A ping is answered between two messages; while it restarts, afterwards.
            with suppress(ActorStopped):
                cell.request(Ping(), BUSY)
            if cell.current is None and not len(cell.mailbox):
                return

    def _counts(self) -> list[tuple[str, int, int, int]]:
        """Return what is different if anybody has done anything meanwhile."""
        cells = self.system.cells()
        return [(cell.path, cell.incarnation, cell.handled, cell.failures) for cell in cells]

    def end(self) -> list[str]:
        left = super().end()
        workers = [
            thread
            for thread in threading.enumerate()
            if isinstance(thread, Worker) and thread.dispatcher is self.system.dispatcher
        ]
        for worker in workers:
            worker.join(TIMEOUT)  # some are at their last instruction
        return left + [worker.name for worker in workers if worker.is_alive()]


class InPlace(Place):
    """In the thread of the test."""

    def __init__(self) -> None:
        self._clock = _Clock()
        super().__init__(
            ActorSystem(
                live_root,
                dispatcher=lambda: actors.InPlace(clock=self._clock, shares_locals=True),
                clock=self._clock,
            )
        )

    def settle(self) -> None:
        with self.working():
            while True:
                pause = self.system.drive()
                if pause is None or not self._is_restarting():
                    return
                self._clock.ahead += pause  # nobody wants to wait for it

    def _is_restarting(self) -> bool:
        return any(cell.state == "restarting" for cell in self.system.cells())

    @contextmanager
    def working(self) -> Iterator[None]:
        both = (request_started, request_finished)
        # A join is a request, and Django closes connections around one, but for those of its own
        # test client: the test may be in the middle of a transaction.
        connected = [signal for signal in both if signal.disconnect(close_old_connections)]
        try:
            yield
        finally:
            for signal in connected:
                signal.connect(close_old_connections)


class _Clock:
    """The time, as far ahead as it was set."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


_LOST = frozenset({"no such component", "mailbox full", "dropped"})
"""The reasons of dead letters whose sender has a mistake; others are for who has just ended."""

_current: Place | None = None

TIMEOUT = 10.0
"""Seconds that the actors of a test have for ending."""

BUSY = 30.0
"""Seconds that an actor in a thread may be busy with one message."""


def open_place(use_actors: bool) -> Place:
    """Return the place of this test; a new one for the first who asks."""
    global _current
    if _current is None:
        _current = InThreads() if use_actors else InPlace()
    elif _current.uses_actors != use_actors:
        raise RuntimeError("the LiveClients of one test run their views in one way")
    _current.users += 1
    return _current
