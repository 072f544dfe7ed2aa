"""An editor is a person's until its event is answered, and the server's then."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .test_changes import send, shown, told


def test_an_older_answer_leaves_an_editor_whose_end_is_not_told_yet(bound):
    page = bound(
        '<button live-on:click="go">x</button><p contenteditable live-on:blur="save">old</p>'
    )
    page.page.click("button")
    page.page.focus("p")
    page.page.keyboard.type("my ")
    send(page, 1, 2, shown(2, [1, 0, "t", "older"]))
    page.page.evaluate("document.activeElement.blur()")
    page.patch(3, [1, 0, "t", "older still"])
    expect(page.page.locator("p")).to_have_text("my old")
    assert told(page, 2)["params"] == {"value": "my old"}
    send(page, 2, 4, shown(4, [1, 0, "t", "My old"]))
    expect(page.page.locator("p")).to_have_text("My old")


@pytest.mark.parametrize("name", ["id", "live-key"])
def test_an_editor_that_is_made_anew_goes_on(bound, name):
    page = bound(
        f'<p><b id="a" {name}="a" contenteditable live-on:blur="save">old</b></p><input id="other">'
    )
    page.page.focus("#a")
    page.page.keyboard.type("my ")
    new = ["b", {"id": "a", "contenteditable": "", "live-on:blur": "save"}, "server"]
    page.patch(2, [0, "s", ["div", {"class": "error"}, new]])
    editor = page.page.locator("div > #a")
    expect(editor).to_be_focused()
    expect(editor).to_have_text("my old")
    page.page.keyboard.type("own ")
    page.patch(3, [0, 0, 0, "t", "server's"])
    expect(editor).to_have_text("my own old")
    page.page.focus("#other")
    send(page, 1, 4, shown(4, [0, 0, 0, "t", "My own old"]))
    assert told(page, 1)["params"] == {"value": "my own old"}
    expect(editor).to_have_text("My own old")


@pytest.mark.parametrize("keys", ["n", "n Enter s", ""])
def test_an_editor_is_the_servers_again_once_it_was_told_and_answered(bound, keys):
    page = bound('<p contenteditable live-on:blur="save">old</p><input>')
    page.page.focus("p")
    page.page.keyboard.press("Control+A")
    page.page.keyboard.press("Delete")
    for key in keys.split():
        page.page.keyboard.press(key)
    page.patch(2, [0, 0, "t", "meanwhile"])
    page.page.focus("input")
    page.patch(3, [0, 0, "t", "older"])
    expect(page.page.locator("p")).to_have_text(re.compile("^ns?$" if keys else "^$"))
    send(page, 1, 4, shown(4, [0, 0, "t", "%n"]))
    assert page.page.inner_html("p") == "%n"
    page.patch(5, [0, 0, "t", "next"])
    assert page.page.inner_html("p") == "next"


def test_what_was_said_of_an_editor_meanwhile_counts_once_it_is_answered(bound):
    page = bound('<p contenteditable live-on:blur="save">old</p><input>')
    page.page.focus("p")
    page.page.keyboard.type("my ")
    page.patch(2, [0, 0, "t", "newer"])
    page.page.focus("input")
    expect(page.page.locator("p")).to_have_text("my old")
    page.server.send(t="ok", ref=told(page, 1)["ref"])
    expect(page.page.locator("p")).to_have_text("newer")
