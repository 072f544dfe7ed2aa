"""Calling what the user wrote, plain or `async`, in the thread that calls."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
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
    if not inspect.iscoroutinefunction(function):
        result = function(*args, **kwargs)
        if not inspect.isawaitable(result):
            return result
        # A decorator that knows nothing of `async` gives back what its function gives.
        return async_to_sync(_result_of, force_new_loop=True)(result)
    return async_to_sync(function, force_new_loop=True)(*args, **kwargs)


async def _result_of(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
