"""What a `SessionHandle` answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Result:
    """An answer. It can be read like a dictionary, too: `answer["html"]`, `dict(answer)`."""

    def __getitem__(self, name: str) -> Any:
        names = list(self.keys())
        if name in names:
            return getattr(self, name)
        raise KeyError(f"{type(self).__name__} has no {name!r}; it has {', '.join(names)}")

    def keys(self) -> Iterator[str]:
        """Return the names of what it holds."""
        return (each.name for each in fields(self) if not each.name.startswith("_"))


@dataclass(frozen=True)
class Mounted(Result):
    """A view was mounted.

    Attributes:
        html: its live region, with its components.
        session_id: the session, as `create_session_actor` was asked for it.
        view_id: a UUID, to tell this view from the others of the session.
        version: of the picture; it goes up with each change that is answered.
        path: where the view is in the actor tree; `send_update` takes it.
    """

    html: str
    session_id: str
    view_id: str
    version: int
    path: str


@dataclass(frozen=True, repr=False)
class _Changed(Result):
    version: int
    view_id: str
    html: str | None = None
    _encoded: bytes | None = None

    @cached_property
    def patches(self) -> list[Any] | None:
        """What leads here from the answer before: what `json.loads` makes of the patches on the
        wire, as `pykka_live.vdom.decode` takes it. Empty if nothing has changed; None where `html`
        says it all."""
        # Read when asked for: many callers do not look at it, and few of those on an event loop.
        if self.html is not None:
            return None
        return [] if self._encoded is None else json.loads(self._encoded)

    def keys(self) -> Iterator[str]:
        """Return the names of what it holds."""
        yield from super().keys()
        yield "patches"

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self[name]!r}" for name in self.keys())
        return f"{type(self).__name__}({shown})"


@dataclass(frozen=True, repr=False)
class Changed(_Changed):
    """What is to be seen of a view now, either as patches or as a whole.

    Attributes:
        version: of the picture.
        view_id: the view.
        html: the whole live region, with its components; None where `patches` say what has changed.
        components: with `patches`, the HTML of the components that the view shows for the first
            time, by their ids. In the patches these are hollow places.
        failed: why components that are to be seen could not be mounted, by their ids: with `html`
            all of them, with `patches` those that the view shows for the first time. Their places
            stay hollow.
    """

    components: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class ComponentChanged(_Changed):
    """What is to be seen of a component now; as `Changed`. `components` are those in it, and so are
    `failed`."""

    component_id: str = ""
    components: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True)
class ComponentCreated(Result):
    """A component was created.

    Attributes:
        html: its root element.
        view_id, component_id: where it is.
        version: of its picture.
        path: where it is in the actor tree.
    """

    html: str
    view_id: str
    component_id: str
    version: int
    path: str


@dataclass(frozen=True)
class Unmounted(Result):
    """A view has ended.

    Attributes:
        view_id: which one it was.
    """

    view_id: str


@dataclass(frozen=True)
class ComponentRemoved(Result):
    """A component has ended.

    Attributes:
        view_id, component_id: which one it was.
    """

    view_id: str
    component_id: str
