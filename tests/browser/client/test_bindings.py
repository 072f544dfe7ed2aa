"""Event bindings and their modifiers."""

from __future__ import annotations

import pytest


def test_delegation_from_the_inside_out(bound):
    page = bound(
        '<div live-on:click="outer"><p live-on:click="middle"><b '
        'live-on:click="inner">x</b></p></div>'
    )
    page.page.click("b")
    assert page.names() == "inner middle outer"
    page.page.evaluate("document.querySelector('p').removeAttribute('live-on:click')")
    page.page.click("b")
    assert page.names() == "inner outer"


def test_bindings_come_and_go_with_patches(bound):
    page = bound("<p>x</p>")
    page.patch(2, [0, ["a", "live-on:click", "one"], ["a", "live-on:mouseenter", "enter"]])
    page.page.click("p")
    assert page.names() == "enter one"
    page.patch(3, [0, ["a", "live-on:click", "two"], ["r", "live-on:mouseenter"]])
    page.page.mouse.move(5, 500)
    page.page.click("p")
    assert page.names() == "two"
    page.patch(4, ["i", 1, ["em", {"live-on:dblclick.stop": "new"}, "y"]])
    page.page.dblclick("em")
    assert page.names() == "new"
    page.patch(5, [1, "s", ["em", {"live-on:keydown.window": "key"}, "z"]])
    page.page.dblclick("em")
    page.page.keyboard.press("a")
    assert page.names() == "key"
    page.page.evaluate("() => { window.em = document.querySelector('em'); }")
    page.patch(6, ["d", 1])
    page.page.keyboard.press("a")
    page.page.evaluate("document.body.append(em)")
    page.page.keyboard.press("a")
    assert page.names() == ""


def test_an_element_that_a_script_removed_is_silent(bound):
    page = bound('<p live-on:keydown.window.prevent="key" live-on:click="click">x</p>')
    page.page.evaluate(
        "window.p = document.querySelector('p'); p.remove(); p.click(); "
        "document.body.append(p); p.click()"
    )
    page.page.evaluate("p.remove()")
    assert page.page.evaluate(
        "window.dispatchEvent(new KeyboardEvent('keydown', {cancelable: true}))"
    )
    assert page.names() == ""


def test_prevent(bound):
    page = bound(
        '<a href="#went" live-on:click.prevent="stay">x</a><a id="go" href="#gone"'
        ' live-on:click="go">y</a>'
        "<i live-on:contextmenu.prevent>z</i>"
    )
    page.page.click("a >> nth=0")
    assert page.page.evaluate("location.hash") == ""
    page.page.click("#go")
    assert page.page.evaluate("location.hash") == "#gone"
    assert not page.page.evaluate(
        "document.querySelector('i').dispatchEvent(new MouseEvent('contextmenu', "
        "{bubbles: true, cancelable: true}))"
    )
    assert page.names() == "stay go"


def test_stop(bound):
    page = bound(
        '<div live-on:click="outer"><p live-on:click.stop="stop" live-on:click="also">'
        '<b live-on:click="inner">x</b></p><i>y</i></div>'
    )
    page.page.evaluate("document.body.addEventListener('click', () => { window.reached = true; })")
    page.page.click("b")
    assert page.names() == "inner also stop"
    assert not page.page.evaluate("window.reached")
    page.page.click("i")
    assert page.names() == "outer"


def test_two_stops_on_an_element(bound):
    page = bound(
        '<p live-on:keydown.enter.stop="enter" live-on:keydown.stop="any">'
        '<input live-on:keydown="inner"></p>'
    )
    page.page.press("input", "Enter")
    assert page.names() == "inner enter any"


def test_self_and_once(bound):
    page = bound(
        '<div live-on:click.self="self"><p>x</p>y</div><b live-on:click.once="once">z</b>'
        '<b live-on:click.once.stop="only">w</b>'
    )
    page.page.click("p")
    page.page.evaluate("document.querySelector('[data-liveview-root] > div').click()")
    for _ in range(2):
        page.page.click("b >> nth=0")
        page.page.click("b >> nth=1")
    assert page.names() == "self once only"


def test_once_with_a_pause_tells_the_last_of_the_first_burst(bound):
    page = bound('<input live-on:input.once.debounce.10s="typed"><b live-on:click="go">x</b>')
    for text in ["abc", "d"]:
        page.page.locator("input").press_sequentially(text)
        page.page.click("b")
    assert [(event["name"], event["params"]) for event in page.events()] == [
        ("typed", {"value": "abc"}),
        ("go", {}),
        ("go", {}),
    ]


def test_window_and_document(bound):
    page = bound(
        '<i live-on:resize.window="resized" live-on:keydown.document="document" '
        'live-on:click.window.once="clicked"></i>',
        around="{}<aside>away</aside>",
    )
    page.page.click("aside")
    page.page.click("aside")
    page.page.keyboard.press("x")
    page.page.evaluate("window.dispatchEvent(new Event('resize'))")
    assert page.names() == "clicked document resized"


def test_outside(bound):
    page = bound(
        '<div id="menu" live-on:click.outside="close"><b>in</b></div>'
        '<div hidden live-on:click.outside="hidden">x</div>',
        around="{}<aside>away</aside>",
    )
    page.page.click("b")
    page.page.evaluate(
        "document.querySelector('b').addEventListener('click', event => event.target.remove())"
    )
    page.page.click("b")
    assert page.names() == ""
    page.page.click("aside")
    assert page.names() == "close"


def test_a_drag_from_the_inside_out_is_no_click_outside(bound):
    """It ends in a click on what contains both ends."""
    page = bound(
        '<div id="menu" live-on:click.outside="close">in</div>', around="{}<aside>away</aside>"
    )
    page.page.evaluate(
        "() => addEventListener('click', ({ target }) => { window.clicked = target.localName; })"
    )
    page.page.hover("#menu")
    page.page.mouse.down()
    page.page.hover("aside")
    page.page.mouse.up()
    assert page.page.evaluate("clicked") == "body"
    assert page.names() == ""
    page.page.click("aside")
    assert page.names() == "close"


def test_events_that_do_not_bubble(bound):
    page = bound(
        '<input live-on:focus="focus" live-on:blur="blur">'
        '<p live-on:mouseenter="enter" live-on:mouseleave="leave"><b>x</b></p>'
        '<details live-on:toggle="toggle"><summary>s</summary></details>'
        '<img live-on:error="error" alt=""><i live-on:my-event="mine"></i>'
    )
    page.page.focus("input")
    page.page.hover("b")
    page.page.evaluate("document.activeElement.blur()")
    page.page.hover("summary")
    page.page.click("summary")
    page.page.wait_for_function("() => document.querySelector('details').open")
    page.page.evaluate(
        """async () => {
          await new Promise(requestAnimationFrame);
          await new Promise(setTimeout);
          document.querySelector('img').dispatchEvent(new Event('error'));
          document.querySelector('i').dispatchEvent(new CustomEvent('my-event'));
        }"""
    )
    assert page.names() == "focus enter blur leave toggle error mine"


@pytest.mark.parametrize(
    "attribute", ["live-on:click.bogus", "live-on:keydown.entre", "live-on:input.enter"]
)
def test_a_binding_with_an_unknown_modifier_is_silent(bound, attribute):
    """Nobody can tell when its author wanted it to be called; the server names it in the log."""
    page = bound(f'<input {attribute}="x">')
    page.page.click("input")
    page.page.press("input", "a")
    assert page.names() == ""


def test_a_form_whose_binding_has_an_unknown_modifier_does_not_leave_the_page(bound):
    page = bound('<form live-on:submit.bogus="save" action="/?gone"></form>')
    page.page.evaluate("document.forms[0].requestSubmit()")
    assert page.names() == ""
    assert page.page.url == "http://live.test/"


def test_links_that_open_elsewhere(bound, context):
    page = bound('<a href="/?other" live-on:click.prevent="click">x</a>')
    with context.expect_page():
        page.page.click("a", modifiers=["Control"])
    with context.expect_page():
        page.page.click("a", button="middle")
    assert page.names() == ""
    page.page.click("a")
    assert page.names() == "click"


def test_disabled(bound):
    page = bound('<fieldset disabled><button live-on:click="no"><b>x</b></button></fieldset>')
    page.page.click("b", force=True)
    page.page.evaluate("document.querySelector('b').click()")
    assert page.names() == ""


def test_submit_never_leaves_the_page(bound):
    page = bound(
        '<form action="/?gone"><input name="q"></form><form '
        'live-on:submit="save" action="/?gone"><b></b></form>'
    )
    page.page.evaluate("document.forms[1].requestSubmit()")
    assert page.names() == "save"
    assert page.page.url == "http://live.test/"


def test_focus_moved_by_a_patch_is_no_event(bound):
    page = bound(
        '<div><input id="a" live-on:blur="blur" live-on:focus="focus" live-on:focusout="out">'
        '<input id="b" live-on:blur="gone"></div>'
    )
    page.page.evaluate("delete Element.prototype.moveBefore")
    page.page.focus("#a")
    assert page.names() == "focus"
    page.patch(2, [0, "m", 0, 1])
    page.patch(3, [0, "m", 0, 1])
    assert page.page.evaluate("document.activeElement.id") == "a"
    page.page.focus("#b")
    assert sorted(page.names().split()) == ["blur", "out"]
    page.patch(4, [0, "d", 1])
    assert page.names() == ""


def test_a_popover_of_another_script_is_reached_by_ignored_bindings(bound):
    page = bound('<div live-ignore><b live-on:click="inside">x</b></div>')
    page.page.click("b")
    assert page.names() == "inside"
