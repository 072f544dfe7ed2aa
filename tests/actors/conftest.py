"""Fixtures for the tests of supervision."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, InPlace, Root
from pykka_live.actors._dispatcher import Dispatcher
from tests.actors.actors import Clock, Events, until


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="pykka_live.actors")


@pytest.fixture
def make_system() -> Iterator[Callable[..., ActorSystem]]:
    """Makes actor systems, each of which must end without a thread left."""
    before = set(threading.enumerate())
    systems = []

    def make(**options: Any) -> ActorSystem:
        system = ActorSystem(**options)
        systems.append(system)
        return system

    yield make
    for system in systems:
        system.shutdown(10)
        assert system.state == "stopped"
    until(lambda: set(threading.enumerate()) <= before)
    assert [name for system in systems for name in system.abandoned()] == []


@pytest.fixture
def system(make_system: Callable[..., ActorSystem]) -> ActorSystem:
    """A system whose root tolerates any number of restarts."""
    return make_system(root=lambda: Root(max_restarts=10_000))


@pytest.fixture
def clock() -> Clock:
    """A clock that the test sets."""
    return Clock()


@pytest.fixture
def timed(make_system: Callable[..., ActorSystem], clock: Clock) -> Iterator[ActorSystem]:
    """A system that goes by `clock`."""
    system = make_system(root=lambda: Root(max_restarts=10_000), clock=clock)
    yield system
    clock.real = True  # so that the shutdown has its time-outs


@pytest.fixture
def events(system: ActorSystem) -> Events:
    """What `system` tells its listeners."""
    events = Events()
    system.add_listener(events)
    return events


@pytest.fixture
def make_dispatcher() -> Iterator[Callable[..., Dispatcher]]:
    """Makes dispatchers whose threads all end."""
    before = set(threading.enumerate())
    made: list[Dispatcher] = []

    def make(**options: Any) -> Dispatcher:
        made.append(Dispatcher(**options))
        made[-1].begin()
        return made[-1]

    yield make
    for each in made:
        each.close()
    until(lambda: set(threading.enumerate()) <= before)


@pytest.fixture
def dispatcher(make_dispatcher: Callable[..., Dispatcher]) -> Dispatcher:
    """One that does as it does for actors."""
    return make_dispatcher()


@pytest.fixture
def place() -> Iterator[Callable[..., ActorSystem]]:
    """Makes systems in place, which start no thread."""
    before = set(threading.enumerate())
    systems = []

    def make(clock: Callable[[], float] = time.monotonic, **options: Any) -> ActorSystem:
        dispatcher = partial(InPlace, clock=clock, **options)
        systems.append(ActorSystem(Root, dispatcher=dispatcher, clock=clock))
        return systems[-1]

    yield make
    for system in systems:
        assert system.shutdown(5) == []
        assert system.state == "stopped"
    assert [t for t in threading.enumerate() if t not in before and t.name[:1] == "/"] == []
