"""What a person is doing in a field outranks the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def selection(page):
    return page.evaluate(
        "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    )


@pytest.mark.parametrize("typed", [True, False])
def test_a_focused_input_keeps_value_and_selection(patched, typed):
    page = patched('<p><input value="old" class="a"></p>')
    field = page.page.locator("input")
    field.focus()
    if typed:
        field.fill("mine")
    page.evaluate("document.activeElement.setSelectionRange(1, 2)")
    page.apply(
        [0, ["i", 0, ["b"]], [1, ["a", "value", "server"], ["a", "class", "b"]], ["i", 2, "x"]]
    )
    expect(field).to_have_value("mine" if typed else "old")
    expect(field).to_have_class("b")
    expect(field).to_have_attribute("value", "server")
    assert selection(page) == [1, 2]
    field.blur()
    expect(field).to_have_value("mine" if typed else "old")
    page.apply([0, 1, "a", "value", "later"])
    expect(field).to_have_value("later")


TYPED = {
    **{type: ["a", "b"] for type in ["text", "search", "tel", "password", "email", "url"]},
    "number": ["1", "2"],
    "range": ["1", "2"],
    "color": ["#000001", "#000002"],
    "date": ["2026-01-01", "2026-01-02"],
    "time": ["01:00", "02:00"],
    "datetime-local": ["2026-01-01T01:00", "2026-01-01T02:00"],
    "month": ["2026-01", "2026-02"],
    "week": ["2026-W01", "2026-W02"],
}


@pytest.mark.parametrize("type", TYPED)
def test_a_focused_input_of_each_type_keeps_its_value(patched, type):
    mine, servers = TYPED[type]
    page = patched(f'<input type="{type}">')
    field = page.page.locator("input")
    field.focus()
    field.fill(mine)
    page.apply([0, "a", "value", servers])
    expect(field).to_have_value(mine)
    field.blur()
    page.apply([0, ["r", "value"], ["a", "value", servers]])
    expect(field).to_have_value(servers)


@pytest.mark.parametrize("type", ["email", "number", "date", "checkbox", "file", "hidden"])
def test_a_focused_input_may_become_one_of_another_type(patched, type):
    page = patched('<input value="a" id="a"><input value="b" id="b">')
    page.page.focus("#a")
    page.page.keyboard.type("mine")
    page.apply([0, "a", "type", type])
    page.page.fill("#b", "mine")
    page.evaluate("document.activeElement.blur()")
    page.apply([1, "a", "value", "server"])
    expect(page.page.locator("#b")).to_have_value("server")


def test_properties_follow_attributes(patched):
    page = patched(
        '<input id="t" value="a"><input id="c" type="checkbox"><input id="f" type="file">'
        "<select id=s><option>1</option><option selected>2</option><option>3</option></select>"
        "<select id=m multiple><option selected>1</option><option>2</option></select>"
        "<textarea id=x>a</textarea><video id=v muted></video>"
        "<progress id=p value=1 max=9></progress>"
    )
    browser = page.page
    browser.fill("#t", "mine")
    browser.check("#c")
    browser.uncheck("#c")
    browser.select_option("#s", "3")
    browser.select_option("#m", ["2"])
    browser.fill("#x", "mine")
    browser.evaluate("document.activeElement.blur()")
    page.apply(
        [0, "a", "value", "b"],
        [1, "a", "checked", ""],
        [2, "a", "value", "x"],
        [3, [1, "r", "selected"], [0, "a", "selected", ""]],
        [4, 0, "a", "selected", "selected"],
        [5, 0, "t", "b"],
        [6, "r", "muted"],
        [7, "a", "value", "5"],
    )
    values = browser.evaluate(
        "[t.value, c.checked, s.value, Array.from(m.selectedOptions, o => o.value), "
        "x.value, v.muted, p.value]"
    )
    assert values == ["b", True, "1", ["1"], "b", False, 5]
    page.apply([0, "r", "value"], [1, "r", "checked"], [5, "d", 0], [3, 0, "r", "selected"])
    assert browser.evaluate("[t.value, c.checked, x.value, s.value]") == ["", False, "", "1"]
    page.apply([5, "i", 0, "new"], [6, "a", "muted", ""], ["i", 8, ["video", {"muted": ""}]])
    assert browser.evaluate("[x.value, v.muted, root.lastChild.muted]") == ["new", True, True]


def test_a_focused_checkbox_follows(patched):
    page = patched('<input type="checkbox">')
    page.page.click("input")
    page.apply([0, "a", "checked", ""])
    expect(page.page.locator("input")).to_be_checked()
    page.apply([0, "r", "checked"])
    expect(page.page.locator("input")).not_to_be_checked()


def test_a_focused_read_only_field_follows(patched):
    page = patched('<input readonly value="a">')
    page.page.focus("input")
    page.apply([0, "a", "value", "b"])
    expect(page.page.locator("input")).to_have_value("b")


def test_a_focused_textarea(patched):
    page = patched("<textarea>old</textarea>")
    field = page.page.locator("textarea")
    field.focus()
    page.evaluate("document.activeElement.setSelectionRange(1, 3)")
    page.apply([0, 0, "t", "server"])
    expect(field).to_have_value("old")
    assert selection(page) == [1, 3]
    field.fill("mine")
    page.apply([0, ["d", 0], ["i", 0, "again"]])
    expect(field).to_have_value("mine")
    field.blur()
    page.apply([0, 0, "t", "later"])
    expect(field).to_have_value("later")


def test_a_focused_number_that_is_not_finished(patched):
    page = patched('<input type="number" value="1">')
    page.page.focus("input")
    page.page.keyboard.type("e")
    assert page.evaluate("document.activeElement.validity.badInput")
    page.apply([0, "a", "value", "5"])
    assert page.evaluate("document.activeElement.validity.badInput")


def test_a_focused_select(patched):
    page = patched("<select><option selected>1</option><option>2</option></select>")
    field = page.page.locator("select")
    field.focus()
    field.select_option("2")
    page.apply([0, ["i", 0, ["option", {"selected": ""}, "0"]], ["i", 3, ["option", "3"]]])
    expect(field).to_have_value("2")
    page.apply([0, ["d", 0], [0, "r", "selected"]])
    expect(field).to_have_value("2")
    page.apply([0, "d", 1])
    expect(field).not_to_have_value("2")


def test_a_focused_multiple_select(patched):
    page = patched("<select multiple><option selected>1</option><option>2</option></select>")
    field = page.page.locator("select")
    field.select_option(["2"])
    field.focus()
    page.apply([0, ["i", 0, ["option", {"selected": ""}, "0"]]])
    expect(field).to_have_values(["2"])


def test_a_focused_editor_keeps_its_content(patched):
    page = patched("<div contenteditable><p>old</p></div><p>x</p>")
    editor = page.page.locator("[contenteditable]")
    editor.click()
    page.page.keyboard.press("End")
    page.page.keyboard.type("er")
    page.apply(
        [0, [0, 0, "t", "server"], ["i", 1, ["b", "!"]], ["a", "class", "c"]], [1, 0, "t", "y"]
    )
    expect(editor).to_have_text("older")
    expect(editor).to_have_class("c")
    page.page.keyboard.type("!")
    expect(editor).to_have_text("older!")
    page.evaluate("document.activeElement.blur()")
    expect(editor).to_have_text("older!")
    page.apply([0, 0, 0, "t", "later"])
    assert page.html == '<div contenteditable="" class="c"><p>later</p><b>!</b></div><p>y</p>'


def test_an_input_method_is_not_disturbed(patched):
    page = patched('<p><input value=""></p>')
    page.page.focus("input")
    session = page.page.context.new_cdp_session(page.page)
    page.evaluate(
        """() => {
          window.log = [];
          for (const type of ["compositionstart", "compositionend"]) {
            document.addEventListener(type, (event) => log.push(type + event.data));
          }
        }"""
    )
    session.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    page.apply([0, ["i", 0, ["b"]], [1, ["a", "value", "server"], ["a", "class", "x"]]])
    session.send(
        "Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2}
    )
    assert page.evaluate("log") == ["compositionstart"]
    session.send("Input.insertText", {"text": "日本"})
    expect(page.page.locator("input")).to_have_value("日本")
    assert page.evaluate("log") == ["compositionstart", "compositionend日本"]


def test_autofocus_of_what_is_new(patched):
    page = patched("<p></p><input id=other>")
    page.apply([0, "i", 0, ["input", {"autofocus": "", "id": "new"}]])
    expect(page.page.locator("#new")).to_be_focused()
    page.page.focus("#other")
    page.apply([0, "i", 0, ["input", {"autofocus": ""}]])
    expect(page.page.locator("#other")).to_be_focused()


@pytest.mark.parametrize("modern", [True, False])
def test_rows_around_the_focus(patched, modern):
    page = patched("<ul><li><input></li><li>b</li><li>c</li></ul>")
    if not modern:
        page.evaluate("() => { delete Element.prototype.moveBefore; }")
    page.page.fill("input", "mine")
    page.evaluate("document.activeElement.setSelectionRange(2, 3)")
    page.apply([0, "m", 0, 2], [0, "d", 0], [0, "m", 1, 0], [0, "i", 0, ["li", "new"]])
    expect(page.page.locator("input")).to_be_focused()
    expect(page.page.locator("input")).to_have_value("mine")
    assert selection(page) == [2, 3]


def test_a_row_is_swapped_around_a_focused_field_elsewhere(patched):
    page = patched("<input><p>x</p>")
    page.page.fill("input", "mine")
    page.apply([1, "s", ["h1", "y"]], ["a", "class", "z"])
    expect(page.page.locator("input")).to_be_focused()
    expect(page.page.locator("input")).to_have_value("mine")
