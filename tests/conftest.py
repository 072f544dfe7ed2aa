"""Fixtures for all tests."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

from pykka_live import LiveView
from pykka_live.actors import ActorSystem
from pykka_live.live import system

pytest_plugins = ["pytester"]

# The suite always tries the same. HYPOTHESIS_PROFILE=long pytest tests/... looks for what is new,
# for a night. Neither has deadlines: the machine may be busy with other things.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test that is a tab of live sessions have them with threads, and in place."""
    is_tab = {"Tab", "Pair"} & vars(metafunc.module).keys()
    if is_tab and inspect.iscoroutinefunction(metafunc.function):
        threads = metafunc.definition.get_closest_marker("threads")
        modes = ["threads"] if threads else ["threads", "in place"]
        metafunc.parametrize("mode", modes, indirect=True)


@pytest.fixture(autouse=True)
def mode(request: pytest.FixtureRequest) -> Iterator[str]:
    """How live sessions run that do not say how."""
    mode = getattr(request, "param", "threads")
    LiveView.use_actors = mode == "threads"
    yield mode
    LiveView.use_actors = True


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
