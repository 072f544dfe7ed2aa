"""What goes on the wire, and that it comes out as it went in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.vdom import (
    Comment,
    Element,
    PatchError,
    Text,
    apply,
    decode,
    decode_node,
    diff,
    encode,
    encode_node,
    fingerprint,
    parse,
)
from tests.strategies import pairs, trees


@given(pairs())
def test_patches_survive_the_wire(pair: tuple[Element, Element]) -> None:
    old, new = pair
    patches = diff(old, new)
    received = decode(json.loads(encode(patches)))
    assert received == patches
    assert apply(old, received) == new


@given(trees())
def test_trees_survive_the_wire(tree: Element) -> None:
    assert decode_node(json.loads(encode_node(tree))) == tree


PATHS = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(st.lists(PATHS, max_size=12))
def test_any_sequence_of_paths_survives(paths: list[tuple[int, ...]]) -> None:
    patches = [(path, "t", str(number)) for number, path in enumerate(paths)]
    assert decode(json.loads(encode(patches))) == patches


@pytest.mark.parametrize(
    ("patches", "wire"),
    [
        ([], []),
        ([((1, 0), "t", "5")], [1, 0, "t", "5"]),
        ([((), "d", 4)], ["d", 4]),
        (
            [((2,), "d", 4), ((2,), "i", 0, Element("li", None, ["new"]))],
            [2, ["d", 4], ["i", 0, ["li", "new"]]],
        ),
        (
            [((1, 2, 3), "r", "a"), ((1, 2, 4), "r", "a"), ((1, 5), "r", "a"), ((6,), "r", "a")],
            [[1, [2, [3, "r", "a"], [4, "r", "a"]], [5, "r", "a"]], [6, "r", "a"]],
        ),
        (
            [((0,), "r", "a"), ((0, 1), "r", "a"), ((0, 1, 2), "r", "a")],
            [0, ["r", "a"], [1, ["r", "a"], [2, "r", "a"]]],
        ),
        ([((0,), "m", 9, 0), ((1,), "s", Text("x"))], [[0, "m", 9, 0], [1, "s", "x"]]),
        (
            [((0,), "m", 9, 0, 3), ((1,), "s", Comment("x"))],
            [[0, "m", 9, 0, 3], [1, "s", ["!", "x"]]],
        ),
    ],
)
def test_the_nested_form(patches: list[Any], wire: Any) -> None:
    assert json.loads(encode(patches)) == wire
    assert b" " not in encode(patches)
    assert decode(wire) == patches


def test_a_group_that_changes_nothing_is_no_error() -> None:
    assert decode([[]]) == []
    assert decode([[[["t", "x"]]]]) == [((), "t", "x")]


@given(st.text())
def test_any_string_is_valid_json(text: str) -> None:
    wire = encode([((), "a", "x", text)])
    assert json.loads(wire) == ["a", "x", text]


def test_each_character_is_valid_json_at_each_place() -> None:
    for code in (*range(0x180), 0x2028, 0xFFFF, 0x10000):
        for place in range(17):
            text = "abcdefgh01234567"[:place] + chr(code) + "abcdefgh"
            assert json.loads(encode([((), "t", text)])) == ["t", text]


def test_strings_are_utf_8() -> None:
    assert encode([((), "t", 'é€😀"\\\n\x01\x7f')]) == (
        b'["t","' + "é€😀".encode() + b'\\"\\\\\\n\\u0001\x7f"]'
    )
    assert encode([((), "t", "\ud800")]) == '["t","�"]'.encode()


@pytest.mark.parametrize(
    ("node", "wire"),
    [
        (Text("a"), '"a"'),
        (Comment("a"), '["!","a"]'),
        (Element("br"), '["br"]'),
        (Element("p", {"a": "b", "c": ""}), '["p",{"a":"b","c":""}]'),
        (Element("p", None, ["a", Element("b", None, ["c"]), "d"]), '["p","a",["b","c"],"d"]'),
        (Element("p", {"a": "b"}, [Comment(""), "x"]), '["p",{"a":"b"},["!",""],"x"]'),
    ],
)
def test_trees_as_data(node: Any, wire: str) -> None:
    assert encode_node(node).decode() == wire
    assert decode_node(json.loads(wire)) == node


@pytest.mark.parametrize(
    "patches",
    [[((), "x", 1)], [((-1,), "d", 1)], [(("a",), "d", 1)], [((), "d", None)], ["t"], [()]],
)
def test_what_is_no_patch_is_not_encoded(patches: Any) -> None:
    with pytest.raises((ValueError, TypeError, IndexError)):
        encode(patches)


@pytest.mark.parametrize(
    "data",
    [None, {}, "t", [1], [[1]], [None], [[1, None]], [[0, "i", 0, 5]], [["s", []]], [["s", ["!"]]]],
)
def test_what_is_no_patch_is_not_decoded(data: Any) -> None:
    with pytest.raises(PatchError):
        apply(Element("p", None, ["x"]), decode(data))


# -- the fingerprint ------------------------------------------------------------------------------


def fingerprint_in_words(node: Element) -> int:
    """docs/protocol.md, written as plainly as can be."""

    def units(node: Any) -> list[int]:
        def utf16(text: str) -> list[int]:
            data = text.encode("utf-16-le")
            return [data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)]

        if isinstance(node, Text):
            return [5, *utf16(node.data)]
        if isinstance(node, Comment):
            return [6, *utf16(node.data)]
        result = [1, *utf16(node.tag)]
        for name, value in node.attrs.items():
            result += [2, *utf16(name), 3, *utf16(value)]
        for child in node.children:
            result += units(child)
        return [*result, 4]

    seed = 2166136261
    for child in node.children:
        for unit in units(child):
            seed = (seed ^ unit) * 16777619 % 2**32
    return seed


@given(trees())
def test_the_fingerprint(tree: Element) -> None:
    assert fingerprint(tree) == fingerprint_in_words(tree)


def test_the_fingerprint_leaves_the_root_itself_out() -> None:
    assert fingerprint(Element("div")) == fingerprint(Element("ul", {"a": "b"})) == 2166136261
    assert fingerprint(parse("<p>😀</p>")) == fingerprint_in_words(parse("<p>😀</p>"))
