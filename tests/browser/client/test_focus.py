"""What has the focus, or a selection, keeps it through patches of itself and of all around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}
STATE = """() => {
  let active = document.activeElement;
  while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return [active.value, active.selectionStart, active.selectionEnd];
}"""


def typed(page, text="secret", selected=(2, 4)):
    page.page.focus("#a")
    page.page.keyboard.type(text)
    page.evaluate("([start, end]) => a.setSelectionRange(start, end)", list(selected))
    return [text, *selected]


@pytest.mark.parametrize("tag", ["input", "textarea"])
def test_many_attributes_of_its_own_in_one_round(patched, tag):
    page = patched(f'<p><{tag} id="a"></{tag}></p>')
    before = typed(page)
    names = ["placeholder", "required", "class", "size", "name", "pattern", "list", "lang", "title"]
    page.apply(
        [
            0,
            [0, ["a", "maxlength", "3"], ["a", "minlength", "9"], ["a", "value", "server"]],
            [0, *(["a", name, "x"] for name in names), ["a", "aria-invalid", "true"]],
        ]
    )
    assert page.evaluate(STATE) == before
    page.apply([0, 0, *(["r", name] for name in [*names, "maxlength", "value"])])
    page.page.keyboard.type("!")
    assert page.evaluate(STATE) == ["se!et", 3, 3]


TYPES = ["text", "password", "search", "tel", "url", "password"]


def test_a_password_is_shown_and_hidden(patched):
    page = patched('<input id="a" type="password"><button>show</button>')
    before = typed(page)
    for kind in TYPES:
        page.apply([[0, "a", "type", kind], [1, 0, "t", kind]])
        assert page.evaluate(STATE) == before, kind
    page.page.keyboard.type("?")
    expect(page.page.locator("#a")).to_have_value("se?et")


@pytest.mark.parametrize("kind", ["email", "number", "checkbox", "date", "hidden"])
def test_a_type_without_a_selection_leaves_the_rest_as_it_was(bound, kind):
    page = bound('<input id="a" live-on:input="typed"><input id="b">')
    page.page.focus("#a")
    page.page.keyboard.insert_text("12")
    event = page.server.wait_event()
    change = [[0, "a", "type", kind], ["a", "data-version", "2"]]
    page.server.send(t="patch", ref=event["ref"], v=2, p=change)
    page.page.wait_for_selector("[data-version='2']", state="attached")
    expect(page.page.locator(".live-loading")).to_have_count(0)
    assert not page.server.frames("refresh")
    # The rounds that follow are guarded and settled as ever.
    page.page.fill("#b", "mine")
    page.page.evaluate("b.setSelectionRange(1, 2)")
    page.patch(3, [[0, "a", "type", "text"], [0, "a", "value", "server"], [1, "a", "value", "x"]])
    assert page.page.evaluate(STATE) == ["mine", 1, 2]


def test_a_field_becomes_readonly_and_disabled_and_is_let_go(patched):
    page = patched('<p><input id="a"></p>')
    before = typed(page)
    page.apply([0, 0, "a", "readonly", ""], [0, 0, "a", "class", "x"], [0, 0, "r", "readonly"])
    assert page.evaluate(STATE) == before
    page.apply([0, 0, "a", "disabled", ""], [0, 0, "r", "disabled"], [0, "i", 0, ["b"]])
    assert page.evaluate("a.value") == "secret"
    page.page.focus("#a")
    page.apply([0, 1, "a", "value", "server"])
    assert page.evaluate("a.value") == "secret"


@pytest.mark.parametrize("modern", [True, False])
def test_a_field_in_a_shadow_root(patched, modern):
    page = patched('<x-field id="host"></x-field><p></p>')
    page.evaluate(
        """(modern) => {
          if (!modern) delete Element.prototype.moveBefore;
          const inner = document.createElement("input");
          host.attachShadow({ mode: "open" }).append(inner);
          inner.focus();
        }""",
        modern,
    )
    page.page.keyboard.type("mine")
    page.apply(["m", 0, 1], [1, ["a", "value", "server"], ["i", 0, ["b"]]], ["i", 0, "x"])
    page.page.keyboard.type("!")
    assert page.evaluate(STATE) == ["mine!", 5, 5]
    slotted = ["x-field", {"id": "host", "value": "other"}, ["i"]]
    page.rebuild(["div", ROOT, slotted, ["p"]])
    page.page.keyboard.type("!")
    assert page.evaluate(STATE) == ["mine!!", 6, 6]


CUSTOM = """() => customElements.define("x-number", class extends HTMLElement {
  static formAssociated = true;
  #internals = this.attachInternals();
  #value = "";
  get value() { return this.#value; }
  get name() { return this.getAttribute("name"); }
  type(text) {
    this.#value += text;
    this.#internals.setFormValue(this.#value);
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
})"""


def test_an_element_of_ones_own_is_a_field_of_its_form(bound):
    page = bound(
        '<form live-on:submit="save" live-on:input="typed"><x-number name="n"></x-number>'
        "<button>b</button></form>"
    )
    page.page.evaluate(CUSTOM)
    page.page.evaluate("document.querySelector('x-number').type('4')")
    page.patch(2, [0, ["i", 0, ["b"]], ["m", 0, 1], [0, ["a", "value", "9"], ["a", "class", "x"]]])
    page.page.evaluate("document.querySelector('x-number').type('2')")
    page.page.click("button")
    events = page.events()
    assert [(event["name"], event["params"]["n"]) for event in events] == [
        ("typed", "4"),
        ("typed", "42"),
        ("save", "42"),
    ]


def row(key):
    return ["li", {"live-key": key}, ["input", {"name": "thing"}]]


@pytest.mark.parametrize("modern", [True, False])
def test_a_list_of_fields_grows_and_shrinks_while_it_is_typed_in(patched, modern):
    page = patched("<ul></ul>")
    if not modern:
        page.evaluate("() => { delete Element.prototype.moveBefore; }")
    page.apply([0, "i", 0, row("a"), row("b"), row("c")])
    fields = page.page.locator("input")
    for index, text in enumerate(["one", "two", "three"]):
        fields.nth(index).fill(text)
    fields.nth(1).focus()
    page.evaluate("document.activeElement.setSelectionRange(1, 2)")
    page.apply([0, ["d", 0], ["i", 0, row("new")], ["m", 2, 0], ["i", 3, row("last")]])
    values = "Array.from(document.querySelectorAll('input'), (field) => field.value)"
    assert page.evaluate(values) == ["three", "", "two", ""]
    assert page.evaluate(STATE) == ["two", 1, 2]
    page.page.keyboard.type("-")
    page.rebuild(["div", ROOT, ["ul", row("b"), row("other"), row("c")]])
    assert page.evaluate(values) == ["t-o", "", "three"]
    assert page.evaluate(STATE) == ["t-o", 2, 2]


def test_the_focus_of_what_is_removed_goes_and_its_change_is_told(bound):
    page = bound(
        '<p><input live-on:change="changed" live-on:blur="left"></p><input id="b" value="x">'
    )
    page.page.focus("input >> nth=0")
    page.page.keyboard.type("mine")
    page.patch(2, [[0, "d", 0], [1, "a", "value", "y"]])
    assert page.page.evaluate("document.activeElement.localName") == "body"
    expect(page.page.locator("#b")).to_have_value("y")
    # Chromium fires it while the field goes: what was typed is not lost.
    assert [(event["name"], event["params"]["value"]) for event in page.events()] == [
        ("changed", "mine")
    ]


SELECTED = "String(getSelection())"


@pytest.mark.parametrize("modern", [True, False])
def test_text_of_the_page_that_is_selected(patched, modern):
    page = patched("<p>one two three</p><p>x</p><p>y</p>")
    page.evaluate(
        """(modern) => {
          if (!modern) delete Element.prototype.moveBefore;
          const text = root.firstChild.firstChild;
          getSelection().setBaseAndExtent(text, 4, text, 7);
        }""",
        modern,
    )
    page.apply(
        [1, 0, "t", "z"],
        [0, "a", "class", "x"],
        [0, ["i", 0, ["b", "new"]], ["i", 2, " four"]],
        ["m", 2, 1],
        ["i", 0, ["h1", "new"]],
        ["d", 2],
    )
    assert page.evaluate(SELECTED) == "two"
    page.rebuild(["div", ROOT, ["i"], ["p", "one two three"], ["p", "end"]])
    assert page.evaluate(SELECTED) == "two"


CHOICES = '<select id="a" {}><option value="1">a</option><option value="2">b</option>'
CHOICES += '<option value="3">c</option></select>'


@pytest.mark.parametrize("multiple", ["", "multiple"])
def test_the_options_of_a_focused_select_come_go_and_change(bound, multiple):
    page = bound(CHOICES.format(multiple) + '<input id="b">')
    page.page.focus("#a")
    page.page.select_option("#a", "2")
    option = ["option", {"value": "0", "selected": ""}, "-"]
    patches = [
        [0, "i", 0, option],
        [0, ["d", 1], ["m", 2, 0]],
        [0, ["a", "class", "x"], ["a", "required", ""], [0, "a", "selected", ""]],
        [0, 2, 0, "t", "bb"],
        [0, ["i", 1, ["optgroup", {"label": "g"}, ["option", {"value": "7"}, "h"]]]],
    ]
    for version, patch in enumerate(patches, 2):
        page.patch(version, patch)
        chosen = page.page.evaluate("Array.from(a.selectedOptions, (one) => one.value)")
        assert chosen == ["2"], patch
    expect(page.page.locator("#a")).to_be_focused()


def test_options_that_replace_others_choose_as_on_a_full_page(patched):
    page = patched("<select></select><select><option>x</option><option>y</option></select>")
    options = [["option", "1"], ["option", "2"], ["option", "3"]]
    page.apply([0, "i", 0, *options], [1, ["d", 0, 2], ["i", 0, *options]])
    page.apply(["i", 2, ["select", *options[:2], ["option", {"selected": ""}, "3"]]])
    chosen = "Array.from(document.querySelectorAll('select'), (one) => one.value)"
    assert page.evaluate(chosen) == ["1", "1", "3"]
