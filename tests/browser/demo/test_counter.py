"""The counter: a click, a few bytes, one text."""

from __future__ import annotations

import json

from playwright.sync_api import expect


def number(page):
    return page.locator(".number")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_click_calls_the_method_with_its_data(open_demo):
    page = open_demo("/counter/")
    expect(number(page)).to_have_text("0")

    button(page, "+1").click()
    expect(number(page)).to_have_text("1")
    button(page, "+10").click()
    expect(number(page)).to_have_text("11")
    button(page, "−1").click()
    expect(number(page)).to_have_text("10")
    button(page, "Reset").click()
    expect(number(page)).to_have_text("0")


def test_clicks_that_come_fast_are_all_counted(open_demo):
    page = open_demo("/counter/")

    page.evaluate("for (let i = 0; i < 100; i++) document.querySelector('.primary').click()")

    expect(number(page)).to_have_text("100")


def test_what_comes_back_is_a_few_bytes(page, open_demo):
    received = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(frame)),
    )
    open_demo("/counter/")
    received.clear()

    button(page, "+1").click()
    expect(number(page)).to_have_text("1")

    assert len(received) == 1
    frame = json.loads(received[0])
    frame.pop("debug")  # which only a site has that is being developed
    assert len(json.dumps(frame, separators=(",", ":"))) < 64


def test_each_tab_counts_for_itself(open_demo, open_tab):
    page, other = open_demo("/counter/"), open_tab("/counter/")

    button(page, "+1").click()
    expect(number(page)).to_have_text("1")
    button(other, "+10").click()
    expect(number(other)).to_have_text("10")

    expect(number(page)).to_have_text("1")


def test_the_keyboard_is_enough(open_demo):
    page = open_demo("/counter/")

    button(page, "+1").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")

    expect(number(page)).to_have_text("2")
    expect(button(page, "+1")).to_be_focused()
