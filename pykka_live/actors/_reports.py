"""Telling the log of errors that are contained."""

from __future__ import annotations

from typing import Any

from pykka_live.actors._current import is_given_up
from pykka_live.logs import own_logger

__all__ = ["report"]

logger = own_logger("pykka_live.actors")


def report(text: str, *args: Any, path: str | None = None) -> None:
    """Log the exception that is being handled.

    Logging runs filters and handlers of users, so it may raise as well. That concerns no actor
    either, and there is nowhere left to tell it.
    """
    extra = {} if path is None else {"path": path}
    try:
        logger.exception(text, *args, extra=extra)
    except BaseException:
        if is_given_up():
            raise
