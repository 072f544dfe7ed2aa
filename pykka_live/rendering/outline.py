"""The outline of a piece of markup: its elements as they are written, with slots where a template
puts something.

It knows little of HTML. What it makes of the markup is compared with what the parser makes of it,
and an element for which the two differ is *dirty*: it is rendered as a string.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pykka_live._tags import RAW_NAMES, VOID_NAMES
from pykka_live.rendering.pieces import Attribute, Remark, Slot, Tagged, Words

# A slot in markup is its number between two noncharacters.
OPEN, CLOSE = "\ufdd1", "\ufdd2"
SLOT = re.compile(f"{OPEN}(-?\\d+){CLOSE}")
FORBIDDEN = re.compile("[\ufdd0-\ufdd2\x00]")
"""What a template's own text must not contain."""

SPACES = " \t\n\f\r"
"""What HTML takes for white space; Python takes more."""

_TAG = re.compile(rf"<([a-zA-Z][^{SPACES}/>{OPEN}]*)")
_END = re.compile(rf"</([a-zA-Z][^{SPACES}/>{OPEN}]*)[^>{OPEN}]*>")
_ATTRIBUTE = re.compile(
    rf"[{SPACES}/]*(?P<name>{SLOT.pattern}|[^{SPACES}/>{OPEN}][^{SPACES}/>=]*)"
    rf"(?:[{SPACES}]*=[{SPACES}]*(?:(?P<quote>[\"'])(?P<quoted>.*?)(?P=quote)"
    rf"|(?P<bare>[^{SPACES}>\"'][^{SPACES}>]*)|(?=>)))?",
    re.DOTALL,
)
_TAG_END = re.compile(rf"[{SPACES}/]*>")
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)|<[!?/][^>]*>", re.DOTALL)
_HALF_REFERENCE = re.compile(r"&#?[0-9a-zA-Z]*\Z")
_HALF_DONE = re.compile(r"(?:&#?[0-9a-zA-Z]*|[<\r])\Z")

_VOID = frozenset(VOID_NAMES.split())
_RAW = frozenset(RAW_NAMES.split())
NEWLINE_EATERS = frozenset({"pre", "listing"})
_TABLE_PARTS = frozenset("caption colgroup col thead tbody tfoot".split())
_FOREIGN = frozenset({"svg", "math"})
_INTEGRATION = frozenset({"foreignobject", "desc", "title", "annotation-xml"})
_TELLING = frozenset({"font", "annotation-xml"})
"""Foreign elements whose attributes tell whether they are foreign, or what is in them."""


class Broken(Exception):
    """Markup that cannot be cut into elements; the text says why.

    Attributes:
        at: where in the markup the reason for that stands, if that is known.
        place: where in which template; a `Place`, if that is known.
        is_fatal: Django cannot show it either.
    """

    def __init__(self, why: str, place: Any = None, is_fatal: bool = False) -> None:
        super().__init__(why)
        self.at: int | None = None
        self.place = place
        self.is_fatal = is_fatal


@dataclass(frozen=True)
class Net:
    """What a piece of markup does to the elements around it.

    Attributes:
        closes, opens: the names of the elements that it ends, and of those that it begins.
        rows: all its own elements are table rows.
        half: it ends half-way through something, which what follows may complete.
        torn: so do parts of it, between which a template may put nothing.
    """

    closes: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    rows: bool = False
    half: bool = False
    torn: bool = False


BALANCED = Net()


class Nets(dict[int, Net]):
    """What slots do; where nothing is said, nothing."""

    def __missing__(self, index: int) -> Net:
        return BALANCED

    def is_spaced(self, index: int) -> bool:
        """Tell whether a slot is empty or begins with white space."""
        return False


class Outline:
    """Cuts markup into pieces.

    Args:
        source: the markup.
        nets: what each slot does.
        chain: the names of the elements that are open around it, if that is known.
        is_whole: the last of these elements ends with the markup.

    Attributes:
        root: holds the pieces; dirty if the whole has to be rendered as a string.
        net: what the whole does to the elements around it.

    Raises:
        Broken: if there is no making out what belongs together.
    """

    def __init__(
        self, source: str, nets: Nets, chain: Sequence[str] | None = None, is_whole: bool = False
    ) -> None:
        self.source = source
        self.root = Tagged("", 0, end=len(source))
        self._nets = nets
        self._chain = chain
        self._stack = [self.root]
        self._closes: list[str] = []
        self._is_whole = is_whole
        self._is_half = False
        self._at = 0
        if f"\r{OPEN}" in source or f"{CLOSE}\r" in source:
            self._soil("a carriage return beside a slot")
        try:
            while self._at < len(source):
                self._step()
        except Broken as broken:
            broken.at = self._at
            raise
        while self._top.implied or (is_whole and len(self._stack) > 1):
            if not self._top.implied:
                self._soil("it has no end tag")
            self._pop(len(source), len(source))
        self.net = Net(
            tuple(self._closes),
            tuple(element.name for element in self._stack[1:]),
            self._has_only_rows(),
            self._is_half,
        )

    def _has_only_rows(self) -> bool:
        elements = [piece for piece in self.root.children if isinstance(piece, Tagged)]
        slots = [piece.index for piece in self.root.children if isinstance(piece, Slot)]
        rows = all(self._nets[index].rows for index in slots)
        return rows and all(e.name == "tr" for e in elements) and bool(elements or slots)

    @property
    def _top(self) -> Tagged:
        return self._stack[-1]

    def _soil(self, why: str, at: int = -1) -> None:
        soil(self._top, why, at)

    def _step(self) -> None:
        """Take the next piece."""
        source, at = self.source, self._at
        if source[at] == OPEN:
            match = SLOT.match(source, at)
            assert match is not None
            self._at = match.end()
            self._slot(int(match[1]), at)
        elif source[at] != "<":
            self._words(_next(source, at))
        elif match := _TAG.match(source, at):
            self._start_tag(_lower(match[1]), at, match.end())
        elif match := _END.match(source, at):
            self._at = match.end()
            self._end_tag(_lower(match[1]), at, match.end())
        elif match := _COMMENT.match(source, at):
            self._at = match.end()
            if OPEN in match[0]:
                self._soil("a tag or a comment that is put together", at)
            self._top.children.append(Remark(match[0]))
        elif source[at + 1 : at + 2] in ("/", "!", "?"):
            raise Broken("a tag or a comment has no end")
        else:
            if source[at + 1 : at + 2] == OPEN:
                self._soil("a tag that is put together", at)
            self._words(_next(source, at + 1))

    def _words(self, end: int) -> None:
        words = self.source[self._at : end]
        if self.source.startswith(OPEN, end) and is_half_done(words):
            self._soil("a character reference that is put together", end - 1)
        if end == len(self.source) and _HALF_DONE.search(words):
            self._is_half = not self._is_whole
        self._top.children.append(Words(words))
        self._at = end

    def _slot(self, index: int, at: int) -> None:
        net = self._nets[index]
        if net.half or net.torn:
            self._take_half(net)
        if net.closes and net.opens:
            self._reopen(net)
        elif net.closes:
            for name in net.closes:
                self._end_tag(name, at, self._at, "its end tag is conditional")
        elif net.opens:
            for name in net.opens:
                element = Tagged(name, at, self._at, why="its start tag is conditional")
                self._top.children.append(element)
                self._stack.append(element)
            return
        if not net.closes:
            if net.rows and self._innermost() == "table":
                self._imply_body(at)
            if self._top.name in NEWLINE_EATERS and not self._top.children:
                self._soil("its content begins with a slot")
            self._top.children.append(Slot(index))

    def _take_half(self, net: Net) -> None:
        """Take a slot whose end, or some place in it, may be completed by what follows that."""
        is_last = self._at == len(self.source)
        self._is_half = net.half and is_last and not self._is_whole
        if net.torn or not (is_last or self.source[self._at] == "<"):
            self._soil("what is put there ends half-way through something")

    def _reopen(self, net: Net) -> None:
        """Take a slot that ends some elements and begins such ones again."""
        depth = len(net.closes)
        names = tuple(element.name for element in reversed(self._stack[1:]))
        if net.closes != tuple(reversed(net.opens)) or names[:depth] != net.closes:
            raise Broken("it ends some elements and begins others")
        self._stack[-depth].why = "its tags are conditional"

    def _innermost(self) -> str:
        if len(self._stack) > 1:
            return self._top.name
        return self._chain[-1] if self._chain else ""  # what is unknown is no table

    def _imply_body(self, at: int) -> None:
        element = Tagged("tbody", at, at, implied=True)
        self._top.children.append(element)
        self._stack.append(element)

    def _is_foreign(self) -> bool:
        names = [*(self._chain or ()), *(element.name for element in self._stack[1:])]
        for name in reversed(names):
            if name in _FOREIGN:
                return True
            if name in _INTEGRATION:
                return False
        return False

    def _start_tag(self, name: str, start: int, at: int) -> None:
        element = Tagged(name, start)
        source = self.source
        while (end := _TAG_END.match(source, at)) is None:
            match = _ATTRIBUTE.match(source, at)
            if match is None or match.end() == at:
                raise Broken(f"the start tag of <{name}> has no end")
            if not self._is_apart(match.start("name"), match.end(), match["name"]):
                soil(element, "what it writes into a tag runs into something", match.start("name"))
            at = match.end()
            value = match["quoted"] if match["quote"] else match["bare"] or ""
            element.attributes.append(Attribute(match["name"], value, match["quote"] or ""))
        self._at = element.inner = element.end = end.end()
        if self._top.implied and name in _TABLE_PARTS:
            self._pop(start, start)
        if name == "tr" and self._innermost() == "table":
            self._imply_body(start)
        self._top.children.append(element)
        foreign = self._is_foreign()
        if foreign and name in _TELLING and OPEN in source[start : element.inner]:
            element.why = element.why or "what it writes into a tag tells what the element is"
        element.closes_itself = end[0].endswith("/>")
        if name in _RAW and not foreign:
            self._raw(element)
        elif element.closes_itself if foreign or name in _FOREIGN else name in _VOID:
            element.ends = False
        else:
            self._stack.append(element)

    def _is_apart(self, start: int, end: int, name: str) -> bool:
        """Tell whether an attribute that may be a slot touches nothing around it."""
        slot = SLOT.fullmatch(name)
        if slot is None:
            return True
        spaced = self.source[start - 1] in SPACES or self._nets.is_spaced(int(slot[1]))
        return spaced and self.source[end : end + 1] in (*SPACES, ">", OPEN)

    def _raw(self, element: Tagged) -> None:
        """Take the content of an element that has no markup in it."""
        ignoring = re.IGNORECASE | re.ASCII
        pattern = re.compile(rf"</{element.name}(?:[{SPACES}/][^>]*)?>", ignoring)
        match = pattern.search(self.source, self._at)
        if match is None:
            raise Broken(f"<{element.name}> has no end tag")
        self._at = element.end = match.end()
        element.close = match.start()
        content = self.source[element.inner : match.start()]
        element.children.append(Words(content))
        if OPEN in self.source[element.inner : element.end]:
            slot = self.source.find(OPEN, element.inner)
            soil(element, "its content is no markup", slot)

    def _pop(self, close: int, end: int) -> None:
        self._top.close, self._top.end = close, end
        self._stack.pop()

    def _end_tag(self, name: str, close: int, end: int, why: str = "") -> None:
        if self._top.implied and name in ("table", "tbody"):
            self._pop(close, close)
        depth = len(self._stack) - 1
        while depth > 0 and self._stack[depth].name != name:
            depth -= 1
        if depth == 0:
            if self._chain is not None and name not in self._chain:
                self._soil(f"there is no <{name}> to end", close)
            elif len(self._stack) > 1:
                raise Broken(f"it ends a <{name}> across other elements")
            else:
                self._closes.append(name)
            return
        element = self._stack[depth]
        if depth < len(self._stack) - 1:
            soil(element, f"<{self._top.name}> in it has no end tag", self._top.start)
        if why:
            soil(element, why, close)
        while len(self._stack) > depth:
            self._pop(close, end)


def soil(element: Tagged, why: str, at: int = -1) -> None:
    """Note that an element has to be rendered as a string, why, and where the reason stands. The
    first reason is as good as any."""
    if not element.why:
        element.why, element.cause = why, at


def is_half_done(markup: str) -> bool:
    """Tell whether what follows the markup may change what its last letters mean."""
    return _HALF_REFERENCE.search(markup) is not None


def _lower(name: str) -> str:
    """Return a name as HTML compares it, to which a Kelvin sign is no K."""
    return name.lower() if name.isascii() else name


def _next(source: str, at: int) -> int:
    """Return where the text ends that begins at `at`."""
    ends = [end for end in (source.find("<", at), source.find(OPEN, at)) if end >= 0]
    return min(ends, default=len(source))
