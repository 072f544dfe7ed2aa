"""Which component an event goes to."""

from __future__ import annotations

import pytest


def sent(page):
    return [(event["name"], event.get("c")) for event in page.events()]


NESTED = """
<button id="view" live-on:click="go">view</button>
<div live-component="outer" live-on:click="seen">
  <button id="outer" live-on:click="go">outer</button>
  <p live-component="inner" live-on:click.self="self">
    <button id="inner" live-on:click="go">inner</button>
  </p>
</div>"""


@pytest.mark.parametrize(
    ("clicked", "expected"),
    [
        ("#view", [("go", None)]),
        ("#outer", [("go", "outer"), ("seen", "outer")]),
        ("#inner", [("go", "inner"), ("seen", "outer")]),
        ("p", [("self", "inner"), ("seen", "outer")]),
    ],
)
def test_an_event_goes_to_the_component_around_its_binding(bound, clicked, expected):
    page = bound(NESTED)
    page.page.evaluate("selector => document.querySelector(selector).click()", clicked)
    assert sent(page) == expected


TARGETS = """
<i live-on:click="v1" live-target="parent">view</i>
<i live-on:click="v2" live-target="#inner">view</i>
<div live-target="#outer"><i live-on:click="v3">view</i>
<div live-component="outer">
  <i live-on:click="o0">the attribute outside is not for it</i>
  <i live-on:click="o1" live-target="parent">outer</i>
  <i live-on:click="o2" live-target="view">outer</i>
  <i live-on:click="o3" live-target="#elsewhere">outer</i>
  <s live-target="view"><b><i live-on:click="o4">outer</i>
    <i live-on:click="o5" live-target="#inner">the nearest wins</i></b></s>
  <p live-component="inner" live-target="parent">
    <i live-on:click="i0">inner</i>
    <i live-on:click="i1" live-target="view">inner</i>
    <i live-on:click="i2" live-target="#inner">inner</i>
    <i live-on:click="i3" live-target="">as if it were not there</i>
    <s live-target="#outer"><i live-on:click="i4">a slot's content</i></s>
  </p>
  <i live-on:click="o6">outer</i>
</div></div>"""
EXPECTED = {
    "v1": None,
    "v2": "inner",
    "v3": "outer",
    "o0": "outer",
    "o1": None,
    "o2": None,
    "o3": "elsewhere",
    "o4": None,
    "o5": "inner",
    "i0": "outer",
    "i1": None,
    "i2": "inner",
    "i3": "inner",
    "i4": "outer",
    "o6": "outer",
}


def test_the_nearest_target_up_to_the_component_decides(bound):
    page = bound(TARGETS)
    page.page.evaluate("document.querySelectorAll('i').forEach(element => element.click())")
    assert dict(sent(page)) == EXPECTED


def test_an_unknown_target_is_told(bound, page_errors):
    page_errors.expect("an unknown live-target outer")
    page = bound('<p live-component="a"><i live-on:click="go" live-target="outer">x</i></p>')
    page.page.click("i")
    assert sent(page) == [("go", "a")]
    assert len(page_errors.seen) == 1


def test_bindings_elsewhere_belong_to_the_component_that_holds_them(bound):
    page = bound(
        '<p live-component="a" live-on:click.outside="close" live-on:keydown.window.x="key">x</p>'
        '<p live-component="b"><input live-on:focus="focus" live-on:blur="blur"></p>'
    )
    page.page.click("input")
    page.page.keyboard.press("x")
    page.page.evaluate("document.activeElement.blur()")
    assert sent(page) == [("focus", "b"), ("close", "a"), ("key", "a"), ("blur", "b")]


def test_an_event_that_waits_has_its_component_too(bound):
    page = bound('<p live-component="a"><i live-on:click.debounce.1ms="go">x</i></p>')
    page.page.click("i")
    page.server.wait_event()
    assert sent(page) == [("go", "a")]


def test_a_form_may_hide_its_own_properties(bound):
    page = bound(
        '<form live-component="a" live-on:submit="save" live-target="parent">'
        '<input name="closest"><input name="contains"><input name="matches">'
        "<button>x</button></form>"
    )
    page.page.click("button")
    assert sent(page) == [("save", None)]


def test_a_component_that_takes_another_place_is_still_bound(bound):
    page = bound(
        '<p live-component="a"><i live-on:click="go">x</i><b live-on:click.stop="own">y</b></p>'
    )
    page.patch(2, [["d", 0], ["i", 0, ["section", ["p", {"live-component": "a"}]]]])
    page.page.click("i")
    page.page.click("b")
    assert sent(page) == [("go", "a"), ("own", "a")]
