"""Who submits a form, and what becomes of it until the answer is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

FORM = """
<form id="f" action="/?gone" live-on:submit="save">
  <input name="q" required>
  <button id="named" name="a" value="1">x</button>
  <button id="action" name="b" value="2" formaction="/?gone" formmethod="post">x</button>
  <button id="unchecked" name="c" value="3" formnovalidate>x</button>
  <input id="image" type="image" name="im" alt="x" formnovalidate>
  <input id="nameless-image" type="image" alt="x" formnovalidate>
  <button id="nameless" value="4">x</button>
  <button id="plain" type="button" name="d" value="5">x</button>
  <button id="reset" type="reset" name="e" value="6">x</button>
  <button id="elsewhere" form="other" name="g" value="7">x</button>
</form>
<button id="outside" form="f" name="h" value="8">x</button>
<button id="nameless-outside" form="f" formnovalidate>x</button>
<form id="other" live-on:submit="other"></form>"""


def clicked(page, *ids):
    for name in ids:
        page.page.click(f"#{name}")
    return [(event["name"], event["params"]) for event in page.events()]


def test_each_submitter_tells_its_own_name(bound):
    page = bound(FORM)
    page.page.fill("[name=q]", "1")
    assert clicked(page, "named") == [("save", {"q": "1", "a": "1"})]
    assert clicked(page, "action") == [("save", {"q": "1", "b": "2"})]
    assert clicked(page, "nameless") == [("save", {"q": "1"})]
    assert clicked(page, "outside") == [("save", {"q": "1", "h": "8"})]
    assert clicked(page, "elsewhere") == [("other", {"g": "7"})]
    [(_, params)] = clicked(page, "image")
    assert sorted(params) == ["im.x", "im.y", "q"]
    [(_, params)] = clicked(page, "nameless-image")
    assert sorted(params) == ["q", "x", "y"]
    assert clicked(page, "plain", "reset") == []
    expect(page.page.locator("[name=q]")).to_have_value("")
    assert page.page.url == "http://live.test/"


def test_an_invalid_form_is_not_sent_unless_its_submitter_says_so(bound):
    page = bound(FORM)
    assert clicked(page, "named", "action", "outside") == []
    page.page.press("[name=q]", "Enter")
    assert page.events() == []
    assert clicked(page, "unchecked") == [("save", {"q": "", "c": "3"})]
    assert clicked(page, "nameless-outside") == [("save", {"q": ""})]
    page.patch(2, [1, "a", "novalidate", ""])
    assert clicked(page, "named") == [("save", {"q": "", "a": "1"})]


def test_enter_submits_by_the_first_button_and_a_script_by_none(bound):
    page = bound(FORM)
    page.page.fill("[name=q]", "1")
    page.page.press("[name=q]", "Enter")
    assert page.params() == [{"q": "1", "a": "1"}]
    page.page.evaluate("f.requestSubmit()")
    assert page.params() == [{"q": "1"}]


def test_a_button_may_be_bound_and_submit(bound):
    page = bound(
        '<form live-on:submit="save"><button live-on:click="click" name="b" value="1">x</button>'
        '<button id="n" live-on:click.prevent="no">y</button></form>'
    )
    page.page.click("button >> nth=0")
    assert page.names() == "click save"
    page.page.click("#n")
    assert page.names() == "no"


def test_a_form_in_a_dialog_is_sent_and_the_dialog_is_the_servers_to_close(bound):
    page = bound(
        '<dialog><form method="dialog" live-on:submit="save"><button name="b" value="yes">x'
        "</button></form></dialog>"
    )
    page.page.evaluate("document.querySelector('dialog').showModal()")
    page.page.click("button")
    assert page.params() == [{"b": "yes"}]
    dialog = page.page.locator("dialog")
    expect(dialog).to_be_visible()
    page.patch(2, [0, "a", "open", ""])
    page.patch(3, [0, "r", "open"])
    expect(dialog).not_to_be_visible()


def test_the_page_is_there_again_when_the_server_closes_a_modal_dialog(bound):
    page = bound('<dialog open><b>x</b></dialog><button live-on:click="go">y</button>')
    page.page.evaluate("document.querySelector('dialog').close()")
    page.page.evaluate("document.querySelector('dialog').showModal()")
    page.patch(2, [0, "r", "open"])
    page.page.click("button")
    assert page.names() == "go"


def test_once_is_once_and_never_leaves_the_page(bound):
    page = bound('<form action="/?gone" live-on:submit.once="save"><button>x</button></form>')
    page.page.click("button")
    assert page.names() == "save"
    page.page.click("button")
    assert page.names() == ""
    assert page.page.url == "http://live.test/"


def test_forms_wait_for_their_own_answers_only(bound):
    page = bound(
        "<section>"
        '<form id="f" live-on:submit="a"><button>a</button></form>'
        '<form id="g" live-on:submit="b"><button>b</button></form></section>'
    )
    for name in ["f", "f", "g", "f", "g"]:
        page.page.evaluate("name => document.getElementById(name).requestSubmit()", name)
    first = page.server.wait_event()
    page.server.send(t="patch", ref=first["ref"], v=2, p=[0, 0, "a", "class", "sent"])
    page.page.wait_for_selector("#f.sent:not(.live-loading)")
    expect(page.page.locator("#g")).to_have_class("live-loading")
    page.page.evaluate("f.requestSubmit(), g.requestSubmit()")
    assert page.server.wait_event(3)["name"] == "a"
    assert [event["name"] for event in page.server.frames("event")] == ["a", "b", "a"]


def test_what_fails_may_be_sent_again(bound, page_errors):
    page_errors.expect("handler_failed|timeout")
    page = bound('<form live-on:submit="save"><button live-disable-with="Wait">x</button></form>')
    button = page.page.locator("button")
    for number, code in enumerate(["handler_failed", "timeout"], 1):
        button.click()
        expect(button).to_be_disabled()
        ref = page.server.wait_event(number)["ref"]
        page.server.send(t="error", ref=ref, code=code, message="no")
        expect(button).to_be_enabled()
        expect(button).to_have_text("x")
        expect(page.page.locator(".live-loading")).to_have_count(0)


BUTTON = '<button class="own" live-on:click="go" live-disable-with="Wait">Go</button>'


def answer(page, number, version, *patches):
    shown = ["a", "data-version", str(version)]
    ref = page.server.wait_event(number)["ref"]
    page.server.send(t="patch", ref=ref, v=version, p=[*patches, shown])
    page.page.wait_for_selector(f"[data-version='{version}']", state="attached")


def test_a_waiting_button_takes_no_second_click(bound):
    page = bound(BUTTON + '<b live-on:click="mark2">x</b>')
    button = page.page.locator("button")
    button.focus()
    page.page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('button').click()")
    expect(button).to_be_disabled()
    expect(button).to_have_class("own live-loading")
    expect(button).to_have_text("Wait")
    page.page.click("b")
    page.server.wait_event(2)
    assert [event["name"] for event in page.server.frames("event")] == ["go", "mark2"]
    answer(page, 1, 2)
    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    assert button.evaluate("element => element.outerHTML") == BUTTON


@pytest.mark.parametrize("label", ["Again", "Wait"])
@pytest.mark.parametrize("pushed", [True, False])
def test_what_comes_for_a_waiting_button_counts_when_it_waits_no_more(bound, pushed, label):
    """Be it pushed meanwhile, or the answer itself; be it the label that it shows already."""
    page = bound(BUTTON)
    button = page.page.locator("button")
    button.click()
    change = [0, [0, "t", label], ["a", "class", "new"], ["a", "title", "t"]]
    if pushed:
        page.patch(2, change)
        expect(button).to_be_disabled()
        expect(button).to_have_class("new live-loading")
        answer(page, 1, 3)
    else:
        answer(page, 1, 2, change)
    expect(button).to_be_enabled()
    expect(button).to_have_class("new")
    expect(button).to_have_text(label)


def test_a_waiting_button_that_the_server_disables_or_lets_go(bound):
    page = bound(BUTTON)
    button = page.page.locator("button")
    button.click()
    page.patch(2, [0, "a", "disabled", ""])
    answer(page, 1, 3)
    expect(button).to_be_disabled()
    expect(button).to_have_text("Go")
    page.patch(4, [0, "r", "disabled"])
    button.click()
    expect(button).to_be_disabled()
    page.patch(5, [0, "r", "live-disable-with"])
    answer(page, 2, 6)
    expect(button).to_be_enabled()
    expect(button).to_have_text("Go")
    expect(button).not_to_have_class("live-loading")


def test_a_button_that_goes_while_it_waits(bound):
    page = bound(f"<p>{BUTTON}</p>")
    page.page.click("button")
    page.patch(2, [0, "s", ["div", ["button", {"live-on:click": "go"}, "New"]]])
    expect(page.page.locator("button")).to_be_enabled()
    answer(page, 1, 3)
    page.page.click("button")
    assert page.server.wait_event(2)["name"] == "go"


def test_the_focus_that_has_gone_elsewhere_is_not_taken_back(bound):
    page = bound(BUTTON + "<input>")
    page.page.locator("button").focus()
    page.page.keyboard.press("Enter")
    page.page.fill("input", "mine")
    answer(page, 1, 2)
    expect(page.page.locator("button")).to_be_enabled()
    expect(page.page.locator("input")).to_be_focused()


def test_waiting_buttons_are_let_go_when_the_connection_is_lost(bound, server):
    page = bound(BUTTON)
    page.page.click("button")
    server.wait_event()
    server.joined = {"resumed": True}
    server.close(1012)
    expect(page.page.locator("button")).to_be_enabled()
    expect(page.page.locator("button")).to_have_text("Go")
    server.wait_for("join", 2)
    expect(page.page.locator(".live-connected")).to_have_count(1)
