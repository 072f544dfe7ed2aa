"""Calling what the user wrote, plain or `async`, in the thread that calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync


def call(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a plain function, or run an `async` one to its end.

    An `async` function gets an event loop of its own, never the server's: what it blocks, it blocks
    for itself. The ORM inside it uses the calling thread.

    Returns:
        What the function returns.

    Raises:
        BaseException: what the function raises.
    """
    if inspect.iscoroutinefunction(function):
        return async_to_sync(function, force_new_loop=True)(*args, **kwargs)
    return function(*args, **kwargs)
