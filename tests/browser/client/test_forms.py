"""The parameters of events."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

FORM = """
<form live-on:submit="save" live-on:change="changed" data-kind="x">
  <input name="text" value="a"><input name="twice" value="1"><input name="twice" value="2">
  <input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
  <input name="gone" value="x" disabled><input type="file" name="file">
  <select name="many" multiple>
    <option selected>1</option><option selected>2</option><option>3</option>
  </select>
  <textarea name="long">l1
l2</textarea><input value="nameless">
  <button name="action" value="go">Go</button><button>Plain</button>
</form>
<button form="f" name="outer" value="1">Outer</button>
<form id="f" live-on:submit="outer"></form>
"""
SUCCESSFUL = {
    "text": "a",
    "twice": ["1", "2"],
    "on": "1",
    "file": "",
    "many": ["1", "2"],
    "long": "l1\nl2",
    "kind": "x",
}


def test_submit(bound):
    page = bound(FORM)
    page.page.click("text=Go")
    page.page.click("text=Outer")
    save, outer = page.params()
    assert save == SUCCESSFUL | {"action": "go"}
    assert outer == {"outer": "1"}
    page.page.set_input_files(
        "[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    [changed] = page.params()
    assert changed == SUCCESSFUL | {"file": "a.txt", "_unused": [], "_target": "file"}
    page.page.click("text=Plain")
    assert page.params() == [SUCCESSFUL | {"file": "a.txt"}]


FIELDS = [
    ('<input name="q" value="5" type="number" {}>', {"q": "5", "value": "5"}),
    ('<input value="x" {}>', {"value": "x"}),
    ('<input name="q" data-q="mine" {}>', {"q": "mine", "value": ""}),
    (
        '<input type="checkbox" name="c" checked {}>',
        {"c": True, "value": True, "checked": True},
    ),
    (
        '<input type="checkbox" name="c" value="v" {}>',
        {"c": None, "value": None, "checked": False},
    ),
    (
        '<input type="checkbox" name="c" value="v" checked {}>',
        {"c": "v", "value": "v", "checked": True},
    ),
    (
        '<input type="radio" name="r" value="v" checked {}>',
        {"r": "v", "value": "v", "checked": True},
    ),
    ('<select name="s" {}><option>1<option selected>2</select>', {"s": "2", "value": "2"}),
    (
        '<select name="s" multiple {}><option>1<option selected>2</select>',
        {"s": ["2"], "value": ["2"]},
    ),
    ('<textarea name="t" {}>x</textarea>', {"t": "x", "value": "x"}),
    ("<div contenteditable {}>a<b>b</b></div>", {"value": "ab"}),
    ('<input type="file" multiple name="f" {}>', {"f": [], "value": []}),
]


def test_fields(bound):
    page = bound("".join(field.format('live-on:input="typed"') for field, _ in FIELDS))
    page.page.evaluate(
        """() => {
          for (const field of document.querySelectorAll("[live-on\\\\:input]")) {
            field.dispatchEvent(new Event("input", {bubbles: true}));
          }
        }"""
    )
    assert page.params() == [params for _, params in FIELDS]


def test_what_is_half_typed_is_not_told_yet(bound):
    page = bound(
        '<input type="number" live-on:input="typed" live-on:change="changed">'
        '<input type="date" live-on:input="typed">'
    )
    page.page.focus("[type=number]")
    page.page.keyboard.type("1e")
    page.page.keyboard.press("Tab")
    page.page.keyboard.type("12")
    assert page.params() == [{"value": "1"}]
    page.page.focus("[type=number]")
    page.page.keyboard.press("End")
    page.page.keyboard.type("2")
    assert page.params() == [{"value": "1e2"}]


HIDDEN = ["classList", "hasAttribute", "getAttribute", "setAttribute", "removeAttribute"]
HIDDEN += ["ownerDocument", "nodeType", "closest", "reset"]


@pytest.mark.parametrize("name", HIDDEN)
def test_a_field_may_be_named_like_something_of_its_form(bound, name):
    page = bound(
        '<form live-on:submit.once="save" live-on:change="changed" live-reset>'
        f'<input name="{name}"><button>x</button></form>'
    )
    # Playwright's own actions would stumble over such names.
    page.page.evaluate(
        """() => {
          const [input] = document.getElementsByTagName("input");
          input.value = "1";
          input.dispatchEvent(new Event("change", {bubbles: true}));
          document.getElementsByTagName("button")[0].click();
        }"""
    )
    changed, save = page.params()
    assert (changed[name], changed["_target"], save) == ("1", name, {name: "1"})
    page.page.wait_for_function("() => document.getElementsByTagName('input')[0].value === ''")
    page.patch(2, [0, "a", "class", "saved"])
    assert (
        page.page.evaluate("Element.prototype.getAttribute.call(document.forms[0], 'class')")
        == "saved"
    )


def test_a_field_inside_what_is_bound(bound):
    page = bound('<div live-on:input="typed" data-row-id="7" data-x_y="1"><input name="q"></div>')
    page.page.fill("input", "z")
    assert page.params() == [{"row_id": "7", "x_y": "1", "q": "z", "value": "z"}]


def test_keys_and_focus_tell_the_fields_value(bound):
    page = bound(
        '<input name="q" value="v" live-on:keydown.enter="key" live-on:blur="left">'
        '<b tabindex="0" live-on:keyup="up">b</b>'
    )
    page.page.press("input", "Enter")
    page.page.press("b", "x")
    assert page.params() == [
        {"q": "v", "value": "v", "key": "Enter"},
        {"q": "v", "value": "v"},
        {"key": "x"},
    ]


def test_the_answer_to_a_submission_may_empty_the_focused_field(bound):
    page = bound('<form live-on:submit="send"><input name="q" value="draft"></form>')
    page.page.press("input", "Enter")
    event = page.server.wait_event()
    page.server.send(t="patch", ref=event["ref"], v=2, p=[0, 0, "a", "value", ""])
    expect(page.page.locator("input")).to_have_value("")
    # Outside a submission the person's own text stays.
    page.page.keyboard.type("mine")
    page.patch(3, [0, 0, "a", "value", "server"])
    expect(page.page.locator("input")).to_have_value("mine")


def test_what_was_typed_after_the_submission_stays(bound):
    page = bound('<form live-on:submit="send"><input name="q" value="draft"></form>')
    page.page.press("input", "Enter")
    event = page.server.wait_event()
    page.page.press("input", "End")
    page.page.keyboard.type("!")
    page.server.send(t="patch", ref=event["ref"], v=2, p=[0, 0, "a", "value", ""])
    expect(page.page.locator(".live-loading")).to_have_count(0)
    expect(page.page.locator("input")).to_have_value("draft!")


def test_live_reset(bound):
    page = bound('<form live-on:submit="send" live-reset><input name="q"></form>')
    page.page.fill("input", "hello")
    page.page.press("input", "Enter")
    event = page.server.wait_event()
    page.server.send(t="ok", ref=event["ref"])
    expect(page.page.locator("input")).to_have_value("")
    expect(page.page.locator("input")).to_be_focused()
    page.page.keyboard.type("next")
    page.page.press("input", "Enter")
    event = page.server.wait_event(2)
    page.page.keyboard.type("!")
    page.server.send(t="ok", ref=event["ref"])
    expect(page.page.locator(".live-loading")).to_have_count(0)
    expect(page.page.locator("input")).to_have_value("next!")


def test_a_disabled_fieldset_is_out_of_its_form(bound):
    """But for its first legend. Its fields are not sent, and its buttons do nothing."""
    page = bound(
        '<form live-on:submit="save" live-on:change="changed"><input name="a" value="1">'
        '<fieldset disabled><legend><input name="title" value="2">'
        '<button type="button" id="near" live-on:click="near">x</button></legend>'
        '<input name="b" value="3"><textarea name="c">4</textarea>'
        '<input type="checkbox" name="d" value="5" checked>'
        '<select name="e"><option>6</option></select>'
        '<button id="inside" name="f" value="7" live-on:click="click"><b>x</b></button></fieldset>'
        '<button id="outside" name="g" value="8">x</button></form>'
    )
    enabled = {"a": "1", "title": "2"}
    page.page.locator("#inside").click(force=True)
    page.page.evaluate(
        """() => {
          const button = document.getElementById("inside");
          for (const element of [button, button.firstChild]) {
            element.click();
            element.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
          }
        }"""
    )
    assert page.events() == []
    page.page.click("#near")
    page.page.click("#outside")
    assert page.params() == [{}, enabled | {"g": "8"}]
    page.page.fill("[name=title]", "x")
    page.page.focus("[name=a]")
    [changed] = page.params()
    enabled = {"a": "1", "title": "x"}
    assert changed == enabled | {"_unused": [], "_target": "title"}
    page.patch(2, [0, 1, "r", "disabled"])
    page.page.click("#inside")
    fieldset = {"b": "3", "c": "4", "d": "5", "e": "6"}
    assert page.params() == [{}, enabled | fieldset | {"f": "7"}]


def test_fields_of_a_disabled_fieldset_are_not_told_again(bound, server):
    """A server that has forgotten everything hears of what would be sent only."""
    page = bound(
        '<form live-on:change="check"><fieldset><input name="a"></fieldset><input name="b"></form>'
    )
    page.page.fill("[name=a]", "mine")
    page.page.fill("[name=b]", "mine, too")
    page.page.focus("[name=a]")
    assert page.names() == "check check"
    page.patch(2, [0, 0, "a", "disabled", ""])
    form = [
        "form",
        {"live-on:change": "check"},
        ["fieldset", {"disabled": ""}, ["input", {"name": "a"}]],
        ["input", {"name": "b"}],
    ]
    root = {"data-liveview-root": ""}
    mark = ["u", {"hidden": "", "live-on:copy": "mark"}]
    server.joined = {"v": 7, "tree": ["div", root, form, mark]}
    server.close(1012)
    server.wait_for("join", 2)
    expect(page.page.locator(".live-connected")).to_have_count(1)
    assert page.params() == [{"b": "mine, too", "_unused": [], "_target": "b"}]
