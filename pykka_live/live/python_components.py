"""Components that Python creates: of a template alone, or of any object."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pykka_live.live.component import LiveComponent
from pykka_live.live.events import Handler
from pykka_live.live.objects import LIFECYCLE, ObjectPart
from pykka_live.live.user_code import call_with_props


class StateComponent(LiveComponent):
    """A template and a state: whatever it is sent is merged into that."""

    _state: dict[str, Any]

    def mount(self, /, **props: Any) -> None:
        self._state = props

    def update(self, /, **props: Any) -> None:
        self._state.update(props)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return self._state

    def _live_handler(self, name: str) -> Handler:
        return _Merging(name)


class _Merging(Handler):
    """Takes any event."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        self.name = name
        self.bind = _as_one
        self.function = _merge


def _as_one(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {"values": sent}


def _merge(component: StateComponent, values: Mapping[str, Any]) -> None:
    component._state.update(values)


class ObjectComponent(ObjectPart, LiveComponent):
    """An object as a component. Props go to its `mount(**props)` and its `update(**props)`; without
    these they become its attributes.

    Args:
        target: the object; it has a `__dict__`.
    """

    _lifecycle = LIFECYCLE | {"update"}

    def __init__(self, target: Any) -> None:
        super().__init__()
        self._target = target

    def mount(self, /, **props: Any) -> None:
        own = self._own("mount")
        if own is not None:
            self.run(call_with_props, own, props)
        else:
            self.update(**props)

    def update(self, /, **props: Any) -> None:
        own = self._own("update")
        if own is not None:
            self.run(call_with_props, own, props)
        else:
            self._assign(props)

    def _assign(self, props: Mapping[str, Any]) -> None:
        """Let props become attributes.

        Raises:
            TypeError: if one would take the place of a method, or of something private.
        """
        for name in props:
            is_private = name.startswith("_") or name in self._lifecycle
            if is_private or callable(getattr(self.target_class, name, None)):
                raise TypeError(
                    f"{self.target_class.__qualname__} cannot have the prop {name!r} as an "
                    "attribute. Call the prop otherwise, or write a mount and an update that take "
                    "it"
                )
        self.assign(props)


@lru_cache(maxsize=256)
def with_template(
    base: type[LiveComponent], source: str | None, name: str | None = None
) -> type[LiveComponent]:
    """Return the component class that a template shows: its source, or its name."""
    given = {"template": source, "template_name": name, "__module__": __name__}
    return type(base.__name__, (base,), given)
