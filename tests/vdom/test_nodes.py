"""Nodes: what they are made of, that they are immutable, and how they compare."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import threading
from collections.abc import Callable

import pytest
from django.utils.safestring import SafeString
from hypothesis import given

from pykka_live.vdom import (
    Comment,
    Element,
    Node,
    ParseError,
    Text,
    apply,
    diff,
    encode,
    encode_node,
    fingerprint,
    parse,
    to_html,
)
from tests.strategies import trees


def test_an_element_shows_what_it_is_made_of() -> None:
    child = Element("b")
    element = Element("p", {"class": "x", "id": "y"}, ["text", child, Comment("c")])
    assert element.tag == "p"
    assert list(element.attrs.items()) == [("class", "x"), ("id", "y")]
    assert element.attrs["class"] == element.get("class") == "x"
    assert element.get("title") is None
    assert element.get("title", "none") == "none"
    assert element.children == (Text("text"), child, Comment("c"))
    assert element.children[1] is child


def test_adjacent_texts_are_joined_and_empty_ones_left_out() -> None:
    element = Element("p", None, ["", "a", Text("b"), "", Element("br"), Text(""), ""])
    assert element.children == (Text("ab"), Element("br"))


def test_a_single_text_stays_the_same_object() -> None:
    text = Text("a")
    assert Element("p", None, ["", text]).children[0] is text


@pytest.mark.parametrize(
    ("attrs", "key"),
    [
        ({}, None),
        ({"id": "i"}, "i"),
        ({"id": "i", "live-key": "k"}, "k"),
        ({"live-key": "k", "id": "i"}, "k"),
        ({"live-key": "", "id": "i"}, "i"),
        ({"id": ""}, None),
        ({"live-component": "c"}, "live-component c"),
        ({"live-key": "k", "live-component": "c", "id": "i"}, "live-component c"),
        ({"live-component": "", "live-key": "k"}, "k"),
    ],
)
def test_the_key_is_that_of_the_component_the_live_key_or_else_the_id(
    attrs: dict[str, str], key: str | None
) -> None:
    assert Element("p", attrs).key == key


def test_nodes_are_immutable() -> None:
    element = Element("p", {"a": "b"})
    for name in ("tag", "attrs", "children", "key", "new"):
        with pytest.raises(AttributeError):
            setattr(element, name, "x")
    with pytest.raises(TypeError):
        element.attrs["a"] = "c"  # type: ignore[index]
    with pytest.raises(TypeError):
        Element.__init__(element, "q")
    with pytest.raises(AttributeError):
        Text("a").data = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [
        Node,
        lambda: Element(1),  # type: ignore[arg-type]
        lambda: Element("p", {"a": 1}),  # type: ignore[arg-type]
        lambda: Element("p", {"a": None}),  # type: ignore[arg-type]
        lambda: Element("p", None, [1]),  # type: ignore[list-item]
        lambda: Text(None),  # type: ignore[arg-type]
        lambda: Comment(b"x"),  # type: ignore[arg-type]
    ],
)
def test_anything_else_is_refused(make: Callable[[], Node]) -> None:
    with pytest.raises(TypeError):
        make()


def test_subclasses_of_str_and_lone_surrogates_do_not_get_in() -> None:
    assert type(Text(SafeString("a")).data) is str
    assert Text("a\ud800b").data == "a�b"
    assert Text("\ud83d\ude00").data == "😀"
    assert Element("p", {"a": "\udfff"}).attrs["a"] == "�"


def test_equality_is_by_content() -> None:
    one = Element("p", {"a": "1", "b": "2"}, ["x", Element("b")])
    assert one == Element("p", {"b": "2", "a": "1"}, ["x", Element("b")])
    assert hash(one) == hash(Element("p", {"b": "2", "a": "1"}, ["x", Element("b")]))
    for other in (
        Element("q", {"a": "1", "b": "2"}, ["x", Element("b")]),
        Element("p", {"a": "2", "b": "1"}, ["x", Element("b")]),
        Element("p", {"a": "1", "b": "2"}, ["y", Element("b")]),
        Element("p", {"a": "1", "b": "2"}, ["x"]),
        Element("p", {"a": "1", "b": "2"}, ["x", Element("b", None, [Comment("")])]),
    ):
        assert one != other
    assert Text("a") != Comment("a")
    assert Text("a") != "a"


@given(trees())
def test_copies_are_equal(tree: Element) -> None:
    assert copy.copy(tree) is tree
    assert copy.deepcopy(tree) is tree
    for protocol in (2, pickle.HIGHEST_PROTOCOL):
        again = pickle.loads(pickle.dumps(tree, protocol))
        assert again == tree
        assert hash(again) == hash(tree)
        assert to_html(again) == to_html(tree)
    assert eval(repr(tree)) == tree


def test_a_pickle_keeps_what_is_shared() -> None:
    shared = Element("b", None, ["x" * 1000])
    tree = Element("p", None, [shared, Element("i"), shared])
    again = pickle.loads(pickle.dumps(tree))
    assert again == tree
    assert again.children[0] is again.children[2]
    assert len(pickle.dumps(tree)) < 2000


# -- deep trees -----------------------------------------------------------------------------------

DEPTH = 20_000


def chain(text: str, depth: int = DEPTH) -> Element:
    element = Element("p", None, [text])
    for _ in range(depth):
        element = Element("div", {"a": "b"}, [element])
    return element


def use_deep_trees() -> None:
    old, new = chain("old"), chain("new")
    assert old != new
    assert old == chain("old")
    assert hash(old) == hash(chain("old"))
    assert repr(old) != repr(new)
    patches = diff(old, new)
    assert [len(path) for path, *_ in patches] == [DEPTH + 1]
    assert encode(patches).count(b"0,") == DEPTH + 1
    assert apply(old, patches) == new
    assert to_html(old).count("<div") == encode_node(old).count(b'"div"') == DEPTH
    assert fingerprint(old) != fingerprint(new)
    assert pickle.loads(pickle.dumps(old)) == old
    with pytest.raises(ParseError, match="2048"):
        parse(to_html(old))


def free_deep_trees() -> None:
    inner = chain("inner")
    tree = Element("p", None, [inner, chain("other"), inner])
    kept = inner.children[0]
    del inner, tree
    assert isinstance(kept, Element)
    assert to_html(kept).count("<div") == DEPTH - 1


@pytest.mark.parametrize("work", [use_deep_trees, free_deep_trees])
def test_deep_trees_need_no_stack(work: Callable[[], None]) -> None:
    """In a thread with the smallest stack that an actor could be given."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    before = threading.stack_size(128 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert failures == []


# -- memory ---------------------------------------------------------------------------------------


def test_nodes_are_no_work_for_the_garbage_collector() -> None:
    tree = parse("<ul>" + "<li class=x>a <b>b</b></li>" * 100 + "</ul>")
    gc.collect()
    assert not gc.is_tracked(tree)
    assert not gc.is_tracked(tree.children)


def test_nothing_is_leaked() -> None:
    row = Element("li", {"live-key": "a"}, ["shared"])
    html = "<ul><li id=x>{}<li>b<!--c--></ul><p title='y'>{}"
    old = Element("div", None, [row, *parse(html.format(1, 2)).children])
    new = Element("div", None, [*parse(html.format(2, "")).children, row, "z"])
    counts = [sys.getrefcount(thing) for thing in (row, old, new, row.children, old.children)]

    def work(rounds: int) -> None:
        for _ in range(rounds):
            apply(old, diff(old, new))
            encode(diff(new, old))
            parse(to_html(old))
            with pytest.raises(ValueError, match="root"):
                diff(old, row)

    def growth() -> int:
        gc.collect()
        before = sys.getallocatedblocks()
        work(2000)
        for _ in range(20_000):
            diff(old, new)
        gc.collect()
        return sys.getallocatedblocks() - before

    work(200)
    # What leaks does so each time; threads of other tests take something now and then.
    assert any(growth() < 200 for _ in range(10))
    assert counts == [sys.getrefcount(t) for t in (row, old, new, row.children, old.children)]
