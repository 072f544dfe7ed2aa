"""Components with another template than that of their class: the root element is the place that
the parent has for them, so it must be the same."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, RequestFactory

from tests.live.roots import Chameleon, Terrarium
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True  # errors say what they are


@pytest.fixture
async def tab():
    tab = Tab("/terrarium/")
    await tab.open()
    yield tab
    await tab.close()


async def test_another_template_with_the_same_root_is_shown_and_kept(tab):
    await tab.event("turn", component="chameleon", to="same")
    assert '<section live-component="chameleon" class="big">second 1</section>' in tab.html
    await tab.event("up", component="chameleon")
    assert ">second 2<" in tab.html
    assert (await tab.event("turn", component="chameleon", to="other"))["t"] == "error"

    await tab.event("up", component="chameleon")  # another instance, from the checkpoint
    assert ">second 3<" in tab.html


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("other", "the root cannot change from <section> to <div>"),
        ("two", "something stands behind its root"),
    ],
)
async def test_a_template_with_another_root_is_refused_and_says_so(tab, to, message):
    await tab.event("up", component="chameleon")
    frame = await tab.event("turn", component="chameleon", to=to)

    assert frame["code"] == "template_failed"
    assert message in frame["message"]
    await tab.event("up", component="chameleon")
    assert ">first 2<" in tab.html


async def test_a_root_that_is_a_variable_is_one_thing_once_it_is_drawn(tab):
    await tab.event("turn", component="chameleon", to="variable")
    assert '<section live-component="chameleon">fourth</section>' in tab.html


MISFIT = "the root of Chameleon is a <section> in the template of its class"


def test_a_page_whose_component_begins_with_another_root_is_an_error(monkeypatch):
    monkeypatch.setattr(Chameleon, "firsts", ["other"])
    with pytest.raises(ValueError, match=MISFIT):
        Terrarium.as_view()(RequestFactory().get("/"))


async def test_a_component_that_comes_later_with_another_root_fails_alone(tab, monkeypatch, actors):
    await tab.event("show", names="")
    monkeypatch.setattr(Chameleon, "firsts", ["other"])
    await tab.event("show", names="chameleon")
    errors = await until(lambda: [cell.last_error for cell in actors.cells() if cell.last_error])
    assert MISFIT in errors[0].text

    while ">first 0<" not in tab.html:
        await tab.receive()
    assert (await tab.event("up", component="chameleon"))["t"] == "patch"


async def test_a_class_whose_root_is_a_variable_is_told_where_it_is_placed(tab):
    match = "the name of its root is put together"
    with pytest.raises(ImproperlyConfigured, match=match):
        await AsyncClient().get("/terrarium/?names=hollow_tag")
    frame = await tab.event("show", names="chameleon,hollow_tag")

    assert frame["code"] == "template_failed"
    assert match in frame["message"]
    assert (await tab.event("up", component="chameleon"))["t"] == "patch"
    assert ">first 1<" in tab.html
