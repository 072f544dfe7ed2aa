"""The tree that a page shows, put together from those of its view and its components."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pykka_live.rendering import compose
from pykka_live.vdom import Element, parse, to_html


def hollow(id: str, tag: str = "div") -> Element:
    return Element(tag, {"live-component": id})


def composed(source: str, **trees: str) -> str:
    made = {id: parse(html).children[0] for id, html in trees.items()}
    root = compose(parse(source), made)
    return to_html(root, inner=True)


def test_a_component_stands_in_its_place_with_its_id_first():
    html = composed('<p>a</p><b live-component="c"></b>x', c='<b class="d">1<i>2</i></b>')
    assert html == '<p>a</p><b live-component="c" class="d">1<i>2</i></b>x'


def test_components_stand_in_components():
    html = composed(
        '<p><b live-component="a"></b></p>',
        a='<b>1<i live-component="b"></i></b>',
        b='<i><u live-component="c"></u>2</i>',
        c="<u></u>",
    )
    assert html == (
        '<p><b live-component="a">1<i live-component="b"><u live-component="c"></u>2</i></b></p>'
    )


def test_a_place_without_a_tree_stays_hollow():
    assert composed('<b live-component="a"></b>') == '<b live-component="a"></b>'


def test_only_a_hollow_element_is_a_place():
    source = '<b live-component="a">x</b><b live-component="a" id="y"></b>'
    assert composed(source, a="<b>no</b>") == source


def test_a_component_is_not_shown_in_itself():
    html = composed(
        '<b live-component="a"></b><b live-component="b"></b>',
        a='<b><b live-component="b"></b></b>',
        b='<b><b live-component="a"></b></b>',
    )
    inner = '<b live-component="a"></b>'
    assert html == (
        f'<b live-component="a"><b live-component="b">{inner}</b></b>'
        '<b live-component="b"><b live-component="a"><b live-component="b"></b></b></b>'
    )


def test_what_holds_no_component_is_shared():
    plain = Element("p", {}, [Element("i", {}, ["x"])])
    tree = Element("b", {}, [plain])
    root = Element("main", {}, [plain, Element("div", {}, [hollow("a"), plain])])
    made = compose(root, {"a": tree})
    assert made.children[0] is plain
    assert made.children[1].children[1] is plain
    assert made.children[1].children[0].children[0] is plain
    assert compose(plain, {"a": tree}) is plain
    assert compose(root, {}) is root


def test_the_trees_that_it_is_made_of_stay_as_they_are():
    root = Element("main", {}, [hollow("a")])
    tree = Element("b", {"class": "x"})
    compose(root, {"a": tree})
    assert to_html(root) == '<main><div live-component="a"></div></main>'
    assert to_html(tree) == '<b class="x"></b>'


def test_a_root_that_is_a_place_is_filled():
    assert to_html(compose(hollow("a", "b"), {"a": Element("b", {}, ["x"])})) == (
        '<b live-component="a">x</b>'
    )


def test_trees_may_be_deep():
    node = Element("main", {}, [hollow("a")])
    for _ in range(100_000):
        node = Element("p", {}, [node])
    made = compose(node, {"a": Element("b")})
    while made.children[0].tag == "p":
        made = made.children[0]
    assert to_html(made) == '<p><main><b live-component="a"></b></main></p>'


def by_hand(node, trees, within=()):
    """The same, as one would write it down."""
    if not isinstance(node, Element):
        return node
    id = node.get("live-component")
    if id in trees and id not in within and len(node.attrs) == 1 and not node.children:
        tree = trees[id]
        within = (*within, id)
        attrs = {"live-component": id, **tree.attrs}
        return Element(tree.tag, attrs, [by_hand(c, trees, within) for c in tree.children])
    return Element(node.tag, node.attrs, [by_hand(c, trees, within) for c in node.children])


@given(st.integers())
def test_any_trees_become_one(seed):
    chance = random.Random(seed)

    def tree(depth):
        children = []
        for _ in range(chance.randrange(4)):
            kind = chance.randrange(3 if depth else 2)
            if kind == 0:
                children.append(hollow(chance.choice("abcd")))
            elif kind == 1:
                children.append(chance.choice(["x", Element("br"), Element("u", {"id": "1"})]))
            else:
                children.append(tree(depth - 1))
        return Element("p", {}, children)

    trees = {id: tree(3) for id in "abc"}
    root = tree(3)
    made = compose(root, trees)
    assert made == by_hand(root, trees)
    assert hash(made) == hash(by_hand(root, trees))
    assert list(made.attrs) == list(by_hand(root, trees).attrs)
