"""An observer's page without threads: it sees something new when the test says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from pykka_live.actors import ActorSystem, ChildSpec
from pykka_live.observability import Observer, install
from pykka_live.observability.observer.sampler import Sampler
from pykka_live.observability.observer.watch import watch
from pykka_live.testing import LiveClient
from tests.observability.observer.stand_ins import Clock, Session


@pytest.fixture
def admin(db: None) -> User:
    """Somebody who may do everything."""
    return User.objects.create_superuser("ada")


@pytest.fixture
def clerk(db: None) -> User:
    """Somebody who may look only."""
    return User.objects.create_user("bob", is_staff=True)


@pytest.fixture
def tick(live: LiveClient, monkeypatch: pytest.MonkeyPatch, settings: object) -> Callable[[], None]:
    """`tick()` lets a second pass for the pages that look."""
    settings.ROOT_URLCONF = "tests.observability.observer.urls"  # type: ignore[attr-defined]
    sampler = install().sampler
    sampler.reset()
    watch.reset()
    install().chronicle._reset()
    monkeypatch.setattr(sampler.beat, "keep", lambda: None)
    monkeypatch.setattr(sampler.recording, "keep", lambda: None)
    monkeypatch.setattr(watch._beat, "keep", lambda: None)
    monkeypatch.setattr(watch._roll, "keep", lambda: None)

    def tick() -> None:
        sampler.sample()
        watch._tell()
        live.settle()

    return tick


@pytest.fixture
def clock() -> Clock:
    """What the sampler goes by."""
    return Clock()


@pytest.fixture
def sampler(
    observer: Observer, system: ActorSystem, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Sampler:
    """One that samples when the test says so."""
    sampler = Sampler(observer.tally, observer.incidents, observer.chronicle, lambda: system, clock)
    monkeypatch.setattr(sampler.beat, "keep", lambda: None)
    monkeypatch.setattr(sampler.recording, "keep", lambda: None)
    return sampler


@pytest.fixture
def sessions(system: ActorSystem) -> int:
    """So many sessions with a view each."""
    for n in range(60):
        system.start_child(ChildSpec(f"sessions/{n:032x}", Session, kind="session"))
    return 60
