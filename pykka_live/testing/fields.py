"""Fields and forms: what they hold, as the browser's DOM would say it, and what they send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pykka_live.testing.direction import DIRECTED, direction_of
from pykka_live.testing.dom import DomElement, Done
from pykka_live.testing.values import STEPS, sanitized

FIELDS = ("input", "select", "textarea")
_LISTED = (*FIELDS, "button")  # `form.elements`, as far as it is sent
_CHECKABLE = ("checkbox", "radio")
BUTTONS = ("submit", "button", "reset", "image")
_TYPES = frozenset(
    "hidden text search tel url email password date month week time datetime-local number range "
    "color checkbox radio file submit image reset button".split()
)
_READ_ONLY = frozenset(
    "text search tel url email password date month week time datetime-local number textarea".split()
)
_LINES = frozenset("text search tel url email password number".split())
_DISABLE_WITH = "live-disable-with"
_DISABLEABLE = ("button", "input", "select", "textarea", "optgroup", "option", "fieldset")


def type_of(field: DomElement) -> str:
    """Return the type of a field or button, as its property `type` would."""
    if field.tag == "select":
        return "select-multiple" if "multiple" in field.attrs else "select-one"
    if field.tag == "textarea":
        return "textarea"
    given = field.attrs.get("type", "").lower()
    if field.tag == "button":
        return given if given in BUTTONS else "submit"
    return given if given in _TYPES else "text"


def is_field(element: DomElement) -> bool:
    """Whether an element has a value of its own."""
    return element.tag in FIELDS or is_editable(element)


def is_editable(element: DomElement) -> bool:
    """Whether an element, or one that it stands in, can be written in (`contenteditable`)."""
    for each in element.line():
        said = each.attrs.get("contenteditable", "inherit").lower()
        if said in ("", "true", "plaintext-only", "false"):
            return said != "false"
    return False


def is_checkable(field: DomElement) -> bool:
    """Whether a field is ticked rather than written in."""
    return field.tag == "input" and type_of(field) in _CHECKABLE


def is_read_only(field: DomElement) -> bool:
    """Whether nobody can write in a field: `readonly`, where that means anything."""
    known = field.tag in FIELDS and type_of(field) in _READ_ONLY
    return known and "readonly" in field.attrs


def is_line(field: DomElement) -> bool:
    """Whether a field holds a line of text, in which Enter sends its form."""
    return field.tag == "input" and type_of(field) in _LINES


def why_unwritable(field: DomElement) -> str | None:
    """Return why an element takes no text, or None."""
    if field.tag == "select":
        return "use select()"
    if field.tag == "textarea" or is_editable(field):
        return None
    if field.tag != "input":
        return "it is no field"
    unwritten = (*_CHECKABLE, *BUTTONS, "file")
    return "it takes no text" if type_of(field) in unwritten else None


def most_characters(field: DomElement) -> int | None:
    """Return how many characters somebody may write in a field, if that is limited."""
    limit = field.attrs.get("maxlength", "")
    counts = field.tag == "textarea" or (is_line(field) and type_of(field) != "number")
    return int(limit) if counts and limit.isdecimal() else None


def is_submitter(element: DomElement) -> bool:
    """Whether an element is a button that sends its form."""
    return element.tag in ("button", "input") and type_of(element) in ("submit", "image")


def is_disabled(element: DomElement) -> bool:
    """Whether an element is disabled, by itself or by a fieldset or an optgroup around it."""
    if element.tag not in _DISABLEABLE:
        return False
    if "disabled" in element.attrs or (element.waiting and _DISABLE_WITH in element.attrs):
        return True
    inner = element
    for outer in element.line():
        if outer is not element and "disabled" in outer.attrs:
            if outer.tag == "optgroup" and element.tag == "option":
                return True
            if outer.tag == "fieldset" and inner is not _legend_of(outer):
                return True
        inner = outer
    return False


def _legend_of(fieldset: DomElement) -> DomElement | None:
    return next((child for child in fieldset.elements() if child.tag == "legend"), None)


# What a person has done holds until the markup says something else.


def _now(element: DomElement, markup: Any) -> Any:
    done = element.done
    return done.value if done is not None and done.markup == markup else markup


def markup_of(field: DomElement) -> Any:
    """Return what the markup says of a field: its text, or whether it is ticked or open."""
    if is_checkable(field):
        return "checked" in field.attrs
    if field.tag == "select":
        return [option for option in options_of(field) if "selected" in option.attrs]
    if field.tag == "textarea":
        return field.content().replace("\r\n", "\n")
    if field.tag in ("details", "dialog"):
        return "open" in field.attrs
    if "popover" in field.attrs:
        return False
    if field.tag == "input":
        return [] if type_of(field) == "file" else field.attrs.get("value", "")
    return field.content()


def do(element: DomElement, value: Any) -> None:
    """Note what a person has made of an element."""
    element.done = Done(value, markup_of(element))


def state_of(element: DomElement) -> Any:
    """Return what a person, or else the markup, has made of an element."""
    return _now(element, markup_of(element))


def reset(form: DomElement, page: DomElement) -> None:
    """Let the fields of a form be as the markup has them, and as if nobody had used them."""
    for field in fields_of(form, page):
        field.done = None
        field.is_used = False


def is_checked(field: DomElement) -> bool:
    """Whether a checkbox or a radio button is ticked."""
    if not state_of(field):
        return False
    if type_of(field) != "radio":
        return True
    *_, page = field.line()
    ticked = [each for each in radio_group(field, page) if state_of(each)]
    # Of several, what the markup says anew counts more than what was clicked before.
    new = [each for each in ticked if each.done is None or each.done.markup != markup_of(each)]
    return field is (new or ticked)[-1]


def radio_group(radio: DomElement, page: DomElement) -> list[DomElement]:
    """Return the radio buttons of which one is ticked at a time."""
    name = radio.attrs.get("name", "")
    if not name:
        return [radio]
    form = form_of(radio, page)
    return [
        each
        for each in page.members()
        if each.tag == "input"
        and type_of(each) == "radio"
        and each.attrs.get("name") == name
        and form_of(each, page) is form
    ]


def is_open(element: DomElement) -> bool:
    """Whether a `details`, a `dialog` or a popover shows what is in it."""
    return bool(state_of(element))


def options_of(select: DomElement) -> list[DomElement]:
    """Return the options of a select."""
    return [element for element in select.members() if element.tag == "option"]


def option_value(option: DomElement) -> str:
    """Return what an option stands for."""
    value = option.attrs.get("value")
    return option_text(option) if value is None else value


def option_text(option: DomElement) -> str:
    """Return what an option is called."""
    return " ".join(option.content().split())


def is_long(select: DomElement) -> bool:
    """Whether a select shows several options at once, so that none may be chosen."""
    return select.attrs.get("size", "1") not in ("", "0", "1")


def chosen(select: DomElement) -> list[DomElement]:
    """Return the options of a select that are chosen."""
    options = options_of(select)
    wanted = [option for option in state_of(select) if option in options]
    if "multiple" in select.attrs:
        return [option for option in options if option in wanted]
    if wanted:
        return wanted[-1:]
    if is_long(select):
        return []
    return [option for option in options if not is_disabled(option)][:1]


def value_of(field: DomElement) -> str:
    """Return a field's property `value`."""
    if field.tag == "select":
        return next(map(option_value, chosen(field)), "")
    if is_checkable(field):
        return field.attrs.get("value", "on")
    if field.tag == "input" and type_of(field) == "file":
        return next(iter(_names(field)), "")
    value: str = state_of(field)
    return sanitized(type_of(field), field.attrs, value) if field.tag == "input" else value


def is_half_typed(field: DomElement) -> bool:
    """Whether what is written in a field is no value of its type (yet)."""
    if field.tag != "input" or field.done is None or type_of(field) not in STEPS:
        return False
    return bool(state_of(field)) and not value_of(field)


def name_of(field: DomElement) -> str:
    """Return a field's property `name`; empty if it has none."""
    return field.attrs.get("name", "") if field.tag in _LISTED else ""


def files_of(field: DomElement) -> list[Any]:
    """Return the files of a file field."""
    return list(state_of(field))


def _names(field: DomElement) -> list[str]:
    return [str(getattr(file, "name", file)).rpartition("/")[2] for file in files_of(field)]


def form_of(element: DomElement, page: DomElement) -> DomElement | None:
    """Return the form that a field or button belongs to."""
    if element.tag not in (*_LISTED, "fieldset", "output", "object"):
        return None
    if "form" in element.attrs:
        given = element.attrs["form"]
        found = next((each for each in page.members() if each.attrs.get("id") == given), None)
        return found if found is not None and found.tag == "form" else None
    return element.closest("form")


def fields_of(form: DomElement, page: DomElement) -> list[DomElement]:
    """Return the fields and buttons of a form, in document order."""
    return [e for e in page.members() if e.tag in _LISTED and form_of(e, page) is form]


def entries(
    form: DomElement, page: DomElement, submitter: DomElement | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield name and value of what a form sends, as `FormData` does; of a file, the file."""
    for field in fields_of(form, page):
        name, kind = field.attrs.get("name", ""), type_of(field)
        # The submitter is disabled (`live-disable-with`) when its form has been sent.
        if (is_disabled(field) and field is not submitter) or field.closest("datalist") is not None:
            continue
        if field.tag == "button" or kind in BUTTONS:
            if field is submitter and kind == "image":
                dot = f"{name}." if name else ""
                yield f"{dot}x", "0"
                yield f"{dot}y", "0"
            elif field is submitter and name:
                unnamed = "Submit" if field.tag == "input" else ""
                yield name, field.attrs.get("value", unnamed)
        elif not name or (is_checkable(field) and not is_checked(field)):
            continue
        elif field.tag == "select":
            for option in chosen(field):
                if not is_disabled(option):
                    yield name, option_value(option)
        elif kind == "file":
            for file in files_of(field) or [""]:
                yield name, file
        else:
            yield name, value_of(field)
            if "dirname" in field.attrs and (field.tag == "textarea" or kind in DIRECTED):
                yield field.attrs["dirname"], direction_of(field, value_of(field))


def form_params(
    form: DomElement, page: DomElement, submitter: DomElement | None = None
) -> dict[str, Any]:
    """Return what an event tells of a form. A name that occurs more than once becomes a list."""
    params: dict[str, Any] = {}
    for name, value in entries(form, page, submitter):
        plain = value if isinstance(value, str) else _plain(value)
        if name in params:
            before = params[name]
            params[name] = [*(before if isinstance(before, list) else [before]), plain]
        else:
            params[name] = plain
    return params


def _plain(file: Any) -> str:
    return str(getattr(file, "name", file)).rpartition("/")[2]


def use(field: DomElement, page: DomElement) -> None:
    """Note that a person has changed, left or sent a field."""
    is_radio = field.tag == "input" and type_of(field) == "radio"
    for each in radio_group(field, page) if is_radio else [field]:
        each.is_used = True


def unused(form: DomElement, page: DomElement) -> list[str]:
    """Return the names of a form's fields that nobody has used yet."""
    fields = [each for each in fields_of(form, page) if each.tag != "button"]
    used = {each.attrs.get("name") for each in fields if each.is_used}
    names = dict.fromkeys(each.attrs.get("name", "") for each in fields)
    return [name for name in names if name and name not in used]


def field_params(field: DomElement) -> dict[str, Any]:
    """Return what an event tells of one field."""
    value = _value_param(field)
    params: dict[str, Any] = {}
    if field.attrs.get("name") and field.tag in FIELDS:
        params[field.attrs["name"]] = value
    if is_checkable(field):
        params["checked"] = is_checked(field)
    params["value"] = value
    return params


def _value_param(field: DomElement) -> Any:
    kind = type_of(field)
    if field.tag not in FIELDS:
        return state_of(field)
    if is_checkable(field):
        if "value" not in field.attrs:
            return is_checked(field)
        return field.attrs["value"] if is_checked(field) else None
    if kind == "select-multiple":
        return [option_value(option) for option in chosen(field)]
    if kind == "file":
        names = _names(field)
        return names if "multiple" in field.attrs else next(iter(names), None)
    return value_of(field)
