"""Joins, events, answers and errors, against a scripted server."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

EVENTS = """
  window.told = [];
  for (const name of ["connected", "disconnected", "patched", "error", "stopped"]) {
    document.addEventListener(`live:${name}`, e => told.push([name, e.detail]));
  }
"""
BUTTON = '<button live-on:click="increment" data-amount="2">+</button><b>0</b>'


def told(page, name):
    return [detail for kind, detail in page.evaluate("told") if kind == name]


def states(page):
    return page.evaluate(
        "document.querySelector('[data-liveview-root]').className.split(' ').filter(Boolean)"
    )


def test_join_event_patch(live, server):
    page = live(BUTTON)
    [join] = server.frames("join")
    assert join == {
        "t": "join",
        "ref": 1,
        "protocol": 1,
        "token": "signed",
        "tab": join["tab"],
        "v": 0,
        "fingerprint": join["fingerprint"],
    }
    assert 16 <= len(join["tab"]) <= 64
    assert states(page) == ["live-connected"]
    page.click("button")
    event = server.wait_event()
    assert event == {
        "t": "event",
        "ref": 2,
        "view": 1,
        "name": "increment",
        "params": {"amount": "2"},
    }
    expect(page.locator("button")).to_have_class("live-loading")
    server.send(t="patch", ref=2, v=2, p=[1, 0, "t", "2"])
    expect(page.locator("b")).to_have_text("2")
    assert page.evaluate("document.querySelector('button').outerHTML") == (
        '<button live-on:click="increment" data-amount="2">+</button>'
    )


def test_the_fingerprint_is_that_of_the_page_alone(live, server):
    page = live("<p>x</p>")
    [join] = server.frames("join")
    assert join["fingerprint"] == page.evaluate(
        """() => {
          const paragraph = document.createElement("p");
          const root = document.createElement("div");
          paragraph.append("x");
          root.append(paragraph);
          return PykkaLive.fingerprint(root);
        }"""
    )


def test_join_with_patches(live, server):
    server.joined = {"v": 3, "p": [1, 0, "t", "7"]}
    page = live(BUTTON)
    expect(page.locator("b")).to_have_text("7")
    server.send(t="patch", view=1, v=4, p=[1, 0, "t", "8"])
    expect(page.locator("b")).to_have_text("8")


def test_join_with_a_tree(live, server):
    server.joined = {
        "v": 3,
        "tree": ["div", {"data-liveview-root": "", "class": "x"}, ["b", "9"]],
    }
    page = live(BUTTON)
    expect(page.locator("b")).to_have_text("9")
    expect(page.locator("button")).to_have_count(0)
    assert states(page) == ["x", "live-connected"]
    server.send(t="patch", view=1, v=4, p=[0, 0, "t", "10"])
    expect(page.locator("b")).to_have_text("10")


def test_connected_and_patched_events(live, server):
    page = live(BUTTON)
    page.evaluate(EVENTS)
    server.send(t="patch", view=1, v=2, p=[1, 0, "t", "1"])
    page.wait_for_function("() => told.length > 0")
    assert told(page, "patched") == [{"version": 2}]


def test_two_roots_share_a_socket(open_page, server):
    page = open_page(
        '<div data-liveview-root data-live-token="a"><b>0</b><i live-on:click="one">1</i></div>'
        '<div data-liveview-root data-live-token="b"><b>0</b><u live-on:click="two">2</u></div>'
    )
    expect(page.locator(".live-connected")).to_have_count(2)
    assert len(server.sockets) == 1
    first, second = server.frames("join")
    assert (first["token"], second["token"]) == ("a", "b")
    assert first["tab"] == second["tab"]
    page.click("u")
    assert server.wait_event()["view"] == 2
    server.send(t="patch", ref=3, v=2, p=[0, 0, "t", "two"])
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "one"])
    expect(page.locator("b")).to_have_text(["one", "two"])


def test_a_gap_asks_for_the_tree(live, server):
    page = live(BUTTON)
    server.send(t="patch", view=1, v=3, p=[1, 0, "t", "3"])
    refresh = server.wait_for("refresh")
    assert refresh == {"t": "refresh", "ref": 2, "view": 1}
    server.send(t="patch", view=1, v=4, p=[1, 0, "t", "4"])
    tree = ["div", {"data-liveview-root": ""}, ["button"], ["b", "5"]]
    server.send(t="tree", view=1, ref=2, v=5, tree=tree)
    expect(page.locator("b")).to_have_text("5")
    server.send(t="patch", view=1, v=6, p=[1, 0, "t", "6"])
    expect(page.locator("b")).to_have_text("6")
    assert len(server.frames("refresh")) == 1


def test_a_patch_that_does_not_fit_asks_for_the_tree(live, server, page_errors):
    page_errors.expect("does not fit")
    page = live(BUTTON)
    server.send(t="patch", view=1, v=2, p=[7, 0, "t", "3"])
    server.wait_for("refresh")
    tree = ["div", {"data-liveview-root": ""}, ["b", "5"]]
    server.send(t="tree", view=1, ref=2, v=2, tree=tree)
    expect(page.locator("b")).to_have_text("5")


def test_a_tree_that_does_not_fit_ends_the_view(live, server, page_errors):
    page_errors.expect("does not fit")
    page = live(BUTTON)
    server.send(t="tree", view=1, v=2, tree=["span", "x"])
    expect(page.get_by_role("alert")).to_be_visible()
    assert states(page) == ["live-stopped"]


def test_errors_are_told(live, server, page_errors):
    page_errors.expect("handler_failed no such thing")
    page = live(BUTTON)
    page.evaluate(EVENTS)
    page.click("button")
    server.wait_event()
    server.send(
        t="error", ref=2, code="handler_failed", message="no such thing", detail="Traceback"
    )
    page.wait_for_function("() => told.length > 0")
    detail = {"code": "handler_failed", "message": "no such thing", "ref": 2, "name": "increment"}
    assert told(page, "error") == [detail]
    expect(page.locator(".live-loading")).to_have_count(0)
    assert any("Traceback" in text for text in page_errors.seen)


def test_a_late_patch_after_a_timeout(live, server, page_errors):
    page_errors.expect("timeout")
    page = live(BUTTON)
    page.click("button")
    server.wait_event()
    server.send(t="error", ref=2, code="timeout", message="slow")
    expect(page.locator(".live-loading")).to_have_count(0)
    server.send(t="patch", ref=2, v=2, p=[1, 0, "t", "late"])
    expect(page.locator("b")).to_have_text("late")


def test_a_stopped_view(live, server):
    page = live(BUTTON)
    page.evaluate(EVENTS)
    server.send(t="stopped", view=1, code="crashed", message="gone")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("no longer live")
    assert alert.evaluate("e => getComputedStyle(e).position") == "fixed"
    assert states(page) == ["live-stopped"]
    assert told(page, "stopped") == [{"code": "crashed", "message": "gone"}]
    page.click("button >> nth=0")
    assert not server.frames("event")
    server.wait(lambda: server.closed, "the socket's end")
    assert server.closed == [1000]
    with page.expect_navigation():
        alert.get_by_role("button", name="Reload").click()
    expect(page.locator(".live-connected")).to_have_count(1)


def test_a_stopped_view_leaves_all_but_submissions_to_the_browser(live, server):
    page = live(
        '<a href="#there" live-on:click.prevent="go">x</a><input live-on:keydown.window.prevent>'
        '<form action="/?gone" live-on:submit="save"></form>'
    )
    server.send(t="stopped", view=1, code="crashed", message="gone")
    expect(page.get_by_role("alert")).to_be_visible()
    page.click("a")
    assert page.url == "http://live.test/#there"
    page.focus("input")
    page.keyboard.type("x")
    expect(page.locator("input")).to_have_value("x")
    page.evaluate("document.forms[0].requestSubmit()")
    assert page.url == "http://live.test/#there"


CLASSES = ["", ' class=""', ' class=" a  b "', ' class="a\n\tb"', ' class="live-loading-x"']


def test_the_servers_classes_stay_as_they_are_written(live, server):
    page = live("".join(f'<b live-on:click="go"{written}>x</b>' for written in CLASSES))
    markup = "Array.from(document.querySelectorAll('b'), (one) => one.outerHTML)"
    before = page.evaluate(markup)
    for number in range(len(CLASSES)):
        page.click(f"b >> nth={number}")
    server.wait_event(len(CLASSES))
    expect(page.locator("b.live-loading")).to_have_count(len(CLASSES))
    for event in server.frames("event"):
        server.send(t="ok", ref=event["ref"])
    expect(page.locator(".live-loading")).to_have_count(0)
    assert page.evaluate(markup) == before


@pytest.mark.parametrize("code", ["bad_token", "denied"])
def test_a_refused_join(open_page, server, page_errors, code):
    page_errors.expect(f"{code} sorry")
    server.joined = {"t": "error", "code": code, "message": "sorry"}
    page = open_page('<div data-liveview-root data-live-token="x"></div>')
    expect(page.get_by_role("alert")).to_be_visible()
    assert states(page) == ["live-stopped"]


def test_a_failed_join_is_tried_again(open_page, server, page_errors):
    page_errors.expect("mount_failed")
    server.joined = {"t": "error", "code": "mount_failed", "message": "boom"}
    page = open_page('<div data-liveview-root data-live-token="x"></div>')
    server.wait_for("join", 2)
    server.joined = {}
    expect(page.locator(".live-connected")).to_have_count(1)


def test_redirect(open_page, server):
    server.joined = {"t": "redirect", "to": "/?next=1"}
    page = open_page('<div data-liveview-root data-live-token="x"></div>')
    page.wait_for_url("**/?next=1")


def test_a_redirect_to_a_script_is_refused(open_page, server, page_errors):
    page_errors.expect("is refused")
    server.joined = {"t": "redirect", "to": "javascript:window.bad = 1"}
    page = open_page('<div data-liveview-root data-live-token="x"></div>')
    server.wait(lambda: page_errors.seen, "the console")
    assert page.evaluate("window.bad") is None


RUBBISH = [
    "rubbish",
    "[]",
    "null",
    "{}",
    '{"t":"x"}',
    '{"t":"__proto__"}',
    '{"t":"x","view":1}',
    '{"t":"patch","view":9,"v":2,"p":[]}',
    '{"t":"patch","view":"constructor","v":2,"p":[]}',
]


def test_rubbish_is_ignored(live, server, page_errors):
    page_errors.expect("an unknown frame")
    page = live(BUTTON)
    for text in RUBBISH:
        server.send_text(text)
    server.send(t="patch", view=1, v=2, p=[1, 0, "t", "1"])
    expect(page.locator("b")).to_have_text("1")
    assert len(page_errors.seen) == len(RUBBISH)


def test_sixteen_events_are_unanswered_at_most(live, server, page_errors):
    page_errors.expect("handler_failed")
    page = live('<button live-on:click="go">x</button>')
    page.evaluate("for (let n = 0; n < 40; n++) document.querySelector('button').click()")
    server.wait_event(16)
    page.evaluate("1")
    assert len(server.frames("event")) == 16
    server.send(t="ok", ref=2)
    server.send(t="error", ref=3, code="handler_failed", message="x")
    server.wait_event(18)
    for ref in range(4, 42):
        server.send(t="ok", ref=ref)
    server.wait_event(40)
    expect(page.locator(".live-loading")).to_have_count(0)
    assert [event["ref"] for event in server.frames("event")] == list(range(2, 42))


def test_events_wait_for_the_join(open_page, server):
    server.silent = True
    page = open_page(
        '<div data-liveview-root data-live-token="x"><b live-on:click="go">x</b></div>'
    )
    join = server.wait_for("join")
    assert states(page) == ["live-connecting"]
    page.click("b")
    page.click("b")
    server.send(t="joined", ref=join["ref"], protocol=1, view=1, v=1)
    server.wait_event(2)


def test_too_many_waiting_events_are_refused(open_page, server, page_errors):
    page_errors.expect("overloaded")
    server.silent = True
    page = open_page(
        '<div data-liveview-root data-live-token="x"><b live-on:click="go">x</b></div>'
    )
    page.evaluate("for (let n = 0; n < 260; n++) document.querySelector('b').click()")
    server.wait(lambda: len(page_errors.seen) == 4, "four refusals")


def test_loading_counts_the_answers_of_an_element(live, server):
    page = live('<button live-on:click="go">x</button>')
    page.click("button")
    page.click("button")
    server.wait_event(2)
    server.send(t="ok", ref=2)
    page.evaluate("1")
    expect(page.locator("button")).to_have_class("live-loading")
    server.send(t="ok", ref=3)
    expect(page.locator(".live-loading")).to_have_count(0)


def test_a_second_submission_is_swallowed(live, server):
    page = live(
        '<form live-on:submit="save"><input name="q" value="x">'
        '<button name="b" value="1">s</button></form>'
    )
    page.click("button")
    page.click("button")
    page.press("input", "Enter")
    server.wait_event()
    expect(page.locator("form")).to_have_class("live-loading")
    expect(page.locator("button")).to_have_class("live-loading")
    server.send(t="ok", ref=2)
    expect(page.locator(".live-loading")).to_have_count(0)
    page.click("button")
    server.wait_event(2)
    assert len(server.frames("event")) == 2
    assert page.url == "http://live.test/"


def test_frames_are_json_of_plain_values(live, server):
    page = live(
        '<p live-on:click="go" data-__proto__="1" data-constructor="2" data-a-b-1="3">x</p>'
    )
    page.click("p")
    assert json.dumps(server.wait_event()["params"]) == (
        '{"__proto__": "1", "constructor": "2", "a_b_1": "3"}'
    )


def test_a_view_that_the_server_has_forgotten_joins_again(live, server, page_errors):
    page_errors.expect("unknown_view")
    page = live(BUTTON)
    page.click("button")
    server.wait_event()
    server.send(t="error", ref=2, code="unknown_view", message="who?")
    assert server.wait_for("join", 2)["v"] == 1
    expect(page.locator(".live-loading")).to_have_count(0)


def test_the_notice_speaks_the_pages_language(live, server, page):
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
             Object.assign(document.querySelector("script").dataset,
                           {liveNotice: "Diese Seite lebt nicht mehr.", liveReload: "Neu laden"});
           }, {once: true})"""
    )
    live(BUTTON)
    server.send(t="stopped", view=1, code="crashed", message="gone")
    expect(page.get_by_role("alert")).to_have_text("Diese Seite lebt nicht mehr. Neu laden")
