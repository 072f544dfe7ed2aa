"""Looks at the actors of this process each second, as long as somebody wants to see them, and notes
its curves all the time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from pykka_live.actors import ActorSystem, Cell
from pykka_live.actors._messages import message_name
from pykka_live.observability import catalogue
from pykka_live.observability.chronicle import Chronicle
from pykka_live.observability.incidents import Incidents
from pykka_live.observability.inspection import ActorNotFound, inspect
from pykka_live.observability.interventions import refusals
from pykka_live.observability.observer.beat import Beat
from pykka_live.observability.observer.census import Census
from pykka_live.observability.observer.charts import charts, numbers
from pykka_live.observability.observer.forest import nodes
from pykka_live.observability.observer.history import STEP, History
from pykka_live.observability.observer.look import OWN_VIEWS, Look
from pykka_live.observability.observer.rows import (
    clock_time,
    coarse,
    last_name,
    page_of,
    row,
    short,
)
from pykka_live.observability.recorder import Recorder
from pykka_live.observability.requests import Request
from pykka_live.observability.tally import Tally
from pykka_live.observability.tracebacks import hanging, lines, parted
from pykka_live.observability.tree import PROCESS_STARTED, command_line
from pykka_live.observability.trouble import troubles
from pykka_live.observability.wording import printable

__all__ = ["FORMAT", "INTERVAL", "Sampler"]

FORMAT = 1  # goes up when a page of an older version could not show it
INTERVAL = 1.0
SHARE = 0.01
"""Of a core, which sampling may take at most."""

FRESH = 0.3
"""Seconds for which a sample is good enough for somebody who has clicked."""

LINGER = 10.0
"""Seconds that it goes on when nobody looks any more, so that a page may be loaded again."""

INCIDENTS = 40  # that are shown
LETTERS = 20
RECORDED = 20  # messages of the actor that is shown in depth
UNWATCHED = 5.0  # seconds after which nobody shows an actor in depth any more


class Sampler:
    """One for each process, shared by all who look at it, from whatever process.

    Asks no actor anything, and takes no more than a hundredth of a core: with very many actors it
    looks less often. What the curves need is much less, and is noted also while nobody looks: who
    looks does so because something has happened.

    `_lock` guards the census, the curves, the recorders and when somebody looked last; it is held
    for moments, but for the census itself, which takes milliseconds with thousands of actors.

    Args:
        tally, incidents, chronicle: what was counted and noted
        system: returns the actor system, or None while there is none
        clock: seconds since the epoch
        worker: returns the number of this process, as metrics have it

    Attributes:
        beat: what samples
        recording: what notes the curves
        listeners: called after each sample, in the beat's thread
    """

    def __init__(
        self,
        tally: Tally,
        incidents: Incidents,
        chronicle: Chronicle,
        system: Callable[[], ActorSystem],
        clock: Callable[[], float] = time.time,
        worker: Callable[[], int] = lambda: 0,
    ) -> None:
        self._tally = tally
        self._incidents = incidents
        self._chronicle = chronicle
        self._system = system
        self._clock = clock
        self._worker = worker
        self.listeners: list[Callable[[], object]] = []
        self.beat = Beat(self._turn, INTERVAL, "pykka_live observer", SHARE)
        self.recording = Beat(self._record, STEP, "pykka_live observer of curves", SHARE)
        self.reset()

    def reset(self) -> None:
        """Begin anew in the child of a fork, where the lock may be held."""
        self._lock = threading.Lock()
        self._history = History()
        self._census: Census | None = None
        self._charts, self._numbers = charts(()), numbers(())
        self._drawn = 0.0
        self._sampled = 0.0
        self._wanted = 0.0
        self._recorders: dict[Cell, tuple[Recorder, float]] = {}
        self.beat.reset()
        self.recording.reset()

    def record(self) -> None:
        """Note the curves from now on until the actor system stops, where a project includes the
        observer. Called with each actor that starts."""
        if OWN_VIEWS and not self.recording.runs:
            self.recording.keep()

    def observe(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the control command `observe`. Raises Refused."""
        look = Look.of(request if isinstance(request, Request) else Request(request))
        self.keep()
        return self.sight(look)

    def keep(self) -> None:
        """Go on sampling for a while: somebody looks."""
        self._wanted = self._clock()
        self.beat.keep()
        self.recording.keep()  # this process may not have included the page that looks at it

    def sample(self) -> Census:
        """Count the actors, and note a point of the curves."""
        now = self._clock()
        with self._lock:
            census = self._census = Census(self._system().cells())
            self._sampled = self._clock()  # on a busy machine the census itself may take long
            self._note(now, census.waiting, census.fullest)
            for cell, (recorder, wanted) in list(self._recorders.items()):
                if not 0 <= now - wanted < UNWATCHED:
                    recorder.close()
                    del self._recorders[cell]
            return census

    def _note(self, now: float, waiting: int, fullest: int) -> None:
        restarts = sum(self._incidents.counts()[catalogue.RESTARTS].values())
        self._history.note(now, self._tally.series, waiting, fullest, restarts)

    def _record(self) -> bool:
        """Note a point of the curves, unless `sample` has."""
        system, now = self._system(), self._clock()
        with self._lock:
            if self._history.is_due(now):
                waiting = [len(cell.mailbox) for cell in system.cells()]
                self._note(now, sum(waiting), max(waiting, default=0))
        return system.state not in ("stopping", "stopped")

    def _draw(self) -> None:
        """Draw the curves, if there are new points."""
        with self._lock:
            points = self._history.points
            newest = points[-1].time if points else 0.0
            if newest != self._drawn:
                self._charts, self._numbers = charts(points), numbers(points)
                self._drawn = newest

    def _fresh(self) -> Census:
        """Return a census that is younger than what anybody notices."""
        census = self._census
        if census is None or not 0 <= self._clock() - self._sampled < FRESH:
            return self.sample()
        return census

    def _turn(self) -> bool:
        self._fresh()
        for listener in list(self.listeners):
            listener()
        if 0 <= self._clock() - self._wanted < LINGER:
            return True
        self._census = None  # it would keep cells alive that have ended
        return False

    def sight(self, look: Look) -> dict[str, Any]:
        """Return what a page with this look shows: texts and numbers only."""
        census = self._fresh()
        self._draw()
        since = self._history.since
        cells, count, page = page_of(census.cells, look)
        counts = self._incidents.counts()
        return {
            "format": FORMAT,
            "pid": os.getpid(),
            "worker": self._worker(),
            "command": printable(" ".join(command_line()))[:200],
            "state": self._system().state,
            "up": coarse(self._clock() - PROCESS_STARTED),
            "time": self._sampled,
            "actors": len(census.cells),
            "kinds": dict(census.kinds),
            "states": dict(census.states),
            "waiting": census.waiting,
            "fullest": census.fullest,
            "restarts": sum(counts[catalogue.RESTARTS].values()),
            "failures": sum(counts[catalogue.FAILURES].values()),
            "stuck": len(self._system().abandoned()),
            "hanging": [{**each, "short": short(each["name"])} for each in hanging(self._system())],
            "since": "" if since is None else clock_time(since),
            "charts": self._charts,
            "numbers": self._numbers,
            "nodes": nodes(census, look),
            "rows": [row(cell) for cell in cells],
            "rows_count": count,
            "rows_page": page,
            "incidents": self._log(),
            **self._letters(),
            "actor": self._actor(look.actor) if look.actor else None,
        }

    def overview(self) -> dict[str, Any]:
        """Return how this process does, in a few numbers. Nobody is recorded or counted for it."""
        found = troubles(self._system())
        cells = self._system().cells()
        return {
            "pid": os.getpid(),
            "worker": self._worker(),
            "state": found["state"],
            "actors": len(cells),
            "busy": sum(cell.state == "busy" for cell in cells),
            "waiting": sum(len(cell.mailbox) for cell in cells),
            "failures": sum(self._incidents.counts()[catalogue.FAILURES].values()),
            "troubles": found["count"],
        }

    def _log(self) -> list[dict[str, Any]]:
        return [
            {
                "number": each.number,
                "time": clock_time(each.time),
                "kind": each.kind,
                "path": each.path,
                "short": short(each.path),
                "name": printable(last_name(each.name) or each.actor),
                "text": printable(each.text),
                "count": each.count,
            }
            for each in self._chronicle.last(INCIDENTS)
        ]

    def _letters(self) -> dict[str, Any]:
        letters = self._system().dead_letters
        last = list(letters)[: -LETTERS - 1 : -1]
        return {
            "letters_count": len(letters),
            "letters_reasons": letters.counts(),
            "letters": [
                {
                    "time": clock_time(letter.time),
                    "short": short(letter.path),
                    "path": letter.path,
                    "message": printable(message_name(letter.message)),
                    "reason": printable(letter.reason),
                }
                for letter in last
            ],
        }

    def _actor(self, path: str) -> dict[str, Any]:
        """Describe one actor in depth, and record its messages from now on."""
        system = self._system()
        cell = system.find(path)
        if cell is None:
            return {"shown": printable(path), "short": short(path), "gone": True}
        with self._lock:
            known = self._recorders.get(cell)
            recorder = Recorder(cell, RECORDED) if known is None else known[0]
            self._recorders[cell] = (recorder, self._clock())
        try:
            found = inspect(system, path)
        except ActorNotFound:
            return {"shown": printable(path), "short": short(path), "gone": True}
        now = self._clock()
        for each in found["recent"] or ():
            each["ago"] = coarse(now - each["time"])
        for each in found["children"]:
            each["short"] = short(each["path"])
        strategy = found["supervision"]["strategy"]
        if isinstance(strategy, dict):
            strategy = ", ".join(f"{error}: {word}" for error, word in strategy.items())
        if found["last_error"] is not None:
            own, before = parted(found["last_error"]["traceback"])
            found["last_error"]["traceback"] = lines(own)
            found["last_error"]["before"] = lines(before)
        return {
            **found,
            **row(cell),
            "stack": lines(found["stack"]),
            "shown": printable(path),
            "strategy": strategy,
            "refusals": {what: printable(why) for what, why in refusals(cell).items()},
            "gone": False,
        }
