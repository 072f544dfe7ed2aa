"""What a person does in a component outlives the patches of the others, and what they patch is what
is theirs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}
FIELDS = (
    '<h1>0</h1><div live-component="a"><input name="one"><p>0</p>'
    '<section live-component="inner"><input name="two"></section></div>'
    '<ul live-component="b"><li>0</li></ul>'
)
A, B, INNER = (
    ["div", {"live-component": "a"}],
    ["ul", {"live-component": "b"}],
    ["section", {"live-component": "inner"}],
)


class Components:
    """A page whose components are patched by their ids."""

    def __init__(self, page):
        self.page = page.page
        self.apply, self.rebuild, self.evaluate = page.apply, page.rebuild, page.evaluate

    def of(self, name, *patches):
        for patch in patches:
            self.evaluate("([id, patch]) => patcher.apply(patch, undefined, id)", [name, patch])

    def tree_of(self, name, tree):
        self.evaluate("([id, tree]) => patcher.rebuild(tree, undefined, id)", [name, tree])

    def batch(self, *parts):
        """In one round: each part is the name of a component, or None, and a patch."""
        self.evaluate(
            """(parts) => patcher.together(() => {
                 for (const [id, patch] of parts) patcher.apply(patch, undefined, id ?? undefined);
               })""",
            [list(part) for part in parts],
        )

    def html(self, selector="[data-liveview-root]"):
        return self.evaluate("selector => document.querySelector(selector).innerHTML", selector)

    def versions(self):
        return self.evaluate("patcher.shown.versions() ?? {}")


@pytest.fixture
def components(patched):
    return lambda html: Components(patched(html))


def without_move_before(page):
    page.evaluate("() => { delete Element.prototype.moveBefore; }")


UPDATES = {
    "the view's texts": lambda page: page.apply([0, 0, "t", "1"]),
    "the view's children": lambda page: page.apply([["i", 0, ["p", "new"], "text"], ["d", 2]]),
    "its own": lambda page: page.of("a", [["i", 0, ["b", "new"]], [2, 0, "t", "1"]]),
    "its own tree": lambda page: page.tree_of(
        "a", ["div", ["b"], ["input", {"name": "one"}], INNER]
    ),
    "another's": lambda page: page.of("b", [["a", "class", "x"], ["i", 0, ["li", "1"]], ["d", 1]]),
    "a move": lambda page: page.apply(["m", 1, 2]),
    "a move of another": lambda page: page.apply(["m", 2, 0]),
    "the view's tree": lambda page: page.rebuild(["div", ROOT, B, ["h1", "1"], A]),
    "another place": lambda page: page.batch((None, [["d", 1], ["i", 1, ["main", A, "text"]]])),
    "a wrapper": lambda page: page.apply([1, "s", ["main", ["main", A], B]]),
}


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES.keys())
@pytest.mark.parametrize("field", ["one", "two"])
@pytest.mark.parametrize("can_move", [True, False], ids=["", "without moveBefore"])
def test_the_focus_and_what_is_typed_survive(components, update, field, can_move):
    page = components(FIELDS)
    if not can_move:
        without_move_before(page)
    page.page.fill(f"[name={field}]", "mine")
    page.evaluate(
        """() => { document.activeElement.setSelectionRange(1, 3);
                   window.field = document.activeElement; }"""
    )
    update(page)
    assert page.evaluate("document.activeElement === field")
    assert page.evaluate("[field.value, field.selectionStart, field.selectionEnd]") == [
        "mine",
        1,
        3,
    ]


def test_a_component_that_was_filled_keeps_its_place(components):
    page = components("<h1>0</h1>")
    page.apply(["i", 1, A, ["p", "end"]])
    assert page.html() == '<h1>0</h1><div live-component="a"></div><p>end</p>'
    page.tree_of("a", ["div", {"class": "x"}, "content"])
    page.of("a", ["a", "title", "t"], [0, "t", "changed"], ["r", "class"])
    page.apply([2, 0, "t", "END"])
    page.rebuild(["div", ROOT, ["p", "END"], A])
    assert page.html() == '<p>END</p><div live-component="a" title="t">changed</div>'
    assert page.versions() == {"a": 4}


def test_rows_of_components_come_as_a_group(components):
    page = components("<ul></ul>")
    page.apply([0, "i", 0, [1, ["li", {"live-component": 0}], "a", "b"]])
    page.tree_of("b", ["li", "B"])
    page.apply([0, "m", 1, 0])
    assert page.html("ul") == '<li live-component="b">B</li><li live-component="a"></li>'


def test_what_is_gone_is_forgotten_with_all_inside_it(components):
    page = components(FIELDS)
    assert page.versions() == {"a": 1, "inner": 1, "b": 1}
    page.apply(["d", 1])
    assert page.versions() == {"b": 1}
    page.apply(["i", 1, A])
    assert page.versions() == {"a": 0, "b": 1}
    assert page.html("[live-component=a]") == ""


@pytest.mark.parametrize("first", ["taken", "given"])
def test_one_component_gives_another_one_its_inner_component(components, first):
    page = components(FIELDS)
    page.evaluate("window.inner = document.querySelector('section')")
    parts = [("a", ["d", 2]), ("b", [0, "i", 0, INNER])]
    page.batch(*(parts if first == "taken" else reversed(parts)))
    assert page.html("ul") == (
        '<li><section live-component="inner"><input name="two"></section>0</li>'
    )
    assert page.evaluate("inner.isConnected")
    page.apply(["d", 1])
    assert page.versions() == {"inner": 1, "b": 2}


def test_a_component_of_another_tag_is_another_one(components):
    page = components('<p live-component="a">0</p>')
    page.apply([["i", 1, A], ["d", 0]])
    assert page.html() == '<div live-component="a"></div>'
    assert page.versions() == {"a": 0}


def test_an_extension_s_element_in_a_component_is_passed_over(components):
    page = components(
        '<div live-component="a"><p>0</p><grammarly-thing></grammarly-thing></div><p>0</p>'
    )
    page.evaluate(
        """() => patcher.together(() => {
             patcher.rebuild(["div", {"data-liveview-root": ""}, ["p", "1"],
                              ["div", {"live-component": "a"}]]);
             patcher.rebuild(["div", ["p", "1"]], 1, "a");
           })"""
    )
    assert page.html() == (
        '<p>1</p><div live-component="a"><p>1</p><grammarly-thing></grammarly-thing></div>'
    )


EDITED = '<div contenteditable>text<p live-component="a">0</p></div><input>'


def test_whoever_edits_around_a_component_is_left_alone(components):
    page = components(EDITED)
    page.page.focus("[contenteditable]")
    page.of("a", [0, "t", "1"])
    expect(page.page.locator("p")).to_have_text("0")
    page.of("a", [0, "t", "2"])
    page.page.focus("input")
    page.of("a", ["a", "class", "x"])
    expect(page.page.locator("p.x")).to_have_text("2")


def test_whoever_edits_the_root_of_a_component_is_left_alone(components):
    page = components('<p live-component="a" contenteditable>0</p><input>')
    page.page.focus("p")
    page.of("a", [0, "t", "1"])
    expect(page.page.locator("p")).to_have_text("0")
    page.page.focus("input")
    page.of("a", [0, "t", "2"])
    expect(page.page.locator("p")).to_have_text("2")


def test_a_component_that_leaves_an_edited_place_is_shown(components):
    page = components(EDITED)
    page.page.focus("[contenteditable]")
    page.of("a", [0, "t", "1"])
    page.batch((None, [[0, "d", 1], ["i", 0, ["p", {"live-component": "a"}]]]))
    expect(page.page.locator("p >> nth=0")).to_have_text("1")


def test_an_ignored_place_stays_as_it_is_until_it_is_ours_again(components):
    page = components('<div live-ignore><p live-component="a">0</p></div>')
    page.evaluate("document.querySelector('p').textContent = 'theirs'")
    page.of("a", [0, "t", "1"])
    page.tree_of("a", ["p", {"class": "x"}, "2"])
    assert page.html("div div") == '<p live-component="a">theirs</p>'
    page.apply([0, "r", "live-ignore"])
    assert page.html("div div") == '<p live-component="a" class="x">2</p>'


def test_a_component_can_be_ignored_itself(components):
    page = components('<p live-component="a">0</p>')
    page.of("a", ["a", "live-ignore", ""], [0, "t", "1"])
    page.rebuild(["div", ROOT, ["h1"], ["p", {"live-component": "a"}]])
    assert page.html() == '<h1></h1><p live-component="a" live-ignore="">0</p>'
    page.of("a", ["r", "live-ignore"])
    assert page.html() == '<h1></h1><p live-component="a">1</p>'


def test_a_component_in_a_template(components):
    page = components('<template><p live-component="a">0</p></template>')
    page.of("a", [0, "t", "1"])
    page.apply([["i", 0, ["p", {"live-component": "a"}]], [1, "d", 0]])
    assert page.html() == '<p live-component="a">1</p><template></template>'
