"""Finding elements by CSS selectors and texts, in the words of lxml and cssselect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from lxml import html
from lxml.etree import XPath

from pykka_live.testing.dom import DomElement, start_tag
from pykka_live.testing.failures import LookupFailed
from pykka_live.testing.fields import is_checkable, is_checked, is_disabled
from pykka_live.testing.sight import text_of

Wanted = str | re.Pattern[str] | None

_CHECKED, _DISABLED = "live-is-checked", "live-is-disabled"


def select(root: DomElement, selector: str) -> list[DomElement]:
    """Return the elements inside `root` that a CSS selector picks, in document order.

    :raises LookupFailed: if that is no selector
    :raises TypeError: if it is no text
    """
    if not isinstance(selector, str):
        raise TypeError(f"a CSS selector is a text, such as 'button', not {selector!r}")
    top = next(element for element in root.line() if element.parent is None)
    copy: dict[Any, DomElement] = {}
    place = _copied(top, copy)
    picked = set(_selector(selector)(place))
    inside = {id(element) for element in root.members()} - {id(root)}
    return [
        original for each, original in copy.items() if each in picked and id(original) in inside
    ]


def _copied(top: DomElement, copy: dict[Any, DomElement]) -> Any:
    """Return what lxml needs to know of the page; fill in which element is whose copy. The content
    of a template is not a part of the page."""
    holder = html.Element("div")
    waiting: list[tuple[Any, DomElement]] = [(holder, top)]
    order: list[tuple[DomElement, Any]] = []
    while waiting:
        parent, element = waiting.pop()
        try:
            made = html.Element(element.tag)
        except ValueError:  # a name that only browsers accept
            made = html.Element("unknown")
        parent.append(made)
        order.append((element, made))
        for name, value in element.attrs.items():
            made.set(name, value.translate(_NO_CONTROLS))
        if is_checkable(element) and is_checked(element):
            made.set(_CHECKED, "")
        if is_disabled(element):
            made.set(_DISABLED, "")
        if element.tag != "template":
            waiting += [(made, child) for child in reversed(element.elements())]
            if not element.elements():
                made.text = element.content().translate(_NO_CONTROLS)
    copy.update((made, element) for element, made in order)
    return holder


# XML has none of these.
_NO_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535], " ")


@cache
def _translator() -> Any:
    try:
        from cssselect import HTMLTranslator
    except ImportError as error:
        raise ImportError(
            "LiveClient reads CSS selectors with cssselect: pip install 'pykka_live[testing]'"
        ) from error

    class Translator(HTMLTranslator):
        """Knows what a person has ticked, and what a fieldset disables."""

        def xpath_checked_pseudo(self, xpath: Any) -> Any:
            return xpath.add_condition(f"@{_CHECKED} or (@selected and name(.) = 'option')")

        def xpath_disabled_pseudo(self, xpath: Any) -> Any:
            return xpath.add_condition(f"@{_DISABLED}")

    return Translator()


@lru_cache(maxsize=256)
def _selector(selector: str) -> Any:
    translator = _translator()
    from cssselect import SelectorError

    try:
        return XPath(translator.css_to_xpath(selector))
    except SelectorError as error:
        raise LookupFailed(f"{selector!r} is no CSS selector: {error}") from None


def matching(elements: Iterable[DomElement], text: Wanted) -> list[DomElement]:
    """Return the elements with this text; of elements that stand in each other, the innermost."""
    if text is None:
        return list(elements)
    if not isinstance(text, str | re.Pattern):
        raise TypeError(f"`text` must be a text or a compiled pattern, not {text!r}")
    found = [element for element in elements if has_text(element, text)]
    return [e for e in found if not any(o is not e and e.holds(o) for o in found)]


def has_text(element: DomElement, text: str | re.Pattern[str]) -> bool:
    """Whether an element shows exactly this text, or one in which the pattern is found. Blanks and
    line breaks count as one blank."""
    shown = " ".join(text_of(element).split())
    if isinstance(text, str):
        return shown == " ".join(text.split())
    return text.search(shown) is not None


def describe(element: DomElement) -> str:
    """Return an element for a message: its start tag, and what it shows."""
    shown = " ".join(text_of(element).split())
    if len(shown) > 60:
        shown = f"{shown[:57]}..."
    return f"{start_tag(element)}{shown}"


def only(root: DomElement, selector: str, text: Wanted, found: list[DomElement]) -> DomElement:
    """Return the one element that was found.

    :raises LookupFailed: if there is none, or more than one; the message lists candidates
    """
    if len(found) == 1:
        return found[0]
    what = f"{selector!r}" + ("" if text is None else f" with the text {_shown(text)}")
    if found:
        raise LookupFailed(f"{len(found)} elements match {what}:{_listed(found)}")
    near = _near(root, selector, text)
    hint = f". There is:{_listed(near)}" if near else " on this page."
    raise LookupFailed(f"Nothing matches {what}{hint}")


def _near(root: DomElement, selector: str, text: Wanted) -> list[DomElement]:
    """Return elements that the test may have meant: with the same selector, or the same tag, id,
    class or text."""
    if text is not None:
        same = select(root, selector)
        if same:
            return same
        every = [element for element in root.members() if element is not root]
        return matching(every, text)
    words = set(re.findall(r"[\w-]+", selector))
    return [
        element
        for element in root.members()
        if element is not root
        and words
        & {element.tag, element.attrs.get("id", ""), *element.attrs.get("class", "").split()}
    ]


def _listed(elements: list[DomElement]) -> str:
    lines = [f"\n    {describe(element)}" for element in elements[:10]]
    if len(elements) > 10:
        lines.append(f"\n    and {len(elements) - 10} more")
    return "".join(lines)


def _shown(text: Wanted) -> str:
    return repr(text) if isinstance(text, str) else f"/{text.pattern}/" if text else ""
