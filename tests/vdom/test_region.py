"""Finding the live region of a page, however hostile the page."""

from __future__ import annotations

import pytest
from hypothesis import given

from pykka_live.vdom import Element, RegionError, Text, find_region, parse, parse_region, to_html
from tests.strategies import well_formed

DECOYS = [
    "",
    "<!-- <div data-liveview-root> -->",
    "<!--><!-- data-liveview-root --!><!-->",
    "<script>'<div data-liveview-root>'</script>",
    "<script><!--<script></script><div data-liveview-root></script>--></script>",
    "<style><div data-liveview-root></style>",
    "<textarea><div data-liveview-root></textarea>",
    "<title><div data-liveview-root></div></title>",
    "<noscript><div data-liveview-root></div></noscript>",
    "<p title='<div data-liveview-root>'>",
    '<p title="a>b" data-x=data-liveview-root>',
    "<p data-liveview-rooted data-liveview>",
    "data-liveview-root < data-liveview-root",
    "<svg><![CDATA[<div data-liveview-root>]]></svg>",
    "<!doctype html><?data-liveview-root <x data-liveview-root?>",
    "</div data-liveview-root>",
    "é😀",
]


@pytest.mark.parametrize("decoy", DECOYS)
def test_the_root_is_found_among_decoys(decoy: str) -> None:
    root = "<div class='a' data-liveview-root id=x>" + "<p>" + decoy + "</div>"
    page = f"<body>{decoy}{root}{decoy}</body>"
    if decoy == "</div data-liveview-root>":
        root = "<div class='a' data-liveview-root id=x><p></div data-liveview-root>"
    region = find_region(page)
    assert page[region.start : region.end] == root
    assert page[region.start : region.inner_start] == "<div class='a' data-liveview-root id=x>"
    assert page[region.inner_end : region.end].startswith("</div")
    assert region.tag == "div"
    assert region.attrs == (("class", "a"), ("data-liveview-root", ""), ("id", "x"))


def test_elements_of_the_same_name_are_counted() -> None:
    page = "<div><DIV data-liveview-root><div><div></div>x</div>y</div>z</div>"
    region = find_region(page)
    assert page[region.inner_start : region.inner_end] == "<div><div></div>x</div>y"


@pytest.mark.parametrize(
    ("page", "tag", "inner"),
    [
        ("<table><tbody data-liveview-root><tr><td>1</tbody></table>", "tbody", "<tr><td>1"),
        ("<ul Data-LiveView-Root=''><li>a</ul>", "ul", "<li>a"),
        ("<svg data-liveview-root><path/></svg>", "svg", "<path/>"),
        ("<body data-liveview-root><p>x", "body", "<p>x"),
        ("<html><body data-liveview-root><p>x</body></html>", "body", "<p>x"),
        ("<html data-liveview-root><p>x", "html", "<p>x"),
        ("<my-app data-liveview-root>x</my-app\n>", "my-app", "x"),
    ],
)
def test_any_element_with_content_may_be_the_root(page: str, tag: str, inner: str) -> None:
    region = find_region(page)
    assert (region.tag, page[region.inner_start : region.inner_end]) == (tag, inner)


def test_html_within_svg_ends_that() -> None:
    region, root = parse_region("<svg><g><div data-liveview-root><br>a</div></g></svg>")
    assert not region.foreign
    assert root.children == (Element("br"), Text("a"))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no element"),
        ("<div></div>", "no element"),
        ("<div data-liveview-root", "no element"),
        ("<!-- <div data-liveview-root></div>", "no element"),
        ("<i data-liveview-root></i><b data-liveview-root></b>", "two elements.*<i> and <b>"),
        ("<i data-liveview-root><b data-liveview-root></b></i>", "two elements"),
        ("<br data-liveview-root>", "<br>.*no content"),
        ("<svg><path data-liveview-root /></svg>", "<path>.*no content"),
        ("<div data-liveview-root><div></div>", "<div>, has no end tag"),
        ("<div data-liveview-root><!-- </div>", "has no end tag"),
        ("<div data-liveview-root><script></div>", "has no end tag"),
    ],
)
def test_what_is_wrong_is_said(page: str, message: str) -> None:
    with pytest.raises(RegionError, match=message):
        find_region(page)


def test_a_region_is_parsed_in_its_own_context() -> None:
    page = "<table><tbody data-liveview-root id='t&amp;b'><tr><td>1</tbody></table>"
    region, root = parse_region(page)
    assert region.tag == "tbody"
    assert root == Element(
        "tbody",
        {"data-liveview-root": "", "id": "t&b"},
        [Element("tr", None, [Element("td", None, ["1"])])],
    )


def test_a_region_inside_of_an_svg_is_svg() -> None:
    page = "<svg><g data-liveview-root viewBox=0><clippath/><title>x</title></g></svg>"
    _, root = parse_region(page)
    assert list(root.attrs) == ["data-liveview-root", "viewBox"]
    assert root.children[0] == Element("clipPath")


def test_the_first_newline_of_a_pre_is_not_content() -> None:
    assert (
        parse_region("<pre data-liveview-root>\n\nx</pre>")[1].children[0]
        == parse("\nx").children[0]
    )


@given(well_formed())
def test_the_region_is_what_was_put_in(inner: str) -> None:
    page = f"é<p>{inner}</p><my-root data-liveview-root>{inner}</my-root>{inner}"
    region, root = parse_region(page)
    assert page[region.inner_start : region.inner_end] == inner
    assert root.children == parse(inner, "my-root").children
    assert to_html(root, inner=True) == to_html(parse(inner), inner=True)
