"""The demo under uvicorn, in a process of its own, and browsers that look at it."""

from __future__ import annotations

import pytest

from tests.server import ROOT, Server, manage, running

DEMO = ROOT / "manage_demo"


@pytest.fixture(scope="session")
def demo_env(tmp_path_factory):
    """The environment of a demo with a database of its own."""
    env = {"DEMO_DATABASE": str(tmp_path_factory.mktemp("demo") / "db.sqlite3")}
    manage("migrate", "--verbosity", "0", cwd=DEMO, env=env)
    return env


@pytest.fixture(scope="session")
def demo(demo_env):
    """The server that all tests share which do it no harm."""
    with running(Server("demo.asgi:application", cwd=DEMO, env=demo_env)) as server:
        yield server


@pytest.fixture
def server(demo):
    """The server of this test; override it for one that may be stopped."""
    return demo


@pytest.fixture
def context_options(context_options, server):
    return {**context_options, "base_url": server.url}


@pytest.fixture
def open_demo(page):
    """`open_demo("/counter/")` opens a page in the test's tab, and returns it when it is live."""

    def open_demo(path, page=page):
        page.goto(path)
        for region in page.locator("[data-liveview-root]").all():
            region.and_(page.locator(".live-connected")).wait_for()
        return page

    return open_demo


@pytest.fixture
def open_tab(context, open_demo):
    """The same in another tab of the same browser."""
    return lambda path: open_demo(path, context.new_page())


@pytest.fixture
def open_as_other(browser, context_options, open_demo, page_errors):
    """The same in another person's browser."""
    contexts = []

    def open_as_other(path, **options):
        context = browser.new_context(**{**context_options, **options})
        contexts.append(context)
        context.on("weberror", lambda error: page_errors.seen.append(f"uncaught {error.error}"))
        return open_demo(path, context.new_page())

    yield open_as_other
    for context in contexts:
        context.close()
