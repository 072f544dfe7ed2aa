"""The Python handle for plain threads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from pykka_live.live.component import LiveComponent
from pykka_live.live.handle import SessionHandle, create_session_actor
from pykka_live.live.results import (
    Changed,
    ComponentChanged,
    ComponentCreated,
    ComponentRemoved,
    Mounted,
    Unmounted,
)
from pykka_live.live.view import LiveView
from pykka_live.live.waiting import finished, refuse_on_a_loop


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

    def mount(
        self,
        view: str | type[LiveView] | None = None,
        params: Mapping[str, Any] | None = None,
        python_view: Any = None,
        *,
        request: HttpRequest | None = None,
        timeout: float | None = None,
    ) -> Mounted:
        """Mount a view."""
        return finished(
            self._handle.mount(view, params, python_view, request=request, timeout=timeout)
        )

    def event(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        view_id: str | None = None,
        *,
        timeout: float | None = None,
    ) -> Changed:
        """Have a view handle an event."""
        return finished(self._handle.event(name, params, view_id, timeout=timeout))

    def update_state(
        self, view_id: str | None, values: Mapping[str, Any], *, timeout: float | None = None
    ) -> Changed:
        """Set public attributes of a view."""
        return finished(self._handle.update_state(view_id, values, timeout=timeout))

    def render(self, view_id: str | None = None, *, timeout: float | None = None) -> Changed:
        """Return the whole picture of a view."""
        return finished(self._handle.render(view_id, timeout=timeout))

    def reset(self, view_id: str | None = None, *, timeout: float | None = None) -> None:
        """Let the next answer be the whole picture."""
        finished(self._handle.reset(view_id, timeout=timeout))

    def unmount(self, view_id: str | None = None, *, timeout: float | None = None) -> Unmounted:
        """End a view."""
        return finished(self._handle.unmount(view_id, timeout=timeout))

    def ping(self, *, timeout: float | None = None) -> bool:
        """Return True if the session lives, and keep it from expiring."""
        return finished(self._handle.ping(timeout=timeout))

    def shutdown(self, *, timeout: float | None = None) -> None:
        """End the session."""
        finished(self._handle.shutdown(timeout=timeout))

    def create_component(
        self,
        view_id: str | None,
        component_id: str,
        template: str | type[LiveComponent] | None = None,
        props: Mapping[str, Any] | None = None,
        python_component: Any = None,
        *,
        timeout: float | None = None,
    ) -> ComponentCreated:
        """Start a component of a view."""
        return finished(
            self._handle.create_component(
                view_id, component_id, template, props, python_component, timeout=timeout
            )
        )

    def component_event(
        self,
        view_id: str | None,
        component_id: str,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> ComponentChanged:
        """Have a component handle an event."""
        return finished(
            self._handle.component_event(view_id, component_id, name, params, timeout=timeout)
        )

    def update_component_props(
        self,
        view_id: str | None,
        component_id: str,
        props: Mapping[str, Any],
        *,
        timeout: float | None = None,
    ) -> ComponentChanged:
        """Pass props to a component."""
        return finished(
            self._handle.update_component_props(view_id, component_id, props, timeout=timeout)
        )

    def remove_component(
        self, view_id: str | None, component_id: str, *, timeout: float | None = None
    ) -> ComponentRemoved:
        """End a component that was created."""
        return finished(self._handle.remove_component(view_id, component_id, timeout=timeout))
