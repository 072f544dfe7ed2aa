"""What Python gives to a handle: checked, and copied."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from pykka_live.conf import live_settings
from pykka_live.rendering.placeholder import ID_RULE, plain_id, shortened

ATOMS = frozenset({str, int, float, bool, type(None), bytes, Decimal, date, datetime, uuid.UUID})
"""What needs no copy."""


def checked_session_id(session_id: Any) -> str:
    """Return the id of a session.

    Raises:
        ValueError: if it is no text of 1 to 200 characters.
    """
    if not isinstance(session_id, str) or not 1 <= len(session_id) <= 200:
        raise ValueError(
            f"a session's id must be a text of 1 to 200 characters: {shortened(session_id)}"
        )
    return session_id


def checked_component_id(id: Any) -> str:
    """Return the id of a component as a text.

    Raises:
        ValueError: if it can be none.
    """
    text = plain_id(id) if isinstance(id, str | int) else None
    if text is None:
        raise ValueError(f"a component's id must be {ID_RULE}: {shortened(id)}")
    return text


def checked_request(request: Any) -> HttpRequest:
    """Return a request.

    Raises:
        TypeError: if it is none of Django's.
    """
    if not isinstance(request, HttpRequest):
        raise TypeError(f"`request` must be a django.http.HttpRequest, not {shortened(request)}")
    return request


def event_seconds(timeout: Any) -> float:
    """Return how long to wait for an answer, by default `EVENT_TIMEOUT`. Raises as `seconds`."""
    return live_settings().event_timeout if timeout is None else seconds(timeout)


def mount_seconds(timeout: Any) -> float:
    """Return how long to wait for a mount, by default `MOUNT_TIMEOUT`. Raises as `seconds`."""
    return live_settings().mount_timeout if timeout is None else seconds(timeout)


def seconds(timeout: Any) -> float:
    """Return a time to wait.

    Raises:
        TypeError: if it is no number.
        ValueError: if it is negative, or not finite.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(
            f"`timeout` must be a number of seconds, or None for the default, not "
            f"{shortened(timeout)}"
        )
    if not math.isfinite(timeout) or timeout < 0:
        raise ValueError(
            f"`timeout` must be a finite number of seconds from 0 on, or None for the default, "
            f"not {timeout!r}"
        )
    return min(timeout, threading.TIMEOUT_MAX)


def copied(values: Any) -> dict[str, Any]:
    """Return a copy that shares nothing with the caller, whose thread is another than the view's.

    Raises:
        TypeError: if they are no dictionary of names, or one of the values cannot be copied.
    """
    if values is not None and not isinstance(values, Mapping):
        raise TypeError(f"a dictionary of names and values is wanted, not {shortened(values)}")
    values = dict(values or {})
    for name in values:
        if not isinstance(name, str):
            raise TypeError(f"a dictionary of names and values is wanted: {name!r} is no name")
    if ATOMS.issuperset(map(type, values.values())):
        return values
    try:
        return deepcopy(values)
    except Exception:
        for name, value in values.items():
            _check_copyable(name, value)
        raise


def _check_copyable(name: str, value: Any) -> None:
    try:
        deepcopy(value)
    except Exception as error:
        raise TypeError(
            f"{name!r} cannot be passed on ({error}): all that is passed in is copied"
        ) from error
