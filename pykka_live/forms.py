"""Django's forms in live views: one that is checked while somebody types complains only of fields
that were used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.forms.utils import ErrorDict

__all__ = ["forgive_unused"]

AForm = TypeVar("AForm", bound=BaseForm)


class _ShownErrors(ErrorDict):
    """The errors that are shown. There are others: the form is not valid, be this empty or not."""

    def __bool__(self) -> bool:
        return True


def forgive_unused(form: AForm, params: Mapping[str, Any]) -> AForm:
    """Take from a bound form the errors of fields that nobody has used yet, so that a form that is
    checked while somebody types complains of no field before they have come to it.

        @event
        def check(self, **params):
            self.form = forgive_unused(SignUp(params), params)

    A field is used once somebody has changed or left it, or has sent the form, until the form is
    reset. Of a field of several parts, such as a date of three, one that was used is enough. The
    errors of the form as a whole (`non_field_errors`) are taken as long as any visible field is
    unused.

    Whether the form is valid does not depend on it: `is_valid()` says False as before, and
    `bool(form.errors)` True.

    Args:
        form: a bound form, with or without a prefix.
        params: what the event has sent, whose `_unused` names the unused fields. What sends none,
            as a submit does, leaves the form as it is.

    Returns:
        the form

    Raises:
        TypeError: the form is not bound, so it has no errors.
    """
    if not form.is_bound:
        raise TypeError(f"{type(form).__name__} is not bound: give it what was sent, and then here")
    sent = params.get("_unused")
    unused = {name for name in sent if isinstance(name, str)} if isinstance(sent, list) else set()
    fields = {form.add_prefix(name): name for name in form.fields}
    idle = _of_names(fields, unused) - _of_names(fields, set(map(str, params)) - unused)
    taken = idle & form.errors.keys()
    if any(field.name in idle for field in form.visible_fields()):
        taken |= {NON_FIELD_ERRORS} & form.errors.keys()
    if taken:
        left = {name: errors for name, errors in form.errors.items() if name not in taken}
        form._errors = _ShownErrors(left, renderer=form.renderer)  # type: ignore[attr-defined]
    return form


def _of_names(fields: Mapping[str, str], names: Iterable[str]) -> set[str]:
    """Return the fields whose widgets send something under these names: under their own, or, if
    they have several parts, under it with something behind (`day_0`, `day_year`)."""
    found = set()
    for name in names:
        while name and name not in fields:
            name = name.rpartition("_")[0]
        if name:
            found.add(fields[name])
    return found
