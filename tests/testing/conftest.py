"""Fixtures for the tests of `LiveClient`."""

from __future__ import annotations

import pytest

from tests.testing import site


@pytest.fixture(autouse=True)
def _site(settings, db):
    settings.ROOT_URLCONF = "tests.testing.site"
    site.seen.clear()
    site.Hidden.drawn = 0


@pytest.fixture
def recorded(live):
    """`recorded(html)` opens a page with this markup in its live region, whose handlers note in
    `site.seen` what they are told."""

    def recorded(html):
        site.markup["html"] = html
        return live.get("/recorder/")

    return recorded
