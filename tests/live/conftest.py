"""Fixtures for the tests of live views."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.live.views import calls


@pytest.fixture(autouse=True)
def _fresh(actors, transactional_db):
    calls.clear()
    cache.clear()
