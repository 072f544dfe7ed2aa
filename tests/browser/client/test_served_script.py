"""The one file that users get."""

from __future__ import annotations

import gzip
import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CLIENT

from .conftest import PAGE

MODULES = sorted((CLIENT / "client").glob("*.js"))


def test_it_is_small(client_script):
    assert len(gzip.compress(client_script.encode(), 9)) < 15_000


def test_its_top_level_names_are_unique(client_script):
    declared = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", client_script, re.M)
    sources = "\n".join(path.read_text() for path in MODULES)
    named = re.findall(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", sources, re.M)
    assert [name for name, count in Counter(named).items() if count > 1] == []
    assert set(named) <= set(declared)
    assert not re.search(r"^(?:import|export) ", client_script, re.M)


def test_modules_are_small_and_say_what_they_are_for():
    for path in sorted((CLIENT / "client").rglob("*.js")):
        source = path.read_text()
        assert len(source.splitlines()) <= 250, path.name
        assert source.startswith("// "), path.name


def test_no_code_and_no_style_is_made_from_text(client_script):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b",
        client_script,
    )


@pytest.mark.console_errors_allowed
def test_the_pages_of_these_tests_have_a_strict_policy(open_page):
    page = open_page("<p onclick='1' style='color: red'></p><script>window.inline = true</script>")
    assert page.evaluate("window.inline") is None
    assert page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(0, 0, 0)"


def test_a_script_that_is_not_deferred_waits_for_the_page(page, server, client_script):
    html = PAGE.replace("defer ", "").format(
        body='<div data-liveview-root data-live-token="t">x</div>'
    )
    page.route(
        "http://live.test/**",
        lambda route: (
            route.fulfill(body=client_script, content_type="text/javascript")
            if route.request.url.endswith(".js")
            else route.fulfill(body=html, content_type="text/html")
        ),
    )
    page.goto("http://live.test/")
    expect(page.locator(".live-connected")).to_have_count(1)


def test_the_public_names(open_page):
    page = open_page("")
    assert page.evaluate("Object.keys(PykkaLive).sort()") == [
        "Patcher",
        "connect",
        "disconnect",
        "fingerprint",
        "leave",
    ]
