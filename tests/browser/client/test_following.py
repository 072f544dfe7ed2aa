"""Fields that nobody has used show what the markup says, however it came to say so."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("kind", ["checkbox", "radio", "hidden", "submit", "button", "reset"])
def test_a_value_that_is_no_text_of_a_person_is_the_attribute(patched, kind):
    page = patched(f'<input type="{kind}" value="1">')
    page.apply([0, "r", "value"])
    assert page.html == f'<input type="{kind}">'
    page.apply([0, "a", "value", "2"])
    assert page.evaluate("root.firstChild.value") == "2"


def test_a_field_that_becomes_another_one_gets_no_attribute_for_it(patched):
    page = patched('<input value="a"><input>')
    page.page.fill("input >> nth=0", "mine")
    page.page.fill("input >> nth=1", "mine")
    page.evaluate("document.activeElement.blur()")
    page.apply([0, ["r", "value"], ["a", "type", "checkbox"]], [1, "a", "type", "hidden"])
    assert page.html == '<input type="checkbox"><input type="hidden">'
    page.apply([0, ["a", "type", "text"], ["a", "value", "b"]], [1, "a", "value", "c"])
    assert page.evaluate("Array.from(root.children, (field) => field.value)") == ["b", "c"]


OPTIONS = "<select><option>a</option><option>b</option></select>"
CHOSEN = "<select><option selected>a</option><option>b</option></select>"


@pytest.mark.parametrize(
    ("html", "patch", "value"),
    [
        (OPTIONS, [0, "i", 0, ["option", "new"]], "new"),
        (OPTIONS, [0, "i", 0, ["optgroup", {"disabled": ""}, ["option", "no"]]], "a"),
        (OPTIONS, [0, "m", 0, 1], "b"),
        (OPTIONS, [0, 0, "s", ["option", "c"]], "c"),
        (OPTIONS, [0, 0, "a", "disabled", ""], "b"),
        (OPTIONS, [0, "a", "disabled", ""], "a"),
        (OPTIONS, [0, "a", "size", "2"], ""),
        (OPTIONS, [0, "a", "multiple", ""], ""),
        (CHOSEN, [0, "m", 0, 1], "a"),
        (CHOSEN, [0, "i", 2, ["option", {"selected": ""}, "c"]], "c"),
        (CHOSEN, [0, "i", 0, ["option", {"selected": ""}, "c"]], "a"),
        (CHOSEN, [0, "d", 0], "b"),
    ],
)
def test_a_select_shows_what_a_new_one_would(patched, html, patch, value):
    page = patched(html)
    page.apply([], patch)
    assert page.evaluate("root.firstChild.value") == value


def test_what_a_person_has_chosen_stays_when_options_come(bound):
    page = bound(OPTIONS + OPTIONS)
    page.page.locator("select").first.select_option("b")
    page.page.focus("select >> nth=1")
    page.page.evaluate("document.activeElement.blur()")
    page.patch(2, [0, ["i", 0, ["option", "new"]], ["m", 2, 0]])
    page.patch(3, [0, ["a", "size", "1"], [1, "a", "disabled", ""]])
    expect(page.page.locator("select").first).to_have_value("b")


def test_what_was_chosen_before_the_script_came_stays_at_the_first_look(patched):
    page = patched(OPTIONS)
    page.page.select_option("select", "b")
    page.rebuild(["div", ["select", *(["option", name] for name in "abc")]])
    expect(page.page.locator("select")).to_have_value("b")


def test_radio_buttons_that_change_their_group(patched):
    page = patched('<input type="radio" name="r" checked><input type="radio" name="s" checked>')
    page.apply([0, "a", "name", "s"], [0, "r", "checked"])
    assert page.evaluate("Array.from(root.children, (field) => field.checked)") == [False, True]


def test_a_range_without_a_value_stands_in_its_middle(patched):
    page = patched("<p></p>")
    page.apply([], ["i", 1, ["input", {"type": "range", "max": "200"}]])
    assert page.evaluate("root.lastChild.value") == "100"
    page.apply([1, ["a", "min", "100"], ["a", "max", "400"]])
    assert page.evaluate("root.lastChild.value") == "250"
    assert page.html == '<p></p><input type="range" max="400" min="100">'


def test_what_has_the_name_of_a_field_in_svg_is_none(patched):
    page = patched("<svg><input value='1'/><select><option>a</option></select><textarea/></svg>")
    page.apply(
        [0, [0, "a", "value", "2"], [1, ["i", 1, ["option", {"selected": ""}]]], [2, "i", 0, "x"]],
        [0, 1, 0, "a", "selected", ""],
    )
    assert page.html == (
        '<svg><input value="2"></input><select><option selected="">a</option>'
        '<option selected=""></option></select><textarea>x</textarea></svg>'
    )
