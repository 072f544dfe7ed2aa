"""The debug panel beside a page of a strict policy, against a scripted server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import ORIGIN

BUTTON = '<button live-on:click="sort">sort</button><b>0</b>'
REPORT = {
    "class": "shop.views.Cart",
    "kind": "event",
    "event": "sort",
    "waited": 0.06,
    "handler": 2.5,
    "render": 31.25,
    "checkpoint": 5.5,
    "diff": 114.9,
    "total": 155.1,
    "patches": 12,
    "bytes": 34567,
    "rendered": 3,
    "reused": 997,
    "page": False,
    "loops": [["cart.html:12", 3, 1000]],
    "strings": ["cart.html:31"],
    "asked": ["line.total"],
}
COLUMNS = (
    "sort",
    "155 ms",
    "0.06 ms",
    "2.50 ms",
    "31.3 ms",
    "5.50 ms",
    "115 ms",
    "12",
    "34,567",
    "3 of 1000",
    "cart.html:12 3 of 1000cart.html:31 stringline.total asked",
)


@pytest.fixture
def debugged(page, live, debug_script, panel_of):
    """`debugged(html)` opens a live page that has the panel."""
    page.route(
        f"{ORIGIN}/pykka_live_debug.js",
        lambda route: route.fulfill(body=debug_script, content_type="text/javascript"),
    )
    return lambda html=BUTTON, head="": live(
        html, around=f'{head}<script defer src="/pykka_live_debug.js"></script>{{}}'
    )


@pytest.fixture
def tell(page, server):
    """`tell(event="sort", ...)` pushes an update that nothing has changed but the version of."""
    versions = iter(range(2, 1000))

    def tell(**changes):
        server.send(t="patch", view=1, v=next(versions), p=[], debug=REPORT | changes)

    return tell


def rows(page):
    return page.locator("pykka-live-debug tbody tr")


def pill(page):
    return page.get_by_role("button", name="Debug panel")


def test_there_is_no_panel_before_there_is_something_to_tell(debugged, tell):
    page = debugged()
    expect(pill(page)).to_have_count(0)
    tell()
    expect(pill(page)).to_have_text("Debug panel: sort 155 ms")


def test_without_its_script_the_client_only_dispatches_what_it_is_told(live, server, tell):
    page = live(BUTTON)
    page.evaluate(
        "document.addEventListener('live:debug', e => {"
        "  window.told = [e.detail, e.target.hasAttribute('data-liveview-root')] })"
    )
    tell()
    page.wait_for_function("() => window.told")
    assert page.evaluate("told") == [REPORT, True]
    assert page.locator("pykka-live-debug").count() == 0
    server.send(t="patch", view=1, v=3, p=[1, 0, "t", "1"])
    expect(page.locator("b")).to_have_text("1")
    assert page.evaluate("told.length") == 2


def test_a_join_an_answer_and_a_push_each_have_a_line(debugged, server, tell):
    server.joined = {"debug": REPORT | {"kind": "mount", "event": "mount"}}
    page = debugged()
    pill(page).click()
    page.click("[data-liveview-root] button")
    event = server.wait_event()
    server.send(t="ok", ref=event["ref"], debug=REPORT)
    expect(rows(page)).to_have_count(2)
    tell(kind="info", event="handle_info")
    expect(rows(page).locator("th")).to_have_text([r"handle_infoCart", "sortCart", "mountCart"])


def test_a_line_has_all_of_it_and_marks_what_is_slow(debugged, tell):
    page = debugged()
    tell()
    pill(page).click()
    cells = rows(page).locator("th, td:not(.way)")
    expect(cells).to_have_text([re.compile(f"^{re.escape(text)}") for text in COLUMNS])
    expect(rows(page).locator(".slow")).to_have_text(["31.3 ms"])
    expect(rows(page).locator(".very-slow")).to_have_text(["155 ms", "115 ms"])
    widths = (
        rows(page)
        .locator(".bar span")
        .evaluate_all("spans => spans.map(span => span.getBoundingClientRect().width)")
    )
    whole = sum(widths)
    stages = [REPORT[stage] for stage in ("waited", "handler", "render", "checkpoint", "diff")]
    expected = [*stages, REPORT["total"] - sum(stages)]
    assert [width / whole for width in widths] == pytest.approx(
        [part / REPORT["total"] for part in expected], abs=0.01
    )


def test_a_picture_from_the_whole_page_and_a_failure_are_marked(
    page_errors, debugged, server, tell
):
    page_errors.expect("handler_failed")
    page = debugged()
    tell(page=True)
    pill(page).click()
    expect(rows(page).locator(".page")).to_have_text("whole page")
    page.click("[data-liveview-root] button")
    event = server.wait_event()
    server.send(t="error", ref=event["ref"], code="handler_failed", message="ValueError: bad")
    expect(rows(page).first).to_have_text("sorthandler_failed ValueError: bad")


def test_the_last_50_lines_stay_the_newest_on_top(debugged, tell):
    page = debugged()
    tell(event="first")
    pill(page).click()
    for number in range(60):
        tell(event=f"event{number}")
    expect(rows(page).first).to_contain_text("event59")
    expect(rows(page)).to_have_count(50)
    expect(rows(page).last).to_contain_text("event10")
    page.get_by_role("button", name="Clear").click()
    expect(rows(page)).to_have_count(0)


def test_it_remembers_whether_it_was_open(debugged, tell):
    page = debugged()
    tell()
    sheet = page.get_by_role("region", name="What events cost")
    expect(sheet).to_have_count(0)
    for opened in (True, False):
        (pill(page) if opened else page.get_by_role("button", name="Close")).click()
        page.reload()
        page.wait_for_selector("[data-liveview-root].live-connected")
        server_told = page.evaluate(
            "detail => document.querySelector('[data-liveview-root]')"
            ".dispatchEvent(new CustomEvent('live:debug', {bubbles: true, detail}))",
            REPORT,
        )
        assert server_told
        expect(sheet).to_have_count(int(opened))


def test_it_is_worked_with_the_keyboard(debugged, tell):
    page = debugged()
    tell()
    pill(page).focus()
    page.keyboard.press("Enter")
    close = page.get_by_role("button", name="Close")
    expect(close).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Events", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(pill(page)).to_be_focused()
    expect(close).to_have_count(0)


def test_it_is_not_read_aloud(debugged, tell):
    page = debugged()
    tell()
    pill(page).click()
    assert page.locator("pykka-live-debug section").get_attribute("aria-live") == "off"


def test_neither_it_nor_the_page_disturbs_the_other(debugged, server, tell):
    page = debugged(
        '<button live-on:click.outside="outside" live-on:keydown.window="pressed">sort</button>',
    )
    before = page.evaluate("[document.body.innerHTML, document.styleSheets.length]")
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { letter-spacing: 1em; color: red } button { padding: 9em }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    tell()
    assert pill(page).bounding_box()["height"] < 50
    style = "button => [getComputedStyle(button).letterSpacing, getComputedStyle(button).color]"
    assert pill(page).evaluate(style) == ["normal", "rgb(232, 235, 242)"]
    pill(page).click()
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    assert page.evaluate("[document.body.innerHTML, document.styleSheets.length]") == before
    page.mouse.click(600, 400)
    server.wait_event()
    assert [frame["name"] for frame in server.frames("event")] == ["outside"]


def test_a_page_that_has_the_script_twice_has_one_panel(debugged, tell):
    page = debugged(head='<script defer src="/pykka_live_debug.js?again"></script>')
    tell()
    expect(page.locator("pykka-live-debug")).to_have_count(1)


def test_no_code_and_no_markup_is_made_from_text(debug_script):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|cssText",
        debug_script,
    )


def test_the_page_can_leave_room_for_what_the_panel_covers(debugged, tell):
    page = debugged()
    covered = (
        "() => parseInt(getComputedStyle(document.documentElement)"
        ".getPropertyValue('--pykka-live-debug'))"
    )
    page.wait_for_function(f"() => ({covered})() === 0")
    tell()
    page.wait_for_function(f"() => ({covered})() > 20")
    closed = page.evaluate(covered)
    pill(page).click()
    page.wait_for_function(f"() => ({covered})() > 100")
    page.get_by_role("button", name="Close").click()
    page.wait_for_function(f"() => ({covered})() === {closed}")
    assert page.evaluate("document.documentElement.getAttribute('style')") is None
