"""Every page of the demo: within its width, named controls, no violation of its strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGES = [
    *("/", "/counter/", "/todo/", "/chat/", "/rooms/", "/dashboard/", "/shop/", "/table/"),
    "/crash/",
]


@pytest.fixture(params=[(360, "dark"), (1280, "light")], ids=["phone", "desktop"])
def context_options(request, context_options):
    width, scheme = request.param
    return {
        **context_options,
        "viewport": {"width": width, "height": 740},
        "color_scheme": scheme,
    }


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits(page, path):
    page.goto(path)
    if path != "/":
        for region in page.locator("[data-liveview-root]").all():
            expect(region).to_contain_class("live-connected")
        expect(page.locator("header .good")).to_be_visible()

    scroll, width = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert scroll <= width
    outside = page.evaluate(
        """() => Array.from(document.querySelectorAll("main :is(h1, p, button, input, summary)"))
          .filter(element => element.getClientRects().length)
          .filter(element => element.getBoundingClientRect().right > innerWidth)
          .map(element => element.outerHTML)"""
    )
    assert outside == []


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name(page, path):
    page.goto(path)

    nameless = page.evaluate(
        """() => Array.from(document.querySelectorAll("button, a, input, summary"))
          .filter(element => !element.textContent.trim())
          .filter(element => !element.ariaLabel && !element.labels?.length)
          .map(element => element.outerHTML)"""
    )

    assert nameless == []


def test_the_source_stands_beside_the_demo(page):
    page.goto("/counter/")

    expect(page.locator(".sources summary")).to_have_text(["counter.py", "counter.html"])
    expect(page.locator(".sources pre").first).to_contain_text("class Counter(LiveView):")
    page.locator(".sources summary").last.click()
    expect(page.locator(".sources pre").last).to_contain_text('@click="reset">Reset</button>')
