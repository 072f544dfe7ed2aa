"""Siblings of the same structure: what it takes to be written as one group, and what comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.vdom import (
    Comment,
    Element,
    Node,
    PatchError,
    Text,
    apply,
    decode,
    decode_node,
    diff,
    encode,
    encode_node,
)
from tests.strategies import TEXTS, elements, nodes, trees


@st.composite
def refilled(draw: st.DrawFn, node: Node) -> Node:
    """The node with other strings, here and there; now and then it has another structure, too."""
    if isinstance(node, Text):
        return Text(draw(st.just(node.data) | TEXTS))
    if isinstance(node, Comment):
        return Comment(draw(st.just(node.data) | TEXTS))
    assert isinstance(node, Element)
    attrs = {name: draw(st.just(value) | TEXTS) for name, value in node.attrs.items()}
    children = [draw(refilled(child)) for child in node.children]
    if draw(st.integers(0, 30)) == 0:
        children.append(Element("br"))
    return Element(node.tag, attrs, children)


@st.composite
def repetitive(draw: st.DrawFn) -> list[Node]:
    """Siblings, most of which repeat a structure, after others and before others."""
    siblings = draw(st.lists(nodes(1), max_size=2))
    for _ in range(draw(st.integers(1, 2))):
        period = draw(st.lists(elements(2) | nodes(2), min_size=1, max_size=4))
        for _ in range(draw(st.integers(1, 12))):
            siblings += [draw(refilled(node)) for node in period]
    return siblings + draw(st.lists(nodes(1), max_size=2))


@given(repetitive(), repetitive())
def test_repetitive_trees_survive_the_wire(siblings: list[Node], inner: list[Node]) -> None:
    tree = Element("div", None, [*siblings, Element("p", {"title": "x"}, inner), *siblings])
    assert decode_node(json.loads(encode_node(tree))) == tree


@given(repetitive(), st.integers(0, 3))
def test_repetitive_patches_survive_the_wire(siblings: list[Node], index: int) -> None:
    swapped = Element("div", None, siblings)
    patches = [((1,), "i", index, *swapped.children), ((2,), "s", swapped), ((), "t", "x")]
    assert decode(json.loads(encode(patches))) == patches


@given(trees(), repetitive())
def test_applied_groups_give_the_new_tree(old: Element, siblings: list[Node]) -> None:
    new = Element("div", None, [*old.children, Element("ul", None, siblings)])
    assert apply(old, decode(json.loads(encode(diff(old, new))))) == new


def list_of(*items: Any) -> Element:
    return Element("ul", None, items)


def row(number: int, **attrs: str) -> Element:
    return Element("tr", {"id": f"r{number}", **attrs}, [Element("td", None, [str(number)])])


FILLED = ["tr", {"id": 0, "class": "even"}, ["td", 0]]
ROWS = [row(number, **{"class": "even"}) for number in range(4)]
VALUES = ["r0", "0", "r1", "1", "r2", "2", "r3", "3"]


@pytest.mark.parametrize(
    ("children", "wire"),
    [
        pytest.param(ROWS, [[1, FILLED, *VALUES]], id="every sibling"),
        pytest.param(
            ["a", *(node for row in ROWS for node in (row, " ")), Comment("end")],
            ["a", [2, FILLED, " ", *VALUES], ["!", "end"]],
            id="among others, with white space between",
        ),
        pytest.param(
            [Comment(f"note {number} of some words") for number in range(12)],
            [[1, ["!", 0], *(f"note {number} of some words" for number in range(12))]],
            id="comments",
        ),
        pytest.param(
            [Element("i", {"class": "star"})] * 9, [[1, ["i", {"class": 0}], *["star"] * 9]],
            id="all equal",
        ),
    ],
)  # fmt: skip
def test_a_structure_is_told_once(children: list[Any], wire: list[Any]) -> None:
    assert json.loads(encode_node(list_of(*children))) == ["ul", *wire]
    assert decode_node(["ul", *wire]) == list_of(*children)


@pytest.mark.parametrize(
    "children",
    [
        pytest.param(ROWS[:2], id="twice"),
        pytest.param([Element("br")] * 100, id="without a string"),
        pytest.param([Element("b", None, ["x"])] * 3, id="not shorter"),
        pytest.param([Element("p", {"title": "x", "1": str(n)}) for n in range(9)], id="digits"),
        pytest.param([Element("p", {f"a{n}": "some value"}) for n in range(9)], id="other names"),
    ],
)
def test_what_is_no_gain_or_could_be_misread_stays_plain(children: list[Any]) -> None:
    assert not any(type(child[0]) is int for child in json.loads(encode_node(list_of(*children))))


def test_white_space_that_differs_at_the_ends_is_no_hole() -> None:
    between = [node for number in range(20) for node in ("\n   ", row(number))]
    wire = json.loads(encode_node(list_of("\n \n", *between[1:], "\n")))
    assert wire[1] == "\n \n"
    [group] = [child for child in wire[1:] if type(child[0]) is int]
    assert "\n   " in group[1:3]


def test_a_group_is_never_longer_than_its_nodes() -> None:
    for count in range(1, 12):
        for text in ("", "x", "longer"):
            children = [Element("b", None, [f"{text}{number}"]) for number in range(count)]
            plain = sum(len(encode_node(child)) + 1 for child in children)
            assert len(encode_node(list_of(*children))) <= len('["ul"]') + plain


def test_groups_stand_in_elements_that_are_too_deep_for_one_themselves() -> None:
    tree = list_of(*ROWS)
    for _ in range(3000):
        tree = Element("div", None, [tree, *ROWS])
    wire = encode_node(tree)
    assert wire.count(b'"even"') == 3001
    assert wire.count(b"[1,") == 3001


@pytest.mark.parametrize(
    "group",
    [
        pytest.param([0, "x"], id="no period"),
        pytest.param([-1, ["b", 0], "x"], id="a negative period"),
        pytest.param([True, ["b", 0], "x"], id="a period that is no number"),
        pytest.param([1.0, ["b", 0], "x"], id="a period that is no integer"),
        pytest.param([10**20, ["b", 0], "x"], id="a period beyond the shapes"),
        pytest.param([1], id="nothing"),
        pytest.param([1, ["b", 0]], id="no values"),
        pytest.param([1, ["b", "x"], "x"], id="no holes"),
        pytest.param([2, ["b", 0], ["i", 0], "x"], id="too few values"),
        pytest.param([1, ["b", {"a": 0}, 0], "x", "y", "z"], id="a rest"),
        pytest.param([1, ["b", 0], 1], id="a value that is no string"),
        pytest.param([1, ["b", 0], None], id="a value that is nothing"),
        pytest.param([1, ["b", 0], ["i"]], id="a value that is a node"),
        pytest.param([1, ["b", 1], "x"], id="a number that is no hole"),
        pytest.param([1, ["b", False], "x"], id="a hole that is no number"),
        pytest.param([1, ["b", {"a": None}, 0], "x"], id="an attribute that is nothing"),
        pytest.param([1, [0, "x"], "b"], id="a hole for a name"),
        pytest.param([1, [1, ["b", 0], "x"], "x"], id="a group in a shape"),
        pytest.param([1, [], "x"], id="an empty shape"),
        pytest.param([1, ["!", 0, 0], "x", "y"], id="a comment with two texts"),
    ],
)
def test_what_is_no_group_is_not_decoded(group: list[Any]) -> None:
    for data in (["ul", group], ["ul", {"a": "b"}, "x", ["li", group]]):
        with pytest.raises(PatchError):
            decode_node(data)
    with pytest.raises(PatchError):
        decode([0, "i", 0, group])


def test_a_group_is_no_node_by_itself() -> None:
    group = [1, ["b", 0], "x"]
    for refused in (lambda: decode_node(group), lambda: decode([0, "s", group])):
        with pytest.raises(PatchError):
            refused()
