"""Fields that are dragged, picked or filled bit by bit: ranges, dates, files."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}
RANGE = '<p><input id="a" type="range" min="0" max="100" value="0"></p><i>x</i>'
MEANWHILE = [
    [0, 0, "a", "class", "z"],
    [0, 0, "a", "value", "10"],
    [0, 0, "a", "max", "110"],
    [0, 0, "a", "step", "2"],
    ["m", 0, 1],
    ["m", 1, 0],
    [0, ["i", 0, ["b", "5"]], ["a", "class", "x"]],
    [0, ["m", 1, 0], ["d", 1]],
    ["i", 0, ["i"]],
]


class Drag:
    """Holds the thumb of the range `#a`; the numbers are parts of its width."""

    def __init__(self, page):
        self._mouse = page.mouse
        self._page = page

    def to(self, part):
        box = self._page.locator("#a").bounding_box()
        self._mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)

    def begin(self):
        self.to(0.06)
        self._mouse.down()

    def end(self):
        self._mouse.up()


def test_a_drag_goes_on_while_the_range_is_patched_and_moved(patched):
    page = patched(RANGE)
    drag = Drag(page.page)
    drag.begin()
    values = []
    for number, patch in enumerate(MEANWHILE):
        drag.to(0.3 + number * 0.05)
        values.append(page.evaluate("a.valueAsNumber"))
        page.apply(patch)
        assert page.evaluate("a.valueAsNumber") == pytest.approx(values[-1], abs=1), patch
    drag.to(0.8)
    drag.end()
    values.append(page.evaluate("a.valueAsNumber"))
    assert values == sorted(set(values))
    assert values[-1] > 75


def test_a_drag_goes_on_while_its_older_values_are_answered(bound):
    page = bound('<input id="a" type="range" value="0" live-on:input="slid"><b>0</b>')
    drag = Drag(page.page)
    drag.begin()
    drag.to(0.3)
    first = page.server.wait_event()
    drag.to(0.5)
    answer = [[0, "a", "value", first["params"]["value"]], [1, 0, "t", "shown"]]
    page.server.send(t="patch", ref=first["ref"], v=2, p=answer)
    expect(page.page.locator("b")).to_have_text("shown")
    assert page.page.evaluate("a.valueAsNumber") > 45
    drag.to(0.7)
    drag.end()
    assert page.page.evaluate("a.valueAsNumber") > 65


def test_a_ranges_value_is_cut_to_the_limits_that_come_with_it(patched):
    page = patched("<p></p>")
    page.apply([0, "i", 0, ["input", {"value": "150", "type": "range", "max": "200"}]])
    assert page.evaluate("root.querySelector('input').value") == "150"
    page.apply([0, 0, ["a", "value", "250"], ["a", "max", "300"]])
    assert page.evaluate("root.querySelector('input').value") == "250"


SEGMENTS = [
    ("date", "12", "31", "2026-01-02", "2026-12-31"),
    ("time", "10", "30", "01:02", "10:30"),
    ("month", "De", "", "2026-01", "2026-12"),
]


@pytest.mark.parametrize(
    ("kind", "first", "second", "before", "after"), SEGMENTS, ids=[row[0] for row in SEGMENTS]
)
def test_a_complete_date_is_changed_bit_by_bit(patched, kind, first, second, before, after):
    """Without a word of the server about the value, and with one, after which a person types on."""
    page = patched(f'<p><input type="{kind}" value="{before}"></p><i></i>')
    field = page.page.locator("input")
    field.focus()
    page.page.keyboard.type(first)
    typed = field.input_value()
    assert typed != before
    page.apply(["m", 0, 1], [1, ["i", 0, ["b"]], [1, ["a", "class", "x"], ["a", "data-x", "1"]]])
    expect(field).to_have_value(typed)
    page.page.keyboard.type(second)
    expect(field).to_have_value(after)
    page.apply([1, 1, "a", "value", before])
    expect(field).to_have_value(after)


def shown(page):
    """What the parts of a date field read, which no property tells."""
    session = page.context.new_cdp_session(page)
    document = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    chosen = {"nodeId": document["nodeId"], "selector": "#a"}
    wanted = session.send("DOM.querySelector", chosen)["nodeId"]

    def texts(node, inside):
        inside = inside or node["nodeId"] == wanted
        if inside and node["nodeName"] == "#text":
            yield node["nodeValue"]
        for child in node.get("shadowRoots", []) + node.get("children", []):
            yield from texts(child, inside)

    return "".join(texts(document, False))


def test_half_a_date_survives_what_happens_around_it(patched):
    page = patched('<p><input id="a" type="date"></p><i></i>')
    page.page.focus("#a")
    page.page.keyboard.type("12")
    before = shown(page.page)
    assert before.startswith("12/")
    page.apply(
        ["m", 0, 1], [1, ["i", 0, ["b"]], [1, ["a", "class", "x"], ["a", "required", ""]]], ["d", 0]
    )
    assert shown(page.page) == before
    page.page.keyboard.type("312026")
    expect(page.page.locator("#a")).to_have_value("2026-12-31")


FILES = [
    {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": name.encode()} for name in "ab"
]


def test_chosen_files_stay(patched):
    page = patched('<form><input id="a" type="file" multiple><p>x</p></form><i></i>')
    field = page.page.locator("#a")
    field.set_input_files(FILES)
    content = """async () => {
      const texts = await Promise.all(Array.from(a.files, (file) => file.text()));
      return a.files.length + texts.join("");
    }"""
    page.apply(
        [0, 0, ["a", "class", "z"], ["a", "value", "q"], ["a", "accept", ".txt"]],
        [0, 0, ["a", "required", ""], ["a", "data-n", "1"], ["a", "name", "f"]],
        [0, ["i", 0, ["b"]], ["m", 1, 2], ["d", 0]],
        ["m", 0, 1],
        [1, 1, "r", "value"],
    )
    assert page.evaluate(content) == "2ab"
    form = ["form", {"class": "new"}, ["h1", "x"], ["input", {"id": "a", "type": "file"}]]
    page.rebuild(["div", ROOT, ["hr"], form])
    assert page.evaluate("[root.lastChild.className, a.multiple]") == ["new", False]
    assert page.evaluate(content) == "2ab"


def test_chosen_files_are_named_and_go_on_in_a_form_that_is_made_anew(bound):
    page = bound(
        '<form live-on:change="picked"><p></p><input id="a" type="file" name="f" multiple></form>'
    )
    page.page.set_input_files("input", FILES[:1])
    event = page.server.wait_event()
    assert event["params"]["f"] == "a.txt"
    page.server.send(
        t="patch", ref=event["ref"], v=2, p=[0, [0, "i", 0, "a.txt"], [1, "a", "class", "chosen"]]
    )
    expect(page.page.locator("p")).to_have_text("a.txt")
    page.page.set_input_files("input", FILES)
    assert page.server.wait_event(2)["params"]["f"] == ["a.txt", "b.txt"]
    field = ["input", {"id": "a", "type": "file", "name": "f", "multiple": ""}]
    page.patch(3, [0, "s", ["section", ["form", {"live-on:change": "picked"}, field]]])
    assert page.page.evaluate(
        "Array.from(document.querySelector('section input').files, (file) => file.name)"
    ) == ["a.txt", "b.txt"]
