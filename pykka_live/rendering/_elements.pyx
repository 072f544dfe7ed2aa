"""Ops that make elements.

What an element seems to be is not always what a browser makes of its markup: a value may hold the
quotation mark that its attribute ends with. Then the element is *rough*: its markup, as the
template has written it, is parsed where all around it is known.
"""

cimport cython

from pykka_live._spare cimport Spare
from pykka_live._vdom cimport Element, make_element, make_like
from pykka_live.rendering._fragments cimport (
    NOTHING, Fragment, children_like, children_of, decoded_attribute, element_fragment, is_blank,
    is_cut_off, is_plain, is_rebuilt, leads_abroad, markup_fragment, rough_fragment, settled_text, source_of,
    whole_fragment,
)
from pykka_live.rendering._ops cimport Op, Sequence, Writer
from pykka_live.rendering._run cimport Run

import re

from django.utils.html import escape

from pykka_live._html import parse_attributes
from pykka_live._region import MARK
from pykka_live.rendering.outline import SPACES

cdef enum:
    MANY = 64       # children, for which it is worth while to make the next ones of the last

cdef object attribute_list = re.compile(
    rf"""(?:[{SPACES}]+|[^{SPACES}"'<>/=\ufdd0-\ufdd2]+"""
    rf"""(?:[{SPACES}]*=[{SPACES}]*(?:"[^"]*"|'[^']*'|[^{SPACES}"'=<>`]+))?(?=[{SPACES}]|\Z))*""",
).fullmatch
cdef str ROOT = MARK
cdef object bare_value = re.compile(rf"""[^{SPACES}"'=<>`]+""").fullmatch


@cython.final
cdef class AttributeValue:
    """The value of an attribute.

    :param parts: texts, and Writers
    :param quote: what is around it; empty for a bare value
    """

    cdef readonly str name
    cdef tuple parts
    cdef str quote

    def __init__(self, str name, parts, str quote):
        self.name = name
        self.parts = tuple(parts)
        self.quote = quote

    cdef str evaluate(self, Run run, list written):
        """The value; None if it is not known what the markup makes of it. What the Writers wrote is
        noted."""
        cdef list texts = []
        cdef bint plain, known = True, empty = True
        cdef str text, raw
        cdef Py_ssize_t i
        for i in range(len(self.parts)):
            part = self.parts[i]
            if type(part) is str:
                texts.append(part)
                empty = False
                continue
            plain = False
            text = (<Writer>part).write(run, &plain)
            raw = str(escape(text)) if plain and (not self.quote or not is_plain(text)) else text
            written.append((raw, plain and raw is text))
            if not self.quote:
                known = known and (raw == "" or bare_value(raw) is not None)
            elif not plain:
                known = known and self.quote not in raw
            if text.endswith("\r") and self.is_whole(i):
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            text = settled_text(text) if plain else decoded_attribute(text)
            known = known and text is not None
            empty = empty and not text
            texts.append(text)
        if not known or (empty and not self.quote):
            return None
        return <str>texts[0] if len(texts) == 1 else "".join(texts)

    cdef bint is_whole(self, Py_ssize_t i) except -1:
        """Whether what follows a part cannot be the second half of its line break."""
        if i + 1 == len(self.parts):
            return bool(self.quote)
        follows = self.parts[i + 1]
        return type(follows) is str and not (<str>follows).startswith("\n")


@cython.final
cdef class AttributeSet:
    """Whole attributes.

    :param writer: writes them
    """

    cdef Writer writer

    def __init__(self, Writer writer):
        self.writer = writer

    cdef tuple evaluate(self, Run run, list written):
        """The names and values; None if it is not known what the markup makes of it. What the
        Writer wrote is noted."""
        cdef bint plain = False
        cdef str source = self.writer.write(run, &plain)
        if plain:
            source = str(escape(source))
        written.append((source, False))
        if is_blank(source):
            return ()
        if not is_plain(source) or ROOT in source.lower() or attribute_list(source) is None:
            return None
        return parse_attributes(source)


@cython.final
cdef class Tag(Op):
    """An element.

    :param tag: its name
    :param start: its start tag, as it is written, cut where a Writer writes
    :param end: its end tag, as it is written; empty if it has none
    :param attributes: pairs of names and values, `AttributeValue`s and `AttributeSet`s
    :param content: what is in it
    :param chain: the names of the elements around it; empty for the root of a tree
    :param place: its own in the memory
    """

    cdef str tag, end
    cdef tuple start, pairs, attributes, chain
    cdef Sequence content
    cdef int place
    cdef bint fixed, unique, foreign

    def __init__(self, str tag, start, str end, attributes, Sequence content, chain, int place):
        self.tag = tag
        self.start = tuple(start)
        self.end = end
        self.attributes = tuple(attributes)
        self.content = content
        self.chain = tuple(chain)
        self.place = place
        self.foreign = not {"svg", "math"}.isdisjoint((tag, *chain))
        self.fixed = all([type(item) is tuple for item in self.attributes])
        self.unique = not any([isinstance(item, AttributeSet) for item in self.attributes])
        if self.fixed:
            self.pairs = tuple([part for item in self.attributes for part in item])

    cdef Fragment run(self, Run run, list memory):
        cdef tuple pairs = self.pairs, made = None, parts = None
        cdef list written = None
        if not self.fixed:
            written = []
            pairs = self.evaluated(run, written)
        content = self.content.run(run, memory)
        if memory is not None:
            made = <tuple>memory[self.place]
        if pairs is None or content.source is not None:
            return self.rough(pairs, written, content, memory, made)
        if made is not None and made[1] is content:
            if made[0] is pairs or made[0] == pairs:
                return <Fragment>made[2]
        if content.parts is not None:
            parts = (self.start_tag(written), content, self.end)
        if made is not None and (made[0] is pairs or made[0] == pairs):
            element, spare = self.made_like(content, made)
        else:
            element, spare = make_element(self.tag, pairs, children_of(content)), None
        fragment = element_fragment(element, parts)
        if memory is not None:
            memory[self.place] = (pairs, content, fragment, spare)
        return fragment

    cdef tuple made_like(self, Fragment content, tuple made):
        """An element that is like one before, but for its content; and what the next one can be
        made with."""
        cdef Element before = <Element>(<Fragment>made[2]).nodes[0]
        cdef Spare spare = <Spare>made[3]
        if spare is None and len(before.children) > MANY:
            spare = Spare()
        if spare is None:
            return make_like(before, children_of(content)), None
        children = children_like(content, <Fragment>made[1], before.children, spare)
        return make_like(before, children), spare

    cdef tuple evaluated(self, Run run, list written):
        """The names and values; None if it is not known what the markup makes of them."""
        cdef list flat = []
        cdef bint known = True
        for item in self.attributes:
            if type(item) is tuple:
                flat.extend(<tuple>item)
            elif isinstance(item, AttributeValue):
                value = (<AttributeValue>item).evaluate(run, written)
                known = known and value is not None
                flat.append((<AttributeValue>item).name)
                flat.append(value)
            else:
                found = (<AttributeSet>item).evaluate(run, written)
                if found is None:
                    known = False
                else:
                    flat.extend(found)
        if not known:
            return None
        return tuple(flat) if self.unique else first_ones(flat)

    cdef str start_tag(self, list written):
        cdef list texts
        cdef Py_ssize_t i
        if written is None:
            return <str>self.start[0]
        texts = [self.start[0]]
        for i in range(len(written)):
            text, plain = <tuple>written[i]
            texts.append(str(escape(text)) if plain else text)
            texts.append(self.start[i + 1])
        return "".join(texts)

    cdef Fragment rough(self, tuple pairs, list written, Fragment content, list memory, tuple made):
        """The piece that results if the element, or what is in it, is not what it seems."""
        cdef str inner = source_of(content), start = self.start_tag(written)
        cdef bint rebuilt = is_rebuilt(content), guessed = content.is_guessed
        cdef bint cut = pairs is None and is_cut_off(start)
        cdef bint abroad = content.is_abroad or (pairs is None and leads_abroad(start))
        source = f"{start}{inner}{self.end}"
        if rebuilt and (cut or self.foreign or abroad):
            guessed = True
        if guessed or cut:
            fragment = rough_fragment(source, True)
            fragment.is_guessed, fragment.is_rebuilt, fragment.is_abroad = guessed, rebuilt, abroad
            return fragment
        if made is not None and made[0] == source and made[1] is rebuilt:
            return <Fragment>made[2]
        if self.chain:
            fragment = markup_fragment(source, self.chain, False)
        elif pairs is None:
            fragment = rough_fragment(source, False)
        else:
            content = whole_fragment(inner, self.tag)
            if content.source is not None:
                fragment = rough_fragment(source, content.is_cut)
            else:
                element = make_element(self.tag, pairs, children_of(content))
                fragment = element_fragment(element, None)
        fragment.is_rebuilt, fragment.is_abroad = rebuilt, abroad and fragment.source is not None
        if memory is not None:
            memory[self.place] = (source, rebuilt, fragment)
        return fragment


cdef tuple first_ones(list flat):
    cdef dict found = {}
    cdef Py_ssize_t k
    for k in range(0, len(flat), 2):
        found.setdefault(flat[k], flat[k + 1])
    return tuple([part for item in found.items() for part in item])


@cython.final
cdef class ImpliedBody(Op):
    """The `tbody` that table rows imply.

    :param content: the rows
    """

    cdef Sequence content
    cdef int place

    def __init__(self, Sequence content, int place):
        self.content = content
        self.place = place

    cdef Fragment run(self, Run run, list memory):
        cdef Fragment content = self.content.run(run, memory), inside, fragment
        cdef Py_ssize_t i = 0
        cdef tuple made
        if content.source is not None:
            return content
        if memory is not None:
            made = <tuple>memory[self.place]
            if made is not None and made[0] is content:
                return <Fragment>made[1]
        while i < len(content.nodes) and not isinstance(content.nodes[i], Element):
            i += 1
        if i == len(content.nodes):
            return content
        inside = Fragment.__new__(Fragment)
        inside.lead, inside.nodes, inside.trail = "", content.nodes[i:], content.trail
        body = make_element("tbody", (), children_of(inside))
        fragment = Fragment.__new__(Fragment)
        fragment.parts = (content,)
        fragment.lead, fragment.trail = content.lead, ""
        fragment.nodes = (*content.nodes[:i], body)
        if memory is not None:
            memory[self.place] = (content, fragment)
        return fragment
