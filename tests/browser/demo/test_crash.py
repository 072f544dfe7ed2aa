"""The crash room: a crash costs the one event that caused it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def room(open_demo, page_errors):
    page_errors.expect("handler_failed|template_failed|crashed|stopped")
    return Room(open_demo("/crash/"))


class Room:
    """The crash room in one tab."""

    def __init__(self, page):
        self.page = page
        self.number = page.locator(".number")
        self.thread = page.locator(".thread code")
        self.incidents = page.locator("[data-incidents] li")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def click(self, *names):
        for name in names:
            self.button(name).click()


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("Raise an exception", "handler_failed", "asked to fail"),
        ("Raise SystemExit", "handler_failed", "wanted to end the process"),
        ("Break the template", "template_failed", "bad news"),
    ],
)
def test_the_view_comes_back_in_its_last_good_state(room, name, code, message):
    room.click("Count up", "Count up")
    expect(room.number).to_have_text("2")
    thread = room.thread.inner_text()

    room.click(name)

    expect(room.incidents).to_have_count(1)
    expect(room.incidents).to_contain_text(code)
    expect(room.incidents).to_contain_text(message)
    room.click("Count up")
    expect(room.number).to_have_text("3")
    expect(room.thread).not_to_have_text(thread)
    expect(room.incidents).to_have_count(1)


def test_a_view_may_shrug_it_off(room):
    room.click("Count up")
    expect(room.number).to_have_text("1")
    thread = room.thread.inner_text()

    room.click("Shrug it off")

    expect(room.number).to_have_text("11")
    expect(room.incidents).to_contain_text("the view goes on as it is")
    assert room.thread.inner_text() == thread


def test_a_session_that_starts_anew_keeps_the_page(room):
    room.click("Count up", "Give up")

    expect(room.incidents).to_contain_text("the whole session starts anew")
    # A click is refused while it does.
    room.button("Count up").evaluate(
        """button => {
            const number = document.querySelector(".number");
            const clicking = setInterval(() => {
                if (number.textContent === "1") button.click();
                else clearInterval(clicking);
            }, 50);
        }"""
    )
    expect(room.number).to_have_text(re.compile("^[2-9]$"))


def test_a_handler_that_hangs_is_given_up(room):
    room.click("Hang for ever", "Count up", "Count up")
    expect(room.number).to_have_text("0")

    expect(room.number).to_have_text("2", timeout=20_000)
    expect(room.thread).to_have_text(re.compile("#2$"))


def test_rubbish_harms_nobody(room):
    room.click("Return rubbish", "Count up")

    expect(room.number).to_have_text("1")
    expect(room.incidents).to_have_count(0)


def test_clicks_queue_behind_a_slow_one_and_survive_a_crash(room):
    room.click("Sleep 2 s", "Count up", "Raise an exception", "Count up", "Count up")
    expect(room.button("Sleep 2 s")).to_have_class(re.compile("live-loading"))
    expect(room.number).to_have_text("0")

    expect(room.number).to_have_text("3")
    expect(room.incidents).to_have_count(1)
    expect(room.button("Sleep 2 s")).not_to_have_class(re.compile("live-loading"))


def test_a_slow_view_stalls_no_other(room, open_tab):
    other = open_tab("/counter/")
    room.click("Sleep 5 s")

    other.get_by_role("button", name="+1", exact=True).click()

    expect(other.locator(".number")).to_have_text("1")
    expect(room.button("Sleep 5 s")).to_have_class(re.compile("live-loading"))


def test_a_session_that_fails_too_often_starts_anew_in_the_same_state(room):
    room.click("Count up")
    expect(room.number).to_have_text("1")

    button = room.button("Raise an exception")
    button.evaluate("button => { for (let i = 0; i < 4; i++) button.click() }")
    expect(room.incidents).to_have_count(4)
    room.click("Count up")

    expect(room.number).to_have_text("2")


def test_a_session_that_fails_again_and_again_ends_alone(room, open_as_other):
    other = Room(open_as_other("/crash/"))
    room.click("Count up")
    expect(room.number).to_have_text("1")

    # A person who does not give up: a restart of the session answers what was queued with an error.
    button = room.button("Raise an exception")
    button.evaluate(
        """button => {
            const root = button.closest("[data-liveview-root]");
            const clicking = setInterval(() => {
                if (root.classList.contains("live-stopped")) clearInterval(clicking);
                else button.click();
            }, 10);
        }"""
    )

    expect(room.page.locator("[data-liveview-root]")).to_have_class(re.compile("live-stopped"))
    expect(room.page.locator("header .over")).to_be_visible()
    other.click("Count up")
    expect(other.number).to_have_text("1")

    room.button("Reload").click()
    room.click("Count up")
    expect(room.number).to_have_text("1")
