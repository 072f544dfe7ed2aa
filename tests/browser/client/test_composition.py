"""A text that an input method is composing is never cut in two."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}
TOLD = """() => {
  window.log = [];
  for (const type of ["compositionstart", "compositionend", "blur"]) {
    document.addEventListener(type, () => log.push(type), true);
  }
}"""


class Composition:
    """Writes 日本 into the focused element: `begin`, whatever happens meanwhile, and `end`."""

    def __init__(self, page):
        self.page = page
        self._session = page.context.new_cdp_session(page)
        page.evaluate(TOLD)

    def _compose(self, text):
        at = len(text)
        self._session.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": at, "selectionEnd": at}
        )

    def begin(self):
        self.page.evaluate("() => { log.length = 0; }")
        self._compose("に")

    def end(self):
        """Ends it, and returns what was heard of it."""
        self._compose("にほ")
        self._session.send("Input.insertText", {"text": "日本"})
        return self.page.evaluate("log")


WHOLE = ["compositionstart", "compositionend"]
FIELDS = ['<input id="a" value="old">', '<textarea id="a">old</textarea>']
EDITOR = '<div id="a" contenteditable>old</div>'
AROUND = [
    ["m", 0, 1],
    ["m", 1, 0],
    ["i", 0, ["h1", "new"], ["h2", "new"]],
    [2, "a", "class", "error"],
    [2, ["i", 0, ["b", "wrong"]], ["i", 2, "!"], ["d", 0]],
    ["d", 0, 2],
]
OF_ITSELF = [
    ["class", "x"],
    ["placeholder", "x"],
    ["maxlength", "99"],
    ["required", ""],
    ["name", "n"],
    ["id", "other"],
    ["live-on:input.debounce", "typed"],
    ["readonly", None],
    ["value", "server"],
]


def operation(name, value):
    return ["r", name] if value is None else ["a", name, value]


@pytest.mark.parametrize("html", [*FIELDS, EDITOR], ids=["input", "textarea", "editor"])
def test_patches_around_it_and_moves_of_its_row(patched, html):
    page = patched(f"<section>{html}</section><i>x</i>")
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    page.apply(*AROUND)
    assert composition.end() == WHOLE
    assert "日本" in page.evaluate("a.value ?? a.textContent")


@pytest.mark.parametrize("html", [*FIELDS, EDITOR], ids=["input", "textarea", "editor"])
def test_patches_of_the_fields_own_attributes_and_text(patched, html):
    page = patched(f"<section>{html}</section>")
    field = page.page.locator("#a").element_handle()
    field.focus()
    composition = Composition(page.page)
    rounds = [
        *([operation(*one)] for one in OF_ITSELF),
        [operation(name, "again") for name, _ in OF_ITSELF if name != "readonly"],
        [["i", 0, "server"], [0, "t", "later"]],
    ]
    for patches in rounds:
        composition.begin()
        page.apply([0, 0, *patches])
        assert composition.end() == WHOLE, patches
    written = field.evaluate("element => element.value ?? element.textContent")
    assert written.count("日本") == len(rounds)


@pytest.mark.parametrize("html", FIELDS, ids=["input", "textarea"])
def test_a_rebuild_around_it(patched, html):
    page = patched(f"<i></i><p>{html}</p>")
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    field = ["input", {"id": "a", "value": "server"}]
    if "textarea" in html:
        field = ["textarea", {"id": "a", "class": "x"}, "server"]
    page.rebuild(["div", ROOT, ["h1"], ["i"], ["p", {"class": "x"}, "new", field, ["b"]]])
    assert composition.end() == WHOLE
    assert "日本" in page.evaluate("a.value")
    assert page.evaluate("Array.from(root.children, one => one.localName)") == ["h1", "i", "p"]


ANEW = [["input", {"id": "a", "class": "x"}], ["textarea", {"id": "a", "class": "x"}, "server"]]


@pytest.mark.parametrize(
    ("html", "field"), list(zip(FIELDS, ANEW, strict=True)), ids=["input", "textarea"]
)
def test_it_goes_on_in_what_is_made_anew(patched, html, field):
    page = patched(f"<main>{html}</main>")
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    page.apply([0, "s", ["section", ["b", "new"], field]])
    page.apply([0, ["d", 1], ["i", 0, field, ["i"]]])
    page.apply([0, 0, "s", [field[0], {**field[1], "live-key": "k"}, *field[2:]]])
    assert composition.end() == WHOLE
    assert "日本" in page.evaluate("a.value")
    assert page.html.replace(' live-key="k"', "").startswith(
        f'<section><{field[0]} id="a" class="x"'
    )
    assert page.evaluate("root.querySelectorAll('*').length") == 4


@pytest.mark.parametrize("html", FIELDS, ids=["input", "textarea"])
def test_it_goes_on_in_a_component_that_moves(patched, html):
    page = patched(f'<hr><div live-component="c"><main>{html}</main></div><hr>')
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    component = ["div", {"live-component": "c"}]
    page.apply([["d", 1], ["i", 2, ["main", ["b", "new"], component, "text"]]])
    page.apply([2, "s", ["section", component]])
    page.apply([["d", 2], ["i", 0, component]])
    page.rebuild(["div", ROOT, ["hr"], ["section", component, ["b"]]])
    assert composition.end() == WHOLE
    assert "日本" in page.evaluate("a.value")
    names = page.evaluate("Array.from(root.querySelectorAll('*'), one => one.localName)")
    assert names[:4] == ["hr", "section", "div", "main"]


def test_what_comes_for_an_editor_waits_for_the_end(bound):
    """Chromium ends a composition in an editor that moves, whatever moves it."""
    page = bound(f"<main>{EDITOR}</main>")
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    editor = ["div", {"id": "a", "contenteditable": ""}, "server"]
    page.server.send(t="patch", view=1, v=2, p=[0, "s", ["section", editor]])
    page.server.send(t="patch", view=1, v=3, p=[[0, "i", 0, ["b", "new"]], ["a", "lang", "x"]])
    assert composition.end() == WHOLE
    page.page.wait_for_selector("[lang]")
    expect(page.page.locator("section > #a")).to_have_text("日本old")
    expect(page.page.locator("#a")).to_be_focused()
    assert not page.server.frames("refresh")


def test_what_waits_for_an_editor_is_shown_when_the_connection_is_lost(bound):
    page = bound(f"{EDITOR}<b>old</b>")
    page.page.focus("#a")
    composition = Composition(page.page)
    composition.begin()
    page.server.send(t="patch", view=1, v=2, p=[1, 0, "t", "new"])
    page.server.close(1012)
    expect(page.page.locator("b")).to_have_text("new")
    assert page.server.wait_for("join", 2)["v"] == 2


def test_the_connection_comes_back_whatever_waits_for_an_editor(live, server):
    """With the queue full, and a patch that leaves a gap."""
    page = live('<div id="a" contenteditable live-on:input="typed">old</div>')
    page.focus("#a")
    page.keyboard.type("x" * 20)
    answered = server.wait_for("event", 16)["ref"]
    Composition(page).begin()
    server.send(t="ok", ref=answered)
    server.send(t="patch", view=1, v=7, p=["a", "lang", "x"])
    server.close(1012)
    server.wait_for("join", 2)


def test_what_waits_for_an_editor_is_shown_whatever_its_script_stops(live, server):
    page = live(f"{EDITOR}<b>old</b>")
    page.evaluate("() => a.addEventListener('compositionend', (event) => event.stopPropagation())")
    page.focus("#a")
    composition = Composition(page)
    composition.begin()
    server.send(t="patch", view=1, v=2, p=[1, 0, "t", "new"])
    assert composition.end() == WHOLE
    expect(page.locator("b")).to_have_text("new")


def test_keys_of_the_input_method_are_its_own(bound):
    page = bound(
        '<input live-on:keydown.enter="add" live-on:keyup.enter="up" live-on:input="typed">'
    )
    page.page.focus("input")
    composition = Composition(page.page)
    composition.begin()
    session = page.page.context.new_cdp_session(page.page)
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
    composition.end()
    page.page.keyboard.press("Enter")
    events = page.events()
    assert [event["name"] for event in events][-2:] == ["add", "up"]
    assert {event["name"] for event in events[:-2]} == {"typed"}
    assert events[-3]["params"]["value"] == "日本"


def test_it_lasts_through_the_answers_to_what_was_typed(bound):
    page = bound('<p><input live-on:input="typed"></p>')
    page.page.focus("input")
    composition = Composition(page.page)
    composition.begin()
    event = page.server.wait_event()
    answer = [0, ["i", 0, ["b", "found"]], [1, "a", "value", "に"]]
    shown = ["a", "data-version", "2"]
    page.server.send(t="patch", ref=event["ref"], v=2, p=[answer, shown])
    page.page.wait_for_selector("[data-version='2']", state="attached")
    assert composition.end() == WHOLE
    assert page.page.input_value("input") == "日本"
