"""Whatever the focus is in when components and their surroundings change, the DOM is the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live import vdom

from . import test_components_against_vdom as scenery
from .test_against_vdom import HELPERS, RELAXED, data

PLAY = """() => {
  // Each round is [parts, the whole tree, which field is focused and typed in afterwards].
  window.play = (rounds) => {
    window.patcher = fresh();
    document.body.append(patcher.root);
    const results = rounds.map(([parts, tree, next]) => {
      const before = document.activeElement;
      patcher.together(() => parts.forEach(([kind, data, id]) => {
        patcher[kind](data, undefined, id ?? undefined);
      }));
      const made = fresh();
      made.rebuild(tree);
      const differs = JSON.stringify(sign(patcher.root)) !== JSON.stringify(sign(made.root));
      const result = differs && [before.outerHTML, plain(patcher.root), tree];
      const fields = patcher.root.querySelectorAll("input, button");
      fields[next % fields.length]?.focus();
      document.activeElement.value = "typed";
      return result;
    });
    patcher.root.remove();
    return results.filter(Boolean);
  };
}"""

attributes = st.dictionaries(
    st.sampled_from(["id", "live-key", "class"]), st.sampled_from("abc"), max_size=2
)
tags = st.sampled_from(["input", "input", "button"])
nodes = st.recursive(
    st.one_of(scenery.texts.map(vdom.Text), st.builds(vdom.Element, tags, attributes, st.just([]))),
    lambda inner: st.builds(
        vdom.Element, st.sampled_from(["div", "p", "li"]), attributes, st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def owned(draw, tag, names):
    children = draw(st.lists(nodes, max_size=3))
    for name in names:
        node = scenery.place(name)
        if draw(st.booleans()):
            node = vdom.Element("div", draw(attributes), [*draw(st.lists(nodes, max_size=2)), node])
        children.insert(draw(st.integers(0, len(children))), node)
    return vdom.Element(tag, {}, children)


@st.composite
def scenes(draw):
    """All trees of a page: most components stand in another one."""
    order = draw(st.permutations(list(scenery.TAGS)))
    owner_of = {
        name: draw(st.sampled_from(["nowhere", scenery.VIEW, *order[:index], *order[:index]]))
        for index, name in enumerate(order)
    }
    trees = {}
    for owner in [scenery.VIEW, *order]:
        names = [name for name in order if owner_of[name] == owner]
        trees[owner] = draw(owned(scenery.TAGS.get(owner, "div"), names))
    return {owner: trees[owner] for owner in [scenery.VIEW, *scenery.shown(trees)]}


@pytest.fixture
def chromium(open_page):
    page = open_page("")
    page.evaluate(HELPERS)
    page.evaluate(PLAY)
    return page


@RELAXED
@given(sequence=st.lists(scenes(), min_size=2, max_size=4), draws=st.data())
def test_components_move_with_the_focus_inside(chromium, sequence, draws):
    old, rounds = {scenery.VIEW: vdom.Element("div", {}, [])}, []
    for trees in sequence:
        here = [scenery.VIEW, *scenery.shown(old)]
        parts = [
            scenery.update(
                old if owner in here else {},
                owner,
                trees[owner],
                draws.draw(st.integers(0, 3)) == 0,
            )
            for owner in [scenery.VIEW, *scenery.shown(trees)]
        ]
        whole = data(scenery.composed(trees, trees[scenery.VIEW]))
        rounds.append([parts, whole, draws.draw(st.integers(0, 20))])
        old = trees
    assert chromium.evaluate("play", rounds) == []


OUTER = '<div live-component="o"><p>outer</p><div live-component="i"><input id="a"></div></div>'


@pytest.mark.parametrize("order", ["oi", "io"])
def test_a_component_and_the_one_around_it_both_move(patched, order):
    page = patched(f"{OUTER}<hr>")
    page.page.focus("#a")
    page.evaluate(
        """(order) => patcher.together(() => {
          const places = order.map((id) => ["div", { "live-component": id }]);
          patcher.apply([["d", 0], ["i", 1, ["section", ...places]]]);
          patcher.apply(["d", 1], undefined, "o");
        })""",
        list(order),
    )
    shown = {
        "o": '<div live-component="o"><p>outer</p></div>',
        "i": '<div live-component="i"><input id="a"></div>',
    }
    inside = "".join(shown[name] for name in order)
    assert page.html == f"<hr><section>{inside}</section>"
    assert page.evaluate("document.activeElement.id") == "a"


def test_a_component_comes_into_the_one_that_was_inside(patched):
    page = patched(f"<main>{OUTER}</main>")
    page.page.focus("#a")
    page.evaluate(
        """() => patcher.together(() => {
          patcher.apply([0, ["d", 0], ["i", 0, ["div", { "live-component": "i" }]]]);
          patcher.apply(["i", 1, ["div", { "live-component": "o" }]], undefined, "i");
          patcher.apply(["d", 1], undefined, "o");
        })"""
    )
    assert page.html == (
        '<main><div live-component="i"><input id="a"><div live-component="o"><p>outer</p></div>'
        "</div></main>"
    )


COMPONENT = ["div", {"live-component": "c"}]


def test_a_component_that_has_moved_goes_in_the_same_round(patched):
    page = patched('<hr><div live-component="c"><input id="a"></div>')
    page.page.focus("#a")
    page.evaluate(
        """(component) => patcher.together(() => {
          patcher.apply([["d", 1], ["i", 1, ["section", component]]]);
          patcher.apply(["d", 1]);
        })""",
        COMPONENT,
    )
    assert page.html == "<hr>"


def test_what_comes_beside_a_component_that_moves_is_not_lost(patched):
    page = patched('<main><p><b></b><span live-component="c"><input id="a"></span></p></main>')
    page.page.focus("#a")
    page.apply([0, ["i", 0, ["span", COMPONENT[1]]], ["d", 1], ["i", 1, ["i"]]])
    assert page.html == '<main><span live-component="c"><input id="a"></span><i></i></main>'


def test_a_patch_that_does_not_fit_leaves_nothing_behind(live, server, page_errors):
    page_errors.expect("does not fit")
    page = live('<hr><div live-component="c"><input id="a"></div>')
    page.focus("#a")
    broken = ["section", COMPONENT, 5]
    server.send(t="patch", view=1, v=2, p=[["d", 1], ["i", 1, broken]])
    root = {"data-liveview-root": "", "data-live-token": "signed", "class": "new"}
    ref = server.wait_for("refresh")["ref"]
    server.send(t="tree", ref=ref, v=3, tree=["div", root, ["hr"], ["b"]])
    page.wait_for_selector(".new")
    assert page.inner_html("[data-liveview-root]") == "<hr><b></b>"


HEIRS = {
    "ignored": '<div live-ignore=""><input id="a"></div>',
    "foreign": '<i></i><input id="a">',
}


@pytest.mark.parametrize("kind", HEIRS)
def test_no_heir_is_what_is_not_in_the_tree(patched, kind):
    page = patched(
        '<p><input id="a"></p>' + HEIRS[kind].replace('<i></i><input id="a">', "<i></i>")
    )
    if kind == "foreign":
        page.evaluate("root.append(Object.assign(document.createElement('input'), { id: 'a' }))")
    page.page.locator("#a").first.press_sequentially("x")
    page.apply(["d", 0])
    assert page.html == HEIRS[kind]


def test_a_field_of_the_same_id_goes_with_it(patched):
    page = patched('<p><input id="a"><input id="a"></p><hr>')
    page.page.locator("#a").first.press_sequentially("x")
    page.apply(["d", 0])
    assert page.html == "<hr>"


@pytest.mark.parametrize("old", [' live-component="b"', ""])
@pytest.mark.parametrize("new", [{"live-component": "c"}, {}])
def test_a_component_is_not_exchanged_with_another_one(patched, old, new):
    page = patched(f'<textarea id="a"{old}></textarea>')
    page.page.locator("#a").press_sequentially("x")
    page.apply([0, "s", ["textarea", {"id": "a", **new}]])
    component = ' live-component="c"' if new else ""
    assert page.html == f'<textarea id="a"{component}></textarea>'
    assert page.evaluate("[document.activeElement.id, a.value]") == ["a", "x"]
