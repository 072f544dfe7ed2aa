"""Live sessions without a browser: mounted, driven and looked at from Python."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from pykka_live.actors import ActorError, Cell, ChildNotFound, Ping, TerminateChild
from pykka_live.live.answers import accepted
from pykka_live.live.component import LiveComponent
from pykka_live.live.driven import Render, Shown
from pykka_live.live.driven_component import PassProps
from pykka_live.live.driven_session import KeepAlive, MountView
from pykka_live.live.driven_view import Locale, Mount, RemoveComponent, Reset, SetState
from pykka_live.live.driver import Driver, component_of, failed, id_of, refuse_within, unknown_view
from pykka_live.live.given import (
    checked_component_id,
    checked_request,
    checked_session_id,
    copied,
    event_seconds,
    mount_seconds,
)
from pykka_live.live.messages import CallEvent
from pykka_live.live.newcomer import new_component, new_record, plain_request
from pykka_live.live.results import (
    Changed,
    ComponentChanged,
    ComponentCreated,
    ComponentRemoved,
    Mounted,
    Unmounted,
)
from pykka_live.live.sessions import open_driven_session
from pykka_live.live.view import LiveView
from pykka_live.live.waiting import Awaiting, Blocking, Waiting

if TYPE_CHECKING:
    from pykka_live.live.sync_handle import SyncHandle


async def create_session_actor(session_id: str) -> SessionHandle:
    """Start a live session, or find it: the same id gives the same session, as long as it lives.

    It ends with `SessionHandle.shutdown`, with the process, or when it has been idle for
    `PYKKA_LIVE["SESSION_TTL"]`.

    Args:
        session_id: a text of 1 to 200 characters.

    Raises:
        ValueError: if it is not.
        ActorStopped: if the process is shutting down.
    """
    session_id = checked_session_id(session_id)
    return SessionHandle(session_id, await open_driven_session(session_id))


class SessionHandle:
    """A live session that Python drives; `create_session_actor` gives it.

    Any thread and any event loop may use it, at the same time. Messages of one view are handled in
    order, those of several side by side. What is passed in is copied.

    Everything that waits takes a `timeout` in seconds, by default `EVENT_TIMEOUT` (for a mount
    `MOUNT_TIMEOUT`), and raises, whatever else it says:

    - `ActorStopped`: the session, or the view, has ended before it answered
    - `ActorTimeout`: there was no answer in time; what was asked may still be done
    - `MailboxFull`: there was no room in the mailbox, or the message was dropped from it

    Code of an actor that would wait for itself gets an `ActorError` at once.

    Everything raises TypeError for what is of the wrong kind, or cannot be copied, and ValueError
    for a `timeout` or an id that can be none, before anything is asked.

    Attributes:
        session_id: as it was given to `create_session_actor`.
        sync: the same for plain threads, which wait. In a coroutine its methods raise RuntimeError.
    """

    def __init__(self, session_id: str, cell: Cell, waiting: Waiting | None = None) -> None:
        self.session_id = session_id
        self._cell = cell
        self._waiting: Waiting = waiting or Awaiting(cell)
        self._driver = Driver(cell, self._waiting)

    def __repr__(self) -> str:
        return f"<SessionHandle {self.session_id!r} {self._cell.state}>"

    @property
    def path(self) -> str:
        """Where the session is in the actor tree. It does not tell the id."""
        return self._cell.path

    @property
    def sync(self) -> SyncHandle:
        """The same for plain threads."""
        from pykka_live.live.sync_handle import SyncHandle

        return SyncHandle(SessionHandle(self.session_id, self._cell, Blocking(self._cell)))

    async def mount(
        self,
        view: str | type[LiveView] | None = None,
        params: Mapping[str, Any] | None = None,
        python_view: Any = None,
        *,
        request: HttpRequest | None = None,
        timeout: float | None = None,
    ) -> Mounted:
        """Mount a view, beside those that the session has.

        No middleware and no `dispatch` run: whoever calls decides who may see the view.

        Args:
            view: a `LiveView`, or its dotted name.
            params: what its `mount` is given, converted as a page's are.
            python_view: the view itself: an instance of a `LiveView`; or any other object, which
                the template of `view` shows. Without a `view`, it has a `template` or a
                `template_name` of its own.
            request: what `mount` is given as the request, and has as `self.request`; it is the
                view's from now on. By default one of an anonymous visitor, without a session.

        Raises:
            ViewNotFound: there is no such class.
            BadParameters: a parameter is missing or does not convert; `python_view` is another live
                view, or a component, already.
            ImproperlyConfigured: the supervision of the class goes not with the settings.
            MountFailed: `mount` raised, or that of a component; the cause is chained.
            TemplateFailed: a template raised; the cause is chained.
            HandlerFailed: the state cannot be kept.
            JoinRefused: `mount` answered with a response.
        """
        timeout = mount_seconds(timeout)
        params = copied(params)
        request = plain_request(params) if request is None else checked_request(request)
        record = await self._waiting.run(new_record, self._cell, view, params, python_view, request)
        view_id = record.token.view_id
        message = MountView(record, Mount(request, Locale.here()))
        try:
            answer = await self._waiting.ask(self._cell, message, timeout)
        except BaseException as error:
            await self._driver.turn_away(view_id, error, timeout)
            raise
        shown: Shown = accepted(answer)
        view_cell = await self._driver.view(view_id, timeout)
        html = await self._driver.html(view_cell, shown, timeout, is_fresh=True)
        for failure in failed(view_cell).values():  # as a page fails with the first of them
            with suppress(ActorError):  # it is gone, or will be
                await self.unmount(view_id, timeout=timeout)
            raise failure
        return Mounted(html, self.session_id, view_id, shown.version, view_cell.path)

    async def event(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        view_id: str | None = None,
        *,
        timeout: float | None = None,
    ) -> Changed:
        """Have a view handle an event.

        Args:
            name: the handler.
            params: its parameters, by name.
            view_id: the view; by default the one that was mounted first, of those that live. One
                that is still being mounted is waited for only where there is no other.

        Raises:
            ViewNotFound: there is no such view.
            HandlerNotFound: it has no such handler.
            BadParameters: a parameter is missing or does not convert.
            HandlerFailed: the handler raised; the cause is chained. The state is what it was.
            TemplateFailed: the template raised; likewise.
        """
        return await self._driver.change(view_id, _call(name, params), timeout)

    async def update_state(
        self, view_id: str | None, values: Mapping[str, Any], *, timeout: float | None = None
    ) -> Changed:
        """Set public attributes that a view has. Raises as `event` does; `BadParameters` names what
        is none of its state."""
        return await self._driver.change(view_id, SetState(copied(values)), timeout)

    async def render(self, view_id: str | None = None, *, timeout: float | None = None) -> Changed:
        """Return the whole picture of a view as it is now. Raises as `event` does."""
        return await self._driver.change(view_id, Render(), timeout)

    async def reset(self, view_id: str | None = None, *, timeout: float | None = None) -> None:
        """Let the next answer of a view have its whole `html`, for who has lost the picture; its
        state stays what it is. Raises ViewNotFound."""
        timeout = event_seconds(timeout)
        view = await self._driver.view(view_id, timeout)
        accepted(await self._waiting.ask(view, Reset(), timeout))

    async def unmount(
        self, view_id: str | None = None, *, timeout: float | None = None
    ) -> Unmounted:
        """End a view, and everything under it, after what it is just doing. What it has in its
        mailbox ends with `ActorStopped`. Raises ViewNotFound."""
        timeout = event_seconds(timeout)
        view = await self._driver.view(view_id, timeout)
        refuse_within(view)
        family = self._cell.children.get(f"{view.spec.id}/components")
        try:
            end = TerminateChild(view.spec.id, "left", view)
            await self._waiting.request(self._cell, end, timeout)
        except ChildNotFound:
            raise unknown_view(view_id) from None
        if family is not None:
            with suppress(ChildNotFound):
                end = TerminateChild(family.spec.id, "left", family)
                await self._waiting.request(self._cell, end, timeout)
        return Unmounted(id_of(view))

    async def ping(self, *, timeout: float | None = None) -> bool:
        """Return True if the session lives, and keep it from expiring."""
        timeout = event_seconds(timeout)
        await self._waiting.request(self._cell, Ping(), timeout)
        alive: bool = await self._waiting.ask(self._cell, KeepAlive(), timeout)
        return alive

    async def shutdown(self, *, timeout: float | None = None) -> None:
        """End the session with all of its views, and wait until it is down. Does nothing if it has
        ended. Raises ActorTimeout: a view is busy; the session ends as soon as it is done."""
        timeout = event_seconds(timeout)
        refuse_within(self._cell)
        await self._waiting.stop(self._cell, "left", timeout)

    # Components

    async def create_component(
        self,
        view_id: str | None,
        component_id: str,
        template: str | type[LiveComponent] | None = None,
        props: Mapping[str, Any] | None = None,
        python_component: Any = None,
        *,
        timeout: float | None = None,
    ) -> ComponentCreated:
        """Start a component of a view, which no template has placed: who calls shows it.

        Args:
            view_id: the view; None is the one that was mounted first.
            component_id: what to call it, a text of 1 to 200 printable letters, or a number.
            template: what shows it, the source of a template with one root element; or a
                `LiveComponent`, or its name. A template alone is a component whose state are its
                props, and into which the parameters of each event are merged.
            props: what its `mount` is given.
            python_component: the component itself: an instance of a `LiveComponent`, or any other
                object, which `template` shows, or a template of its own.

        Raises:
            ViewNotFound: there is no such view.
            ComponentNotFound: there is no component of that name.
            BadParameters: the view has a component of that id; `python_component` is another live
                component, or a view, already.
            ImproperlyConfigured, TemplateSyntaxError, TemplateDoesNotExist: there is no template
                with one root element.
            MountFailed: `mount` raised; the cause is chained.
            TemplateFailed: the template raised; the cause is chained.
        """
        timeout = mount_seconds(timeout)
        view = await self._driver.view(view_id, timeout)
        message = await self._waiting.run(
            new_component, component_id, template, copied(props), python_component
        )
        id = message.id
        try:
            answer = await self._waiting.ask(view, message, timeout)
        except BaseException as error:
            await self._driver.turn_away_component(view, id, error, timeout)
            raise
        shown = accepted(answer)
        html = await self._driver.html(view, shown, timeout, is_fresh=True)
        path = component_of(view, id).path
        return ComponentCreated(html, id_of(view), id, shown.version, path)

    async def component_event(
        self,
        view_id: str | None,
        component_id: str,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> ComponentChanged:
        """Have a component handle an event: one that a template shows, or that was created. Raises
        as `event` does, and ComponentNotFound."""
        return await self._driver.change_component(
            view_id, component_id, _call(name, params), timeout
        )

    async def update_component_props(
        self,
        view_id: str | None,
        component_id: str,
        props: Mapping[str, Any],
        *,
        timeout: float | None = None,
    ) -> ComponentChanged:
        """Pass props to a component: its `update(**props)` runs. Those of a template hold until
        that passes others. Raises as `component_event` does."""
        return await self._driver.change_component(
            view_id, component_id, PassProps(copied(props)), timeout
        )

    async def remove_component(
        self, view_id: str | None, component_id: str, *, timeout: float | None = None
    ) -> ComponentRemoved:
        """End a component that was created. Raises ViewNotFound, ComponentNotFound; and
        BadParameters, if a template shows it."""
        component_id, timeout = checked_component_id(component_id), event_seconds(timeout)
        view = await self._driver.view(view_id, timeout)
        refuse_within(component_of(view, component_id))
        cell = accepted(await self._waiting.ask(view, RemoveComponent(component_id), timeout))
        await self._waiting.stop(cell, "removed", timeout)
        return ComponentRemoved(id_of(view), component_id)


def _call(name: str, params: Mapping[str, Any] | None) -> CallEvent:
    if not isinstance(name, str):
        raise TypeError(f"the name of an event is a text, not {name!r}")
    return CallEvent(name, copied(params))
