"""The example of "Several live views on one page" is a site that works."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from tests.live.pair import Several

DOCUMENT = Path(__file__).parents[1] / "docs/several-views.md"


@pytest.fixture
def house(actors, settings, tmp_path, monkeypatch):
    """The page of a site that was made as the document says."""
    files = re.findall(
        r"^```\w+ file=\"([^\"]+)\"\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(files) == 4
    for name, text in files:
        path = tmp_path / name.replace("urls.py", "house_urls.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "rooms/templates"]}]
    settings.ROOT_URLCONF = "house_urls"
    yield Several("/house/")
    for name in ("rooms.views", "rooms", "house_urls"):
        sys.modules.pop(name, None)


async def test_the_rooms_of_the_house_live_for_themselves(house, transactional_db):
    html = await house.load()
    assert re.findall("<h2>(.*?)</h2>", html) == ["kitchen", "garden"]
    await house.connect()
    kitchen, garden = house.regions
    for room in house.regions:
        assert (await room.join())["t"] == "joined"
    assert (await kitchen.event("say", text="soup"))["t"] == "patch"
    assert "<p>soup</p>" in kitchen.html
    assert "<p>" not in garden.html
    await house.close()
