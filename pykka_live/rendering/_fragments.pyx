"""What ops make: pieces of a page that can be put beside each other.

A text may go on in the next piece, so the texts at both ends of a piece are kept as strings, and
become nodes when it is known what stands beside them.
"""

cimport cython

from pykka_live._spare cimport Spare, next_other
from pykka_live._vdom cimport Comment, Element, Node, Text, clean, make_element, make_text, same

import re
from functools import lru_cache

from pykka_live._html import find_region, parse, parse_attributes, parse_inside
from pykka_live._markup import to_html
from pykka_live._region import MARK, RegionError
from pykka_live.rendering.outline import SPACES

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    Py_UCS4 PyUnicode_READ(int kind, void* data, Py_ssize_t index) noexcept
    Py_ssize_t PyUnicode_GET_LENGTH(object text) noexcept

cdef str ROOT = MARK
cdef str END = "\ufdd0"
# What the next piece could make something else of.
cdef object half_done = re.compile(r"(?:&#?[0-9a-zA-Z]*|<)\Z").search
# Behind it, tags and texts may mean something else.
cdef object foreign = re.compile(r"<(?:svg|math)", re.IGNORECASE).search


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Fragment:
    """A piece of a page. Two of them are told apart by identity: an op that makes the same again
    gives the same object."""

    def __repr__(self):
        if self.source is not None:
            return f"Fragment(source={self.source!r})"
        return f"Fragment({self.lead!r}, {self.nodes!r}, {self.trail!r})"


cdef inline Fragment make_fragment(str lead, tuple nodes, str trail):
    cdef Fragment fragment = Fragment.__new__(Fragment)
    fragment.lead = lead
    fragment.nodes = nodes
    fragment.trail = trail
    return fragment


cdef Fragment NOTHING = make_fragment("", (), "")


cdef Fragment text_fragment(str data):
    return make_fragment(data, (), "") if data else NOTHING


cdef Fragment rough_fragment(str source, bint is_cut):
    """A piece that only makes sense together with its surroundings."""
    cdef Fragment fragment = make_fragment("", (), "")
    fragment.source = source
    fragment.is_cut = is_cut
    fragment.is_abroad = leads_abroad(source)
    return fragment


cdef bint is_cut_off(str source) except -1:
    """Whether markup ends within a tag, or the like, so that what follows becomes something else
    than it seems."""
    if half_done(source) is not None or "\r" in source:
        return True
    todo = [parse(f"{source}<!--{END}-->")]
    while todo:
        node = todo.pop()
        if isinstance(node, Element):
            todo.extend((<Element>node).children)
        elif isinstance(node, Comment) and (<Comment>node).data == END:
            return False
    return True


cdef Fragment element_fragment(Element element, tuple parts):
    cdef Fragment fragment = make_fragment("", (element,), "")
    fragment.parts = parts
    return fragment


cdef Fragment nodes_fragment(tuple nodes):
    """The piece that consists of some children of an element."""
    cdef str lead = "", trail = ""
    if nodes and isinstance(nodes[0], Text):
        lead = (<Text>nodes[0]).data
        nodes = nodes[1:]
    if nodes and isinstance(nodes[len(nodes) - 1], Text):
        trail = (<Text>nodes[len(nodes) - 1]).data
        nodes = nodes[:len(nodes) - 1]
    return make_fragment(lead, nodes, trail)


cdef bint is_plain(str data) except -1:
    """Whether a text is in a tree what it is in markup, but for references."""
    cdef int kind = PyUnicode_KIND(data)
    cdef void* content = PyUnicode_DATA(data)
    cdef Py_ssize_t i
    cdef Py_UCS4 c
    for i in range(PyUnicode_GET_LENGTH(data)):
        c = PyUnicode_READ(kind, content, i)
        if c == 0 or c == 13 or 0xD800 <= c <= 0xDFFF or 0xFDD0 <= c <= 0xFDD2:
            return False
    return True


cdef bint is_blank(str data) except -1:
    """Whether HTML takes a text for white space; Python takes more for that."""
    return not data.strip(SPACES)


cdef str settled_text(str data):
    """A text as it is in a tree; None if that depends on what follows."""
    if is_plain(data):
        return data
    if "\r" not in data or data.endswith("\r"):
        return None
    data = data.replace("\r\n", "\n").replace("\r", "\n")
    return data if is_plain(data) else None


@lru_cache(maxsize=1000)
def _decoded_text(str raw):
    children = parse(raw).children
    if not children:
        return ""
    if len(children) > 1 or not isinstance(children[0], Text):
        return None
    return children[0].data


@lru_cache(maxsize=1000)
def _decoded_attribute(str raw):
    # There is no apostrophe in it, nor a quotation mark, or else in a value within the other.
    quote = "'" if '"' in raw else '"'
    pairs = parse_attributes(f"x={quote}{raw}{quote}")
    return pairs[1] if len(pairs) == 2 else None


cdef str decoded_text(str raw):
    """What text markup means; None if that depends on what follows, or if it is more than text."""
    cdef str text = settled_text(raw)
    if text is None or half_done(text) is not None:
        return None
    if "&" not in text:
        return text if "<" not in text else None
    return _decoded_text(text)


cdef str decoded_attribute(str raw):
    """What an attribute's quoted value means; None if that depends on what follows."""
    cdef str text = settled_text(raw)
    if text is None or "&" not in text:
        return text
    return None if half_done(text) is not None else _decoded_attribute(text)


cdef Fragment markup_fragment(str source, tuple chain, bint blank):
    """The piece that some markup makes inside of open elements. `blank` says that no text may stand
    there."""
    cdef str data
    if "<" not in source:
        data = decoded_text(source)
        if data is None or (blank and not is_blank(data)):
            return rough_fragment(source, is_cut_off(source))
        return text_fragment(data)
    if half_done(source) is not None:
        return rough_fragment(source, True)
    nodes = parse_inside(source, chain) if keeps_region(source, chain) else None
    if nodes is None:
        return rough_fragment(source, is_cut_off(source))
    return of_markup(nodes, source)


cdef Fragment whole_fragment(str source, str tag):
    """The piece that some markup makes which is all that the root of a tree holds."""
    if not fills_region(source, tag):
        return rough_fragment(source, is_cut_off(source))
    return of_markup(parse(source, tag).children, source)


cdef Fragment of_markup(tuple nodes, str source):
    cdef Fragment fragment = nodes_fragment(nodes)
    fragment.parts = (source,)
    return fragment


cdef bint keeps_region(str source, tuple chain) except -1:
    """Whether markup leaves it to others to begin and to end the live region, which ends where its
    tags are paired, whatever else is open."""
    root, lower = chain[0], source.lower()
    if ROOT not in lower and "<" + root not in lower and "</" + root not in lower:
        return True
    if root == "form" and "</form" in lower:
        return False    # where a form in it ends, the parser forgets the region's
    if "svg" in chain or "math" in chain:
        return False    # there other elements hold no markup
    return fills_region(source, root)


cdef bint fills_region(str source, str root) except -1:
    """Whether the live region is what markup between its two tags says."""
    start = f"<{root} {ROOT}>"
    try:
        region = find_region(f"{start}{source}</{root}>")
    except RegionError:
        return False
    return region.inner_end == len(start) + len(source)


cdef tuple children_of(Fragment fragment):
    """The children of an element that holds nothing but this piece."""
    if not fragment.lead and not fragment.trail:
        return fragment.nodes
    cdef list children = []
    if fragment.lead:
        children.append(make_text(clean(fragment.lead)))
    children.extend(fragment.nodes)
    if fragment.trail:
        children.append(make_text(clean(fragment.trail)))
    return tuple(children)


cdef tuple children_like(Fragment fragment, Fragment before, tuple children, Spare spare):
    """As `children_of`, where `children` are those of a piece before, which mostly are the same."""
    cdef Py_ssize_t i = 0, count = len(fragment.nodes), left = count // 4
    cdef list places = [], nodes = []
    if not fragment.lead and not fragment.trail:
        return fragment.nodes
    if count != len(before.nodes) or fragment.lead != before.lead or fragment.trail != before.trail:
        return children_of(fragment)
    while True:
        i = next_other(fragment.nodes, before.nodes, i, count)
        if i == count:
            return spare.patched(children, places, nodes) if places else children
        if left == 0:
            return children_of(fragment)
        left -= 1
        places.append(i + 1 if fragment.lead else i)
        nodes.append(fragment.nodes[i])
        i += 1


cdef Fragment combined(list fragments):
    """The piece that several make beside each other."""
    cdef Fragment fragment
    cdef tuple only = None
    cdef list nodes = None, texts = None
    cdef str lead = None, open = None
    cdef bint has_parts = False
    if len(fragments) == 1:
        return fragments[0]
    for item in fragments:
        fragment = <Fragment>item
        if fragment.source is not None:
            return rough_together(fragments)
        has_parts = has_parts or fragment.parts is not None
        if fragment.lead:
            if open is None:
                open = fragment.lead
            elif texts is None:
                texts = [open, fragment.lead]
            else:
                texts.append(fragment.lead)
        if not fragment.nodes:
            continue
        if texts is not None:
            open = "".join(texts)
            texts = None
        if only is None:
            lead = open if open is not None else ""
            only = fragment.nodes   # which may be thousands
        else:
            if nodes is None:
                nodes = list(only)
            if open is not None:
                nodes.append(make_text(clean(open)))
            nodes.extend(fragment.nodes)
        open = fragment.trail if fragment.trail else None
    if texts is not None:
        open = "".join(texts)
    if only is not None:
        if nodes is not None:
            only = tuple(nodes)
        fragment = make_fragment(lead, only, open if open is not None else "")
    else:
        fragment = make_fragment(open if open is not None else "", (), "")
    if has_parts:
        fragment.parts = tuple(fragments)
    return fragment


cdef Fragment rough_together(list fragments):
    """The markup of several pieces. One that was made of a tree, not written, means the same only
    where the tags around it do."""
    cdef Fragment fragment, result = rough_fragment("", False)
    cdef list sources = []
    cdef bint rebuilt
    for item in fragments:
        fragment = <Fragment>item
        rebuilt = is_rebuilt(fragment)
        if fragment.is_guessed or (result.is_cut and rebuilt):
            result.is_guessed = True
        result.is_rebuilt = result.is_rebuilt or rebuilt
        result.is_cut = result.is_cut or fragment.is_cut
        result.is_abroad = result.is_abroad or fragment.is_abroad
        sources.append(source_of(fragment))
    if result.is_abroad and result.is_rebuilt:
        result.is_guessed = True
    result.source = "".join(sources)
    return result


cdef bint is_rebuilt(Fragment fragment) except -1:
    """Whether some of the markup of a piece is not what the template wrote."""
    cdef list todo = [fragment]
    while todo:
        item = todo.pop()
        if type(item) is str or item is NOTHING:
            continue
        fragment = <Fragment>item
        if fragment.is_rebuilt:
            return True
        if fragment.source is not None:
            continue
        if fragment.parts is None:
            return True
        todo.extend(fragment.parts)
    return False


cdef bint leads_abroad(str source) except -1:
    """Whether markup may begin foreign content."""
    return foreign(source) is not None


cdef str source_of(Fragment fragment):
    """Markup that makes this piece: token by token what the template wrote, but for what is known
    only as a tree."""
    cdef list texts = [], todo = [fragment]
    while todo:
        item = todo.pop()
        if type(item) is str:
            texts.append(item)
        elif (<Fragment>item).source is not None:
            texts.append((<Fragment>item).source)
        elif (<Fragment>item).parts is not None:
            todo.extend(reversed((<Fragment>item).parts))
        else:
            holder = make_element("x", (), children_of(<Fragment>item))
            texts.append(to_html(holder, inner=True))
    return "".join(texts)


cdef bint alike_fragments(Fragment a, Fragment b) except -1:
    cdef Py_ssize_t i
    if a is b:
        return True
    if a.source is not None or b.source is not None or a.parts != b.parts:
        return False
    if a.is_rebuilt != b.is_rebuilt:
        return False
    if a.lead != b.lead or a.trail != b.trail or len(a.nodes) != len(b.nodes):
        return False
    for i in range(len(a.nodes)):
        if not same(<Node>a.nodes[i], <Node>b.nodes[i]):
            return False
    return True
