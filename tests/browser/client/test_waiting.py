"""What a button shows while its events are unanswered, and what it does not do then."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": "", "data-live-token": "signed"}


def told(page, number):
    return page.server.wait_event(number)


def answer(page, number):
    page.server.send(t="ok", ref=told(page, number)["ref"])


def send(page, number, version, patch):
    shown = [*patch, ["a", "data-version", str(version)]]
    page.server.send(t="patch", ref=told(page, number)["ref"], v=version, p=shown)
    page.page.wait_for_selector(f"[data-version='{version}']", state="attached")


BUTTONS = {
    "button": '<button live-on:click="go" {}>Go</button>',
    "with a value": '<button live-on:click="go" value="1" {}>Go</button>',
    "after a comment": '<button live-on:click="go" {}><!-- x -->Go</button>',
    "inside": '<button live-on:click="go" {}> <svg><path/></svg><b>Go <i>now</i></b>!</button>',
    "submitter": '<form live-on:submit="go"><button {}><i></i>\n Go</button></form>',
}


@pytest.mark.parametrize("html", BUTTONS.values(), ids=BUTTONS.keys())
def test_a_button_shows_its_label_until_the_answer(bound, html):
    page = bound(html.format('live-disable-with="Wait"'))
    button = page.page.locator("[live-disable-with]")
    before = button.inner_html()
    button.focus()
    button.press("Enter")
    expect(button).to_be_disabled()
    assert button.inner_text().strip() == "Wait"
    answer(page, 1)
    expect(button).to_be_enabled()
    assert button.inner_html() == before
    expect(button).to_be_focused()


@pytest.mark.parametrize(("value", "label"), [("value=Go", "Wait"), ("", "")], ids=["", "none"])
def test_an_input_shows_its_label_in_place_of_its_own(bound, value, label):
    page = bound(
        f'<form live-on:submit="go"><input type="submit" {value} live-disable-with="Wait"></form>'
    )
    button = page.page.locator("input")
    before = button.get_attribute("value")
    button.focus()
    button.press("Enter")
    expect(button).to_be_disabled()
    expect(button).to_have_value(label)
    answer(page, 1)
    expect(button).to_be_enabled()
    assert button.get_attribute("value") == before
    expect(button).to_be_focused()


def test_what_a_patch_says_of_a_waiting_button_stays(bound):
    page = bound('<button live-on:click="go" live-disable-with="Wait">Go</button>')
    button = page.page.locator("button")
    button.click()
    send(page, 1, 2, [[0, ["a", "disabled", ""], [0, "t", "Gone"]]])
    expect(button).to_be_disabled()
    expect(button).to_have_text("Gone")
    expect(button).not_to_have_class("live-loading")


@pytest.mark.parametrize("what", ["patch", "tree"])
def test_it_waits_through_what_others_have_caused(bound, what):
    page = bound('<p><button live-on:click="go" live-disable-with="Wait">Go</button></p>')
    button = page.page.locator("button")
    button.focus()
    button.press("Enter")
    expect(button).to_be_disabled()
    if what == "patch":
        page.patch(2, [0, [0, 0, "t", "On"], ["i", 0, "new"]])
    else:
        made = ["button", {"live-on:click": "go", "live-disable-with": "Wait"}, "On"]
        tree = ["div", {**ROOT, "data-version": "2"}, ["p", "new", made],
                ["u", {"hidden": "", "live-on:copy": "mark"}]]  # fmt: skip
        page.server.send(t="tree", view=1, v=2, tree=tree)
        page.page.wait_for_selector("[data-version='2']", state="attached")
    expect(page.page.locator("p")).to_have_text("newWait")
    expect(button).to_be_disabled()
    expect(button).to_have_class("live-loading")
    page.page.evaluate("() => document.querySelector('button').click()")
    assert page.names() == "go"
    expect(page.page.locator("p")).to_have_text("newOn")
    expect(button).to_be_enabled()
    expect(button).to_be_focused()


def test_a_button_without_a_text_for_it_is_only_disabled(bound):
    page = bound('<button live-on:click="go" live-disable-with>Go</button>')
    button = page.page.locator("button")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_text("Go")
    answer(page, 1)
    expect(button).to_be_enabled()


@pytest.mark.parametrize("clicks", [1, 2])
def test_a_button_that_is_bound_itself_submits_its_form_once(bound, clicks):
    page = bound(
        '<form live-on:submit="save"><button live-on:click="note" live-disable-with="Wait">Go'
        "</button></form>"
    )
    button = page.page.locator("button")
    page.page.evaluate("n => { while (n--) document.querySelector('button').click(); }", clicks)
    expect(button).to_have_text("Wait")
    assert page.names() == "note save"
    expect(button).to_have_text("Go")


def test_a_second_click_is_not_sent(bound):
    page = bound('<button live-on:click="go" live-disable-with>Go</button>')
    page.page.evaluate(
        "() => { for (const _ of [1, 2]) document.querySelector('button').click(); }"
    )
    assert page.names() == "go"


def test_what_only_has_a_patch_to_come_is_disabled_as_the_server_says(bound):
    page = bound('<button live-on:click="go" live-disable-with="Wait" disabled>Go</button>')
    page.page.evaluate("() => document.querySelector('button').click()")
    assert page.names() == ""
    expect(page.page.locator("button")).to_have_text("Go")
