"""Fixtures of what is observed: a private actor system, registry and directory for sockets."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from pykka_live.actors import ActorSystem
from pykka_live.observability import ControlServer, Observer, SocketDirectory

from .clerk import Office


@pytest.fixture
def system() -> Iterator[ActorSystem]:
    """An actor system that is nobody else's."""
    system = ActorSystem()
    yield system
    assert system.shutdown(10) == []


@pytest.fixture
def office(system: ActorSystem) -> Iterator[Office]:
    """Keeps clerks busy until the test is over."""
    office = Office(system)
    yield office
    office.over.set()
    given_up = system.abandoned()
    for thread in threading.enumerate():
        if thread.name in given_up:
            thread.join(10)


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry that is nobody else's."""
    return CollectorRegistry()


@pytest.fixture
def directory() -> Iterator[SocketDirectory]:
    """A directory for sockets, with a path that is short enough; not made yet."""
    parent = Path(tempfile.mkdtemp(prefix="pykka_live-"))
    yield SocketDirectory(parent / "sockets")
    shutil.rmtree(parent)


@pytest.fixture
def observer(
    registry: CollectorRegistry, system: ActorSystem, directory: SocketDirectory
) -> Iterator[Observer]:
    """An observer of the private system, installed."""
    observer = Observer(registry, lambda: system, lambda: [directory])
    observer.install()
    yield observer
    observer.uninstall()


@pytest.fixture
def path(server: ControlServer) -> Path:
    return server.open()


@pytest.fixture
def connect(path: Path) -> Iterator[Callable[[], socket.socket]]:
    clients = []

    def connect() -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(path))
        client.settimeout(20)
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()
