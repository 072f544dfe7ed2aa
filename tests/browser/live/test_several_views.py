"""Two live views of one class on one page, as a person sees them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .test_supervision import Region


@pytest.fixture(autouse=True)
def _errors(page_errors):
    page_errors.expect("handler_failed|connection was lost|status of 404")


@pytest.fixture
def sockets(context):
    """The WebSockets that the pages of this test have opened."""
    sockets = []
    context.on("page", lambda page: page.on("websocket", lambda one: sockets.append(one)))
    return sockets


@pytest.fixture
def open_two(open_live, sockets):
    """Open a page, and return it with its two regions."""

    def open_two(name):
        page = open_live(f"/several/{name}/")
        return page, Region(page, 0), Region(page, 1)

    return open_two


@pytest.mark.parametrize("name", ["ordinary", "heir"])
def test_each_counts_for_itself_over_one_socket(open_two, sockets, name):
    page, one, _ = open_two(name)
    one.click("up", 20)
    page.locator("[data-liveview-root]").last.get_by_role("button", name="up").click()
    expect(one.count).to_have_text("20")
    expect(page.locator("[data-liveview-root] b").last).to_have_text("11")
    assert len(sockets) == 1


def test_one_crashes_and_is_restarted_and_the_other_goes_on(open_two, sockets, restarts):
    _, one, two = open_two("hasty")
    one.click("up", 2)
    expect(one.count).to_have_text("2")
    before = restarts("view")
    for _ in range(3):
        one.click("fail")
        one.click("up")
        two.click("up")
    expect(one.count).to_have_text("5")
    expect(two.count).to_have_text("3")
    assert restarts("view") == before + 3
    assert len(sockets) == 1


def test_one_is_left_and_the_other_goes_on(open_two, sockets):
    page, one, two = open_two("ordinary")
    one.click("up")
    expect(one.count).to_have_text("1")
    page.evaluate("PykkaLive.leave(document.querySelector('[data-liveview-root] b'))")
    expect(one.root).to_have_class(re.compile("live-stopped"))
    one.click("up")
    two.click("up")
    expect(two.count).to_have_text("11")
    expect(one.count).to_have_text("1")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert len(sockets) == 1


def test_both_go_on_when_the_connection_comes_back(context, open_two, sockets):
    page, one, two = open_two("ordinary")
    page.evaluate(
        "addEventListener('live:connected', e => (window.resumed ??= []).push(e.detail.resumed))"
    )
    one.click("up")
    two.click("up", 2)
    expect(one.count).to_have_text("1")
    expect(two.count).to_have_text("12")
    page.evaluate("window.mark = 'the same document'")
    _cut(page)
    page.wait_for_function("() => window.resumed?.length === 2")
    assert page.evaluate("[window.resumed, window.mark]") == [[True, True], "the same document"]
    one.click("up")
    two.click("up")
    expect(one.count).to_have_text("2")
    expect(two.count).to_have_text("13")
    assert len(sockets) == 2


def test_components_of_one_id_belong_each_to_its_view(open_live, sockets):
    page = open_live("/several/boards/")
    boards = page.locator("[data-liveview-root]")
    for board, component, clicks in ((0, "a", 1), (1, "a", 2), (1, "b", 3)):
        place = boards.nth(board).locator(f"[live-component={component}]")
        for _ in range(clicks):
            place.get_by_role("button").click()
        expect(place.locator("h2")).to_have_text(f"tally: {clicks}")
    expect(boards.first.locator("h2")).to_have_text(["tally: 1", "tally: 0"])
    expect(boards.last.locator("h2")).to_have_text(["tally: 2", "tally: 3"])
    assert len(sockets) == 1


@pytest.mark.parametrize("name", ["protected", "protected_host"])
def test_after_a_logout_a_protected_page_lets_nobody_back(context, open_two, name):
    context.request.get("/in/")
    page, one, _ = open_two(name)
    one.click("up")
    expect(one.count).to_have_text("1")
    context.request.get("/out/")
    _cut(page)
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert f"?next=/several/{name}/" in page.url


@pytest.fixture
def context(context):
    context.add_init_script(
        """const Native = WebSocket;
        window.WebSocket = class extends Native {
          constructor(...all) { super(...all); window.lastSocket = this; }
        };"""
    )
    return context


def _cut(page):
    """Close the socket as if the line had broken."""
    page.evaluate("lastSocket.close(4999)")
