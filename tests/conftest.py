"""Fixtures for all tests."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

from pykka_live.actors import ActorSystem
from pykka_live.live import system

# The suite always tries the same. HYPOTHESIS_PROFILE=long pytest tests/... looks for what is new,
# for a night. Neither has deadlines: the machine may be busy with other things.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture
def actors() -> Iterator[ActorSystem]:
    """An actor system of the test's own, which must end without a thread left."""
    ActorSystem.reset_default(system.new_system())
    before = set(threading.enumerate())
    yield ActorSystem.default()
    assert system.shutdown(timeout=10) == []
    ActorSystem.reset_default()
    ours = [
        thread
        for thread in set(threading.enumerate()) - before
        if thread.name.startswith("/")  # actors' threads are named by their path
    ]
    for thread in ours:
        thread.join(timeout=10)  # some are at their last instruction
    assert [thread.name for thread in ours if thread.is_alive()] == []
