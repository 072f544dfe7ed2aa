"""What would end the interpreter, raised in each method of a component: it costs that component
one message, and nobody else anything."""

from __future__ import annotations

import pytest
from django.test import AsyncClient

from pykka_live.exceptions import TemplateFailed
from tests.live.exits import ENDINGS, Quitter
from tests.live.views import calls
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")

ALL = "quitter:q,quitter:other"


@pytest.fixture(autouse=True)
def _unplanned(monkeypatch):
    monkeypatch.setattr(Quitter, "plan", {})


@pytest.fixture(params=ENDINGS)
def ending(request):
    return ENDINGS[request.param]


@pytest.fixture
async def tab(actors):
    tab = Tab("/lounge/")
    await tab.open()
    await tab.answer(await tab.send(t="refresh", view=1, c="q"))  # it has come up
    yield tab
    await tab.event("up")
    await tab.event("up", component="other")
    assert "<h1>1</h1>" in tab.html
    assert '<p live-component="other">1 ' in tab.html
    assert {cell.incarnation for cell in actors.cells() if "/q" not in cell.path} == {1}
    await tab.close()


async def shows(tab: Tab, text: str) -> None:
    while text not in tab.html:
        await tab.receive()


def the_quitter(actors):
    return next(cell for cell in actors.cells() if cell.path.endswith("/q"))


@pytest.mark.parametrize("place", ["mount", "get_context_data"])
async def test_while_a_page_is_got_it_is_an_ordinary_error_of_the_page(ending, place, caplog):
    await Tab("/lounge/").load()
    Quitter.plan[place] = ending
    response = await AsyncClient(raise_request_exception=False).get("/lounge/")

    assert response.status_code == 500
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert type(record.exc_info[1]) is TemplateFailed
    assert isinstance(record.exc_info[1].__cause__, ending)
    await Tab("/lounge/").load()


@pytest.mark.parametrize("place", ["event", "async event", "get_context_data"])
async def test_in_an_event_it_is_answered_and_the_next_one_counts(tab, actors, ending, place):
    name = "up_async" if place == "async event" else "up"
    await tab.event(name, component="q")
    Quitter.plan[place] = ending
    refs = [await tab.send(t="event", view=1, c="q", name=name) for _ in range(3)]
    frames = [await tab.answer(ref) for ref in refs]

    code = "template_failed" if place == "get_context_data" else "handler_failed"
    assert frames[0]["code"] == code
    assert [frame["t"] for frame in frames[1:]] == ["patch", "patch"]
    assert '<p live-component="q">3 fine</p>' in tab.html
    assert the_quitter(actors).incarnation == 2


@pytest.mark.parametrize("place", ["mount", "get_context_data"])
async def test_in_one_that_comes_later_it_is_mounted_again(tab, ending, place):
    await tab.event("show", shown="quitter:other")
    Quitter.plan[place] = ending
    await tab.event("show", shown=ALL)
    await shows(tab, '<p live-component="q">0 fine</p>')

    await tab.event("up", component="q")
    assert '<p live-component="q">1 fine</p>' in tab.html


async def test_in_an_update_these_props_are_lost_and_the_next_are_not(tab, ending):
    await tab.event("up", component="q")
    Quitter.plan["update"] = ending
    await tab.event("show", shown=ALL, label="lost")
    await tab.event("show", shown=ALL, label="next")
    await shows(tab, '<p live-component="q">1 next</p>')


async def test_in_a_message_that_one_is_lost_and_the_next_is_not(tab, ending):
    await tab.event("up", component="q")
    Quitter.plan["handle_info"] = ending
    await tab.event("call", message="lost")
    await tab.event("call", message="next")
    await shows(tab, '<p live-component="q">1 next</p>')


async def test_in_a_message_of_its_own_component_that_one_is_lost(ending, actors):
    tab = Tab("/lounge/?shown=quitters_parent:q")
    await tab.open()
    Quitter.plan["handle_component_event"] = ending
    for text in ("lost", "next"):
        await tab.event("tell", component="child", text=text)
    await shows(tab, ">0 next")

    await tab.event("tell", component="child", text="last")
    assert '<i live-component="child">3</i>' in tab.html
    await tab.close()


async def test_when_it_is_restored_it_is_mounted_anew(tab, ending):
    await tab.event("up", component="q")
    Quitter.plan["on_restore"] = ending
    await tab.event("fail", component="q")
    await tab.event("up", component="q")

    assert '<p live-component="q">1 fine</p>' in tab.html
    assert not Quitter.plan


async def test_in_its_farewell_it_ends_all_the_same(tab, actors, ending):
    cell = the_quitter(actors)
    Quitter.plan["terminate"] = ending
    await tab.event("show", shown="quitter:other")
    await until(lambda: not cell.alive)
    assert calls["q removed"] == 1

    await tab.event("show", shown=ALL)
    await shows(tab, '<p live-component="q">0 fine</p>')
    assert (await tab.event("up", component="q"))["t"] == "patch"


async def test_in_its_farewell_the_session_ends_all_the_same(ending, actors):
    tab = Tab("/lounge/")
    await tab.open()
    Quitter.plan["terminate"] = ending
    await tab.close()
    await until(lambda: not [cell for cell in actors.cells() if cell.kind == "session"])

    assert (calls["q left"], calls["other left"]) == (1, 1)
