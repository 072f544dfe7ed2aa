"""What can have the focus, and where Tab leads."""

from __future__ import annotations

import math
import re

from pykka_live.testing.dom import DomElement
from pykka_live.testing.fields import (
    FIELDS,
    is_checkable,
    is_checked,
    is_disabled,
    is_editable,
    radio_group,
    type_of,
)
from pykka_live.testing.sight import summary_of, why_hidden, why_inert

_NUMBER = re.compile(r"\s*([-+]?[0-9]+)")


def takes_focus(element: DomElement) -> bool:
    """Whether an element can have the focus, by the mouse or by a key."""
    return _index(element) is not None and not is_disabled(element)


def stop_after(
    current: DomElement | None, page: DomElement, *, back: bool = False
) -> DomElement | None:
    """Return where Tab leads from an element (or from nowhere), with Shift the way back; None: out
    of the page."""
    stops = [each for each in page.members() if each is current or _is_stop(each)]
    stops = [each for each in stops if each is current or not _is_passed(each, current, stops)]
    if current is None or (_index(current) or 0) >= 0:  # else it stands outside of that order
        stops.sort(key=lambda each: _index(each) or math.inf)
    if back:
        stops.reverse()
    place = 0 if current is None else stops.index(current) + 1
    return stops[place] if place < len(stops) else None


def _is_stop(element: DomElement) -> bool:
    index = _index(element)
    if index is None or index < 0 or is_disabled(element):
        return False
    return not why_hidden(element) and not why_inert(element)


def _is_passed(radio: DomElement, current: DomElement | None, stops: list[DomElement]) -> bool:
    """Whether Tab stops at another radio button of the group: a group is one stop."""
    if not is_checkable(radio) or type_of(radio) != "radio":
        return False
    *_, page = radio.line()
    group = [each for each in radio_group(radio, page) if each in stops]
    ticked = [each for each in group if is_checked(each)]
    return current in group or radio is not (ticked or group)[0]


def _index(element: DomElement) -> int | None:
    """Return an element's property `tabIndex`; None, if it cannot have the focus."""
    given = _NUMBER.match(element.attrs.get("tabindex", ""))
    if given:
        return int(given[1])
    tag, around = element.tag, element.parent
    if tag in ("a", "area"):
        takes = "href" in element.attrs
    elif tag == "summary":
        takes = around is not None and around.tag == "details" and summary_of(around) is element
    else:
        takes = tag in (*FIELDS, "button") or _is_host(element)
    return 0 if takes else None


def _is_host(element: DomElement) -> bool:
    """Whether an element can be written in, and the one around it cannot."""
    around = element.parent
    return is_editable(element) and (around is None or not is_editable(around))
