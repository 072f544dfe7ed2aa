"""Validation of a supervisor's options."""

from __future__ import annotations

from typing import Any

__all__ = ["check_options"]


def check_options(supervisor: Any) -> None:
    """Raise ValueError, naming option and what is allowed, if one of `supervisor` is wrong."""
    name = type(supervisor).__name__
    for option, least in (("max_restarts", 0), ("max_children", 0)):
        value = getattr(supervisor, option)
        if value is None and option == "max_children":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: {option} must be an integer >= {least}, not {value!r}")
    seconds = supervisor.max_seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise ValueError(f"{name}: max_seconds must be a number > 0, not {seconds!r}")
    for option, allowed in (
        ("counts", ("supervisor", "child")),
        ("stop_order", ("reverse", "together")),
    ):
        value = getattr(supervisor, option)
        if value not in allowed:
            raise ValueError(f"{name}: {option} must be one of {', '.join(allowed)}, not {value!r}")
