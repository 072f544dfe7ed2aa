"""Markup, cut into elements with slots."""

from __future__ import annotations

import pytest

from pykka_live.rendering.outline import CLOSE, OPEN, Broken, Net, Nets, Outline, is_half_done
from pykka_live.rendering.pieces import Remark, Slot, Tagged, Words


def outline(source: str, nets: dict[int, Net] | None = None, **options) -> Outline:
    """Cut markup in which `[0]` is a slot."""
    for number in range(5):
        source = source.replace(f"[{number}]", f"{OPEN}{number}{CLOSE}")
    known = Nets()
    known.update(nets or {})
    return Outline(source, known, **options)


def shape(element: Tagged) -> list:
    """The pieces of an element, as short as can be; those that are dirty with their reasons."""
    found: list = []
    for piece in element.children:
        if isinstance(piece, Tagged):
            inner: tuple = (piece.name, shape(piece))
            found.append((*inner, piece.why) if piece.why else inner)
        elif isinstance(piece, Slot):
            found.append(piece.index)
        else:
            assert isinstance(piece, Words | Remark)
            found.append(piece.source)
    return found


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("a[0]b<!-- c -->", ["a", 0, "b", "<!-- c -->"]),
        ("<P a=b>x[0]</p >", [("p", ["x", 0])]),
        ("<br>[0]<img/>", [("br", []), 0, ("img", [])]),
        ("a < b[0] <3", ["a ", "< b", 0, " ", "<3"]),
        ("<table><tr><td>[0]</td></tr></table>",
         [("table", [("tbody", [("tr", [("td", [0])])])])]),
        ("<svg><path/><g>[0]</g></svg>", [("svg", [("path", []), ("g", [0])])]),
        ("<script>if (a<b) [0]</script>",
         [("script", [f"if (a<b) {OPEN}0{CLOSE}"], "its content is no markup")]),
        ("<title>a<b></title>[0]", [("title", ["a<b>"]), 0]),
    ],
)  # fmt: skip
def test_markup_is_cut_into_elements_texts_and_slots(source, pieces):
    assert shape(outline(source).root) == pieces


def test_attributes_are_kept_as_they_are_written():
    (element,) = outline("<a b c='d [0]' E=\"f\" g=h [1]>x</a>").root.children
    assert isinstance(element, Tagged)
    assert [(a.name, a.value, a.quote) for a in element.attributes] == [
        ("b", "", ""), ("c", f"d {OPEN}0{CLOSE}", "'"), ("E", "f", '"'), ("g", "h", ""),
        (f"{OPEN}1{CLOSE}", "", ""),
    ]  # fmt: skip
    assert not element.why


@pytest.mark.parametrize("source", ["<a b='c'[0]>x</a>", "<a [0]b>x</a>", "<a b[0]>x</a>"])
def test_what_runs_into_an_attribute_makes_its_element_dirty(source):
    (element,) = outline(source).root.children
    assert isinstance(element, Tagged)
    assert element.why or OPEN in element.attributes[0].name


@pytest.mark.parametrize(
    ("source", "net"),
    [
        ("<p>a</p>", Net()),
        ("<div><p>", Net(opens=("div", "p"))),
        ("</p></div>", Net(closes=("p", "div"))),
        ("</p>x<p>", Net(closes=("p",), opens=("p",))),
        ("<tr><td>[0]</td></tr>", Net(rows=True)),
        ("[0]", Net()),
    ],
)
def test_a_piece_knows_what_it_does_to_the_elements_around_it(source, net):
    assert outline(source).net == net


def test_slots_that_begin_and_end_elements_make_them_dirty():
    found = outline("<b>x</b>[0]y[1]z", {0: Net(opens=("div",)), 1: Net(closes=("div",))})
    assert shape(found.root) == [
        ("b", ["x"]), ("div", ["y"], "its start tag is conditional"), "z",
    ]  # fmt: skip
    found = outline("<div>[0]</div>", {0: Net(closes=("div",), opens=("div",))})
    assert shape(found.root) == [("div", [], "its tags are conditional")]


def test_rows_of_a_slot_imply_the_tables_body():
    found = outline("<table>[0]</table>", {0: Net(rows=True)})
    assert shape(found.root) == [("table", [("tbody", [0])])]


@pytest.mark.parametrize(
    "source", ["<a b='", "<div", "<!-- x", "</div", "<script>a", "<b><i></b></i></u>"]
)
def test_markup_that_has_no_end_is_broken(source):
    with pytest.raises(Broken):
        outline("<p>" + source)


def test_an_end_tag_that_ends_nothing_is_told_where_it_is_known():
    assert outline("a</b>", chain=("main",)).root.why == "there is no <b> to end"
    assert outline("a</main>", chain=("main",)).net == Net(closes=("main",))


@pytest.mark.parametrize(
    ("markup", "half"), [("a&am", True), ("&#x2", True), ("a&amp;", False), ("a & b", False)]
)
def test_a_reference_without_an_end_is_half_done(markup, half):
    assert is_half_done(markup) is half


@pytest.mark.parametrize(
    ("markup", "half"),
    [("a &am", True), ("a <", True), ("a\r", True), ("a[0]", True), ("&amp;", False),
     ("<b>&</b>", False), ("[0]<b>a</b>", False)],
)  # fmt: skip
def test_a_piece_that_ends_half_way_through_something_says_so(markup, half):
    found = outline(markup, {0: Net(half=True)})
    assert found.net.half is half
    assert not outline(markup, {0: Net(half=True)}, is_whole=True).net.half


def test_a_slot_that_ends_half_way_through_something_makes_an_element_dirty_that_goes_on():
    why = "what is put there ends half-way through something"
    source = "<p>[0]lt;</p><b>[0]</b>"
    assert shape(outline(source, {0: Net(half=True)}).root) == [
        ("p", [0, "lt;"], why), ("b", [0]),
    ]  # fmt: skip
    assert shape(outline("<b>[0]</b>", {0: Net(torn=True)}).root) == [("b", [0], why)]


def test_an_element_whose_attributes_tell_what_it_is_is_dirty_where_they_are_written():
    (svg,) = outline("<svg><font [0]>a</font><font size=1>b</font></svg>").root.children
    assert isinstance(svg, Tagged)
    assert [bool(piece.why) for piece in svg.children if isinstance(piece, Tagged)] == [True, False]
