"""The frames that components add, against a scripted server."""

from __future__ import annotations

from playwright.sync_api import expect

from pykka_live import vdom

from .test_view import EVENTS, told

PAGE = (
    '<h1>0</h1><div live-component="a"><b>0</b><button live-on:click="go">x</button>'
    '<p live-component="inner">0</p></div><i live-component="b">0</i>'
)
TREE = [
    "div",
    {"data-liveview-root": ""},
    ["h1", "new"],
    ["div", {"live-component": "a"}],
    ["i", {"live-component": "b"}],
]


def shown(page):
    """The texts of the view, of `a`, of `inner` and of `b`."""
    return page.evaluate(
        "Array.from(document.querySelectorAll('h1, b, p, i'), (node) => node.textContent).join(' ')"
    )


def wait_until_shown(page, expected):
    page.wait_for_function(
        """expected => Array.from(document.querySelectorAll('h1, b, p, i'), (node) =>
             node.textContent).join(' ') === expected""",
        arg=expected,
    )


def test_the_fingerprint_counts_components_as_they_are_shown(live, server):
    live(PAGE)
    [join] = server.frames("join")
    assert join["fingerprint"] == vdom.fingerprint(vdom.parse(PAGE))
    assert "c" not in join


def test_patches_of_components_follow_the_first_picture(live, server):
    page = live(PAGE)
    page.evaluate(EVENTS)
    server.send(t="patch", view=1, c="a", v=2, p=[0, 0, "t", "a2"])
    server.send(t="patch", view=1, c="inner", v=2, p=[0, "t", "i2"])
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "v2"])
    server.send(t="tree", view=1, c="b", v=1, tree=["i", "new"])
    server.send(t="patch", view=1, c="b", v=2, p=["a", "class", "x"])
    page.wait_for_selector("i.x")
    assert shown(page) == "v2 a2 i2 new"
    assert told(page, "patched") == [
        {"version": 2, "component": "a"},
        {"version": 2, "component": "inner"},
        {"version": 2},
        {"version": 1, "component": "b"},
        {"version": 2, "component": "b"},
    ]
    assert not server.frames("refresh")


def test_what_is_told_is_told_on_the_root_of_the_component(live, server):
    page = live(PAGE)
    page.evaluate(
        """() => {
          window.at = [];
          const note = ({ target }) => at.push(target.getAttribute("live-component"));
          document.addEventListener("live:patched", note);
          document.addEventListener("live:stopped", note);
        }"""
    )
    server.send(t="patch", view=1, c="inner", v=2, p=[0, "t", "1"])
    server.send(t="stopped", view=1, c="a", code="crashed", message="gone")
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "1"])
    page.wait_for_function("() => at.length === 3")
    assert page.evaluate("at") == ["inner", "a", None]


def test_an_event_of_a_component_and_its_answer(live, server):
    page = live(PAGE)
    page.click("button")
    event = server.wait_event()
    assert event == {"t": "event", "ref": 2, "view": 1, "c": "a", "name": "go", "params": {}}
    expect(page.locator(".live-loading")).to_have_count(1)
    server.send(t="patch", ref=2, c="a", v=2, p=[0, 0, "t", "1"])
    expect(page.locator("b")).to_have_text("1")
    expect(page.locator(".live-loading")).to_have_count(0)


def test_a_batch_is_applied_in_order_and_acknowledges_its_event(live, server):
    page = live(PAGE)
    page.evaluate(EVENTS)
    page.click("button")
    server.wait_event()
    server.send(
        t="batch",
        view=1,
        ref=2,
        parts=[
            {"v": 2, "p": ["i", 0, ["p", {"live-component": "new"}]]},
            {"c": "new", "v": 1, "tree": ["p", "first"]},
            {"c": "b", "v": 2, "p": [0, "t", "2"]},
            {"c": "new", "v": 2, "p": [0, "t", "second"]},
            {"v": 3, "p": [1, 0, "t", "3"]},
        ],
    )
    wait_until_shown(page, "second 3 0 0 2")
    expect(page.locator(".live-loading")).to_have_count(0)
    assert [(one["version"], one.get("component")) for one in told(page, "patched")] == [
        (2, None),
        (1, "new"),
        (2, "b"),
        (2, "new"),
        (3, None),
    ]


def test_nobody_hears_of_the_focus_that_a_batch_moves(bound):
    page = bound(
        '<div live-component="a"><input live-on:blur="blur" live-on:focus="focus"></div><hr>'
    )
    page.page.focus("input")
    assert page.names() == "focus"
    page.server.send(
        t="batch",
        view=1,
        parts=[
            {"v": 2, "p": [["d", 0], ["i", 1, ["p", ["div", {"live-component": "a"}]]]]},
            {"c": "a", "v": 2, "p": ["a", "class", "x"]},
        ],
    )
    expect(page.page.locator("p .x input")).to_be_focused()
    assert page.names() == ""


def test_a_join_with_parts(live, server):
    server.joined = {
        "v": 3,
        "p": [0, 0, "t", "v3"],
        "parts": [
            {"c": "a", "v": 5, "p": [0, 0, "t", "a5"]},
            {"c": "b", "v": 1, "tree": ["i", "b1"]},
            {"c": "gone", "v": 1, "tree": ["i", "?"]},
        ],
    }
    page = live(PAGE)
    assert shown(page) == "v3 a5 0 b1"
    server.send(t="patch", view=1, c="a", v=6, p=[0, 0, "t", "a6"])
    server.send(t="patch", view=1, c="b", v=2, p=[0, "t", "b2"])
    server.send(t="patch", view=1, c="inner", v=2, p=[0, "t", "i2"])
    wait_until_shown(page, "v3 a6 i2 b2")


def test_a_join_with_a_tree_and_parts(live, server):
    server.joined = {
        "v": 3,
        "tree": TREE,
        "parts": [
            {"c": "a", "v": 4, "tree": ["div", ["b", "a4"], ["p", {"live-component": "inner"}]]},
            {"c": "inner", "v": 7, "tree": ["p", "i7"]},
            {"c": "b", "v": 2, "tree": ["i", "b2"]},
        ],
    }
    page = live(PAGE + "<hr>")
    assert shown(page) == "new a4 i7 b2"
    expect(page.locator("hr, button")).to_have_count(0)


def test_a_rejoin_names_the_versions_of_the_components(live, server):
    page = live(PAGE)
    server.send(t="patch", view=1, c="a", v=2, p=[0, 0, "t", "a2"])
    server.send(t="patch", view=1, v=2, p=[["d", 2], ["i", 0, ["p", {"live-component": "c"}]]])
    wait_until_shown(page, " 0 a2 0")
    server.joined = {
        "v": 3,
        "p": [1, 0, "t", "v3"],
        "parts": [
            {"c": "a", "v": 4, "p": [0, 0, "t", "a4"]},
            {"c": "c", "v": 1, "tree": ["p", "c"]},
        ],
        "resumed": True,
    }
    server.close(4012)
    rejoin = server.wait_for("join", 2)
    assert (rejoin["v"], rejoin["c"]) == (2, {"a": 2, "inner": 1, "c": 0})
    wait_until_shown(page, "c v3 a4 0")
    server.send(t="patch", view=1, c="a", v=5, p=[0, 0, "t", "a5"])
    wait_until_shown(page, "c v3 a5 0")


def test_a_gap_in_a_component_s_versions_asks_for_that_component(live, server):
    page = live(PAGE)
    server.send(t="patch", view=1, c="a", v=3, p=[0, 0, "t", "?"])
    assert server.wait_for("refresh") == {"t": "refresh", "ref": 2, "view": 1, "c": "a"}
    server.send(t="patch", view=1, c="a", v=4, p=[0, 0, "t", "?"])
    server.send(t="patch", view=1, c="b", v=2, p=[0, "t", "b2"])
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "v2"])
    wait_until_shown(page, "v2 0 0 b2")
    tree = ["div", ["b", "a4"], ["p", {"live-component": "inner"}]]
    server.send(t="tree", view=1, ref=2, c="a", v=4, tree=tree)
    server.send(t="patch", view=1, c="a", v=5, p=["a", "class", "x"])
    page.wait_for_selector(".x")
    assert shown(page) == "v2 a4 0 b2"
    assert len(server.frames("refresh")) == 1
    server.send(t="patch", view=1, c="a", v=9, p=[])
    assert server.wait_for("refresh", 2)["c"] == "a"


def test_gaps_of_several_are_asked_for_one_by_one(live, server):
    live(PAGE)
    parts = [{"c": "a", "v": 9, "p": []}, {"v": 9, "p": []}, {"c": "b", "v": 9, "p": []}]
    server.send(t="batch", view=1, parts=parts)
    server.wait_for("refresh", 3)
    assert [frame.get("c") for frame in server.frames("refresh")] == ["a", None, "b"]


def test_the_whole_view_comes_as_a_batch(live, server):
    page = live(PAGE)
    server.send(t="patch", view=1, v=3, p=[])
    server.wait_for("refresh")
    server.send(
        t="batch",
        view=1,
        ref=2,
        parts=[
            {"v": 3, "tree": TREE},
            {"c": "a", "v": 2, "tree": ["div", ["b", "a2"], ["p", {"live-component": "inner"}]]},
            {"c": "inner", "v": 2, "tree": ["p", "i2"]},
            {"c": "b", "v": 1, "tree": ["i", "b1"]},
        ],
    )
    wait_until_shown(page, "new a2 i2 b1")
    server.send(t="patch", view=1, v=5, p=[])
    server.wait_for("refresh", 2)


def test_a_part_that_does_not_fit_costs_the_others_nothing(live, server, page_errors):
    page_errors.expect("does not fit")
    page = live(PAGE)
    server.send(
        t="batch",
        view=1,
        parts=[{"c": "a", "v": 2, "p": [9, "t", "?"]}, {"c": "b", "v": 2, "p": [0, "t", "b2"]}],
    )
    assert server.wait_for("refresh")["c"] == "a"
    wait_until_shown(page, "0 0 0 b2")


def test_components_that_are_not_shown_are_no_matter(live, server):
    page = live(PAGE)
    page.evaluate(EVENTS)
    server.send(t="patch", view=1, c="x", v=2, p=[0, "t", "?"])
    server.send(t="tree", view=1, c="x", v=2, tree=["p", "?"])
    server.send(t="stopped", view=1, c="x", code="crashed", message="gone")
    server.send(t="patch", view=1, v=2, p=["d", 1])
    server.send(t="patch", view=1, c="a", v=2, p=[0, 0, "t", "?"])
    parts = [{"c": "inner", "v": 2, "p": [0, "t", "?"]}, {"c": "b", "v": 2, "p": [0, "t", "b2"]}]
    server.send(t="batch", view=1, parts=parts)
    wait_until_shown(page, "0 b2")
    assert not server.frames("refresh")
    assert [name for name, _ in page.evaluate("told")] == ["patched", "patched"]


def test_an_event_for_a_component_that_is_gone_is_dropped_quietly(live, server):
    page = live(PAGE)
    page.evaluate(EVENTS)
    page.click("button")
    server.wait_event()
    server.send(t="error", ref=2, code="unknown_component", message="no component a")
    expect(page.locator(".live-loading")).to_have_count(0)
    server.send(t="patch", view=1, c="a", v=9, p=[])
    server.wait_for("refresh")
    server.send(t="error", ref=3, code="unknown_component", message="no component a")
    server.send(t="patch", view=1, c="a", v=9, p=[])
    server.wait_for("refresh", 2)
    assert page.evaluate("told") == []


def test_a_component_that_has_ended_says_so_and_the_view_goes_on(live, server):
    page = live(PAGE)
    page.evaluate(EVENTS)
    server.send(t="stopped", view=1, c="a", code="crashed", message="gone")
    expect(page.locator(".live-stopped")).to_have_attribute("live-component", "a")
    assert told(page, "stopped") == [{"code": "crashed", "message": "gone", "component": "a"}]
    expect(page.get_by_role("alert")).to_have_count(0)
    server.send(t="tree", view=1, v=2, tree=TREE)
    wait_until_shown(page, "new 0 0 0")
    expect(page.locator(".live-stopped")).to_have_count(1)
    server.send(t="tree", view=1, c="a", v=1, tree=["div", ["b", "again"]])
    wait_until_shown(page, "new again 0")
    expect(page.locator(".live-stopped")).to_have_count(0)
    assert page.evaluate("document.querySelector('div div').outerHTML") == (
        '<div live-component="a"><b>again</b></div>'
    )


def test_a_tree_that_does_not_fit_ends_its_component_alone(live, server, page_errors):
    page_errors.expect("does not fit")
    page = live(PAGE)
    page.evaluate(EVENTS)
    server.send(t="tree", view=1, c="b", v=2, tree=["u", "?"])
    expect(page.locator("i")).to_have_class("live-stopped")
    [stopped] = told(page, "stopped")
    assert (stopped["code"], stopped["component"]) == ("bad_tree", "b")
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "v2"])
    wait_until_shown(page, "v2 0 0 0")


def test_two_views_of_one_class_share_nothing_but_the_socket(open_page, server):
    inside = '<b>0</b><i live-component="c"><u live-on:click="go">0</u></i>'
    page = open_page(
        f'<div id="one" data-liveview-root data-live-token="1">{inside}</div>'
        f'<div id="two" data-liveview-root data-live-token="2">{inside}</div>'
    )
    expect(page.locator(".live-connected")).to_have_count(2)
    assert len(server.sockets) == 1
    page.click("#two u")
    page.click("#one u")
    server.wait_event(2)
    assert [(one["view"], one["c"]) for one in server.frames("event")] == [(2, "c"), (1, "c")]
    server.send(t="patch", ref=3, c="c", v=2, p=[0, 0, "t", "two"])
    server.send(t="patch", view=1, c="c", v=2, p=[0, 0, "t", "one"])
    server.send(t="patch", view=2, v=2, p=[0, 0, "t", "2"])
    expect(page.locator("#two b")).to_have_text("2")
    expect(page.locator("b, u")).to_have_text(["0", "one", "2", "two"])
    server.send(t="stopped", view=1, code="crashed", message="gone")
    expect(page.locator(".live-stopped")).to_have_count(1)
    server.send(t="patch", view=2, c="c", v=3, p=[0, 0, "t", "goes on"])
    expect(page.locator("#two u")).to_have_text("goes on")
