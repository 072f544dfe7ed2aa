"""What the dashboard shows of this server process. One supervised actor reads it, for all who
look."""

from __future__ import annotations

import gc
import math
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from pykka_live import publish
from pykka_live.actors import ActorSystem, ChildSpec, SupervisedActor

KEPT = 40
PATH = "/instruments"
_switch = threading.Lock()  # guards the start, so that who comes second finds readings, too

recent: dict[str, tuple[Any, ...]] = {}
"""The last readings of each instrument, for those who come later."""


class Instrument(NamedTuple):
    """Something to be read every so many seconds."""

    every: float
    read: Callable[[], Any]


class Rate:
    """How fast a counter rises, per second."""

    def __init__(self, counter: Callable[[], float], scale: float = 1) -> None:
        self._counter = counter
        self._scale = scale
        self._last = time.monotonic(), counter()

    def __call__(self) -> float:
        (then, before), self._last = self._last, (time.monotonic(), self._counter())
        passed, counted = self._last[0] - then, self._last[1] - before
        return max(0.0, counted * self._scale / passed) if passed else 0.0


def instruments() -> dict[str, Instrument]:
    """Return all instruments, by their names."""
    system = ActorSystem.default()
    return {
        "clock": Instrument(1, lambda: time.strftime("%H:%M:%S", time.gmtime())),
        "processor": Instrument(1, Rate(time.process_time, scale=100)),
        "mail": Instrument(0.5, Rate(lambda: sum(cell.handled for cell in system.cells()))),
        "actors": Instrument(0.7, lambda: len(system.cells())),
        "threads": Instrument(0.5, threading.active_count),
        "memory": Instrument(2, lambda: sys.getallocatedblocks() / 1000),
        "garbage": Instrument(3, lambda: sum(gc.get_count())),
        "signal": Instrument(0.2, lambda: 50 + 30 * math.sin(time.time()) + random.gauss(0, 4)),
        "dice": Instrument(0.8, lambda: [random.randint(1, 6), random.randint(1, 6)]),
        "fuse": Instrument(0.6, lambda: random.uniform(60, 100)),
        "supervisor": Instrument(1.5, lambda: None),
    }


def topic(name: str) -> str:
    """Return where the readings of an instrument are published. Each process reads its own."""
    return f"instruments.{os.getpid()}.{name}"


class Panel(SupervisedActor):
    """Reads each instrument when its time has come, and publishes what it says."""

    def on_start(self) -> None:
        self.instruments = instruments()
        for name, instrument in self.instruments.items():
            self.send_interval(instrument.every, name)
            self.on_receive(name)

    def on_receive(self, name: str) -> None:
        value = self.instruments[name].read()
        recent[name] = (*recent.get(name, ()), value)[-KEPT:]
        publish(topic(name), value)


def switch_on() -> None:
    """Start the panel, if nobody has done so before."""
    system = ActorSystem.default()
    with _switch:
        if system.find(PATH) is None:
            system.start_child(ChildSpec(PATH.strip("/"), Panel, strategy="always"))
