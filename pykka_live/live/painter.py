"""What one instance of a view looks like, and what its state is: found out again after each
message, at the cost of what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykka_live.actors import Fenced, Killed
from pykka_live.actors._errors import describe
from pykka_live.exceptions import TemplateFailed
from pykka_live.live.part import Part
from pykka_live.live.stage import Stage
from pykka_live.live.visitor import drop_messages, messages_shown
from pykka_live.rendering import Renderer
from pykka_live.state.snapshot import Snapshot
from pykka_live.vdom import Element

Inspector = Callable[[Any, Stage, Element], object]
"""Called with a view, its stage and each new picture of it, in the thread that has drawn it. For
tests. It may call the user's code, and must not raise."""

_inspectors: tuple[Inspector, ...] = ()


def add_inspector(inspector: Inspector) -> None:
    """Show `inspector` each picture that is drawn from now on."""
    global _inspectors
    _inspectors = (*_inspectors, inspector)


def remove_inspector(inspector: Inspector) -> None:
    """Do not show `inspector` any more."""
    global _inspectors
    _inspectors = tuple(each for each in _inspectors if each != inspector)


class Painter:
    """Draws one instance of a view and takes snapshots of it. Belongs to its thread.

    Both compare values with what they were, so what the one has compared the other need not.

    Args:
        view: the instance.

    Attributes:
        renderer: what has drawn the last picture; None before the first.
    """

    def __init__(self, view: Part) -> None:
        self.view = view
        self._keeper = view._live_keeper()
        self.renderer: Renderer | None = None

    def draw(self, stage: Stage) -> Element:
        """Render the live region; no code of the user's may run from then on until `keep`.

        Raises:
            TemplateFailed: if the template, or `get_context_data`, raises; the cause is chained.
        """
        request = stage.request
        try:
            values = stage.values(self.view)
            root = self._renderer().render(request, values, stage.processed)
            for inspect in _inspectors:
                self.renderer.has_compared = False  # type: ignore[union-attr]
                inspect(self.view, stage, root)
        except (Fenced, Killed):
            raise
        except BaseException as error:
            drop_messages(request)
            raise TemplateFailed(describe(error)) from error
        messages_shown(request)
        return root

    def show(self, stage: Stage) -> Element:
        """Render the live region of a view whose state is not kept afterwards. Raises what `draw`
        does."""
        root = self.draw(stage)
        assert self.renderer is not None
        self.renderer.has_compared = False  # until it is kept the state may become another
        return root

    def keep(self) -> Snapshot:
        """Take a snapshot of the view's state.

        Raises:
            BaseException: what the user's objects raise when they are copied.
        """
        renderer = self.renderer
        begin = renderer is None or not renderer.has_compared
        if renderer is not None:
            renderer.has_compared = False
        return self._keeper.take(begin=begin)

    def _renderer(self) -> Renderer:
        template = self.view.live_template()
        renderer = self.renderer
        if renderer is None or renderer.template is not template:
            self.renderer = renderer = template.renderer(self._keeper.freezer)
        return renderer
