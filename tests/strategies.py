"""Hypothesis strategies for trees and HTML, for all tests that need any."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pykka_live.vdom import Comment, Element, Node, Text

TEXTS = st.sampled_from(
    ["a", "b", "one two", "\n  ", " ", "é", "😀", '<&>"', "line\nline"]
) | st.text(
    st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1, max_size=8
)
"""Texts that HTML can express, often equal ones."""

COMMENTS = st.sampled_from(["", "c", " a comment "])
KEYS = st.sampled_from("abcdefgh")
TAGS = st.sampled_from(["div", "span", "section", "my-card"])  # none closes another


@st.composite
def attributes(draw: st.DrawFn, keyed: bool = True) -> dict[str, str]:
    names = ["class", "title", "live-on:click.prevent", "disabled"]
    attrs = draw(st.dictionaries(st.sampled_from(names), TEXTS | st.just(""), max_size=3))
    if keyed and draw(st.booleans()):
        attrs[draw(st.sampled_from(["live-key", "id"]))] = draw(KEYS)
    return attrs


def nodes(depth: int = 3, keyed: bool = True) -> st.SearchStrategy[Node]:
    """Texts, comments and elements; keys repeat among siblings now and then."""
    leaves: st.SearchStrategy[Node] = st.builds(Text, TEXTS) | st.builds(Comment, COMMENTS)
    if depth == 0:
        return leaves
    return leaves | elements(depth, keyed)


def elements(depth: int = 3, keyed: bool = True) -> st.SearchStrategy[Node]:
    children = st.lists(nodes(depth - 1, keyed), max_size=6)
    return st.builds(Element, TAGS, attributes(keyed), children)


def trees(depth: int = 3, keyed: bool = True) -> st.SearchStrategy[Element]:
    """Roots: a `div` without attributes."""
    children = st.lists(nodes(depth, keyed), max_size=10)
    return st.builds(Element, st.just("div"), st.none(), children)


@st.composite
def lists(draw: st.DrawFn) -> Element:
    """A list as templates make it: rows with or without keys, white space between them or not."""
    between = draw(st.sampled_from(["", "\n  "]))
    keyed = draw(st.booleans())
    children: list[Node | str] = [between]
    labels = draw(st.lists(st.integers(0, 30), max_size=25))
    for label in labels:
        attrs = {"live-key": str(label)} if keyed else {}
        children += [Element("li", attrs, [f"row {label}"]), between]
    return Element("ul", None, children)


@st.composite
def changed(draw: st.DrawFn, tree: Element) -> Element:
    """The tree after a few edits, as one event makes them: children moved, removed, rewritten."""
    for _ in range(draw(st.integers(1, 4))):
        tree = _edit(draw, tree)
    return tree


def _edit(draw: st.DrawFn, element: Element) -> Element:
    children: list[Any] = list(element.children)
    inner = [index for index, child in enumerate(children) if isinstance(child, Element)]
    deeper: bool = draw(st.booleans())
    if inner and deeper:
        index = draw(st.sampled_from(inner))
        children[index] = _edit(draw, children[index])
        return Element(element.tag, element.attrs, children)
    start = draw(st.integers(0, len(children)))
    stop = draw(st.integers(start, min(len(children), start + 4)))
    kind = draw(st.sampled_from(["move", "delete", "insert", "replace", "attributes"]))
    if kind == "attributes":
        return Element(element.tag, draw(attributes()), children)
    run = children[start:stop]
    if kind in ("move", "delete", "replace"):
        del children[start:stop]
    if kind == "move":
        target = draw(st.integers(0, len(children)))
        children[target:target] = run
    elif kind in ("insert", "replace"):
        children[start:start] = draw(st.lists(nodes(1), max_size=3))
    return Element(element.tag, element.attrs, children)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Element, Element]:
    """Two trees with the same root tag: neighbours in time, or strangers."""
    old = draw(trees() | lists())
    if draw(st.integers(0, 3)):
        return old, draw(changed(old))
    return old, Element(old.tag, None, draw(trees()).children)


# -- markup ---------------------------------------------------------------------------------------

PLAIN_TAGS = [
    "div",
    "p",
    "span",
    "a",
    "b",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "h1",
    "h2",
    "form",
    "button",
    "label",
    "section",
    "article",
    "details",
    "summary",
    "figure",
    "nav",
    "pre",
    "code",
    "small",
    "u",
    "fieldset",
    "legend",
    "address",
    "blockquote",
    "x-card",
    "svg",
    "g",
    "path",
    "title",
    "math",
    "mi",
    "mo",
    "ruby",
    "audio",
]
VOID_TAGS = ["br", "img", "input", "hr", "col", "wbr", "source", "track"]
RAW_TAGS = ["script", "style", "textarea", "title", "iframe", "xmp"]
ATTRIBUTES = [
    "",
    "",
    "",
    " class=x",
    " id='q'",
    ' title="a&amp;b"',
    " disabled",
    " DATA-X=1",
    " viewBox='0 0 1 1'",
    " @click.prevent='go'",
    " a=1 A=2",
]
CONTENT = ["a", "b c", "\n", "  ", "&amp;", "&lt;b>", "é", "&copy", "&nbsp;", "1 < 2", "&#x41;"]


@st.composite
def well_formed(draw: st.DrawFn, depth: int = 3) -> str:
    """Markup whose tags match, though they may stand where they do not belong."""
    parts: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 9))
        attrs = draw(st.sampled_from(ATTRIBUTES))
        if kind < 3 or depth == 0:
            parts.append(draw(st.sampled_from(CONTENT)))
        elif kind == 3:
            parts.append(f"<{draw(st.sampled_from(VOID_TAGS))}{attrs}>")
        elif kind == 4:
            tag = draw(st.sampled_from(RAW_TAGS))
            parts.append(f"<{tag}{attrs}>{draw(st.sampled_from(CONTENT))}</{tag}>")
        elif kind == 5:
            parts.append("<!-- c -->")
        else:
            tag = draw(st.sampled_from(PLAIN_TAGS))
            parts.append(f"<{tag}{attrs}>{draw(well_formed(depth - 1))}</{tag}>")
    return "".join(parts)


_TAG_SOUP = st.builds(
    "<{}{}{}>".format,
    st.sampled_from(["", "", "/"]),
    st.sampled_from(PLAIN_TAGS + VOID_TAGS),
    st.sampled_from(ATTRIBUTES),
)
_ODDITIES = st.sampled_from(["<!-->", "<!--a--!>", "<!x>", "</ x>", "</>", "<", "<3", "<p/>", "\0"])

soup = st.lists(_TAG_SOUP | st.sampled_from(CONTENT) | _ODDITIES, max_size=12).map("".join)
"""Markup whose tags need not match."""
