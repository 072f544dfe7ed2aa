"""The debug panel of a site that is being developed, which the demo is."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_each_event_of_a_page_has_its_line(open_demo, panel_of):
    page = open_demo("/table/")
    panel_of(page).get_by_role("button", name="Debug panel").click()
    lines = panel_of(page).locator("tbody tr")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("mountTable")

    for count in (2, 3):  # what the page itself was made with remembers no rows
        page.get_by_role("button", name="+100", exact=True).click()
        expect(lines).to_have_count(count)

    cells = lines.first.locator("th, td")
    expect(cells.first).to_have_text("appendTable")
    expect(cells.nth(-2)).to_have_text(re.compile(r"^100 of 12\d\d$"))
    expect(cells.last).to_have_text(re.compile(r"^pages/table\.html:33 100 of 1200$"))
    expect(lines.first.locator(".time")).to_have_text([re.compile(r"^[\d.]+ ms$")] * 6)


def test_it_is_no_part_of_the_live_region(open_demo, panel_of):
    page = open_demo("/counter/")
    panel_of(page).get_by_role("button", name="Debug panel").click()

    page.locator("[data-liveview-root]").get_by_role("button").first.click()

    expect(panel_of(page).locator("tbody tr")).to_have_count(2)
    assert page.locator("body pykka-live-debug").count() == 0


def test_what_tests_a_page_does_not_find_it(open_demo):
    page = open_demo("/counter/")

    expect(page.locator("pykka-live-debug")).to_have_count(1)
    assert page.get_by_role("button", name="Debug panel").count() == 0
    assert page.locator("tbody").count() == 0
