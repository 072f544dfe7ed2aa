"""html5lib's opinion of a piece of HTML, as one of our trees."""

from __future__ import annotations

from typing import Any

import html5lib

from pykka_live.vdom import Comment, Element, Node


def parse_by_html5lib(html: str, context: str = "div") -> Element:
    fragment = html5lib.parseFragment(html, treebuilder="dom", container=context, scripting=True)
    return Element(context, None, [_convert(child) for child in fragment.childNodes])


def _convert(node: Any) -> Node | str:
    if node.nodeType == node.TEXT_NODE:
        return str(node.data)
    if node.nodeType == node.COMMENT_NODE:
        return Comment(node.data)
    attrs = {}
    for name, value in node.attributes.items():
        attrs["live-on:" + name[1:] if name.startswith("@") else name] = value
    return Element(node.tagName, attrs, [_convert(child) for child in node.childNodes])
