"""Fixtures of the commands: an actor system that is nobody else's, and its control socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pykka_live.actors import ActorSystem
from pykka_live.observability import Observer
from tests.management.place import served
from tests.observability.conftest import office, system

__all__ = ["office", "system"]


@pytest.fixture
def observer(system: ActorSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[Observer]:
    """A server that is this process."""
    with served(system, monkeypatch) as observer:
        yield observer
