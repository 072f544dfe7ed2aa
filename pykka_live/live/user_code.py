"""Calling what the user wrote, plain or `async`, in the thread that calls."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from asgiref import sync
from asgiref.sync import AsyncToSync, async_to_sync

from pykka_live.actors import Fenced, Killed
from pykka_live.actors._errors import describe

_NEVER_AWAITED = frozenset({type(None), dict})  # what most of it returns


def call(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a plain function, or run an `async` one to its end.

    An `async` function gets an event loop of its own, never the server's: what it blocks, it blocks
    for itself. The ORM inside it uses the calling thread.

    Returns:
        What the function returns.

    Raises:
        TypeError: it returns a generator, none of whose code has run.
        BaseException: what the function raises.
    """
    # Also behind a decorator that knows nothing of `async`, it gives back what is to be awaited.
    result = function(*args, **kwargs)
    if type(result) in _NEVER_AWAITED:
        return result
    if inspect.isawaitable(result):
        return _run(result)
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        name = getattr(function, "__qualname__", function)
        raise TypeError(f"{name} gives a generator, which nobody would run: is there a `yield`?")
    return result


def call_with_props(method: Callable[..., Any], props: Mapping[str, Any]) -> Any:
    """Call the `mount` or the `update` of a component.

    Raises:
        TypeError: if it does not take these props; the message says what it takes.
        BaseException: what it raises.
    """
    try:
        return call(method, **props)
    except TypeError as error:
        try:
            signature = inspect.signature(method)
        except ValueError:  # a builtin that tells nothing
            raise error from None
        try:
            signature.bind(**props)
        except TypeError as misfit:
            raise TypeError(
                f"{getattr(method, '__qualname__', method)} cannot be given these props: {misfit}. "
                f"It takes {signature}"
            ) from error
        raise


@contextmanager
def contained(failure: type[Exception]) -> Iterator[None]:
    """Let what is no `Exception` come out as `failure`, with the cause chained.

    A `SystemExit` of the user's would end the server, a `CancelledError` leave the request without
    an answer. Control-C in the main thread is not the user's code's.
    """
    try:
        yield
    except (Exception, Fenced, Killed):
        raise
    except BaseException as error:
        main = threading.current_thread() is threading.main_thread()
        if isinstance(error, KeyboardInterrupt) and main:
            raise
        raise failure(describe(error)) from error


def _run(awaitable: Awaitable[Any]) -> Any:
    run = async_to_sync(_result_of, force_new_loop=True)
    if not hasattr(sync, "AsyncSingleThreadContext"):  # before asgiref 3.9
        return run(awaitable)
    # By itself it takes a thread for which the process waits at its exit, however long that takes.
    place = sync.AsyncSingleThreadContext()
    executor: Any = _DaemonThreads()
    AsyncToSync.context_to_thread_executor[place] = executor
    token = AsyncToSync.async_single_thread_context.set(place)
    try:
        return run(awaitable)
    finally:
        AsyncToSync.async_single_thread_context.reset(token)


async def _result_of(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


class _DaemonThreads:
    """An executor whose threads keep no process alive."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                result = function(*args)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        name = f"event loop of {threading.current_thread().name}"
        threading.Thread(target=run, name=name, daemon=True).start()
        return future
