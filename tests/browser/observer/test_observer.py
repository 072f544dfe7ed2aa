"""The observer's page in a browser, while other tabs are busy and crash."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from .conftest import PASSWORD


@pytest.fixture(autouse=True)
def _errors(page_errors):
    page_errors.expect("handler_failed|crashed|stopped|status of 40[34]")


def keep_busy(tab, name, every=40):
    """Click a button of the page again and again."""
    button = tab.get_by_role("button", name=name, exact=True)
    button.evaluate("(button, every) => setInterval(() => button.click(), every)", every)


def choose(page, title):
    """Show the first actor in the table whose class is so called."""
    row = page.locator("#actors tbody tr").filter(has=page.get_by_role("cell", name=title))
    row.locator("a").last.click()


def test_the_page_follows_load_and_crashes(look_as, open_tab):
    page = look_as("ada")
    expect(page.locator("#tree")).not_to_contain_text("CrashRoom")
    counters = [open_tab("/counter/") for _ in range(2)]
    crash = open_tab("/crash/")
    for counter in counters:
        keep_busy(counter, "+10")
    keep_busy(crash, "Raise an exception", 700)

    expect(page.locator("#tree")).to_contain_text("2 sessions Counter")
    expect(page.locator("#tree")).to_contain_text("1 session CrashRoom")
    expect(page.locator("#incidents li").nth(1)).to_be_visible()
    expect(page.locator("#incidents")).to_contain_text("this handler was asked to fail")
    expect(page.locator("#incidents")).to_contain_text("restarted")
    expect(page.locator("figure").first).to_contain_text(re.compile(r"handled [1-9]"))
    expect(page.locator("figure path.line.main").first).to_have_attribute("d", re.compile("L149"))
    crash.close()
    expect(page.locator("#tree")).not_to_contain_text("CrashRoom")


def test_an_actor_is_restarted_while_it_works(look_as, open_tab, server):
    counter = open_tab("/counter/")
    keep_busy(counter, "+10")
    page = look_as("ada")
    page.get_by_role("searchbox").fill("pages.counter")
    expect(page.locator("#actors tbody tr")).to_have_count(1)
    page.locator("#actors tbody a").click()
    expect(page.locator("#actor")).to_be_focused()
    expect(page.locator("#actor .facts")).to_contain_text("Incarnation1,")

    page.get_by_role("button", name="Restart…").click()
    page.get_by_label("Reason, for the log").fill("a test")
    page.get_by_role("button", name="Restart it").click()

    expect(page.locator("#actor .said")).to_contain_text("has been restarted.")
    expect(page.locator("#actor .facts")).to_contain_text("Incarnation2,")
    before = int(counter.locator("output").inner_text())
    counter.wait_for_function(
        "before => Number(document.querySelector('output').textContent) > before + 50", arg=before
    )
    assert re.search(r"/views/\S+: restart by ada: a test", server.log)


def test_an_actor_is_stopped(look_as, open_tab, server):
    counter = open_tab("/counter/")
    page = look_as("ada")
    page.get_by_role("searchbox").fill("pages.counter")
    expect(page.locator("#actors tbody tr")).to_have_count(1)
    page.locator("#actors tbody a").click()
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("button", name="Stop it").click()

    expect(page.locator("#actor")).to_contain_text("not there any more")
    expect(counter.locator(".live-stopped")).to_be_visible()
    expect(page.locator("#actors tbody")).to_contain_text("No actor matches.")
    page.get_by_role("searchbox").fill("")
    expect(page.locator("#incidents")).to_contain_text("stopped by hand")
    assert re.search(r"/views/\S+: stop by ada", server.log)


def test_who_may_only_look_has_no_buttons(look_as):
    page = look_as("bob", "/observer/?actor=/caretaker")
    expect(page.locator("#actor h2")).to_have_text("Actor /caretaker")
    expect(page.locator("header")).to_contain_text("bob, may look only")
    expect(page.get_by_role("button", name="Restart…")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop…")).to_have_count(0)


def test_who_is_not_of_the_staff_sees_nothing(look_as):
    page = look_as("eve")
    expect(page.locator("#tree")).to_have_count(0)
    expect(page.locator("body")).to_contain_text("403")


def test_the_login_leads_to_the_observer(page):
    page.goto("/observer/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("main.live-connected header")).to_contain_text("ada")


def test_another_site_gets_no_socket(look_as, browser, context, server):
    # The worst case: cookies that go along everywhere. What is in the page it cannot read.
    page = look_as("ada")
    other = browser.new_context()
    other.add_cookies(context.cookies())
    evil = other.new_page()
    evil.route("http://evil.test/", lambda route: route.fulfill(body="<p>evil</p>"))
    evil.goto("http://evil.test/")
    found = [
        each.evaluate(
            """url => new Promise(resolve => {
                const socket = new WebSocket(url);
                socket.onopen = () => resolve("open");
                socket.onclose = () => resolve("closed");
            })""",
            f"{server.websocket_url}/live/websocket/",
        )
        for each in (page, evil)
    ]
    other.close()
    assert found == ["open", "closed"]


def test_everything_is_reached_by_keyboard(look_as, open_tab):
    open_tab("/counter/")
    page = look_as("ada")
    fold = page.get_by_role("button", name=re.compile("^[0-9]+ session.* Counter"))
    fold.focus()
    page.keyboard.press("ArrowRight")
    expect(fold).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the session's own button
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # its link
    expect(page.locator("#actor")).to_be_focused()
    expect(page.locator("#actor h2")).to_contain_text("Actor /sessions/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#actor h2")).to_have_text("Actor")
    sort = page.get_by_role("columnheader", name="Handled").get_by_role("button")
    sort.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Handled")).to_have_attribute(
        "aria-sort", "descending"
    )
    outline = sort.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"


def choose_by_keys(page, name):
    """Show an actor of the only row of the table, and open the question of a button of it."""
    page.get_by_role("searchbox").fill("pages.counter")
    expect(page.locator("#actors tbody tr")).to_have_count(1)
    page.locator("#actors tbody a").press("Enter")
    page.get_by_role("button", name=name).press("Enter")
    question = page.get_by_role("alertdialog", name=name.rstrip("…"))
    expect(question.get_by_label("Reason, for the log")).to_be_focused()


def test_the_focus_goes_to_the_question_and_comes_back(look_as, open_tab, server):
    open_tab("/counter/")
    page = look_as("ada")
    choose_by_keys(page, "Restart…")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    button = page.get_by_role("button", name="Restart…")
    expect(button).to_be_focused()

    page.keyboard.press("Enter")
    reason = page.get_by_label("Reason, for the log")
    expect(reason).to_be_focused()
    page.keyboard.type("by keys alone")
    page.keyboard.press("Enter")
    expect(page.locator("#actor [aria-live=polite]")).to_contain_text("has been restarted.")
    expect(button).to_be_focused()
    assert re.search(r"/views/\S+: restart by ada: by keys alone", server.log)


def test_the_focus_stays_in_sight_when_the_actor_is_stopped(look_as, open_tab):
    open_tab("/counter/")
    page = look_as("ada")
    choose_by_keys(page, "Stop…")
    page.keyboard.press("Enter")
    expect(page.locator("#actor [aria-live=polite]")).to_contain_text("has been stopped.")
    expect(page.get_by_text("It is not there any more")).to_be_focused()


def test_the_logs_stand_below_the_tree_beside_a_long_actor(look_as):
    page = look_as("ada")
    left = "element => element.getBoundingClientRect().left"
    tree, logs = page.locator("#tree"), page.locator("#incidents")
    assert logs.evaluate(left) > tree.evaluate(left)
    page.get_by_role("link", name="caretaker", exact=True).click()
    expect(page.locator("#actor h2")).to_have_text("Actor /caretaker")
    assert logs.evaluate(left) == tree.evaluate(left)
    page.set_viewport_size({"width": 375, "height": 740})
    tops = [
        page.locator(part).evaluate("element => element.getBoundingClientRect().top")
        for part in ("#tree", "#actor", "#incidents", "#letters", "#actors")
    ]
    assert tops == sorted(tops)


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_it_fits_and_everything_has_a_name(look_as, open_tab, page, width, scheme):
    open_tab("/dashboard/")
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    look_as("ada", "/observer/?actor=/caretaker")
    page.get_by_role("button", name="As numbers").click()
    expect(page.locator(".charts table")).to_be_visible()
    expect(page.locator("#tree")).to_contain_text("Dashboard")
    scroll, client = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert scroll <= client
    nameless = page.evaluate(
        """() => Array.from(document.querySelectorAll("main :is(button, a, input, select)"))
          .filter(element => element.type !== "hidden")
          .filter(element => !element.textContent.trim() && !element.ariaLabel)
          .filter(element => !element.labels?.length)
          .map(element => element.outerHTML)"""
    )
    assert nameless == []
    for svg in page.locator("svg[role=img]").all():
        assert svg.locator("title").text_content()
        assert "Now:" in svg.locator("desc").text_content()
    levels = page.evaluate(
        "() => Array.from(document.querySelectorAll('h1, h2, h3')).map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
@pytest.mark.parametrize("opened", [False, True], ids=["closed", "open"])
def test_the_debug_panel_covers_nothing_at_the_end(look_as, panel_of, page, width, scheme, opened):
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    look_as("ada")
    panel = panel_of(page).get_by_role("button", name="Debug panel")
    expect(panel).to_be_visible()
    if opened:
        panel.click()
        panel = panel_of(page).get_by_role("region", name="What events cost")
        expect(panel).to_be_visible()
    covered = panel.bounding_box()
    page.wait_for_function(
        """height => height <= parseInt(
            getComputedStyle(document.documentElement).getPropertyValue("--pykka-live-debug"))""",
        arg=covered["height"],
    )
    end = page.evaluate(
        """() => {
            window.scrollTo(0, document.documentElement.scrollHeight);
            return document.querySelector("#actors .scroll").getBoundingClientRect().bottom;
        }"""
    )
    assert end <= covered["y"]
