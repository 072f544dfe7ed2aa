"""The pages that look, and what they see: of this process, and of the others on this machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

from pykka_live.actors import Cell
from pykka_live.live.delivery import deliver
from pykka_live.live.messages import Info
from pykka_live.live.system import find_actor
from pykka_live.logs import own_logger
from pykka_live.observability.directory import ControlError
from pykka_live.observability.installation import install
from pykka_live.observability.observer.beat import Beat
from pykka_live.observability.observer.look import Look
from pykka_live.observability.observer.sampler import FORMAT, INTERVAL, Sampler
from pykka_live.observability.processes import (
    NoAnswer,
    ServerProcess,
    ask_all,
    server_processes,
)

__all__ = ["Tick", "Watch", "watch"]

logger = own_logger(__name__)

PATIENCE = 3.0  # seconds for another process to answer
ROLL_CALL = 3.0  # seconds after which it is looked which processes there are, and how they do
ASKED_AT_ONCE = 8

Sight = Mapping[str, Any]


@dataclass(frozen=True)
class Tick:
    """There is something new to see."""

    log_name: ClassVar[str] = "tick"


class Watch:
    """Which page looks at which process, with what look.

    What this process has to say is worked out in the sampler's thread, once for all pages with the
    same look; other processes are asked in threads of their own, over their control sockets: one
    for what is shown, one for the overview of all. No page waits for any: it is told when there is
    something new, unless it is still busy with what was new before.

    `_lock` guards the pages, the answers and the processes; it is held for moments.

    Args:
        sampler: returns that of this process
    """

    def __init__(self, sampler: Callable[[], Sampler] = lambda: install().sampler) -> None:
        self._sampler = sampler
        self._beat = Beat(self._ask_others, INTERVAL, "pykka_live observer of others")
        self._roll = Beat(self._call_roll, ROLL_CALL, "pykka_live observer of all")
        self.reset()

    def reset(self) -> None:
        """Begin anew in the child of a fork, where the lock may be held."""
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[int, Look]] = {}
        self._answers: dict[tuple[int, Look], Sight] = {}
        self._overview: list[dict[str, Any]] = []
        self._beat.reset()
        self._roll.reset()

    def overview(self) -> list[dict[str, Any]]:
        """Return how each server process does, in the order of their numbers: as a sampler's
        `overview`, or `pid` and `problem`."""
        return self._overview or [self._sampler().overview()]

    def look(self, page: str, pid: int, look: Look) -> Sight | None:
        """Have a page see a process, and from now on be told when there is something new.

        Args:
            page: the path of the page's actor
            pid: the process; which need not be there any more

        Returns:
            what it sees; None, while the process has not answered yet
        """
        sampler = self._sampler()
        with self._lock:
            is_other = self._pages.get(page) != (pid, look) and pid != os.getpid()
            self._pages[page] = (pid, look)
            if self._tell not in sampler.listeners:
                sampler.listeners.append(self._tell)
        sampler.keep()
        self._roll.keep()
        if is_other:
            self._beat.hurry()
        else:
            self._beat.keep()
        return self.glance(pid, look)

    def glance(self, pid: int, look: Look) -> Sight | None:
        """Return what there is to see right now; None, if another process has to be asked."""
        if pid == os.getpid():
            sampler = self._sampler()
            sampler.keep()
            return sampler.sight(look)
        with self._lock:
            return self._answers.get((pid, look))

    def news(self, page: str) -> Sight | None:
        """Return what a page is to show after a `Tick`."""
        with self._lock:
            wanted = self._pages.get(page)
            return None if wanted is None else self._answers.get(wanted)

    def leave(self, page: str) -> None:
        """A page looks no more."""
        with self._lock:
            self._pages.pop(page, None)

    def tell(self, page: str, message: Any) -> None:
        """Send a message to a page, from any thread, if it is still there."""
        cell = find_actor(page)
        if cell is not None:
            deliver(cell, Info(message))

    def _tell(self) -> None:
        """Work out what the pages see of this process, and tell them. Called once a second."""
        sampler, own = self._sampler(), os.getpid()
        pages = self._living()
        for wanted in {wanted for _, wanted in pages if wanted[0] == own}:
            sight = sampler.sight(wanted[1])
            with self._lock:
                self._answers[wanted] = sight
        if pages:
            sampler.keep()
        self._tick([cell for cell, wanted in pages if wanted[0] == own])

    def _living(self) -> list[tuple[Cell, tuple[int, Look]]]:
        """Return the pages that are still there; forget the others, and what only they saw."""
        with self._lock:
            pages = dict(self._pages)
        found = []
        for path, wanted in pages.items():
            cell = find_actor(path)
            if cell is None:
                self.leave(path)
            else:
                found.append((cell, wanted))
        seen = {wanted for _, wanted in found}
        with self._lock:
            for wanted in self._answers.keys() - seen - set(self._pages.values()):
                del self._answers[wanted]
        return found

    def _tick(self, cells: list[Cell]) -> None:
        for cell in cells:
            if not len(cell.mailbox):  # else it has not seen the last one yet
                deliver(cell, Info(Tick()))

    # Other processes

    def _ask_others(self) -> bool:
        """Ask what the pages want to see of other processes, and tell them. Called once a second,
        while there are pages."""
        pages = self._living()
        if not pages:
            return False
        wanted = {each for _, each in pages if each[0] != os.getpid()}
        if wanted:
            self._ask(wanted, self._found())
            self._tick([cell for cell, each in pages if each in wanted])
        return True

    def _call_roll(self) -> bool:
        """Ask all processes how they do, while there are pages."""
        own = self._sampler().overview()
        others = [process for process in self._found() if process.pid != own["pid"]]
        answers = zip(others, ask_all(others, "overview", PATIENCE), strict=True)
        found = [own, *(_overview(process.pid, answer) for process, answer in answers)]
        found.sort(key=lambda each: (each.get("worker", sys.maxsize), each["pid"]))
        with self._lock:
            self._overview = found
        return bool(self._living())

    def _found(self) -> list[ServerProcess]:
        try:
            return server_processes()
        except ControlError as error:
            logger.warning("The other server processes cannot be seen. %s", error)
            return []

    def _ask(self, wanted: set[tuple[int, Look]], processes: list[ServerProcess]) -> None:
        known = {process.pid: process for process in processes}

        def ask(each: tuple[int, Look]) -> Sight:
            process = known.get(each[0])
            if process is None:
                return {"problem": f"The process {each[0]} is no longer there."}
            try:
                sight = process.ask("observe", PATIENCE, **each[1].arguments())
            except NoAnswer as error:
                return {"problem": f"No answer: {error}."}
            if sight.get("format") != FORMAT:
                return {"problem": f"The process {each[0]} runs another version of pykka_live."}
            return sight

        with ThreadPoolExecutor(min(len(wanted), ASKED_AT_ONCE)) as pool:
            answers = dict(zip(wanted, pool.map(ask, wanted), strict=True))
        with self._lock:
            self._answers.update(answers)

    def ask_to(self, pid: int, command: str, timeout: float, **arguments: Any) -> dict[str, Any]:
        """Have another process do something, and wait for its answer; not in an actor.

        Raises:
            NoAnswer: there was none, or it was an error
        """
        for process in self._found():
            if process.pid == pid:
                return process.ask(command, timeout, **arguments)
        raise NoAnswer(f"The process {pid} is no longer there.")


def _overview(pid: int, answer: dict[str, Any] | NoAnswer) -> dict[str, Any]:
    if isinstance(answer, NoAnswer):
        return {"pid": pid, "problem": "does not answer"}
    return {**answer, "pid": pid}


watch = Watch()
"""That of this process."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=watch.reset)
