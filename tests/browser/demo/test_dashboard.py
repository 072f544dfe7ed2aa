"""The page of twelve components that tick."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


class Tile:
    """One of them."""

    def __init__(self, page, name):
        self.root = page.get_by_role("region", name=name, exact=True)
        self.reading = self.root.locator(".reading")
        self.line = self.root.locator("polyline")

    def ticks(self, times=3):
        """Wait until it has been drawn so many times."""
        for _ in range(times):
            expect(self.line).not_to_have_attribute("points", self.line.get_attribute("points"))


@pytest.fixture
def dashboard(open_demo):
    return open_demo("/dashboard/")


@pytest.fixture
def tile(dashboard):
    return lambda name: Tile(dashboard, name)


def test_twelve_components_tick_by_themselves(dashboard, tile):
    expect(dashboard.locator("[live-component]")).to_have_count(12)
    for name in ("Signal", "Fuse", "Processor", "Young objects"):
        tile(name).ticks(2)


@pytest.mark.parametrize("button", ["Blow it", "SystemExit"])
def test_one_that_crashes_goes_on_with_its_curve_and_the_others_go_on(
    dashboard, tile, page_errors, button
):
    page_errors.expect("handler_failed")
    fuse, signal = tile("Fuse"), tile("Signal")
    fuse.ticks(4)
    fuse.root.get_by_role("button", name=button).click()
    expect(fuse.root).to_contain_text("restarted 1×")
    signal.ticks()
    fuse.ticks()
    assert len(fuse.line.get_attribute("points").split()) > 4
    expect(tile("Supervisor").root).to_contain_text("fuse restarted 1×")
    expect(tile("Supervisor").root).not_to_contain_text("signal")


def test_what_fails_too_often_takes_the_page_along_and_all_go_on(dashboard, tile, page_errors):
    page_errors.expect("handler_failed")
    tile("Notes").root.get_by_role("textbox").fill("stays")
    dashboard.keyboard.press("Enter")
    fuse, signal = tile("Fuse"), tile("Signal")
    for _ in range(4):
        fuse.root.get_by_role("button", name="Blow it").press("Enter")
    fuse.ticks()
    signal.ticks()
    expect(tile("Notes").root.locator("li")).to_have_text("stays")
    expect(dashboard.locator("header .good")).to_be_visible()


def test_who_writes_is_not_disturbed(dashboard, tile):
    notes = tile("Notes")
    field = notes.root.get_by_role("textbox")
    field.press_sequentially("half a")
    tile("Signal").ticks()
    field.press_sequentially(" word")
    tile("Fuse").ticks()
    expect(field).to_have_value("half a word")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(notes.root.locator("li")).to_have_text("half a word")
    expect(field).to_have_value("")
