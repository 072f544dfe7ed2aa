"""Fixtures for the tests of live views."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from pykka_live.live import pubsub, pump
from tests.live import components, talkers, troubled
from tests.live.site import Site
from tests.live.views import calls


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
