"""What a person has put into fields outlasts their ends: what the browser client's changes.js
does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement


def heirs_of(root: DomElement) -> Callable[[], dict[DomElement, DomElement]]:
    """Return what, after an update of a region, lets each field that was made anew, with the same
    `id`, go on as the one that it replaces; it returns the new ones by those."""
    before = [each for each in _fields(root) if each.attrs.get("id")]
    given = {each: _given(each) for each in before if is_changed(each)}
    kept = {each: _content(each) for each in before}

    def hand() -> dict[DomElement, DomElement]:
        now = {each.attrs["id"]: each for each in _fields(root) if each.attrs.get("id")}
        heirs = {}
        for old in before:
            heir = now.get(old.attrs["id"], old)
            if heir is old or heir in kept or heir.tag != old.tag:
                continue
            heirs[old] = heir
            if fields.type_of(heir) != fields.type_of(old):
                continue
            heir.is_used = old.is_used
            if old in given and given[old] == _given(heir):
                _put(heir, kept[old])
        return heirs

    return hand


def recovery_of(root: DomElement) -> Callable[[], list[DomElement]]:
    """Return what, after a join that found no session, gives the fields of a region back what a
    person has made of them, and returns those that the server is to be told of."""
    kept = {each: _content(each) for each in _fields(root) if each.done is not None}

    def recover() -> list[DomElement]:
        there = {each for each in _fields(root) if each in kept}
        for field in there:
            _put(field, kept[field])
        return [each for each in _fields(root) if is_changed(each)]

    return recover


def is_changed(field: DomElement) -> bool:
    """Whether a field holds something else than the server has put there."""
    if not field.is_used or fields.is_disabled(field):
        return False
    if field.tag == "select":
        marked = [option for option in fields.options_of(field) if "selected" in option.attrs]
        return fields.chosen(field) != marked
    if fields.is_checkable(field):
        return fields.is_checked(field) != ("checked" in field.attrs)
    return field.done is not None and bool(fields.state_of(field) != _given(field))


def _fields(root: DomElement) -> Iterator[DomElement]:
    return (each for each in root.members() if each.tag in fields.FIELDS)


def _given(field: DomElement) -> object:
    """Return what the server has put into a field."""
    given = fields.markup_of(field)
    return [fields.option_value(each) for each in given] if field.tag == "select" else given


def _content(field: DomElement) -> object:
    if field.tag == "select":
        return [fields.option_value(option) for option in fields.chosen(field)]
    return fields.is_checked(field) if fields.is_checkable(field) else fields.state_of(field)


def _put(field: DomElement, content: object) -> None:
    """Make a field hold what another one, or the same, has held."""
    if isinstance(content, list) and field.tag == "select":
        options = fields.options_of(field)
        found = [option for option in options if fields.option_value(option) in content]
        if found or not content:
            fields.do(field, found)
    else:
        fields.do(field, content)
