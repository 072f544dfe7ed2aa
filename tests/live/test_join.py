"""Joining: a page becomes live, as its URL, its middleware and its mixins say."""

from __future__ import annotations

import pytest

from tests.live.views import calls
from tests.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clear_calls(actors):
    calls.clear()


async def test_the_socket_adopts_the_pages_mount():
    tab = Tab("/counter/")
    html = await tab.open()
    assert html["t"] == "joined"
    assert "p" not in html
    assert "tree" not in html
    assert calls["mount"] == 1
    answer = await tab.event("increment", amount="2")
    assert answer["t"] == "patch"
    assert "<h1>2</h1>" in tab.html
    assert calls["mount"] == 1
    await tab.close()
