"""The differ: always right, and as small as promised."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pykka_live.vdom import Comment, Element, Node, PatchError, Text, apply, diff, encode, parse
from tests.strategies import pairs, trees


@given(pairs())
@settings(max_examples=200)
def test_the_patches_lead_to_the_new_tree(pair: tuple[Element, Element]) -> None:
    old, new = pair
    patches = diff(old, new)
    assert apply(old, patches) == new
    assert (patches == []) is (old == new)


@given(trees())
def test_a_tree_does_not_differ_from_itself(tree: Element) -> None:
    assert diff(tree, tree) == []
    assert diff(tree, Element(tree.tag, tree.attrs, tree.children)) == []


@given(st.lists(st.integers(0, 9), max_size=14), st.lists(st.integers(0, 9), max_size=14))
@example([0, 1, 2], [2, 1, 0])
@example([0, 0, 1], [1, 0, 0])
def test_any_order_of_keys(before: list[int], after: list[int]) -> None:
    """Keys that repeat included."""

    def make(keys: list[int]) -> Element:
        rows = [Element("li", {"id": str(key)}, [f"row {n}"]) for n, key in enumerate(keys)]
        return Element("ul", None, rows)

    old, new = make(before), make(after)
    assert apply(old, diff(old, new)) == new


def rows(labels: list[int], keyed: bool, between: str) -> Element:
    children: list[Element | str] = [between]
    for label in labels:
        attrs = {"live-key": str(label)} if keyed else {}
        children += [Element("li", attrs, [f"row {label}"]), between]
    return Element("ul", None, children)


both_layouts = pytest.mark.parametrize("between", ["", "\n  "], ids=["dense", "spaced"])
with_and_without_keys = pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "plain"])
N = 1000


@both_layouts
@with_and_without_keys
@pytest.mark.parametrize(("start", "stop"), [(0, 999), (999, 0), (500, 20), (20, 500), (3, 4)])
def test_a_move_is_one_patch(keyed: bool, between: str, start: int, stop: int) -> None:
    labels = list(range(N))
    labels.insert(stop, labels.pop(start))
    old, new = rows(list(range(N)), keyed, between), rows(labels, keyed, between)
    patches = diff(old, new)
    assert [patch[1] for patch in patches] == ["m"]
    assert patches[0][4:] == ((2,) if between else ())
    assert apply(old, patches) == new


@both_layouts
@with_and_without_keys
@pytest.mark.parametrize("index", [0, 500, 1000])
def test_an_insert_is_one_patch_and_so_is_its_undoing(
    keyed: bool, between: str, index: int
) -> None:
    labels = list(range(N))
    labels.insert(index, N)
    old, new = rows(list(range(N)), keyed, between), rows(labels, keyed, between)
    for a, b, operation in ((old, new, "i"), (new, old, "d")):
        patches = diff(a, b)
        assert [patch[1] for patch in patches] == [operation]
        assert apply(a, patches) == b


@both_layouts
@with_and_without_keys
def test_removals_are_one_patch_for_each_run(keyed: bool, between: str) -> None:
    kept = [label for label in range(N) if label % 10 not in (1, 5, 6)]
    old, new = rows(list(range(N)), keyed, between), rows(kept, keyed, between)
    patches = diff(old, new)
    assert [patch[1] for patch in patches] == ["d"] * 200
    assert apply(old, patches) == new


@both_layouts
@with_and_without_keys
def test_one_changed_row_among_many_is_one_patch(keyed: bool, between: str) -> None:
    old = rows(list(range(N)), keyed, between)
    index = 500 if not between else 1001
    row = old.children[index]
    assert isinstance(row, Element)
    children = list(old.children)
    children[index] = Element("li", row.attrs, ["new"])
    assert diff(old, Element("ul", None, children)) == [((index, 0), "t", "new")]


@both_layouts
def test_a_shuffle_moves_no_more_than_has_to_move(between: str) -> None:
    labels = list(range(N))
    random.Random(1).shuffle(labels)
    old, new = rows(list(range(N)), True, between), rows(labels, True, between)
    patches = diff(old, new)
    assert {patch[1] for patch in patches} == {"m"}
    assert len(patches) < N
    assert apply(old, patches) == new


def test_blocks_that_move_stay_together() -> None:
    labels = [*range(300, 400), *range(300), *range(400, N)]
    old, new = rows(list(range(N)), True, ""), rows(labels, True, "")
    assert diff(old, new) == [((), "m", 300, 0, 100)]


def test_a_row_that_changes_while_it_moves_keeps_its_element() -> None:
    old = Element("ul", None, [Element("li", {"id": k}, [k]) for k in "abcd"])
    new = Element("ul", None, [Element("li", {"id": k}, [k.upper()]) for k in "dabc"])
    patches = diff(old, new)
    assert patches[0] == ((), "m", 3, 0)
    assert patches[1:] == [((n, 0), "t", k) for n, k in enumerate("DABC")]


def test_elements_of_different_keys_are_never_merged() -> None:
    old = Element("ul", None, [Element("li", {"id": "a"}, ["x"])])
    new = Element("ul", None, [Element("li", {"id": "b"}, ["x"])])
    assert diff(old, new) == [((0,), "s", new.children[0])]
    plain = Element("ul", None, [Element("li", None, ["x"])])
    assert [patch[1] for patch in diff(old, plain)] == ["s"]


@pytest.mark.parametrize("space", ["", "\n  "])
def test_rows_that_make_way_for_others_are_two_patches(space: str) -> None:
    def table(*names: str) -> Element:
        rows = (Element("li", {"id": name}, [name]) for name in names)
        return Element("ul", None, [each for row in rows for each in (space, row)])

    old, new = table("same", "a", "b", "c", "last"), table("same", "d", "e", "last")
    patches = diff(old, new)
    assert [patch[1] for patch in patches] == ["d", "i"]
    assert apply(old, patches) == new


def test_what_decides_about_namespaces_is_made_anew() -> None:
    old, new, none = (
        parse(f"<math><annotation-xml{encoding}><i-x>a</i-x></annotation-xml></math>")
        for encoding in (" encoding=text/html", " encoding=x", "")
    )
    for before, after in [(old, new), (new, old), (new, none), (none, old)]:
        after_it = after.children[0].children[0]  # type: ignore[attr-defined]
        assert diff(before, after) == [((0, 0), "s", after_it)]


def test_a_components_place_moves_as_a_whole() -> None:
    before, after = (
        Element("p", None, [Element("b", {"live-component": name}) for name in names])
        for names in ("abcd", "dabc")
    )
    assert diff(before, after) == [((), "m", 3, 0)]


@pytest.mark.parametrize("name", ["live-key", "id"])
def test_what_has_the_name_of_a_component_is_not_its_place(name: str) -> None:
    place, other = Element("b", {"live-component": "c"}), Element("b", {name: "c"})
    for old, new in [(place, other), (other, place)]:
        assert diff(Element("p", None, [old]), Element("p", None, [new])) == [((0,), "s", new)]


def test_attributes() -> None:
    old = Element("p", {"a": "1", "b": "2", "c": "3"})
    new = Element("p", {"c": "3", "b": "x", "d": "4"})
    assert diff(old, new) == [((), "r", "a"), ((), "a", "b", "x"), ((), "a", "d", "4")]


def test_texts_and_comments_are_changed_in_place() -> None:
    old = Element("p", None, ["a", Comment("b")])
    assert diff(old, Element("p", None, ["x", Comment("y")])) == [
        ((0,), "t", "x"),
        ((1,), "t", "y"),
    ]


def test_the_longer_side_gives_up_what_does_not_fit() -> None:
    old = Element("p", None, ["a", Element("b", None, ["x"])])
    new = Element("p", None, [Element("b", None, ["y"])])
    assert diff(old, new) == [((), "d", 0), ((0, 0), "t", "y")]


def test_a_conditional_block_in_front_leaves_the_rest_alone() -> None:
    rest: list[Node | str] = [Element("p", None, ["intro"]), "\n", Element("p", None, ["1"]), "\n"]
    changed: list[Node | str] = [
        Element("p", None, ["intro"]),
        "\n",
        Element("p", None, ["2"]),
        "\n",
    ]
    error: list[Node | str] = [Element("p", {"class": "error"}, ["!"]), "\n"]
    old, new = Element("div", None, rest), Element("div", None, [*error, *changed])
    assert [patch[1] for patch in diff(old, new)] == ["i", "t"]


def test_the_root_cannot_become_another_element() -> None:
    with pytest.raises(ValueError, match="root cannot change from <p> to <q>"):
        diff(Element("p"), Element("q"))
    with pytest.raises(TypeError):
        diff(Text("a"), Text("b"))  # type: ignore[arg-type]


def test_subtrees_that_are_shared_are_not_looked_at() -> None:
    """The differ's own promise: what is identical costs nothing, however large it is."""
    shared = Element("b")
    for _ in range(200):  # 2 ** 200 nodes, if they were looked at
        shared = Element("b", None, [shared, shared])
    old = Element("p", None, ["1", shared])
    new = Element("p", None, ["2", shared])
    assert diff(old, new) == [((0,), "t", "2")]
    assert apply(old, diff(old, new)).children[1] is shared  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "patch",
    [
        ((0,), "t", "x"),
        ((1, 0), "t", "x"),
        ((7,), "t", "x"),
        ((-1,), "s", Text("x")),
        ((), "d", 0, 9),
        ((), "d", 0, 0),
        ((), "d", 3),
        ((), "i", 4, Text("x")),
        ((), "i", 0, "x"),
        ((), "m", 2, 2, 2),
        ((), "m", 0, 3),
        ((1,), "a", "x", "y"),
        ((), "r", "missing"),
        ((), "t"),
        ((), "z", 1),
        ((True,), "s", Text("x")),
        (0, "t", "x"),
        ("t", "x"),
        None,
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: object) -> None:
    tree = Element("p", None, [Element("b"), "text", Element("i")])
    with pytest.raises(PatchError):
        apply(tree, [patch])  # type: ignore[list-item]


def test_the_worst_cases_are_not_quadratic() -> None:
    """By counting what a quadratic differ would do: 40 000 children would take it minutes."""
    n = 40_000
    same = Element("ul", None, [Element("li", None, ["x"]), Element("b")] * (n // 2))
    other = Element("ul", None, [Element("b"), Element("li", None, ["x"]), Element("i")] * (n // 3))
    duplicates = Element("ul", None, [Element("li", {"id": "x"}, [str(k)]) for k in range(n)])
    backwards = Element("ul", None, reversed(duplicates.children))
    reverse = Element("ul", None, [Element("li", {"id": str(k)}) for k in range(n)])
    for old, new in ((same, other), (duplicates, backwards), (same, duplicates)):
        assert apply(old, diff(old, new)) == new
    assert len(encode(diff(reverse, Element("ul", None, reversed(reverse.children))))) < 20 * n
