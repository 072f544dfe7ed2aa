"""The actor system: one per process, the root of all supervision."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from pykka_live.actors._cell import ASK_TIMEOUT, Cell
from pykka_live.actors._children import Child
from pykka_live.actors._current import current
from pykka_live.actors._dead_letters import DeadLetters
from pykka_live.actors._dispatcher import Dispatcher
from pykka_live.actors._envelope import SystemEnvelope
from pykka_live.actors._errors import (
    ActorStopped,
    ActorStuck,
    StartFailed,
    describe,
)
from pykka_live.actors._events import Listener, Listeners
from pykka_live.actors._given_up import GivenUp
from pykka_live.actors._in_place import InPlace
from pykka_live.actors._messages import Exit, StartChild, Stop
from pykka_live.actors._registry import Registry
from pykka_live.actors._spec import ChildSpec
from pykka_live.actors._supervisor import Supervisor

if TYPE_CHECKING:
    from pykka_live.actors._statistics import CellInfo

__all__ = ["ActorSystem", "Root"]


class Root(Supervisor):
    """The supervisor at `/`.

    It counts restarts per child and never fails: whatever would escalate to it ends that child
    alone.
    """

    counts = "child"
    stop_order = "together"

    def _escalate(self, child: Child, error: BaseException | None, failure: BaseException) -> None:
        child.cell._emit("escalated", type(failure).__name__, error)
        self._end_child(child, "failed", "escalated")


class ActorSystem:
    """Holds the root supervisor, all paths, dead letters and listeners.

    It starts when it is first used. In the child of a fork it begins anew, empty: cells from before
    the fork are dead there (`ActorStopped`), and the next use starts a new root. All methods can be
    called from any thread.

    Args:
        root: makes the root supervisor; default: `Root`, whose `max_restarts` and `max_seconds` can
            be set so
        dead_letters: how many dead letters are kept
        idle_threads: how many threads are kept for a while when there is nothing to do
        dispatcher: makes what runs the actors; default: threads of the system's own. `InPlace`
            runs them in the threads of those who want something
        part_of: a system that this one is a part of, with a root and a dispatcher of its own: its
            actors are found, listed and shut down there too, and have their paths, names, dead
            letters and listeners there. Nobody hears of its root
        clock: seconds as a float, never going back; for tests. Whoever sets it forward sends a
            `Ping` to have it noticed

    Attributes:
        dead_letters: the `DeadLetters`
        listeners: the `Listeners`; see `add_listener`
    """

    _all: ClassVar[weakref.WeakSet[ActorSystem]] = weakref.WeakSet()
    _default: ClassVar[ActorSystem | None] = None
    _default_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        root: Callable[[], Supervisor] = Root,
        *,
        dead_letters: int = 100,
        idle_threads: int = 256,
        dispatcher: Callable[[], Dispatcher | InPlace] | None = None,
        part_of: ActorSystem | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.part_of = part_of
        whole = part_of
        self.dead_letters: DeadLetters = whole.dead_letters if whole else DeadLetters(dead_letters)
        self.listeners: Listeners = whole.listeners if whole else Listeners(clock)
        self._dead_letters_size = dead_letters
        self._make_dispatcher = dispatcher or partial(Dispatcher, idle_threads)
        self._make_root = root
        self._reset()
        ActorSystem._all.add(self)

    def _reset(self) -> None:
        # Guards what follows; held for moments, never while other code runs.
        self._lock = threading.Lock()
        self._start_errors: weakref.WeakKeyDictionary[Cell, BaseException] = (
            weakref.WeakKeyDictionary()
        )
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._registry = Registry(self.part_of)
        self._parts: set[ActorSystem] = set()
        self._own_given_up = GivenUp()
        self.dispatcher: Dispatcher | InPlace = self._make_dispatcher()
        self._root: Cell | None = None
        self._state = "new"  # running, stopping, stopped
        self._up = threading.Event()
        self._ended = threading.Event()
        self._is_up = False

    @classmethod
    def default(cls) -> ActorSystem:
        """Return the system of this process, which is made when it is first asked for."""
        with cls._default_lock:
            if cls._default is None:
                cls._default = ActorSystem()
            return cls._default

    @classmethod
    def reset_default(cls, system: ActorSystem | None = None) -> None:
        """Make `system` the one of this process; None: a new one, when it is asked for.

        For tests.
        """
        with cls._default_lock:
            cls._default = system

    # Life

    @property
    def state(self) -> str:
        """`new`, `running`, `stopping` or `stopped`."""
        return self._state

    @property
    def root(self) -> Cell:
        """The root supervisor's cell; starts the system if need be.

        Raises ActorStopped after `shutdown`.
        """
        root = self._root
        return root if root is not None and self._state == "running" else self.start()

    def start(self) -> Cell:
        """Start the root, if it does not run, and wait until it is up.

        Returns:
            the root's cell

        Raises:
            ActorStopped: the system was shut down
            StartFailed: the root could not be started; the next use tries again
        """
        if self.part_of is not None:
            self.part_of.start()
        with self._lock:
            if self._state in ("stopping", "stopped"):
                raise ActorStopped("the actor system was shut down")
            first = self._state == "new"
            if first:
                # Its own messages may fail, but never the root.
                spec = ChildSpec(
                    "root", self._make_root, strategy="resume", kind="root", capacity=None
                )
                if self.part_of is not None:
                    self.part_of._admit(self)
                self._root = Cell(self, spec, "/", None)
                self._registry.add(self._root)
                self._state = "running"
            root, up, dispatcher = self._root, self._up, self.dispatcher
            assert root is not None
        if first:
            root._launch()
        dispatcher.wait(up.is_set) if isinstance(dispatcher, InPlace) else up.wait()
        if not root.alive:
            error = self._start_errors.get(root)
            if error is None:
                raise ActorStopped("the actor system has ended")
            raise StartFailed(f"the root could not be started: {describe(error)}") from error
        return root

    def shutdown(self, timeout: float = 30.0) -> list[str]:
        """Stop everything: no new actors, mailboxes are drained, children stop before supervisors.

        Three quarters of the time are for mail that is queued; what is then left becomes dead
        letters. What does not end by the deadline is given up. Can be called more than once.

        Args:
            timeout: seconds for all of it

        Returns:
            names (path and number of the incarnation) of the threads that had to be abandoned and
            still live
        """
        given_up_at = time.monotonic() + timeout + 3.0
        self._begin_to_stop(timeout)
        with self._lock:
            parts = list(self._parts)
        for part in parts:
            part._begin_to_stop(timeout)
        for part in parts:  # so that none waits for another
            part.drive()
        for system in (*parts, self):
            system._end_until(given_up_at)
        return self.abandoned()

    def _begin_to_stop(self, timeout: float) -> None:
        with self._lock:
            state, root = self._state, self._root
            if state == "new":
                self._state = "stopped"
            elif state == "running":
                self._state = "stopping"
        if state == "running" and root is not None:
            now = self.clock()
            stop = Stop("system shutdown", None, now + 0.75 * timeout, now + timeout)
            root.mailbox.put_system(SystemEnvelope(stop))

    def _end_until(self, moment: float) -> None:
        """Wait until all has ended, and give it up at a moment."""
        if self._root is not None:
            if not self._wait_for_end(max(0.0, moment - time.monotonic())):
                self._give_up_root(self._root)
            self.drive()  # those that were given up before they had their turn
            with self._lock:
                self._state = "stopped"

    def drive(self) -> float | None:
        """Run what is ready, if the system is in place; threads do so by themselves.

        Returns:
            as `InPlace.drive`; None where there are threads
        """
        return self.dispatcher.drive() if isinstance(self.dispatcher, InPlace) else None

    def _wait_for_end(self, timeout: float) -> bool:
        if isinstance(self.dispatcher, InPlace):
            return self.dispatcher.wait(self._ended.is_set, timeout)
        return self._ended.wait(timeout)

    def _give_up_root(self, root: Cell) -> None:
        """Do without a root whose thread does not come back, and without all below it."""
        if root._give_up(ActorStuck("the root did not stop in time and was given up")):
            self._given_up.interrupt()
            self._root_ended(root, Exit("system shutdown"))

    # Children of the root

    def start_child(self, spec: ChildSpec, timeout: float | None = ASK_TIMEOUT) -> Cell:
        """Start a child of the root and wait until it is up. Not for coroutines.

        Raises:
            ChildExists, NameTaken, StartFailed, ActorStopped, ActorTimeout: as `StartChild`
        """
        cell: Cell = self.root.request(StartChild(spec), timeout)
        return cell

    async def start_child_async(self, spec: ChildSpec, timeout: float | None = ASK_TIMEOUT) -> Cell:
        """As `start_child`, in a coroutine."""
        if not self._is_up:
            await asyncio.to_thread(self.start)  # it waits
        cell: Cell = await self.root.request_async(StartChild(spec), timeout)
        return cell

    # Looking around

    def find(self, path: str) -> Cell | None:
        """Return the live cell at `path`, or None. Takes the same time for any number of cells."""
        return self._registry.find(path)

    def whereis(self, name: str) -> Cell | None:
        """Return the live cell whose `ChildSpec` has this name, or None; as fast as `find`."""
        return self._registry.whereis(name)

    def cells(self) -> list[Cell]:
        """Return all live cells, each after its supervisor."""
        return self._registry.cells()

    def tree(self) -> list[CellInfo]:
        """Return a snapshot of each live cell, sorted by path."""
        return sorted((cell.info() for cell in self.cells()), key=lambda info: info.path)

    def report_busy(self, seconds: float) -> list[Cell]:
        """Tell of actors that have been on one message, or on their start, for over `seconds`.

        For a regular look at all actors. Each such message is an event `busy`, once. Nothing else
        happens to the actor: one that is to be replaced has a `stuck_timeout`.

        Returns:
            the cells that were told of now
        """
        return [cell for cell in self.cells() if cell._report_busy(seconds)]

    def abandoned(self) -> list[str]:
        """Return the names of threads that were given up and still live, a part those of all."""
        return self._given_up.names()

    def abandoned_cells(self) -> list[Cell]:
        """Return whose threads these are: the cell of each, several times if several of its
        incarnations were given up and still live."""
        return self._given_up.cells()

    def add_listener(self, listener: Listener) -> None:
        """Call `listener` with each `Event` from now on."""
        self.listeners.add(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Do not call `listener` any more."""
        self.listeners.remove(listener)

    # For cells, supervisors and incarnations

    def _new_cell(self, spec: ChildSpec, parent: Cell) -> Cell:
        cell = Cell(self, spec, f"{parent.path.rstrip('/')}/{spec.id}", parent)
        if self._state != "running":
            raise ActorStopped("the actor system is shutting down")
        self._registry.add(cell)
        parent.children[spec.id] = cell
        return cell

    @property
    def _given_up(self) -> GivenUp:
        """The threads that were given up, of a part those of all."""
        return (self.part_of or self)._own_given_up

    def _admit(self, part: ActorSystem) -> None:
        with self._lock:
            if self._state != "running":
                raise ActorStopped("the actor system is shutting down")
            self._parts.add(part)

    def _dismiss(self, part: ActorSystem) -> None:
        with self._lock:
            self._parts.discard(part)

    def _root_started(self, root: Cell) -> None:
        self._is_up = True
        self._up.set()
        root._emit("started")

    def _root_ended(self, cell: Cell, exit: Exit) -> None:
        with self._lock:
            failed_start = not self._is_up and self._state == "running"
            self._state = "stopped"
        cell._end("stopped" if exit.error is None else "failed", exit.reason)
        if self.part_of is not None:
            self.part_of._dismiss(self)
        up, ended, dispatcher = self._up, self._ended, self.dispatcher
        if failed_start and exit.error is not None:
            with self._lock:
                self._start_errors[cell] = exit.error
                self._begin_anew()
        up.set()
        ended.set()
        dispatcher.close()

    def _after_fork(self) -> None:
        cells = list(self._registry._cells.values())
        self.dispatcher.forget()
        self._reset()
        self.dead_letters = DeadLetters(self._dead_letters_size)
        self.listeners.log.reset()
        for cell in cells:
            cell._after_fork()


def _after_fork_in_child() -> None:
    ActorSystem._default_lock = threading.Lock()
    current.set(None)  # an actor may have forked
    for system in list(ActorSystem._all):
        system._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
