"""SVG and MathML: what is markup there, and what is text, depends on what is open around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pykka_live.vdom import find_region, parse, to_html
from tests.vdom.oracle import parse_by_html5lib

# (context, html): what an end tag of an element around it ends.
ENDED = [
    ("div", "<div><svg></div><title><i></title>"),
    ("div", "<a><math></a><title><i></title>"),
    ("div", "<button><svg></button><textarea><i></textarea>"),
    ("td", "<div><svg><g></div><style><i></style>"),
    ("div", "<table><tr><td><svg></td><td><title><i></title>"),
    ("div", "<div><svg><desc><b></b></div></desc><title><i></title>"),
    ("div", "<div><svg></b><title><i></title></div>"),
    ("div", "<div></div><svg></div><title><i></title>"),
    ("div", "<svg><desc><div></svg></div></desc><title><i></title>"),
    ("div", "<svg><title>a</title><g></g></svg><title><i></title>"),
    ("div", "<svg><font color=a><title><i></title>"),
    ("div", "<svg><font size=1></font><title><i></title>"),
    ("div", "<svg><font><title><i></title>"),
    ("div", "<math><annotation-xml><title><b></title>"),
    ("div", "<math><annotation-xml encoding=text/html><title><b></title>"),
    ("div", "<math><mi><mglyph><style><a></style>"),
    ("div", "<div><svg></div><![CDATA[<i>]]>"),
    ("div", "<x-y><svg></x-y><xmp><i></xmp><svg><xmp><a></xmp>"),
    ("p", "<svg><foreignobject><title><i></title><svg></foreignobject><title><a></title>"),
]


@pytest.mark.parametrize(("context", "html"), ENDED)
def test_what_ends_foreign_content_is_what_html5lib_says(context: str, html: str) -> None:
    assert parse(html, context) == parse_by_html5lib(html, context)


STARTS = (
    "<svg> <math> <div> <b> <a> <p> <g> <mi> <desc> <foreignObject> <title> <style> <script> <x-y> "
    "<svg/> <path/> <title/> <style/> <section> <annotation-xml> <font> <mglyph> <button> <ul> "
    "<li> <iframe> <noscript> <xmp>"
).split()
ENDS = (
    "</svg> </math> </div> </b> </a> </g> </mi> </desc> </foreignObject> </title> </style> </x-y> "
    "</section> </annotation-xml> </font> </button> </ul> </li> </script> </iframe>"
).split()
TAGS = [*STARTS, *ENDS, "<font color=x>", "<annotation-xml encoding=text/html>"]
OTHERS = ["x", "<i>", "&lt;", "<![CDATA[q<i>]]>", "<!--c-->", "</z>", "<!x>"]
PARTS = st.lists(st.sampled_from(TAGS) | st.sampled_from(OTHERS), max_size=12)


@given(PARTS, st.sampled_from(["div", "td", "section"]))
@settings(max_examples=300, derandomize=True)
def test_foreign_content_is_what_html5lib_says(parts: list[str], context: str) -> None:
    html = "".join(parts)
    assert parse(html, context) == parse_by_html5lib(html, context)


@pytest.mark.parametrize(
    ("page", "inner"),
    [
        ("<main data-liveview-root><svg></svg><script>'</main>'</script></main>",
         "<svg></svg><script>'</main>'</script>"),
        ("<main data-liveview-root><p><svg></p><script>'</main>'</script></main>",
         "<p><svg></p><script>'</main>'</script>"),
        ("<div><svg></div><style><i data-liveview-root></style><p data-liveview-root>a</p>", "a"),
        ("<div><svg><g></g></div><textarea></p></textarea><p data-liveview-root>a</p>", "a"),
    ],
)  # fmt: skip
def test_a_region_is_found_behind_foreign_content(page: str, inner: str) -> None:
    region = find_region(page)
    assert page[region.inner_start : region.inner_end] == inner


def test_a_text_may_hold_a_nul_where_foreign_content_has_ended() -> None:
    assert to_html(parse("<div><svg>a\0</div>b\0c<title>\0</title>")) == (
        "<div><div><svg>a�</svg></div>bc<title>�</title></div>"
    )


def test_a_tag_may_be_named_by_anything() -> None:
    assert parse("<a\0<b>x") == parse("<a�<b>x")
    page = "<a\ud800>b</a\ud800><p data-liveview-root>c</p>"
    assert page[find_region(page).start :] == "<p data-liveview-root>c</p>"
