from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from pykka_live.rendering.notes import Notes
from pykka_live.rendering.template import TreeTemplate
from pykka_live.state._freeze import Freezer
from pykka_live.vdom import Element

class Renderer:
    """Renders the live region of a page, or a component.

    It belongs to one of them, and to one thread. What it returns is, node for node, the tree of
    what Django renders; where nothing has changed, the nodes are the same objects as the last time.
    `freezer` compares values with what they were; one that also pictures the state of the view has
    compared most of them when the renderer asks.
    """

    template: TreeTemplate
    rendered: int
    """How many rows the last rendering has rendered."""
    reused: int
    """How many it has not."""
    has_fallen_back: bool
    """Whether the last picture was cut out of the whole page: because the template could not be
    compiled; or because the markup of the region was so broken that its parts told nothing. Then
    what was called for these parts has been called a second time."""
    notes: Notes | None
    """What the last rendering has done where, with `DEBUG`."""
    has_compared: bool
    """Whether the freezer is in the middle of a pass, and no code of the user's has run since it
    began."""

    def __init__(self, template: TreeTemplate, freezer: Freezer | None = None) -> None: ...
    def render(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Render the tree.

        What stands outside of it is only rendered where something may come of it: where it leaves
        a trace, calls what is not known, or reads what has changed.

        Takes and raises what the template's `render_whole` does.
        """
