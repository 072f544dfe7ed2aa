"""Components of views that Python drives, and those that Python has created itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pykka_live.actors import Fenced, Killed
from pykka_live.conf import SupervisionPolicy
from pykka_live.live.component import LiveComponent
from pykka_live.live.component_actor import ComponentActor
from pykka_live.live.driven import DrivenActor, Render, as_mount_failure
from pykka_live.live.messages import CallEvent, Refusal, Update
from pykka_live.live.objects import ObjectPart
from pykka_live.live.record import ComponentRecord
from pykka_live.live.user_code import call_with_props


@dataclass(frozen=True)
class PassProps:
    """Take new props. Answered with `Shown`."""

    props: Mapping[str, Any]


@dataclass(kw_only=True, eq=False)
class CreatedRecord(ComponentRecord):
    """A component that no template has placed."""

    is_placed: ClassVar[bool] = False

    @property
    def comes_back(self) -> bool:
        return not self.is_stopped

    def policy(self) -> SupervisionPolicy:
        policy = super().policy()
        if self.instance is not None:  # there is no other that could take its place
            policy = replace(policy, strategy="resume", scope="one_for_one")
        return policy


class DrivenComponentActor(DrivenActor[LiveComponent], ComponentActor):
    """Handles what Python sends to a component."""

    _openings = ComponentActor._openings | {Render}

    def get_state(self) -> dict[str, Any]:
        part: Any = self._part
        return part.state() if isinstance(part, ObjectPart) else super().get_state()

    def _new_part(self) -> LiveComponent:
        part: Any = self._record.instance
        stage = self._stage()
        if part is None or stage is None:
            return super()._new_part()
        part.id, part.request, part.slots = self._record.id, stage.request, {}
        return part

    def _addressed(self, update: Update) -> list[Update]:
        record = self._record
        if record.is_gone:
            return []
        record.known = update.version
        return [update]

    def _come_up(self) -> None:
        """Be there. A first mount that fails ends the component: whoever drives the view is told,
        and would have it fail again with each later call."""
        record = self._record
        try:
            super()._come_up()
        except (Fenced, Killed):
            raise
        except BaseException as error:
            if record.checkpoint is not None:
                raise
            record.failure = as_mount_failure(error)
            record.is_stopped = True
            self._turn_away(record.failure)

    def _render(self, message: Render) -> Update | Refusal | None:  # type: ignore[override]
        if self._part is None:
            self._come_up()
        if self._record.failure is not None:  # with which it has been answered
            return None
        return super()._render(message)

    def _pass_props(self, message: PassProps) -> Update | Refusal:
        part = self._part
        if part is None:
            return Refusal("unknown_component", "the component has not been mounted")
        return self._answer_after("update", lambda: call_with_props(part.update, message.props))

    _handlers = {
        **ComponentActor._handlers,
        CallEvent: DrivenActor._call,
        Render: _render,
        PassProps: _pass_props,
    }
