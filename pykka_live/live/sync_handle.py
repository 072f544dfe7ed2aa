"""The Python handle for plain threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from pykka_live.live.handle import SessionHandle, create_session_actor
from pykka_live.live.waiting import finished, refuse_on_a_loop

P = ParamSpec("P")
T = TypeVar("T")


def blocking(
    method: Callable[Concatenate[SessionHandle, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[SyncHandle, P], T]:
    """Make the method that does what one of `SessionHandle` does, and blocks until it is done."""

    @wraps(method)
    def call(self: SyncHandle, *args: P.args, **kwargs: P.kwargs) -> T:
        return finished(method(self._handle, *args, **kwargs))

    return call


class SyncHandle:
    """A `SessionHandle` for plain threads: each method does and raises what that of the same name
    does, and blocks until it is done.

    Raises:
        RuntimeError: in the thread of a running event loop, which would stand still meanwhile.
    """

    def __init__(self, handle: SessionHandle) -> None:
        self._handle = handle

    @classmethod
    def create(cls, session_id: str) -> SyncHandle:
        """As `create_session_actor`."""
        refuse_on_a_loop()
        return asyncio.run(create_session_actor(session_id)).sync

    @property
    def session_id(self) -> str:
        """As it was given to `create_session_actor`."""
        return self._handle.session_id

    mount = blocking(SessionHandle.mount)
    event = blocking(SessionHandle.event)
    update_state = blocking(SessionHandle.update_state)
    render = blocking(SessionHandle.render)
    reset = blocking(SessionHandle.reset)
    unmount = blocking(SessionHandle.unmount)
    ping = blocking(SessionHandle.ping)
    shutdown = blocking(SessionHandle.shutdown)

    create_component = blocking(SessionHandle.create_component)
    component_event = blocking(SessionHandle.component_event)
    update_component_props = blocking(SessionHandle.update_component_props)
    remove_component = blocking(SessionHandle.remove_component)
