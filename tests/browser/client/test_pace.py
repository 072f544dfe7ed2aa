"""Debounced and throttled events, with the browser's clock in the test's hand."""

from __future__ import annotations

import pytest


def test_debounce(clock, bound):
    page = bound(
        '<input id="a" live-on:input.debounce="a"><input id="b" live-on:input.debounce.1s="b">'
        '<input id="c" live-on:input.debounce.500="c">'
    )
    for name in "abc":  # leaving a field sends what waits
        page.page.focus(f"#{name}")
        page.page.keyboard.insert_text("x")
        page.page.keyboard.insert_text("y")
    assert page.names() == "a b"
    clock.run_for(499)
    assert page.names() == ""
    clock.run_for(1)
    assert page.params() == [{"value": "xy"}]
    page.page.focus("#a")
    page.page.keyboard.insert_text("z")
    clock.run_for(240)
    page.page.keyboard.insert_text("z")
    clock.run_for(240)
    assert page.names() == ""
    clock.run_for(10)
    assert page.params() == [{"value": "xyzz"}]


def test_debounce_ends_with_change_submit_and_pagehide(clock, bound):
    page = bound(
        '<form live-on:submit="save"><input name="q" live-on:input.debounce.9s="typed"'
        ' live-on:change="changed">'
        "<button>b</button></form>"
    )
    page.page.fill("input", "x")
    page.page.press("input", "Enter")
    assert page.names() == "typed changed save"
    page.page.fill("input", "y")
    page.page.evaluate(
        "document.querySelector('input').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    assert page.names() == "typed changed"
    page.page.fill("input", "z")
    page.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.server.wait(lambda: page.server.frames("event")[-1]["params"].get("value") == "z", "z")


def test_a_key_and_a_click_come_behind_what_was_typed(bound):
    page = bound(
        '<div live-on:keydown.escape="close"><input live-on:input.debounce.9s="typed" '
        'live-on:keydown.enter="add" live-on:click="look"></div>'
    )
    field = page.page.locator("input")
    for act, name in ((lambda: field.press("Enter"), "add"), (field.click, "look")):
        field.press("x")
        act()
        assert page.names() == f"typed {name}"
    field.press("x")
    field.press("Escape")
    assert page.names() == "typed close"


def test_a_debounced_event_of_a_removed_element_is_dropped(clock, bound):
    page = bound('<p><input live-on:input.debounce="typed"></p>')
    page.page.fill("input", "x")
    page.patch(2, [0, "d", 0])
    clock.run_for(1000)
    assert page.names() == ""


def test_throttle(clock, bound):
    page = bound('<b live-on:click.throttle.1s="go">x</b>')
    for _ in range(3):
        page.page.click("b")
    assert page.names() == "go"
    clock.run_for(1000)
    assert page.names() == "go"
    page.page.click("b")
    assert page.names() == ""
    clock.run_for(1000)
    assert page.names() == "go"
    clock.run_for(5000)
    assert page.names() == ""
    page.page.click("b")
    assert page.names() == "go"


def test_each_key_has_a_throttle_of_its_own(clock, bound):
    page = bound('<input live-on:keydown.throttle.1s="key">')
    page.page.focus("input")
    for key in "abca":
        page.page.keyboard.press(key)
    assert [params["key"] for params in page.params()] == ["a", "b", "c"]
    clock.run_for(1000)
    assert [params["key"] for params in page.params()] == ["a"]


def test_what_waits_around_a_form_comes_before_its_submission(clock, bound):
    page = bound(
        '<div live-on:input.debounce.9s="typed"><b><form live-on:submit="save" id="f"></form>'
        '</b><input form="f"></div>'
    )
    page.page.fill("input", "x")
    page.page.press("input", "Enter")
    assert page.names() == "typed save"


ENDS = {
    "blur": "document.activeElement.blur()",
    "submit": "document.forms[0].requestSubmit()",
    "pagehide": "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
    "leave": "PykkaLive.leave(document.forms[0])",
}


@pytest.mark.parametrize("end", ENDS)
def test_what_a_throttle_holds_back_is_sent_when_the_typing_ends(clock, bound, end):
    page = bound(
        '<form live-on:submit="save"><p contenteditable live-on:input.throttle.9s="typed"></p>'
        "</form>"
        '<section live-on:input.throttle.9s="other"><textarea></textarea></section>'
    )
    page.page.fill("textarea", "x")
    page.page.fill("textarea", "y")
    page.page.focus("p")  # which knows no change event
    for key in "abc":
        page.page.keyboard.press(key)
    sent = [(event["name"], event["params"].get("value")) for event in page.events()]
    assert sent == [("other", "x"), ("other", "y"), ("typed", "a")]
    page.page.evaluate(ENDS[end])
    event = page.server.wait(lambda: page.server.frames("event")[4:], "what was held back")[0]
    assert (event["name"], event["params"]) == ("typed", {"value": "abc"})


NEXT = {
    "a script submits": ("save", lambda page: page.evaluate("f.requestSubmit()")),
    "a button submits": ("save", lambda page: page.click("[form=f]")),
    "Enter submits": ("save", lambda page: page.press("input", "Enter")),
    "a button is clicked": ("go", lambda page: page.click("[type=button]")),
    "a text is clicked": ("go", lambda page: page.click("i")),
    "a script clicks": ("go", lambda page: page.evaluate("document.querySelector('i').click()")),
    "the focus stays": ("go", lambda page: page.click("b")),
    "a button is pressed": ("go", lambda page: page.press("[type=button]", "Space")),
}


@pytest.mark.parametrize("name", NEXT)
def test_what_waits_at_a_field_comes_before_what_is_done_next_in_its_component(clock, bound, name):
    page = bound(
        '<div live-component="c"><form id="f" live-on:submit="save">'
        '<input live-on:input.debounce.9s="typed"></form><button form="f">x</button>'
        '<button type="button" live-on:click="go">x</button><i live-on:click="go">x</i>'
        '<b live-on:mousedown.prevent live-on:click="go">x</b></div>'
    )
    event, act = NEXT[name]
    page.page.locator("input").press("x")
    act(page.page)
    sent = [(one["c"], one["name"], one["params"].get("value")) for one in page.events()]
    assert sent == [("c", "typed", "x"), ("c", event, None)]
