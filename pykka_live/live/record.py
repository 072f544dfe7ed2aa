"""What a view's incarnations leave to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pykka_live.live.messages import Outlet, Update
from pykka_live.live.stage import Stage
from pykka_live.live.token import PageToken
from pykka_live.live.view import LiveView
from pykka_live.state.snapshot import Snapshot
from pykka_live.vdom import Element, diff, encode, encode_node


@dataclass
class ViewRecord:
    """The last picture and the last good state of a view. Belongs to its cell; written by the
    current incarnation only, inside its fence.

    Attributes:
        token: the page that the view came with.
        outlet: where updates go; None while no socket is there.
        view_class, view_kwargs: how to make another instance.
        stage: the surroundings of the last join.
        picture: what the browser has been sent, at `version`.
        checkpoint: the state after the last event that went well; None before the first join.
    """

    token: PageToken
    outlet: Outlet | None = None
    view_class: type[LiveView] | None = None
    view_kwargs: dict[str, Any] = field(default_factory=dict)
    url_args: tuple[Any, ...] = ()
    url_kwargs: dict[str, Any] = field(default_factory=dict)
    stage: Stage | None = None
    picture: Element | None = None
    version: int = 1
    checkpoint: Snapshot | None = None

    def adopt(self, view: LiveView, stage: Stage) -> None:
        """Note how to make another instance of `view`."""
        self.view_class = type(view)
        self.view_kwargs = view._live_initkwargs
        self.url_args, self.url_kwargs = view.args, view.kwargs
        self.stage = stage

    def new_instance(self, path: str) -> LiveView:
        """Make an instance as the URLconf would, on the last join's request."""
        assert self.view_class is not None
        assert self.stage is not None
        view = self.view_class(**self.view_kwargs)
        view.setup(self.stage.request, *self.url_args, **self.url_kwargs)
        view._live_path = path
        return view

    def compare(self, picture: Element, state: Snapshot | None = None) -> Step:
        """Work out the step that makes `picture` the current one, and `state` the last good one;
        without it, that stays what it is. Nothing is changed yet.

        Raises:
            ValueError: if the region has become another element.
        """
        patches = diff(self.picture, picture) if self.picture is not None else []
        if not patches:
            return Step(picture, Update(self.version), state)
        update = Update(self.version + 1, encode(patches), None, len(patches))
        return Step(picture, update, state)

    def take(self, step: Step) -> Update:
        """Go a step that was prepared; what takes time, and what can fail, is behind it."""
        self.picture = step.picture
        self.version = step.update.version
        if step.checkpoint is not None:
            self.checkpoint = step.checkpoint
        return step.update

    def tree(self) -> Update:
        """Return the whole picture."""
        assert self.picture is not None
        return Update(self.version, tree=encode_node(self.picture))


class Step(NamedTuple):
    """A new picture, the update that leads there, and the state that it shows, if that is good."""

    picture: Element
    update: Update
    checkpoint: Snapshot | None = None

    def tree(self) -> Update:
        """Return the whole picture, for a browser that does not know the one before."""
        return Update(self.update.version, tree=encode_node(self.picture))
