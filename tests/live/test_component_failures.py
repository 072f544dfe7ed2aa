"""Components that raise where nobody expects it: each costs that component only."""

from __future__ import annotations

import pytest
from django.test import AsyncClient

from tests.live.talkers import Fragile, heard
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture(autouse=True)
def broken(monkeypatch):
    monkeypatch.setattr(Fragile, "broken", "")
    return lambda where: monkeypatch.setattr(Fragile, "broken", where)


@pytest.fixture
async def tab():
    tab = Tab("/jumble/?shown=fragile:f,tally:t")
    await tab.open()
    yield tab
    await tab.close()


@pytest.mark.parametrize("where", ["mount", "template"])
async def test_a_component_that_fails_while_its_page_is_got_fails_the_page(broken, where):
    broken(where)
    client = AsyncClient(raise_request_exception=False)

    assert (await client.get("/jumble/?shown=fragile:f")).status_code == 500
    broken("")
    assert (await client.get("/jumble/?shown=fragile:f")).status_code == 200


async def test_what_leaves_the_interpreter_costs_one_event(tab):
    await tab.event("add", component="f")
    assert (await tab.event("fail", component="f"))["code"] == "handler_failed"
    await tab.event("add", component="f")
    await tab.event("add", component="t")

    assert '<p live-component="f">2</p>' in tab.html
    assert ": 1" in tab.html


async def test_a_picture_that_cannot_be_drawn_costs_one_event(tab, broken):
    await tab.event("add", component="f")
    broken("template once")
    assert (await tab.event("add", component="f"))["code"] == "template_failed"
    await tab.event("add", component="f")
    await tab.event("add", component="t")

    assert ">2</p>" in tab.html
    assert ": 1" in tab.html


async def test_a_component_that_cannot_be_restored_is_mounted_anew(tab, broken):
    await tab.event("add", component="f")
    broken("on_restore")
    await tab.event("fail", component="f")
    await tab.event("add", component="f")

    assert ">1</p>" in tab.html


async def test_a_farewell_that_fails_keeps_nobody(tab, broken, actors):
    broken("terminate")
    await tab.event("show", shown="tally:t")
    await until(lambda: not [each for each in actors.cells() if each.path.endswith("/f")])

    assert heard["f"] == ["removed"]
    await tab.event("show", shown="fragile:f,tally:t")
    while ">0</p>" not in tab.html:
        await tab.receive()
    assert (await tab.event("add", component="f"))["t"] == "patch"
