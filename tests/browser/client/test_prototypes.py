"""Names that objects inherit are names like others, and frames reach no prototype."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}
EVIL = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "undefined"]
WATCH = "() => { window.inherited = Object.getOwnPropertyNames(Object.prototype); }"
UNTOUCHED = """() => {
  const known = new Set(window.inherited);
  const names = Object.getOwnPropertyNames(Object.prototype);
  return [
    Object.keys(Object.prototype),
    names.filter((name) => !known.has(name)),
    [{}.polluted, [].polluted, "".polluted, (() => {}).polluted],
    [typeof {}.constructor, typeof {}.toString, Object.getPrototypeOf({}) === Object.prototype],
  ];
}"""
PURE = [[], [], [None] * 4, ["function", "function", True]]


@pytest.fixture
def watched(bound):
    """A page that remembers what objects inherit."""

    def watched(html):
        page = bound(html)
        page.page.evaluate(WATCH)
        return page

    return watched


def test_names_that_objects_inherit_are_names_like_others(watched, server):
    """As attribute, tag, component's id, hole of a group and data attribute."""
    places = "".join(f'<p live-component="{name}">x</p>' for name in EVIL)
    page = watched(f"<div></div>{places}<input>")
    for version, name in enumerate(EVIL, 2):
        group = [1, ["i", {"id": 0, name: 0}], name, "polluted", "last", "x"]
        element = [name, {name: "polluted", f"data-{name}": "polluted", "live-key": name}, name]
        frame = {"t": "patch", "view": 1, "v": version, "p": [0, "i", 0, element, group]}
        server.send_text(json.dumps(frame))
        server.send(t="patch", view=1, c=name, v=2, p=[["a", name, "polluted"], [0, "t", name]])
    texts = page.page.locator("p")
    expect(texts).to_have_text(EVIL)
    assert texts.evaluate_all("all => all.map((one) => one.attributes.item(1).value)") == [
        "polluted"
    ] * len(EVIL)
    made = page.page.locator("[live-key]")
    assert made.evaluate_all("all => all.map((one) => one.localName)") == [
        name.lower() for name in reversed(EVIL)
    ]
    expect(page.page.locator("i")).to_have_count(2 * len(EVIL))
    server.close(1012)
    versions = server.wait_for("join", 2)["c"]
    assert versions == dict.fromkeys(EVIL, 2)
    assert page.page.evaluate(UNTOUCHED) == PURE


def test_events_with_names_that_objects_inherit(watched):
    fields = "".join(f'<input name="{name}" value="polluted">' for name in EVIL)
    data = " ".join(f'data-{name}="polluted"' for name in EVIL)
    page = watched(
        f'<form live-on:submit="save" live-on:input="typed" live-reset>{fields}</form>'
        f'<b live-on:click="go" {data}>x</b>'
    )
    page.page.evaluate("document.forms[0].requestSubmit()")
    page.page.locator("input").first.fill("x")
    page.page.click("b")
    save, typed, go = page.params()
    assert save == dict.fromkeys(EVIL, "polluted")
    assert typed == {**save, "__proto__": "x", "_unused": [], "_target": "__proto__"}
    assert go == dict.fromkeys([name.lower() for name in EVIL], "polluted")
    assert page.page.evaluate(UNTOUCHED) == PURE


POLLUTING = [
    '{"t":"__proto__","view":1}',
    '{"t":"constructor","view":1}',
    '{"t":"patch","view":"__proto__","v":2,"p":[]}',
    '{"t":"patch","view":1,"v":1,"__proto__":{"polluted":1},"c":"__proto__","p":["a","x","y"]}',
    '{"__proto__":{"t":"patch","view":1,"v":2,"p":[]}}',
    '{"t":"ok","ref":"__proto__"}',
    '{"t":"error","ref":"constructor","code":"toString","message":{"__proto__":1}}',
    '{"t":"stopped","view":1,"c":"__proto__","code":"__proto__","message":"x"}',
    '{"t":"batch","view":1,"parts":[{"__proto__":{"polluted":1},"c":"constructor","v":2}]}',
    '{"t":"tree","view":1,"c":"prototype","v":5,"tree":["p",{"__proto__":"x"}]}',
    '{"t":"patch","view":1,"v":2,"p":["a","__proto__",{"polluted":1}]}',
    '{"t":"patch","view":1,"v":3,"p":["i",0,["b",{"__proto__":{"polluted":1}},"x"]]}',
    '{"t":"patch","view":1,"v":4,"p":["i",0,[1,["i",{"__proto__":{"polluted":0}},0],"v","t"]]}',
    '{"t":"patch","view":1,"v":5,"p":["__proto__","polluted",1]}',
    '{"t":"patch","view":1,"v":5,"p":["i","__proto__",["b"]]}',
    '{"t":"patch","view":1,"v":5,"p":[["constructor","prototype","a","polluted","1"]]}',
]


def test_frames_that_would_pollute_prototypes(watched, server, page_errors):
    page_errors.expect("PykkaLive: ")
    page = watched("<p>x</p>")
    for text in POLLUTING:
        server.send_text(text)
    server.send(t="tree", view=1, v=9, tree=["div", {**ROOT, "data-version": "9"}, ["p", "end"]])
    expect(page.page.locator("[data-version='9'] p")).to_have_text("end")
    assert page.page.evaluate(UNTOUCHED) == PURE
