"""The client alone, in a real browser: static pages and a scripted server, without a port."""

from __future__ import annotations

import json
import time

import pytest

from tests.browser.client.both import events_of_browser, events_of_test_client
from tests.browser.conftest import watched

ORIGIN = "http://live.test"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Test</title>
<script defer src="/pykka_live.js" data-live-socket="/live/websocket/"
  data-live-notice="This page is no longer live." data-live-reload="Reload"></script></head>
<body>{body}</body></html>"""


@pytest.fixture(scope="module")
def shared_context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def guest_context(shared_context, request, page_errors):
    """A context that a module's tests share: a page in it is there in half the time."""
    with watched(shared_context, request, page_errors):
        yield shared_context


@pytest.fixture
def page(request, browser):
    """Its context is its own if the test does something to that: there is one clock in each.

    The browser is there before what a test does in the database, as its event loop has to be.
    """
    own = {"context", "clock"} & {*request.fixturenames}
    return request.getfixturevalue("context" if own else "guest_context").new_page()


@pytest.fixture
def policy():
    """The pages' Content-Security-Policy."""
    return POLICY


@pytest.fixture
def open_page(page, client_script, policy):
    """Opens a page with the given body under a strict policy; a violation fails the test."""
    state = {"body": ""}

    def serve(route):
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/pykka_live.js":
            route.fulfill(body=client_script, content_type="text/javascript; charset=utf-8")
        elif path.partition("?")[0] == "/":
            html = PAGE.format(body=state["body"])
            headers = {"content-security-policy": policy}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
        else:
            route.fulfill(status=204)

    page.route(f"{ORIGIN}/**", serve)

    def open_page(body):
        state["body"] = body
        page.goto(f"{ORIGIN}/")
        return page

    return open_page


@pytest.fixture
def patched(open_page):
    """A page whose root is mirrored by a Patcher alone: `patched(html)` returns a `PatchedPage`."""

    def patched(html):
        return PatchedPage(open_page(f"<div data-liveview-root>{html}</div>"))

    return patched


class PatchedPage:
    def __init__(self, page):
        self.page = page
        page.evaluate(
            """() => {
              window.root = document.querySelector("[data-liveview-root]");
              window.patcher = new PykkaLive.Patcher(root);
            }"""
        )

    def apply(self, *patches):
        self.page.evaluate("patches => patches.forEach(p => patcher.apply(p))", list(patches))

    def rebuild(self, tree):
        self.page.evaluate("tree => patcher.rebuild(tree)", tree)

    @property
    def html(self):
        return self.page.evaluate("root.innerHTML")

    def evaluate(self, expression, argument=None):
        return self.page.evaluate(expression, argument)


class FakeServer:
    """Plays the server: answers joins and pings by itself, sends the rest as the test says."""

    def __init__(self, page):
        self.page = page
        self.sockets = []
        self.received = []
        self.closed = []
        self.joined = {}  # what is added to the answer to a join, or a whole other frame under "t"
        self.refuse = False
        self.silent = False
        self.views = 0
        page.route_web_socket(f"{ORIGIN.replace('http', 'ws')}/live/websocket/", self._connected)

    def _connected(self, socket):
        self.sockets.append(socket)
        self.views = 0
        if self.refuse:
            socket.close(code=1011)
            return
        socket.on_message(lambda text: self._message(socket, text))
        socket.on_close(lambda code, reason: self.closed.append(code))

    def _message(self, socket, text):
        frame = json.loads(text)
        self.received.append(frame)
        if self.silent:
            return
        if frame["t"] == "join":
            self.views += 1
            answer = {"t": "joined", "ref": frame["ref"], "protocol": 1, "view": self.views, "v": 1}
            socket.send(json.dumps(answer | self.joined))
        elif frame["t"] == "ping":
            socket.send(json.dumps({"t": "pong", "ref": frame["ref"]}))

    def send(self, **frame):
        self.sockets[-1].send(json.dumps(frame))

    def send_text(self, text):
        self.sockets[-1].send(text)

    def close(self, code):
        self.sockets[-1].close(code=code)

    def frames(self, kind):
        return [frame for frame in self.received if frame["t"] == kind]

    def wait(self, condition, what="the condition"):
        """Lets the browser go on until `condition()` is true, and returns its value."""
        deadline = time.monotonic() + 10
        while not (value := condition()):
            assert time.monotonic() < deadline, f"timed out waiting for {what}: {self.received}"
            self.page.evaluate("1")
        return value

    def wait_for(self, kind, count=1):
        """The `count`-th frame of this kind."""
        frames = self.wait(lambda: self.frames(kind)[count - 1 :], f"{kind} number {count}")
        return frames[0]

    def wait_event(self, count=1):
        return self.wait_for("event", count)


@pytest.fixture
def server(page):
    return FakeServer(page)


@pytest.fixture
def live(open_page, server):
    """`live(html)` opens a page with one live region and waits until it is joined."""

    def live(html, wait=True, token="signed", around="{}"):
        root = f'<div data-liveview-root data-live-token="{token}">{html}</div>'
        page = open_page(around.format(root))
        if wait:
            page.wait_for_selector("[data-liveview-root].live-connected", state="attached")
        return page

    return live


MARK = '<u hidden live-on:copy="mark"></u>'


class Bound:
    """A joined page whose events can be read without waiting for what does not come."""

    def __init__(self, server):
        self.server = server
        self.page = server.page
        self._read = 0

    def events(self):
        """The events since the last call; a last one shows that no more are on their way."""
        self.page.evaluate(
            "document.querySelector('u').dispatchEvent(new Event('copy', {bubbles: true}))"
        )

        def up_to_mark():
            found = self.server.frames("event")[self._read :]
            return found if any(event["name"] == "mark" for event in found) else None

        found = self.server.wait(up_to_mark, "the mark")
        self._read += len(found)
        for event in found:
            self.server.send(t="ok", ref=event["ref"])
        return [event for event in found if event["name"] != "mark"]

    def patch(self, version, patch):
        """Change the picture, and wait until it is shown."""
        shown = ["a", "data-version", str(version)]
        self.server.send(t="patch", view=1, v=version, p=[patch, shown])
        self.page.wait_for_selector(f"[data-version='{version}']", state="attached")

    def names(self):
        return " ".join(event["name"] for event in self.events())

    def params(self):
        return [event["params"] for event in self.events()]


@pytest.fixture
def bound(live, server):
    """`bound(html)` opens a page with one live region, whose events can be read."""

    def bound(html, around="{}"):
        live(html + MARK, around=around)
        return Bound(server)

    return bound


@pytest.fixture
def both(bound, monkeypatch, settings):
    """`both(markup, deeds)` returns the events that these make `LiveClient` send, and a browser."""
    settings.ROOT_URLCONF = "tests.testing.site"

    def both(markup, deeds):
        expected = events_of_browser(bound(markup), deeds)
        return events_of_test_client(markup, deeds, monkeypatch), expected

    return both


@pytest.fixture
def clock(page):
    """The browser's clock, which goes on when the test says so."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    return page.clock
