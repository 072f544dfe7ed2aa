"""Why a browser would not send a form: what its fields require and do not hold."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.values import STEPS, is_on_step, limits, number_of, step_of

_WITH_PATTERN = ("text", "search", "url", "tel", "email", "password")
_LABEL = r"[a-zA-Z0-9\u0080-\U0010ffff](?:[a-zA-Z0-9\u0080-\U0010ffff-]{0,61}" + (
    r"[a-zA-Z0-9\u0080-\U0010ffff])?"
)
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
_WITH_HOST = ("http", "https", "ftp", "ws", "wss")


def complaint(field: DomElement, page: DomElement) -> str | None:
    """Return why a browser would not send a form with this field, or None."""
    kind = fields.type_of(field)
    if field.tag == "button" or fields.is_disabled(field) or kind in ("hidden", *fields.BUTTONS):
        return None
    if field.closest("datalist") is not None:
        return None
    if field.tag == "select":
        return _of_select(field)
    if "readonly" in field.attrs:
        return None
    is_required = "required" in field.attrs
    if kind == "checkbox":
        ticked = fields.is_checked(field)
        return "is required and not ticked" if is_required and not ticked else None
    if kind == "radio":
        return _of_radio(field, page)
    value = fields.value_of(field)
    if not value:
        if fields.is_half_typed(field):
            return f"holds {fields.state_of(field)!r}, which is no {kind}"
        return "is required and empty" if is_required else None
    return _of_length(field, kind, value) or _of_input(field, kind, value)


def _of_select(field: DomElement) -> str | None:
    """A first option without a value is no choice, but the place of one."""
    if "required" not in field.attrs:
        return None
    options, picked = fields.options_of(field), fields.chosen(field)
    is_list = "multiple" in field.attrs or fields.is_long(field)
    first = options[0] if options else None
    if not is_list and first is not None and first.parent is field:
        picked = [o for o in picked if o is not first or fields.option_value(first)]
    return None if picked else "is required and nothing is chosen"


def _of_radio(field: DomElement, page: DomElement) -> str | None:
    if not field.attrs.get("name"):
        return None
    group = fields.radio_group(field, page)
    if not any("required" in each.attrs for each in group):
        return None
    if any(fields.is_checked(each) for each in group):
        return None
    return "is required and none of its group is ticked"


def _of_length(field: DomElement, kind: str, value: str) -> str | None:
    least = field.attrs.get("minlength", "")
    counts = field.tag == "textarea" or kind in _WITH_PATTERN
    if counts and field.done is not None and least.isdecimal() and len(value) < int(least):
        return f"holds {len(value)} characters, fewer than {least}"
    return None


def _of_input(field: DomElement, kind: str, value: str) -> str | None:
    if field.tag != "input":
        return None
    if kind in STEPS and kind != "range":  # nobody moves a slider off its scale
        return _of_number(kind, field.attrs, value)
    values = value.split(",") if kind == "email" and "multiple" in field.attrs else [value]
    for each in values:
        if kind == "email" and not _EMAIL.fullmatch(each):
            return f"holds {each!r}, which is no e-mail address"
        if kind == "url" and not _is_url(each):
            return f"holds {each!r}, which is no address: it needs https:// or the like"
        if kind in _WITH_PATTERN and not _matches(field.attrs.get("pattern", ""), each):
            return f"holds {each!r}, which does not match its pattern"
    return None


def _is_url(text: str) -> bool:
    scheme, colon, rest = text.partition(":")
    if not colon or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*", scheme):
        return False
    if scheme.lower() not in _WITH_HOST:
        return True
    try:
        return bool(urlsplit("http://" + rest.lstrip("/\\")).netloc.strip())
    except ValueError:
        return False


def _matches(pattern: str, value: str) -> bool:
    try:
        return not pattern or re.fullmatch(pattern, value, re.ASCII) is not None
    except re.error:
        return True  # browsers ignore what is none; what only they read cannot be judged here


def _of_number(kind: str, attrs: dict[str, str], value: str) -> str | None:
    number = number_of(kind, value)
    assert number is not None  # else there were no value
    low, high = limits(kind, attrs)
    is_below, is_above = low is not None and number < low, high is not None and number > high
    wraps = kind == "time" and low is not None and high is not None and low > high
    if is_below and (is_above or not wraps):
        return f"holds {value}, less than {attrs['min']}"
    if is_above and not wraps:
        return f"holds {value}, more than {attrs['max']}"
    steps = step_of(kind, attrs)
    if steps is not None and not is_on_step(number, *steps):
        return f"holds {value}, which is not a whole number of steps of {steps[1]:f}"
    return None
