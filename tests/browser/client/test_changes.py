"""What a person has changed outranks what the server said before it could know."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def told(page, number):
    return page.server.wait_event(number)


def send(page, number, version, patch):
    page.server.send(t="patch", ref=told(page, number)["ref"], v=version, p=patch)
    page.page.wait_for_selector(f"[data-version='{version}']", state="attached")


def shown(version, *patches):
    return [*patches, ["a", "data-version", str(version)]]


def test_an_older_answer_does_not_turn_a_checkbox_back(bound):
    page = bound('<input type="checkbox" live-on:change="set">')
    box = page.page.locator("input")
    box.click()
    box.click()
    send(page, 1, 2, shown(2, [0, "a", "checked", ""]))
    expect(box).not_to_be_checked()
    expect(box).to_have_attribute("checked", "")
    send(page, 2, 3, shown(3, [0, "r", "checked"]))
    expect(box).not_to_be_checked()


def test_what_the_server_says_in_the_end_counts(bound):
    """It has not taken the second change: its answer changes nothing."""
    page = bound('<input type="checkbox" live-on:change="set"><p>x</p>')
    box = page.page.locator("input")
    box.click()
    box.click()
    send(page, 1, 2, shown(2, [0, "a", "checked", ""]))
    expect(box).not_to_be_checked()
    page.server.send(t="ok", ref=told(page, 2)["ref"])
    expect(box).to_be_checked()


@pytest.mark.parametrize("binding", ['live-on:input="typed"', ""])
def test_an_older_answer_leaves_a_field_that_was_left_meanwhile(bound, binding):
    page = bound(f'<button live-on:click="go">x</button><input {binding}><input id="b">')
    page.page.click("button")
    page.page.fill("input >> nth=0", "mine")
    page.page.focus("#b")
    send(page, 1, 2, shown(2, [1, "a", "value", "old"]))
    expect(page.page.locator("input >> nth=0")).to_have_value("mine")
    page.page.click("button")
    if binding:
        page.server.send(t="ok", ref=told(page, 2)["ref"])
    send(page, 3 if binding else 2, 3, shown(3, [1, "a", "value", "new"]))
    expect(page.page.locator("input >> nth=0")).to_have_value("new")


def test_an_older_answer_leaves_the_others_of_a_group(bound):
    page = bound(
        '<input type="radio" name="r" id="a" checked live-on:change="set">'
        '<input type="radio" name="r" id="b" live-on:change="set">'
    )
    page.page.check("#b")
    page.page.check("#a")
    send(page, 1, 2, shown(2, [0, "r", "checked"], [1, "a", "checked", ""]))
    expect(page.page.locator("#a")).to_be_checked()
    send(page, 2, 3, shown(3, [1, "r", "checked"], [0, "a", "checked", ""]))
    expect(page.page.locator("#a")).to_be_checked()


@pytest.mark.parametrize("multiple", ["", "multiple"])
def test_an_older_answer_leaves_a_choice(bound, multiple):
    page = bound(
        f'<select {multiple} live-on:change="set"><option selected>1</option><option>2</option>'
        "<option>3</option></select><button>x</button>"
    )
    page.page.select_option("select", "2")
    page.page.select_option("select", "3")
    page.page.focus("button")
    send(page, 1, 2, shown(2, [0, 0, "r", "selected"], [0, 1, "a", "selected", ""]))
    expect(page.page.locator("select")).to_have_js_property("value", "3")


def test_an_update_that_no_event_has_caused_leaves_what_was_not_told_yet(bound):
    page = bound('<input live-on:input.debounce.10s="typed"><textarea></textarea><input id="b">')
    page.page.fill("input >> nth=0", "mine")
    page.page.fill("textarea", "mine, too")
    page.page.focus("#b")
    page.patch(2, [[0, "a", "value", "server"], [1, "i", 0, "server"]])
    expect(page.page.locator("textarea")).to_have_value("mine, too")


def test_what_was_said_of_a_field_that_had_only_the_focus_is_shown_then(bound):
    page = bound(
        '<input value="one"><select><option selected>1</option><option>2</option></select>'
    )
    field = page.page.locator("input")
    field.focus()
    page.patch(2, [0, "a", "value", "two"])
    page.page.focus("select")
    page.patch(3, [1, [0, "r", "selected"], [1, "a", "selected", ""]])
    page.page.evaluate("document.activeElement.blur()")
    page.patch(4, [0, "a", "lang", "x"])
    expect(field).to_have_value("two")
    expect(page.page.locator("select")).to_have_value("2")


@pytest.mark.parametrize("kind", ["hidden", "submit", "button", "reset", "image"])
def test_what_was_typed_is_no_value_of_what_is_no_text(bound, kind):
    page = bound('<input live-on:input="typed"><input id="b">')
    field = page.page.locator("input >> nth=0")
    field.press_sequentially("mine")
    page.patch(2, [0, ["a", "type", kind], ["a", "value", "7"]])
    expect(field).to_have_attribute("value", "7")
    page.page.focus("#b")
    page.patch(3, [0, "a", "value", "8"])
    expect(field).to_have_attribute("value", "8")


def test_a_field_stays_a_persons_whose_waiting_event_is_gone(bound):
    page = bound('<p><input id="a" live-on:input.debounce.10s="typed"></p><input id="b">')
    page.page.locator("#a").press_sequentially("mine")
    new = ["input", {"id": "a", "value": "", "live-on:input.debounce.1s": "typed"}]
    page.patch(2, [0, "s", ["div", new]])
    page.page.focus("#b")
    page.patch(3, [0, 0, "a", "value", "old"])
    expect(page.page.locator("#a")).to_have_value("mine")


def test_options_of_one_value_stay_as_they_were_chosen(bound):
    page = bound(
        "<select><option value='1'>a</option><option value='1'>b</option><option>c</option>"
    )
    page.page.select_option("select", index=0)
    page.patch(2, [0, 2, 0, "t", "d"])
    assert page.page.evaluate("document.querySelector('select').selectedIndex") == 0


# Fields that are made anew


def test_a_focused_field_that_is_made_anew_goes_on(bound):
    page = bound('<p><input id="name" value="a"></p>')
    page.page.fill("#name", "mine")
    page.page.evaluate("document.activeElement.setSelectionRange(1, 3)")
    page.patch(2, [0, "s", ["div", {"class": "error"}, ["input", {"id": "name", "value": "a"}]]])
    expect(page.page.locator("div.error > input")).to_be_focused()
    expect(page.page.locator("#name")).to_have_value("mine")
    assert page.page.evaluate(
        "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    ) == [1, 3]


MADE_ANEW = [
    ("input", {"value": "a"}, 'value="a"', "fill", "mine", "value", "mine"),
    ("textarea", {}, "", "fill", "mine", "value", "mine"),
    ("input", {"type": "checkbox"}, 'type="checkbox"', "check", None, "checked", True),
]


@pytest.mark.parametrize(
    ("tag", "attributes", "html", "act", "value", "name", "wanted"),
    MADE_ANEW,
    ids=["text", "textarea", "checkbox"],
)
def test_what_was_put_into_a_field_is_handed_on(
    bound, tag, attributes, html, act, value, name, wanted
):
    end = "</textarea>" if tag == "textarea" else ""
    page = bound(f'<p><{tag} id="f" {html}>{end}</p><input id="other">')
    getattr(page.page, act)("#f", *([value] if value else []))
    page.page.focus("#other")
    page.patch(2, [0, "s", ["div", [tag, {"id": "f", **attributes}]]])
    expect(page.page.locator("div > #f")).to_have_js_property(name, wanted)
    # It is a person's still, until the server says something else.
    page.patch(3, [0, "s", ["p", [tag, {"id": "f", **attributes}]]])
    expect(page.page.locator("p > #f")).to_have_js_property(name, wanted)


def test_a_choice_is_handed_on_where_there_still_is_one(bound):
    page = bound(
        '<p><select id="f"><option>1</option><option>2</option><option>3</option></select></p>'
    )
    page.page.select_option("#f", "3")
    page.page.evaluate("document.activeElement.blur()")
    options = [["option", "1"], ["option", "2"], ["option", "3"]]
    page.patch(2, [0, "s", ["div", ["select", {"id": "f"}, *options]]])
    expect(page.page.locator("#f")).to_have_value("3")


def test_a_field_that_the_server_fills_anew_is_the_servers(bound):
    page = bound('<button live-on:click="clear">x</button><p><input id="f" value="a"></p>')
    page.page.fill("#f", "mine")
    page.page.click("button")
    send(page, 1, 2, shown(2, [1, "s", ["div", ["input", {"id": "f", "value": "b"}]]]))
    expect(page.page.locator("#f")).to_have_value("b")


def test_a_choice_outlives_other_options_of_the_same_values(bound):
    page = bound("<select><option>1</option><option>2</option></select>")
    page.page.select_option("select", "2")
    page.page.evaluate("document.activeElement.blur()")
    page.patch(2, [0, 1, "s", ["option", {"value": "2"}, "two"]])
    expect(page.page.locator("select")).to_have_value("2")
    page.patch(3, [0, ["d", 0, 2], ["i", 0, ["option", "0"], ["option", "1"], ["option", "2"]]])
    expect(page.page.locator("select")).to_have_value("2")
    # What the server has chosen since is its own decision.
    page.patch(4, [0, ["d", 0], ["i", 0, ["option", {"selected": ""}, "0"]]])
    expect(page.page.locator("select")).to_have_value("0")


def test_a_used_field_stays_a_used_one(bound):
    page = bound(
        '<form live-on:input="check"><p><input name="a" id="a"></p><input name="b"></form>'
    )
    page.page.focus("#a")
    page.page.focus("[name=b]")
    page.patch(2, [0, 0, "s", ["div", ["input", {"name": "a", "id": "a"}]]])
    page.page.keyboard.type("1")
    assert page.params()[0]["_unused"] == []


@pytest.mark.parametrize(
    "html",
    ["<button>x</button>", '<a href="/">x</a>', "<p tabindex='0'>x</p>", "<input type='checkbox'>"],
)
def test_the_focus_of_what_is_made_anew(bound, html):
    tag = html[1:].split(">")[0].split()[0]
    page = bound(f"<section>{html.replace(tag, f'{tag} id=a', 1)}</section>")
    page.page.focus("#a")
    attributes = page.page.evaluate(
        "Object.fromEntries([...a.attributes].map(({name, value}) => [name, value]))"
    )
    children = [] if tag == "input" else ["x"]
    page.patch(2, [0, "s", ["div", [tag, attributes, *children]]])
    expect(page.page.locator("div > #a")).to_be_focused()


def test_the_focus_of_what_is_gone_goes(bound):
    page = bound('<p><button id="a">x</button></p>')
    page.page.focus("#a")
    page.patch(2, [0, "s", ["p", "gone"]])
    assert page.page.evaluate("document.activeElement.localName") == "body"
    assert page.page.locator("button").count() == 0


# After the server has forgotten all


def test_what_was_put_into_fields_is_told_to_a_server_that_has_forgotten_it(bound, server):
    page = bound(
        '<form live-on:change="check"><input name="a" value="1"><input name="b">'
        '<input name="c" disabled></form><input name="d">'
    )
    page.page.fill("[name=b]", "mine")
    page.page.fill("[name=d]", "untold")
    page.page.focus("[name=a]")
    page.server.send(t="ok", ref=told(page, 1)["ref"])
    tree = [
        "div",
        {"data-liveview-root": ""},
        ["form", {"live-on:change": "check"}, ["input", {"name": "a", "value": "1"}],
         ["input", {"name": "b", "value": ""}], ["input", {"name": "c", "disabled": ""}]],
        ["input", {"name": "d"}],
    ]  # fmt: skip
    server.joined = {"v": 7, "tree": tree}
    server.close(1012)
    event = told(page, 2)
    assert (event["name"], event["params"]["b"]) == ("check", "mine")
    expect(page.page.locator("[name=b]")).to_have_value("mine")
    expect(page.page.locator("[name=d]")).to_have_value("untold")


# Answers of several


COMPONENTS = """<div live-component="a"><input id="one" live-on:input{pace}="typed"></div>
<div live-component="b"><button live-on:click="go">x</button></div>"""


def test_the_answer_to_another_component_tells_nothing_of_a_field(bound):
    page = bound(COMPONENTS.format(pace=""))
    page.page.fill("#one", "mine")
    page.page.click("button")
    answer_to_the_click = told(page, 2)["ref"]
    page.server.send(t="patch", ref=answer_to_the_click, c="b", v=2, p=[0, "a", "class", "x"])
    page.page.wait_for_selector("button.x")
    page.server.send(
        t="patch", view=1, c="a", v=2, p=[0, ["a", "value", "old"], ["a", "lang", "x"]]
    )
    page.page.wait_for_selector("#one[lang]")
    expect(page.page.locator("#one")).to_have_value("mine")
    # When its own answer is there, what was said before it counts.
    page.server.send(t="ok", ref=told(page, 1)["ref"])
    expect(page.page.locator("#one")).to_have_value("old")


def test_what_waits_for_a_pause_is_not_told_by_other_events(bound):
    page = bound(
        '<input type="checkbox" live-on:change.debounce.10s="set"><button live-on:mouseenter="go">x'
    )
    box = page.page.locator("input")
    box.check()
    page.page.hover("button")
    send(page, 1, 2, shown(2, [0, "a", "checked", ""]))
    page.patch(3, [0, "r", "checked"])
    expect(box).to_be_checked()
    page.page.focus("button")
    event = told(page, 2)
    assert event["params"]["checked"] is True
    page.server.send(t="ok", ref=event["ref"])
    expect(box).not_to_be_checked()


# Fields that nobody has used


def test_fields_that_nobody_has_used_are_named(bound):
    page = bound(
        '<form id="f" live-on:input="check" live-on:submit="save"><input name="a"><input name="b">'
        '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2">'
        '<input type="checkbox" name="t"><button name="go">x</button></form>'
        '<textarea name="z" form="f"></textarea>'
    )
    page.page.fill("[name=a]", "1")
    [params] = page.params()
    assert (params["_unused"], params["_target"]) == (["b", "r", "t", "z"], "a")
    page.page.focus("[name=b]")
    page.page.check("[value='2']")
    assert page.params()[0]["_unused"] == ["t", "z"]
    page.page.click("button")
    assert "_unused" not in page.params()[0]
    page.page.fill("[name=a]", "2")
    assert page.params()[0]["_unused"] == []


@pytest.mark.parametrize("by", ["live-reset", "type=reset"])
def test_after_a_reset_nobody_has_used_them(bound, by):
    page = bound(
        f'<form id="f" {by} live-on:input="check" live-on:submit="save"><input name="a">'
        f'<button {by}>x</button></form><textarea name="z" form="f"></textarea>'
    )
    page.page.fill("[name=a]", "1")
    page.page.fill("[name=z]", "1")
    assert page.params()[1]["_unused"] == []
    page.page.click("button")
    page.events()
    expect(page.page.locator("[name=a]")).to_have_value("")
    page.page.fill("[name=z]", "2")
    assert page.params()[0]["_unused"] == ["a"]
