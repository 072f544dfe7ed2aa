"""Live sessions that Python drives: no tab is behind them, so they end when they are told to, or
when they have been idle for `SESSION_TTL`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pykka_live.actors import Cell, ChildSpec
from pykka_live.live.caretaker import moment
from pykka_live.live.driven_view import DrivenRecord, DrivenViewActor, Mount, first_of
from pykka_live.live.holders import hold
from pykka_live.live.messages import Refusal
from pykka_live.live.policy import policy_of
from pykka_live.live.record import ViewRecord
from pykka_live.live.session import SessionActor, view_spec


@dataclass(frozen=True)
class MountView:
    """Have a view. Answered by the view, as `Mount` is, or with a `Refusal`."""

    log_name: ClassVar[str] = "mount view"

    record: DrivenRecord
    mount: Mount


@dataclass(frozen=True)
class FindView:
    """Answered with the cell of a view, or None. No id: as `first_of`."""

    view_id: str | None


@dataclass(frozen=True)
class KeepAlive:
    """Do not expire yet. Answered with True."""


class DrivenSession(SessionActor):
    """Supervises the views of a session without a tab."""

    def on_receive(self, message: Any) -> Any:
        handle = _HANDLERS.get(type(message))
        if handle is None:
            return super().on_receive(message)
        self._record.active = moment()
        return handle(self, message)

    def _mount_view(self, message: MountView) -> Refusal | None:
        record = message.record
        refusal = hold(record)
        if refusal is not None:
            return Refusal("bad_params", refusal)
        view = self._start_view(record)
        self._record.views[record.token.view_id] = record
        # The first message of the view: events that name none are for it from now on.
        view.enqueue(message.mount, self.defer())
        return None

    def _find_view(self, message: FindView) -> Cell | None:
        view_id = message.view_id
        if view_id is None:
            view_id = first_of(self._record.views)
        cell = self.cell.children.get(f"views/{view_id}")
        return cell if cell is not None and cell.kind == "view" else None

    def _keep_alive(self, _message: KeepAlive) -> bool:
        return True

    def _view_spec(self, record: ViewRecord) -> ChildSpec:
        assert isinstance(record, DrivenRecord)
        policy = policy_of(record.view_class)
        if record.instance is not None:  # there is no other that could take its place
            policy = replace(policy, strategy="resume", scope="one_for_one")
        return view_spec(record, lambda: DrivenViewActor(record), policy)

    def _wait_for_return(self) -> None:
        """Wait for nobody."""

    def _last_view_ended(self, reason: str) -> None:
        """Go on: there may be others."""


def driven_id(name: str) -> str:
    """Return the id of the session that Python calls so. It cannot be that of a tab's, and shows
    nobody the name, which may be a secret."""
    return "py-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_HANDLERS: dict[type, Callable[[DrivenSession, Any], Any]] = {
    MountView: DrivenSession._mount_view,
    FindView: DrivenSession._find_view,
    KeepAlive: DrivenSession._keep_alive,
}
