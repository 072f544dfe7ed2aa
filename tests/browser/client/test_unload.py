"""A page is left for another one, in earnest: with a server of its own, and a real socket."""

from __future__ import annotations

import json
import threading
from contextlib import closing, suppress
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import serve

from tests.browser.chromium import launch_chromium
from tests.browser.conftest import watched

from .conftest import PAGE

FIELD = '<input live-on:input.debounce.99s="typed">'
BODY = f'<div data-liveview-root data-live-token="signed">{FIELD}</div>'
# Whether the browser keeps the page is told to the one that comes next.
NOTE = """() => addEventListener("pagehide", ({ persisted }) => {
  sessionStorage.setItem("kept", persisted);
})"""


class Site:
    """Serves two pages and the script, and talks to sockets: what each has said, and its end."""

    def __init__(self, script):
        self._files = {
            "/": ("text/html", PAGE.format(body=BODY)),
            "/pykka_live.js": ("text/javascript", script),
            "/away": ("text/html", "<!doctype html><title>Away</title><p>Away</p>"),
        }
        self.frames = []  # of each socket
        self.ends = []
        self._changed = threading.Condition()
        self._server = serve(self._converse, "127.0.0.1", 0, process_request=self._respond)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def stop(self):
        self._server.shutdown()
        self._thread.join()

    def _respond(self, connection, request):
        if request.path == "/live/websocket/":
            return None
        kind, text = self._files.get(request.path, ("text/plain", ""))
        headers = Headers({"content-type": f"{kind}; charset=utf-8", "connection": "close"})
        return Response(HTTPStatus.OK.value, "OK", headers, text.encode())

    def _converse(self, socket):
        frames = []
        self.frames.append(frames)
        with suppress(ConnectionClosed):  # with a code of the client's own
            for text in socket:
                frames.append(json.loads(text))
                self._answer(socket, **frames[-1])
        with self._changed:
            self.ends.append(socket.close_code)
            self._changed.notify_all()

    def _answer(self, socket, t, ref, **more):
        if t == "join":
            joined = {"t": "joined", "ref": ref, "protocol": 1, "view": 1, "v": 1}
            socket.send(json.dumps(joined | {"resumed": len(self.frames) > 1}))

    def wait(self, condition):
        with self._changed:
            assert self._changed.wait_for(condition, timeout=10), (self.frames, self.ends)


@pytest.fixture
def site(client_script):
    site = Site(client_script)
    yield site
    site.stop()


@pytest.fixture
def keeping(browser, site, request, page_errors):
    """A browser that keeps pages in its memory, which Playwright forbids those that it starts."""
    chromium = SimpleNamespace(chromium=browser.browser_type)
    own = launch_chromium(chromium, ignore_default_args=["--disable-back-forward-cache"])
    context = own.new_context()
    with closing(own), watched(context, request, page_errors):
        yield context


def typed_and_left(page, site):
    """Leaves the page with a text in its field, that has the focus and is not told yet."""
    page.goto(f"{site.url}/")
    expect(page.locator(".live-connected")).to_have_count(1)
    page.evaluate(NOTE)
    page.locator("input").press("x")
    page.evaluate("location.assign('/away')")
    page.wait_for_url("**/away")
    return page.evaluate("sessionStorage.getItem('kept')") == "true"


def test_a_page_that_is_left_tells_what_was_typed_and_ends_its_session(site, page):
    assert not typed_and_left(page, site)
    site.wait(lambda: site.ends == [1000])
    [[join, event]] = site.frames
    assert (join["t"], event["name"], event["params"]) == ("join", "typed", {"value": "x"})


def test_a_page_that_the_browser_keeps_tells_it_too_and_comes_back_to_its_session(site, keeping):
    page = keeping.new_page()
    if not typed_and_left(page, site):
        pytest.skip("this browser keeps no pages")
    site.wait(lambda: site.ends == [4001])
    page.go_back(wait_until="commit")
    expect(page.locator(".live-connected")).to_have_count(1)
    expect(page.locator("input")).to_have_value("x")
    [[join, event], [rejoin]] = site.frames
    assert (event["name"], event["params"]) == ("typed", {"value": "x"})
    assert (rejoin["tab"], rejoin["v"]) == (join["tab"], 1)
