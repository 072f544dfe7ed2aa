"""Whatever stands in a frame: it is noticed, or changes nothing, and the next good frame counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from .test_against_vdom import RELAXED
from .test_rubbish import anything

# Hands its frames over at once, so that whoever hands one over catches what the client throws.
SOCKET = """() => {
  window.WebSocket = class {
    sent = [];
    constructor() { window.socket = this; }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() {}
  };
}"""
HTML = '<p>x</p><button live-on:click="go">b</button><section live-component="a">z</section>'
# `attack` gives a frame to the page while a button waits for an answer. It tells what the frame has
# thrown, whether the page has noticed it, whether the button waits still, what is shown, and what
# is shown after a good frame.
ATTACK = """() => {
  const root = document.querySelector("[data-liveview-root]");
  const reports = [];
  console.error = (...words) => reports.push(words);
  for (const type of ["error", "stopped"]) {
    document.addEventListener(`live:${type}`, ({ detail }) => reports.push(detail));
  }
  const give = (frame) => socket.onmessage({ data: JSON.stringify(frame) });
  const button = ["button", { "live-on:click": "go" }, "b"];
  const place = ["section", { "live-component": "a" }];
  const tree = ["div", { "data-liveview-root": "" }, ["p", "x"], button, place];
  const parts = [{ v: 100, tree }, { c: "a", v: 100, tree: ["section", "z"] }];
  socket.onopen();
  give({ t: "joined", ref: 1, protocol: 1, view: 1, v: 1 });
  window.attack = (frame) => {
    give({ t: "batch", view: 1, parts });
    root.querySelector("button").click();
    const { ref } = socket.sent.pop() ?? {};
    if (frame?.ref === "event") frame.ref = ref;
    socket.sent.length = reports.length = 0;
    let thrown = null;
    try {
      give(frame);
    } catch (error) {
      thrown = String(error);
    }
    const waits = root.querySelector(".live-loading") !== null;
    const noticed = reports.length + socket.sent.length > 0;
    for (const request of [{ ref }, ...socket.sent]) give({ t: "ok", ref: request.ref });
    const shown = root.textContent;
    give({ t: "batch", view: 1, parts });
    return { thrown, noticed, waits, shown, after: root.innerHTML };
  };
}"""

RUBBISH = [None, True, False, 0, 5, -1, 1.5, "", "x", [], [None], [5], ["x"], [[]], {}]
RUBBISH += [{"length": 3}, {"toString": 1}]

PART = {"v": 101, "p": [0, 0, "t", "y"]}
OF_COMPONENT = {"c": "a", "v": 101, "p": [0, "t", "y"]}
TREE = {"c": "a", "v": 101, "tree": ["section", "y"]}
ERROR = {"code": "bad_params", "message": "no"}
JOINED = {"view": 1, "v": 101, "p": PART["p"], "resumed": True}
# Good frames; the members in which rubbish has to be noticed, and those in which it may be ignored.
# (A tree that is none ends its view, as it should.)
FRAMES = [
    ({"t": "patch", "ref": "event", **PART}, "t v p", "ref c debug parts"),
    ({"t": "patch", "view": 1, **PART}, "t view v p", "c parts"),
    ({"t": "patch", "ref": "event", **OF_COMPONENT}, "t v p", "c parts"),
    ({"t": "tree", "ref": "event", **TREE}, "t tree", "c v parts"),
    ({"t": "batch", "ref": "event", "parts": [PART, OF_COMPONENT]}, "t v p", "ref c debug parts"),
    ({"t": "ok", "ref": "event"}, "t", "ref view c v p tree debug parts"),
    ({"t": "error", "ref": "event", **ERROR}, "t ref view code message detail", ""),
    ({"t": "stopped", "view": 1, "c": "a", **ERROR}, "t code message", ""),
    ({"t": "joined", **JOINED}, "t p", "ref v resumed protocol parts"),
    ({"t": "pong", "ref": 2}, "t", "ref view"),
]
NOTICED = [(frame, name) for frame, names, _ in FRAMES for name in names.split()]
IGNORED = [(frame, name) for frame, _, names in FRAMES for name in names.split()]


def spoilt(frame, name, value):
    """Frames with this value; of a batch, one for each of its parts."""
    parts = frame.get("parts")
    if parts and name in OF_COMPONENT:
        return [
            {**frame, "parts": [{**part, name: value} if part is one else part for part in parts]}
            for one in parts
        ]
    return [{**frame, name: value}]


@pytest.fixture
def attack(page, open_page):
    """Returns, of frames, those that have done harm, with what they have done."""
    page.add_init_script(f"({SOCKET})()")
    open_page(f'<div data-liveview-root data-live-token="signed">{HTML}</div>')
    page.evaluate(ATTACK)

    def attack(frames, is_noticed=False):
        answers = page.evaluate("frames => frames.map(attack)", frames)
        return [
            (frame, found)
            for frame, found in zip(frames, answers, strict=True)
            if found["thrown"]
            or found["after"] != HTML
            or not (found["noticed"] or re.fullmatch("[xy]b[zy]", found["shown"]))
            or (is_noticed and not found["noticed"])
            or (found["waits"] and isinstance(frame, dict) and frame.get("ref") == "event")
        ]

    return attack


def says_nothing(name, value):
    """An update without patches and tree is an update."""
    return name in ("p", "tree") and value in (None, False, 0, "", [], [[]])


def test_rubbish_in_each_place_of_each_frame(attack):
    for places, is_noticed in ((NOTICED, True), (IGNORED, False)):
        frames = [
            frame
            for place, name in places
            for value in RUBBISH
            if not (is_noticed and says_nothing(name, value))
            for frame in spoilt(place, name, value)
        ]
        assert attack(frames, is_noticed) == []


def test_what_is_no_frame(attack):
    assert attack(RUBBISH, True) == []


def test_what_is_no_json(attack, page):
    for text in ["", "{", "x", "[1,", "\u0000"]:
        page.evaluate("text => socket.onmessage({ data: text })", text)
    assert attack([{}]) == []


@RELAXED
@given(spoilt_places=st.lists(st.tuples(st.sampled_from(NOTICED + IGNORED), anything), min_size=1))
def test_anything_in_any_place(attack, spoilt_places):
    frames = [frame for place, value in spoilt_places for frame in spoilt(*place, value)]
    assert attack(frames) == []


def test_a_join_whose_tree_is_none_leaves_a_view_that_has_ended(open_page, server, page_errors):
    page_errors.expect("does not fit")
    server.joined = {"tree": 5}
    page = open_page('<div data-liveview-root data-live-token="signed"></div>')
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[data-liveview-root]")).to_have_class("live-stopped")


@pytest.mark.parametrize("to", ["http://[", "javascript:alert(1)"])
def test_a_redirect_to_nowhere_is_refused(live, server, page_errors, to):
    page_errors.expect("a redirect to")
    page = live("<p>x</p>")
    server.send(t="redirect", view=1, to=to)
    server.send(t="patch", view=1, v=2, p=[0, 0, "t", "y"])
    expect(page.locator("p")).to_have_text("y")
    assert len(page_errors.seen) == 1
