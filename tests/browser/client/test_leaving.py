"""A page with two live regions leaves one of them, against a scripted server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

BUTTON = '<button live-on:click="up">up</button><b>0</b>'
TWO = f'{{}}<section data-liveview-root data-live-token="other">{BUTTON}</section>'
STOPPED = "window.told = []; addEventListener('live:stopped', e => told.push(e.detail.code))"


@pytest.fixture
def both(live, server):
    page = live(BUTTON, around=TWO)
    expect(page.locator("section")).to_contain_class("live-connected")
    page.evaluate(STOPPED)
    return page


def leave(page, selector):
    page.evaluate("selector => PykkaLive.leave(document.querySelector(selector))", selector)


def test_one_is_left_and_the_other_goes_on(both, server):
    leave(both, "section b")
    assert server.wait_for("leave") == {"t": "leave", "ref": 3, "view": 2}
    server.send(t="ok", ref=3)
    expect(both.locator("section")).to_have_class("live-stopped")
    both.click("section button")
    both.click("div button")
    assert server.wait_event() == {"t": "event", "ref": 4, "view": 1, "name": "up", "params": {}}
    server.send(t="patch", ref=4, v=2, p=[1, 0, "t", "1"])
    expect(both.locator("div b")).to_have_text("1")
    assert both.evaluate("told") == ["left"]
    expect(both.get_by_role("alert")).to_have_count(0)
    assert len(server.frames("event")) == 1
    assert len(server.sockets) == 1


def test_what_is_left_stays_so_when_the_connection_comes_back(both, server):
    leave(both, "div")
    server.wait_for("leave")
    server.close(1012)
    server.wait_for("join", 3)
    expect(both.locator("section")).to_contain_class("live-connected")
    leave(both, "div")
    both.click("section button")
    server.wait_event()
    assert [frame["token"] for frame in server.frames("join")] == ["signed", "other", "other"]
    assert len(server.frames("leave")) == 1


def test_what_is_left_while_the_connection_is_away_is_ended_when_it_is_back(both, server):
    server.refuse = True
    server.close(1006)
    expect(both.locator("section")).to_contain_class("live-disconnected")
    leave(both, "section")
    assert server.frames("leave") == []
    server.refuse = False
    assert server.wait_for("leave")["view"] == 2
    expect(both.locator("section")).to_contain_class("live-stopped")
    expect(both.locator("div[data-liveview-root]")).to_contain_class("live-connected")


def test_what_is_typed_last_is_sent_before_a_region_is_left(live, server):
    page = live('<input live-on:input.debounce.10s="note" name="n">')
    page.fill("input", "last words")
    leave(page, "input")
    server.wait_for("leave")
    assert [frame["t"] for frame in server.received] == ["join", "event", "leave"]
    assert server.frames("event")[0]["params"]["n"] == "last words"


def test_with_the_last_region_the_page_closes_its_socket(both, server):
    leave(both, "div")
    leave(both, "section")
    server.wait(lambda: server.closed, "the end of the socket")
    assert server.closed == [1000]
    assert both.evaluate("told") == ["left", "left"]


def test_nothing_is_left_where_there_is_no_live_region(both, server):
    leave(both, "body")
    leave(both, "head")
    both.evaluate("PykkaLive.leave(null)")
    both.click("section button")
    server.wait_event()
    assert server.frames("leave") == []
