"""A tree as HTML."""

from pykka_live._tags cimport FOREIGN, INTEGRATION, VOID_SET
from pykka_live._vdom cimport Comment, Element, Node, Text

cdef frozenset RAW_TEXT = frozenset(
    "style script xmp iframe noembed noframes noscript plaintext".split())
cdef frozenset LOSES_NEWLINE = frozenset("pre listing textarea".split())


cdef str escape(str text, bint attribute):
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "\xa0" in text:
        text = text.replace("\xa0", "&nbsp;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if attribute and '"' in text:
        text = text.replace('"', "&quot;")
    return text


cdef str raw_text(Element parent, str text):
    """A text that cannot be escaped. One that would end its element could only come from data, not
    from a page.
    """
    if "</" in text and f"</{parent.tag}" in text.lower() and parent.tag != "script":
        raise ValueError(f"a text with </{parent.tag} cannot be written inside of <{parent.tag}>")
    return text


cdef str space_inside(Element element, str space):
    """What the children of an element are: "html", "svg" or "math"."""
    if element.tag in FOREIGN:
        return element.tag
    if space == "html":
        return space
    tag = element.tag.lower()
    if tag == "annotation-xml":
        encoding = (element.get("encoding") or "").lower()
        return "html" if encoding in ("text/html", "application/xhtml+xml") else space
    return "html" if tag in INTEGRATION[space] else space


cdef int put_start_tag(list parts, Element element) except -1:
    cdef Py_ssize_t k
    parts.append("<")
    parts.append(element.tag)
    for k in range(0, len(element.pairs), 2):
        parts.append(" ")
        parts.append(element.pairs[k])
        parts.append('="')
        parts.append(escape(<str>element.pairs[k + 1], True))
        parts.append('"')
    parts.append(">")
    return 0


def to_html(Node node not None, *, bint inner=False):
    """A tree as HTML, from which a browser makes the same tree again.

    :param inner: leave out the node's own tags
    :raises ValueError: for what HTML cannot express, like `</style>` in a style or `-->` in a
        comment. No parsed tree has such a thing
    """
    cdef list parts = [], stack = [node]
    cdef str space = "html"
    cdef Element element, parent = None
    cdef bint own
    while stack:
        item = stack.pop()
        if type(item) is tuple:                 # the end of an element
            element, parent, space = item
            if not (inner and element is node and not stack):
                parts.append("</" + element.tag + ">")
        elif isinstance(item, Text):
            text = (<Text>item).data
            if parent is not None and space == "html" and parent.tag in RAW_TEXT:
                parts.append(raw_text(parent, text))
            else:
                parts.append(escape(text, False))
        elif isinstance(item, Comment):
            parts.append(comment_markup((<Comment>item).data))
        else:
            element = item
            own = not (inner and element is node and parent is None)
            if own:
                put_start_tag(parts, element)
            if space == "html" and element.tag in VOID_SET:
                continue
            if own and space == "html" and loses_newline(element):
                parts.append("\n")
            stack.append((element, parent, space))
            parent, space = element, space_inside(element, space)
            stack.extend(reversed(element.children))
    return "".join(parts)


cdef bint loses_newline(Element element) except -1:
    """Whether a browser would drop the newline that the content starts with."""
    if element.tag not in LOSES_NEWLINE:
        return False
    if not element.children or not isinstance(element.children[0], Text):
        return False
    return (<Text>element.children[0]).data.startswith("\n")


cdef str comment_markup(str data):
    if (data.startswith((">", "->")) or data.endswith(("<!-", "--!"))
            or "-->" in data or "--!>" in data):
        raise ValueError(f"a comment cannot contain {data!r}")
    return "<!--" + data + "-->"
