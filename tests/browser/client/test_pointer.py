"""Real pointers: drags, links that open elsewhere, elements that go while they are pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

MENU = '<div id="menu" live-on:click.outside="close"><p>some text inside</p></div><hr>'
OUTSIDE = '<p id="away">some text outside</p>'


def drag(page, start, end):
    page.evaluate("getSelection().removeAllRanges()")  # what is selected would be dragged itself
    mouse = page.mouse
    for selector, act in [(start, mouse.down), (end, mouse.up)]:
        box = page.locator(selector).bounding_box()
        mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=3)
        act()


def test_a_drag_is_outside_when_it_begins_there(bound):
    page = bound(MENU, around="{}" + OUTSIDE)
    drag(page.page, "#menu p", "#away")
    assert page.names() == ""
    drag(page.page, "#menu p", "hr")
    assert page.names() == ""
    # The browser's click comes to what holds both ends.
    drag(page.page, "#away", "#menu p")
    assert page.names() == "close"
    page.page.click("#away")
    assert page.names() == "close"
    page.page.click("#menu p")
    assert page.names() == ""


def test_other_events_outside(bound):
    page = bound(
        '<div id="menu" live-on:pointerdown.outside="down" live-on:focusin.outside="focus">'
        '<input id="in"></div>',
        around='{}<input id="out">',
    )
    page.page.click("#in")
    assert page.names() == ""
    page.page.click("#out")
    assert page.names() == "down focus"


def test_the_click_of_enter_is_not_outside_of_the_field(bound):
    page = bound(
        '<form live-on:submit="go"><div live-on:click.outside="close"><input></div>'
        "<button>b</button></form>"
    )
    page.page.press("input", "Enter")
    assert page.names() == "go"
    page.page.click("button")
    assert page.names() == "close go"
    page.page.press("button", "Enter")
    assert page.names() == "close go"


def test_what_is_removed_by_its_own_click_is_not_outside(bound):
    page = bound('<div live-on:click.outside="close"><button live-on:click="more">x</button></div>')
    page.page.evaluate(
        "document.querySelector('button').addEventListener('click', (e) => e.target.remove())"
    )
    page.page.click("button")
    assert page.names() == ""


LINKS = [
    '<a target="_blank" href="/?blank" live-on:click="seen">x</a>',
    '<a download href="data:,x" live-on:click="seen">x</a>',
    '<a href="mailto:a@b.c" live-on:click="seen">x</a>',
    '<a href="#part" live-on:click="seen"><b>x</b></a>',
]


@pytest.mark.parametrize("modifiers", [[], ["Control"], ["Shift"], ["Meta"]])
def test_links_are_the_browsers_unless_they_are_prevented(bound, modifiers):
    """With a key the browser opens them elsewhere, and nobody hears of the click."""
    page = bound(
        '<a id="held" href="/?gone" live-on:click.prevent="held"><b>x</b></a>'
        '<a id="free" href="/?gone" live-on:click="free">x</a><b live-on:click="plain">x</b>'
    )
    page.page.evaluate(
        """() => {
          window.left = [];
          addEventListener("click", (event) => {
            const link = event.target.closest("a");
            if (link && !event.defaultPrevented) left.push(link.id);
            event.preventDefault();
          });
        }"""
    )
    for selector in ["#held", "#free", "[live-on\\:click=plain]"]:
        page.page.click(selector, modifiers=modifiers)
    elsewhere = bool(modifiers)
    assert page.page.evaluate("left") == (["held", "free"] if elsewhere else ["free"])
    assert page.names() == ("plain" if elsewhere else "held free plain")


def test_bound_links_that_do_not_leave_are_heard_of(bound):
    page = bound("".join(LINKS[1:]))
    for index in range(3):
        page.page.click(f"a >> nth={index}")
    assert page.names() == "seen seen seen"
    assert page.page.evaluate("location.hash") == "#part"


def test_a_link_to_another_tab_is_heard_of_and_opened(bound, context):
    page = bound(LINKS[0])
    with context.expect_page():
        page.page.click("a")
    assert page.names() == "seen"


def test_a_link_in_an_editor_is_text(bound):
    page = bound('<div contenteditable>a <a href="/?gone">x</a></div>')
    page.page.click("a")
    assert page.names() == ""
    assert page.page.url == "http://live.test/"


def test_an_element_that_goes_while_it_is_pressed_is_silent(bound):
    page = bound('<p live-on:click="row"><button live-on:click="go">x</button></p>')
    page.page.hover("button")
    page.page.mouse.down()
    page.patch(2, [0, "s", ["p", {"live-on:click": "other"}, ["button", "new"]]])
    page.page.mouse.up()
    assert page.names() == ""


def test_an_element_that_is_patched_while_it_is_pressed_is_clicked(bound):
    page = bound(
        '<ul><li><button live-on:click="go" data-n="1">x</button></li><li>y</li><li>z</li></ul>'
    )
    page.page.hover("button")
    page.page.mouse.down()
    change = [["a", "class", "x"], ["a", "data-n", "2"], [0, "t", "xx"]]
    page.patch(2, [0, ["m", 0, 2], [2, 0, *change], ["m", 2, 0], ["m", 1, 2]])
    page.page.mouse.up()
    assert page.params() == [{"n": "2"}]


def test_a_disabled_thing_swallows_the_click(bound):
    page = bound(
        '<div live-on:click="outer"><button disabled><b>x</b></button>'
        '<fieldset disabled><legend><button id="l" live-on:click="legend">y</button></legend>'
        '<button id="no" live-on:click="no">z</button></fieldset></div>'
    )
    for selector in ["div > button", "#no", "#l"]:
        page.page.click(selector, force=True)
    assert page.names() == "legend outer"
    page.patch(2, [0, [0, "r", "disabled"], [1, "r", "disabled"]])
    for selector in ["div > button", "#no"]:
        expect(page.page.locator(selector)).to_be_enabled()
        page.page.click(selector)
    assert page.names() == "outer no outer"


def test_pointer_events_and_buttons(bound):
    page = bound(
        '<b live-on:pointerdown="down" live-on:pointerup="up" live-on:click.right="never"'
        ' live-on:mousedown.right="right" live-on:mousedown.middle="middle"'
        ' live-on:click.shift.ctrl="both" live-on:dblclick="twice">x</b>'
    )
    page.page.click("b")
    assert page.names() == "down up"
    page.page.click("b", button="right")
    assert page.names() == "down right up"
    page.page.click("b", modifiers=["Shift"])
    assert page.names() == "down up"
    page.page.click("b", modifiers=["Shift", "Control"])
    assert page.names() == "down up both"
    page.page.dblclick("b")
    assert page.names() == "down up down up twice"
