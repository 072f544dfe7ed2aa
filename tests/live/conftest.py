"""Fixtures for the tests of live views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from django.core.cache import cache

from pykka_live.live import pubsub, pump
from tests.live import components, talkers, troubled
from tests.live.site import Site
from tests.live.troubled import QUICK
from tests.live.views import calls
from tests.tab import Tab


@pytest.fixture(autouse=True)
def _fresh(actors, transactional_db):
    calls.clear()
    cache.clear()
    troubled.plan.clear()
    troubled.gates.clear()
    troubled.opened.clear()
    components.log.clear()
    talkers.heard.clear()
    components.barriers.clear()
    components.gates.clear()
    yield
    for gate in list(components.gates.values()):
        gate.set()
    for gate in list(troubled.opened.values()):
        gate.set()  # before the actors are stopped, which a closed one would hold up


@pytest.fixture
def one(monkeypatch) -> Iterator[Site]:
    """A process other than this one."""
    site = Site()
    monkeypatch.setattr(pubsub, "get_channel_layer", lambda: site.layer)
    monkeypatch.setattr(pump, "RETRY", 0)
    yield site
    if site.layer is not None:
        site.layer.gate.set()
    site.hub.close()


@pytest.fixture
def quick_restarts(settings) -> None:
    """Let views and components be supervised as `QUICK` says."""
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": QUICK, "component": QUICK}}


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Awaitable[Tab]]]:
    """Open pages with components, each in a tab that is closed in the end; the log begins then."""
    tabs = []

    async def open(path: str) -> Tab:
        tab = Tab(path)
        tabs.append(tab)
        await tab.open()
        components.log.clear()
        return tab

    yield open
    for tab in tabs:
        await tab.close()
