"""Markup that stands inside of open elements: whether it keeps to itself, and what it makes."""

from __future__ import annotations

import pytest

from pykka_live._html import parse_inside
from pykka_live.vdom import Element, to_html

BODY = ("main",)
TABLE = ("main", "table", "tbody")


@pytest.mark.parametrize(
    ("source", "chain", "html"),
    [
        ("", BODY, ""),
        ("a<b>c</b>", BODY, "a<b>c</b>"),
        ("<p>a<p>b</p>", BODY, "<p>a</p><p>b</p>"),
        ("<!-- a --><br>", BODY, "<!-- a --><br>"),
        ("<tr><td>a</tr>", TABLE, "<tr><td>a</td></tr>"),
        ("<li>a</li>", ("main", "ul"), "<li>a</li>"),
        ("<g/>", ("main", "svg"), "<g></g>"),
        ("<b a='\"'>x</b>", BODY, '<b a="&quot;">x</b>'),
    ],
)
def test_what_keeps_to_itself_becomes_nodes(source, chain, html):
    nodes = parse_inside(source, chain)
    assert nodes is not None
    assert to_html(Element("main", {}, nodes), inner=True) == html


@pytest.mark.parametrize(
    ("source", "chain"),
    [
        # The rest of the page would be in a tag, a comment or a text.
        ('<b a="', BODY),
        ('<section class="></section>', BODY),
        ('a<section class="></section>', BODY),
        ("<b", BODY),
        ("</b", BODY),
        ("<!-- a", BODY),
        ("<textarea>", BODY),
        ("<script>a", BODY),
        # It leaves an element open, or ends one.
        ("<div>", BODY),
        ("<b>a", BODY),
        ("</tbody>", TABLE),
        ("<li>a", ("main", "ul", "li")),
        # It puts something elsewhere.
        ("text", TABLE),
        ("<p>a</p>", TABLE),
        ("<div>a</div>", ("main", "p")),
    ],
)
def test_what_does_not_keep_to_itself_is_refused(source, chain):
    assert parse_inside(source, chain) is None
