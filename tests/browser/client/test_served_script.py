"""The one file that users get."""

from __future__ import annotations

import gzip
import json
import re
import string
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CLIENT

from .conftest import PAGE

MODULES = sorted((CLIENT / "client").glob("*.js"))
BASE64 = string.ascii_letters[26:] + string.ascii_letters[:26] + string.digits + "+/"


def test_it_is_small(client_script):
    assert len(gzip.compress(client_script.encode(), 9)) < 12 * 1024


def test_its_source_map_leads_to_the_modules(scripts, client_script):
    source_map = json.loads((scripts / "pykka_live.js.map").read_text())
    assert client_script.rstrip().endswith("//# sourceMappingURL=pykka_live.js.map")
    assert sorted(source_map["sources"]) == [f"client/{path.name}" for path in MODULES]
    for name, source in zip(source_map["sources"], source_map["sourcesContent"], strict=True):
        assert source == (CLIENT / name).read_text()

    text = "a frame does not fit this page"
    line, column = position(client_script, f'"PykkaLive: {text}"')
    index, line, column = last_before(segments(source_map["mappings"])[line], column)
    assert source_map["sources"][index] == "client/view.js"
    assert text in source_map["sourcesContent"][index].splitlines()[line][column:]


def position(script: str, text: str) -> tuple[int, int]:
    """Return line and column, from 0."""
    before = script.partition(text)[0]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def last_before(found: list[list[int]], column: int) -> list[int]:
    """Return source, line and column of what a column was made of."""
    return max(each for each in found if each[0] <= column)[1:]


def segments(mappings: str) -> list[list[list[int]]]:
    """Decode the mappings of a source map: for each line, column, source, line and column."""
    found, state = [], [0, 0, 0, 0]
    for line in mappings.split(";"):
        state[0] = 0
        found.append([])
        for segment in filter(None, line.split(",")):
            for place, number in enumerate(vlq(segment)):
                state[place] += number
            found[-1].append(list(state))
    return found


def vlq(text: str) -> Iterator[int]:
    """Decode the numbers of a segment: digits of 5 bits, the last bit of the first is the sign."""
    number = shift = 0
    for digit in map(BASE64.index, text):
        number |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            yield -(number >> 1) if number & 1 else number >> 1
            number = shift = 0


def test_modules_are_small_and_say_what_they_are_for():
    for path in sorted((CLIENT / "client").rglob("*.js")):
        source = path.read_text()
        assert len(source.splitlines()) <= 250, path.name
        assert source.startswith("// "), path.name


def test_no_code_is_made_from_text(client_script):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function",
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
