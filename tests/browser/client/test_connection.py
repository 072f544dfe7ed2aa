"""Reconnecting, backing off and the heartbeat, with the browser's clock in the test's hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .test_view import EVENTS, told

BUTTON = '<button live-on:click="go">x</button><b>0</b>'


@pytest.fixture
def no_jitter(page):
    """Full jitter at its upper end."""
    page.add_init_script("Math.random = () => 0.999999")


def wait_for_sockets(server, count):
    server.wait(lambda: len(server.sockets) == count, f"socket {count}")


def test_rejoin_with_the_version_that_was_applied(live, server):
    page = live(BUTTON)
    page.evaluate(EVENTS)
    server.send(t="patch", view=1, v=2, p=[1, 0, "t", "1"])
    expect(page.locator("b")).to_have_text("1")
    server.joined = {"v": 4, "p": [1, 0, "t", "4"], "resumed": True}
    server.close(4012)
    rejoin = server.wait_for("join", 2)
    assert rejoin["v"] == 2
    assert "fingerprint" not in rejoin
    assert rejoin["tab"] == server.frames("join")[0]["tab"]
    expect(page.locator("b")).to_have_text("4")
    expect(page.locator("[data-liveview-root]")).to_have_class("live-connected")
    assert [name for name, _ in page.evaluate("told")] == [
        "patched",
        "disconnected",
        "patched",
        "connected",
    ]
    assert told(page, "connected") == [{"resumed": True}]


def test_backoff_grows_up_to_ten_seconds(live, server, clock, no_jitter):
    page = live(BUTTON)
    page.evaluate(
        """() => {
          window.attempts = 0;
          window.WebSocket = class {
            constructor() { attempts++; Promise.resolve().then(() => this.onclose({code: 1006})); }
            close() {}
          };
        }"""
    )
    server.close(1011)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    for count, delay in enumerate([400, 800, 1600, 3200, 6400, 10_000, 10_000]):
        clock.run_for(delay - 1)
        assert page.evaluate("attempts") == count
        clock.run_for(1)
        assert page.evaluate("attempts") == count + 1


def test_the_backoff_starts_anew_after_a_join(live, server, clock, no_jitter):
    page = live(BUTTON)
    for _ in range(3):
        server.close(1011)
        expect(page.locator(".live-disconnected")).to_have_count(1)
        clock.run_for(401)
        expect(page.locator(".live-connected")).to_have_count(1)


def test_a_restarting_server_is_met_within_half_a_second(live, server, clock, no_jitter):
    page = live(BUTTON)
    server.close(4012)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    clock.run_for(390)
    assert len(server.sockets) == 1
    clock.run_for(20)
    wait_for_sockets(server, 2)


@pytest.mark.parametrize("event", ["visible", "online"])
def test_at_once_when_the_page_is_back(live, server, clock, no_jitter, event):
    page = live(BUTTON)
    server.close(1011)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    page.evaluate(
        """event => event === "online" ? window.dispatchEvent(new Event("online"))
                                       : document.dispatchEvent(new Event("visibilitychange"))""",
        event,
    )
    clock.run_for(1)
    expect(page.locator(".live-connected")).to_have_count(1)


@pytest.mark.parametrize("code", [4000, 4008])
def test_no_reconnect_when_the_server_says_so(live, server, clock, code):
    page = live(BUTTON)
    server.close(code)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[data-liveview-root]")).to_have_class("live-stopped")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    clock.run_for(60_000)
    assert len(server.sockets) == 1


def test_heartbeat(live, server, clock):
    page = live(BUTTON)
    clock.run_for(29_000)
    assert not server.frames("ping")
    clock.run_for(1_001)
    assert server.wait_for("ping") == {"t": "ping", "ref": 2}
    page.evaluate("1")
    clock.run_for(20_000)
    server.send(t="patch", view=1, v=2, p=[1, 0, "t", "1"])
    expect(page.locator("b")).to_have_text("1")
    clock.run_for(29_000)
    assert len(server.frames("ping")) == 1
    clock.run_for(1_001)
    server.wait_for("ping", 2)
    assert len(server.sockets) == 1


def test_a_silent_connection_is_dead(live, server, clock):
    page = live(BUTTON)
    server.silent = True
    clock.run_for(30_001)
    server.wait_for("ping")
    clock.run_for(9_000)
    expect(page.locator(".live-connected")).to_have_count(1)
    server.silent = False
    clock.run_for(1_001)
    clock.run_for(401)
    wait_for_sockets(server, 2)
    server.wait_for("join", 2)
    expect(page.locator(".live-connected")).to_have_count(1)
    assert server.closed == [4001]


def test_unsent_events_follow_when_the_session_was_there(live, server, clock):
    page = live(BUTTON)
    page.evaluate(EVENTS)
    page.click("button")
    server.wait_event()
    server.close(1011)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    assert [(e["code"], e["name"], e["ref"]) for e in told(page, "error")] == [
        ("connection_lost", "go", None)
    ]
    expect(page.locator(".live-loading")).to_have_count(0)
    page.click("button")
    expect(page.locator(".live-loading")).to_have_count(1)
    server.joined = {"resumed": True}
    clock.run_for(401)
    server.wait_event(2)
    page.evaluate("1")
    assert len(server.frames("event")) == 2


def test_unsent_events_are_dropped_with_the_session(live, server, clock):
    page = live(BUTTON)
    page.evaluate(EVENTS)
    server.close(1011)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    page.click("button")
    clock.run_for(401)
    expect(page.locator(".live-connected")).to_have_count(1)
    assert [e["code"] for e in told(page, "error")] == ["connection_lost"]
    expect(page.locator(".live-loading")).to_have_count(0)
    assert not server.frames("event")


def test_disconnect_and_connect(live, server):
    page = live(BUTTON)
    page.evaluate("PykkaLive.disconnect()")
    expect(page.locator(".live-disconnected")).to_have_count(1)
    server.wait(lambda: server.closed == [1000], "a normal close")
    page.evaluate("PykkaLive.connect()")
    expect(page.locator(".live-connected")).to_have_count(1)


def test_leaving_the_page_closes_normally(live, server):
    page = live(BUTTON)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    server.wait(lambda: server.closed == [1000], "a normal close")


def test_a_page_that_may_come_back_keeps_its_session_and_rejoins(live, server):
    page = live(BUTTON)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    server.wait(lambda: server.closed == [4001], "a close that the session outlives")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator(".live-connected")).to_have_count(1)
    assert server.wait_for("join", 2)["v"] == 1


def test_an_attempt_that_hangs_is_given_up(live, server, clock, no_jitter):
    page = live(BUTTON)
    page.evaluate(
        """() => {
          window.made = [];
          window.WebSocket = class { constructor() { made.push(this); } close() {} };
        }"""
    )
    server.close(1011)
    expect(page.locator(".live-disconnected")).to_have_count(1)
    clock.run_for(401)
    assert page.evaluate("made.length") == 1
    clock.run_for(10_000)
    clock.run_for(801)
    assert page.evaluate("made.length") == 2
    # What the first one says now is of no interest.
    page.evaluate("made[0].onclose({code: 4000})")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".live-disconnected")).to_have_count(1)
