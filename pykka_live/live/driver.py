"""How Python asks the actors of a live session."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from time import monotonic
from typing import Any

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorTimeout,
    Cell,
    ChildNotFound,
    TerminateChild,
    current_cell,
)
from pykka_live.exceptions import ComponentNotFound, ViewNotFound
from pykka_live.live.answers import TurnedAway, accepted, composed, new_html
from pykka_live.live.driven import Render, Shown
from pykka_live.live.driven_session import FindView
from pykka_live.live.driven_view import RemoveComponent, first_of
from pykka_live.live.given import checked_component_id, event_seconds
from pykka_live.live.record import ComponentRecord
from pykka_live.live.results import Changed, ComponentChanged
from pykka_live.live.waiting import Waiting


class Driver:
    """Asks views and components for what a handle answers.

    Args:
        cell: the session.
        waiting: how to wait for answers.
    """

    def __init__(self, cell: Cell, waiting: Waiting) -> None:
        self._cell = cell
        self._waiting = waiting

    async def change(self, view_id: str | None, message: Any, timeout: float | None) -> Changed:
        """Ask a view for what changes it."""
        timeout = event_seconds(timeout)
        deadline = monotonic() + timeout
        view = await self.view(view_id, timeout)
        shown = await self._ask(view, message, timeout)
        if shown.picture is not None:
            html = await self.html(view, shown, timeout)
            return Changed(shown.version, id_of(view), html, failed=failed(view))
        new, bad = await self._arrivals(view, shown, deadline)
        return Changed(shown.version, id_of(view), None, shown.patches, new, bad)

    async def change_component(
        self, view_id: str | None, component_id: str, message: Any, timeout: float | None
    ) -> ComponentChanged:
        component_id, timeout = checked_component_id(component_id), event_seconds(timeout)
        deadline = monotonic() + timeout
        view = await self.view(view_id, timeout)
        try:
            shown = await self._ask_component(record_of(view, component_id), message, timeout)
        except ViewNotFound:  # it has not come up
            raise ComponentNotFound(f"the component {component_id!r} has not begun") from None
        new, bad = await self._arrivals(view, shown, deadline)
        version, patches = shown.version, shown.patches
        return ComponentChanged(version, id_of(view), None, patches, component_id, new, bad)

    async def _ask(self, cell: Cell, message: Any, timeout: float) -> Shown:
        """Ask a view for what changes it."""
        shown: Shown = accepted(await self._waiting.ask(cell, message, timeout))
        return shown

    async def _ask_component(self, record: ComponentRecord, message: Any, timeout: float) -> Shown:
        """Ask a component for what changes it. One that is about to come back is waited for."""
        answer = await self._waiting.ask_component(record, message, timeout)
        shown: Shown = accepted(answer)
        return shown

    async def _arrivals(
        self, view: Cell, shown: Shown, deadline: float
    ) -> tuple[dict[str, str], dict[str, Exception]]:
        """Return the components that are shown for the first time, as HTML, and why others are not
        there, by their ids. Who is late is waited for until the deadline."""
        if not shown.new:
            return {}, {}
        pictures = dict(shown.pictures)
        records = view.data["view"].components
        new = [records[id] for id in shown.new if id in records and id not in pictures]
        late = {each.id: each.cell for each in new if each.failure is None and each.cell}
        if late:
            left = max(deadline - monotonic(), 0.0)
            answers = await self._waiting.ask_all(list(late.values()), Render(), left)
            for answer in answers:
                if isinstance(answer, Shown):
                    pictures |= answer.pictures
        html = await self._waiting.run(new_html, shown._replace(pictures=pictures))
        return html, failed(view, shown.new)

    async def html(
        self, view: Cell, shown: Shown, timeout: float, *, is_fresh: bool = False
    ) -> str:
        """Return a whole picture as HTML, with the components as they are now; those that cannot
        tell are as they were.

        Args:
            is_fresh: their pictures have just been drawn, where there are any.
        """
        pictures = dict(shown.pictures)
        cells = {
            each.id: each.cell
            for each in list(view.data["view"].components.values())
            if each.is_shown and each.cell is not None and not (is_fresh and each.id in pictures)
        }
        answers = await self._waiting.ask_all(list(cells.values()), Render(), timeout)
        for id, answer in zip(cells, answers, strict=True):
            if isinstance(answer, Shown) and answer.picture is not None:
                pictures[id] = answer.picture
        return await self._waiting.run(composed, shown.picture, pictures)

    async def view(self, view_id: str | None, timeout: float) -> Cell:
        """Return the cell of a view. Raises ViewNotFound."""
        session = self._cell
        first = first_of(dict(session.data["record"].views)) if view_id is None else view_id
        view = session.system.find(f"{session.path}/views/{first}") if first else None
        if view is None or view.kind != "view":
            # It may be about to come back with its session, which then tells.
            view = await self._waiting.ask(session, FindView(view_id), timeout)
        if view is None:
            raise unknown_view(view_id)
        return view

    async def turn_away(self, view_id: str, error: BaseException, timeout: float) -> None:
        """See to it that a view which has not been mounted is not there."""
        end = TerminateChild(f"views/{view_id}", "refused")
        if isinstance(error, ActorTimeout) or not isinstance(error, Exception):
            self._cell.post(end)  # it may take long, and nobody waits any more
            return
        with suppress(ChildNotFound, ActorStopped, ActorTimeout):  # it is gone, or will be
            await self._waiting.request(self._cell, end, timeout)

    async def turn_away_component(
        self, view: Cell, id: str, error: BaseException, timeout: float
    ) -> None:
        """The same for a component that has not been created."""
        if isinstance(error, ActorTimeout) or not isinstance(error, Exception):
            view.enqueue(RemoveComponent(id), TurnedAway(), insist=True)
            return
        with suppress(ActorError):  # it is gone, or will be
            cell = accepted(await self._waiting.ask(view, RemoveComponent(id), timeout))
            await self._waiting.stop(cell, "refused", timeout)


def refuse_within(cell: Cell) -> None:
    """See to it that no actor waits for the end of what can end only after it.

    Raises:
        ActorError: if this is such an actor's code.
    """
    here = current_cell()
    if here is not None and f"{here.path}/".startswith(f"{cell.path}/"):
        raise ActorError(
            f"{here.path} cannot wait for the end of {cell.path}, which comes after its own: "
            "have another task or thread do that"
        )


def id_of(view: Cell) -> str:
    """Return the id of a view."""
    view_id: str = view.data["view"].token.view_id
    return view_id


def unknown_view(view_id: str | None) -> ViewNotFound:
    """Return what says that there is no such view."""
    if view_id is None:
        return ViewNotFound("the session has no view")
    return ViewNotFound(f"the session has no view {view_id!r}")


def failed(view: Cell, ids: Collection[str] | None = None) -> dict[str, Exception]:
    """Return why components of a view that are to be seen could not be mounted, by their ids: all,
    or those of these ids."""
    return {
        each.id: each.failure
        for each in list(view.data["view"].components.values())
        if each.failure is not None and each.is_shown and (ids is None or each.id in ids)
    }


def record_of(view: Cell, id: str) -> ComponentRecord:
    """Return the record of a component. Raises ComponentNotFound."""
    record: ComponentRecord | None = view.data["view"].components.get(id)
    if record is None:
        raise ComponentNotFound(f"the view has no component {id!r}")
    return record


def component_of(view: Cell, id: str) -> Cell:
    """Return the cell of a component. Raises ComponentNotFound."""
    cell = record_of(view, id).cell
    if cell is None:
        raise ComponentNotFound(f"the view has no component {id!r}")
    return cell
