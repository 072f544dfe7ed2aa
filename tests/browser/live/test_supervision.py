"""What a person sees of supervision: the page goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture(autouse=True)
def _errors(page_errors):
    page_errors.expect("handler_failed|crashed|stopped|timeout|status of 404")


class Region:
    """One live region of a page."""

    def __init__(self, page, index=0):
        self.root = page.locator("[data-liveview-root]").nth(index)
        self.count = self.root.locator("b")

    def click(self, name, times=1):
        """Click all at once, as no person could."""
        button = self.root.get_by_role("button", name=name, exact=True)
        button.evaluate("(button, times) => { while (times--) button.click() }", times)

    def click_until_stopped(self, name):
        button = self.root.get_by_role("button", name=name, exact=True)
        button.evaluate(
            """button => {
                const root = button.closest("[data-liveview-root]");
                const clicking = setInterval(() => {
                    if (root.classList.contains("live-stopped")) clearInterval(clicking);
                    else button.click();
                }, 10);
            }"""
        )


def test_twenty_clicks_behind_a_crash_all_count(open_live):
    region = Region(open_live("/troubled/"))
    region.click("up")
    region.click("fail")
    region.click("up", 20)
    expect(region.count).to_have_text("21")


def test_a_sibling_is_restarted_from_its_state(open_live, restarts):
    page = open_live("/pair/all/")
    left, right = Region(page, 0), Region(page, 1)
    left.click("up", 2)
    right.click("up", 3)
    expect(left.count).to_have_text("2")
    expect(right.count).to_have_text("3")
    before = restarts("view")
    left.click("fail")
    left.click("up")
    expect(left.count).to_have_text("3")
    right.click("up")
    expect(right.count).to_have_text("4")
    assert restarts("view") == before + 2


def test_an_escalation_brings_the_page_back_on_the_same_socket(open_live, restarts):
    page = open_live("/escalating/")
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    region = Region(page)
    region.click("up")
    expect(region.count).to_have_text("1")
    before = restarts("session")
    region.click("fail")
    page.wait_for_function(
        """() => {
            const root = document.querySelector("[data-liveview-root]");
            root.querySelector("button").click();
            return Number(root.querySelector("b").textContent) > 1;
        }""",
        polling=50,
    )
    assert restarts("session") == before + 1
    assert int(region.count.inner_text()) < 1000
    assert sockets == []


def test_a_crash_loop_offers_a_reload_and_another_tab_goes_on(open_live):
    page, other = open_live("/escalating/"), Region(open_live("/escalating/"))
    region = Region(page)
    region.click_until_stopped("fail")
    expect(region.root).to_have_class(re.compile("live-stopped"))
    expect(page.get_by_role("alert")).to_contain_text("no longer live")
    other.click("up")
    expect(other.count).to_have_text("1")
    page.get_by_role("button", name="Reload").click()
    expect(region.root).to_have_class(re.compile("live-connected"))
    region.click("up")
    expect(region.count).to_have_text("1")


def test_a_tab_goes_on_when_its_stuck_handler_is_replaced(open_live, server):
    page = open_live("/troubled/")
    codes = []
    page.expose_function("note", lambda code: codes.append(code))
    page.evaluate("addEventListener('live:error', ({ detail }) => note(detail.code))")
    region = Region(page)
    region.click("up")
    expect(region.count).to_have_text("1")
    region.click("hang")
    region.click("up", 3)
    expect(region.count).to_have_text("4")
    assert "timeout" in codes
    region.click("up")
    expect(region.count).to_have_text("5")
    assert "busy (event hang takes" in server.log
    assert ": stuck (event hang)" in server.log
