"""Attributes of a component that a browser may set without a handler."""

from __future__ import annotations

import pytest

from pykka_live import LiveComponent
from tests.tab import Tab


@pytest.fixture
async def tab():
    tab = Tab("/ward/?shown=filters:f,tally:t")
    await tab.open()
    yield tab
    await tab.close()


async def test_what_is_accepted_is_converted_and_set_and_the_rest_dropped(tab):
    answer = await tab.event(
        "choose", component="f", words="new", page="3", is_staff="true", id="x"
    )

    assert (answer["t"], answer["c"]) == ("patch", "f")
    assert "new, page 3<" in tab.html


async def test_what_does_not_convert_is_refused_by_name_and_nothing_is_set(tab):
    answer = await tab.event("choose", component="f", words="new", page="three")

    assert answer["code"] == "bad_params"
    assert "'page'" in answer["message"]
    assert "all, page 1<" in tab.html


async def test_what_is_not_accepted_alone_is_refused(tab):
    answer = await tab.event("choose", component="f", is_staff="true")

    assert answer["code"] == "bad_params"
    assert "words, page" in answer["message"]


async def test_a_component_that_accepts_nothing_has_only_its_events(tab):
    assert (await tab.event("choose", component="t", count=5))["code"] == "unknown_event"


@pytest.mark.parametrize(
    "name", ["_secret", "request", "mount", "slots", "no name", "total", "act"]
)
def test_a_class_cannot_accept_what_is_not_for_a_browser(name):
    body = {"accepts": (name,), "act": lambda self: None, "total": property(lambda self: 1)}
    with pytest.raises(TypeError, match=name):
        type("Wrong", (LiveComponent,), body)


def test_the_names_are_a_sequence():
    with pytest.raises(TypeError, match="tuple of names"):
        type("Wrong", (LiveComponent,), {"accepts": "words"})
