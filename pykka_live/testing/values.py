"""What a browser makes of the text in an `input`, by its type: the property `value`, and the number
that a value stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SO_FAR = re.compile(r"[-+0-9]*\.?[-+0-9]*(?:[eE][-+]?[0-9]*)?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,3})?))?")
_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_EPOCH = date(1970, 1, 1).toordinal()
_EXACT = Context(prec=700)  # as many digits as the remainder of any two floats needs

STEPS = {
    "number": Decimal(1),
    "range": Decimal(1),
    "date": Decimal(1),
    "week": Decimal(1),
    "month": Decimal(1),
    "time": Decimal(60),
    "datetime-local": Decimal(60),
}
"""The types whose values are numbers, with the step of each: a number, days, weeks, months, or
seconds."""

_UP = ("ArrowUp", "ArrowRight", "PageUp")
_DOWN = ("ArrowDown", "ArrowLeft", "PageDown")

EXAMPLES = {
    "number": "1.5",
    "range": "50",
    "date": "2026-01-31",
    "week": "2026-W05",
    "month": "2026-01",
    "time": "13:30",
    "datetime-local": "2026-01-31T13:30",
    "color": "#ff8000",
}
"""How the values of the types are written that do not take any text."""


def sanitized(kind: str, attrs: Mapping[str, str], text: str) -> str:
    """Return the property `value` of an `input` that holds a text."""
    if kind == "range":
        return _on_the_scale(attrs, text)
    if kind == "color":
        color = text.strip().lower()
        if not _COLOR.fullmatch(color):
            return "#000000"
        return color if len(color) == 7 else "#" + "".join(digit * 2 for digit in color[1:])
    if kind in STEPS:
        if number_of(kind, text) is None:
            return ""
        return _shortest(text) if kind == "datetime-local" else text
    if kind == "hidden":
        return text
    text = text.replace("\n", "").replace("\r", "")
    if kind == "email" and "multiple" in attrs:
        return ",".join(part.strip() for part in text.split(","))
    return text.strip() if kind in ("email", "url") else text


def number_of(kind: str, text: str) -> Decimal | None:
    """Return the number that a value stands for, counted in the unit of its type's steps (of times
    in seconds), or None."""
    try:
        return _number_of(kind, text)
    except ValueError:  # such as the 30th of February
        return None


def _number_of(kind: str, text: str) -> Decimal | None:
    if kind in ("number", "range"):
        is_one = _NUMBER.fullmatch(text) and math.isfinite(float(text))
        return Decimal(text) if is_one else None
    if kind == "time":
        found = _TIME.fullmatch(text)
        return 3600 * int(found[1]) + 60 * int(found[2]) + Decimal(found[3] or 0) if found else None
    if kind == "date" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return Decimal(date.fromisoformat(text).toordinal() - _EPOCH)
    if kind == "month" and re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        day = date.fromisoformat(f"{text}-01")
        return Decimal(12 * (day.year - 1970) + day.month - 1)
    if kind == "week" and re.fullmatch(r"[0-9]{4}-W[0-9]{2}", text):
        monday = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        return Decimal((monday.toordinal() - _EPOCH + 3) // 7)
    if kind == "datetime-local" and text[10:11] in ("T", " "):
        days, seconds = _number_of("date", text[:10]), _number_of("time", text[11:])
        return None if days is None or seconds is None else 86400 * days + seconds
    return None


def _shortest(text: str) -> str:
    """Return a date and time as browsers write it."""
    time = re.sub(r"(:[0-9]{2}\.[0-9]*?)0+$", r"\1", text[11:]).rstrip(".")
    return f"{text[:10]}T{time.removesuffix(':00') if len(time) == 8 else time}"


def limits(kind: str, attrs: Mapping[str, str]) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest value that a field allows, as numbers."""
    low, high = (number_of(kind, attrs.get(name, "")) for name in ("min", "max"))
    return low, high


def step_of(kind: str, attrs: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    """Return where a field's steps begin, and how long they are; None: there are none."""
    given = attrs.get("step", "")
    if given.lower() == "any":
        return None
    low, _ = limits(kind, attrs)
    base = low if low is not None else number_of(kind, attrs.get("value", ""))
    step = number_of("number", given)
    if step is None or float(step) <= 0:
        step = STEPS[kind]
    return base or Decimal(0), step


def is_on_step(value: Decimal, base: Decimal, step: Decimal) -> bool:
    """Whether a whole number of steps leads from the base to a value."""
    with localcontext(_EXACT):
        return (value - base) % step == 0


def number_so_far(text: str) -> bool:
    """Whether a browser lets somebody write this in a field for a number."""
    return _SO_FAR.fullmatch(text) is not None


def stepped(kind: str, attrs: Mapping[str, str], value: str, key: str) -> str | None:
    """Return what a key that moves makes of a number or of the place of a slider; None: nothing."""
    if key not in (("ArrowUp", "ArrowDown") if kind == "number" else (*_UP, *_DOWN, "Home", "End")):
        return None
    number, sign = number_of(kind, value) or Decimal(0), 1 if key in _UP else -1
    with localcontext(_EXACT):
        change = _slid if kind == "range" else _counted
        return format(change(attrs, number, sign, key).normalize(), "f")


def _slid(attrs: Mapping[str, str], place: Decimal, sign: int, key: str) -> Decimal:
    low, high = _scale(attrs)
    steps = step_of("range", attrs)
    step = (high - low) / 100 if steps is None else steps[1]
    if key.startswith("Page"):
        step = max(step, (high - low) / 10)
    wanted = {"Home": low, "End": high}.get(key, place + sign * step)
    return Decimal(_on_the_scale(attrs, format(wanted, "f")))


def _counted(attrs: Mapping[str, str], number: Decimal, sign: int, _key: str) -> Decimal:
    low, high = limits("number", attrs)
    base, step = step_of("number", attrs) or (number, Decimal(1))
    count = (number - base) / step
    whole = count.to_integral_value(ROUND_FLOOR if sign > 0 else ROUND_CEILING)
    number = base + (whole + sign) * step
    if high is not None and number > high:
        number = base + ((high - base) / step).to_integral_value(ROUND_FLOOR) * step
    return low if low is not None and number < low else number


def _scale(attrs: Mapping[str, str]) -> tuple[Decimal, Decimal]:
    """Return where a slider begins and ends."""
    low, high = limits("range", attrs)
    low = Decimal(0) if low is None else low
    return low, max(Decimal(100) if high is None else high, low)


def _on_the_scale(attrs: Mapping[str, str], text: str) -> str:
    """Return the place of a slider."""
    low, high = _scale(attrs)
    number = number_of("range", text)
    wanted = low + (high - low) / 2 if number is None else number
    place = min(max(wanted, low), high)
    steps = step_of("range", attrs)
    if steps is not None:
        base, step = steps
        with localcontext(_EXACT):
            if (place - base) % step:
                count = ((place - base) / step).to_integral_value(ROUND_HALF_UP)
                place = base + count * step
                if place > high:
                    place = base + ((high - base) / step).to_integral_value(ROUND_FLOOR) * step
    return text if place == number else format(place.normalize(), "f")
