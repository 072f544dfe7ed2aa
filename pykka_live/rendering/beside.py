"""What stands beside the live region as a part of the page: shown with it, and never again."""

from __future__ import annotations

import re
import uuid
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.template import Node, TemplateSyntaxError
from django.utils.safestring import SafeString, mark_safe

from pykka_live.rendering.context import LiveContext


class BesideNode(Node):
    """A node whose place is in a page, but not in its live region.

    In the page of a live view its content is put into the page when the region has been cut out, so
    it may have live regions of its own. With an event it is not rendered at all.
    """

    def render(self, context: Any) -> SafeString:
        if not isinstance(context, LiveContext):
            return self.show(context)
        if context.beside is None:
            raise misplaced(self)
        return context.beside.put(self, context)

    @abstractmethod
    def show(self, context: Any) -> SafeString:
        """Return the content."""


class Beside:
    """What one rendering of a whole page has put beside its live region.

    Args:
        are_shown: whether somebody sees the page. Otherwise only its region is wanted.
    """

    def __init__(self, are_shown: bool) -> None:
        self._are_shown = are_shown
        self._nodes: list[BesideNode] = []
        self._contents: list[str] = []
        name = uuid.uuid4().int  # nobody else can write it, and no filter makes it another
        self._mark = f"<!--{name}:{{}}-->"
        self._marks = re.compile(f"<!--{name}:(\\d+)-->")

    def put(self, node: BesideNode, context: Any) -> SafeString:
        """Return what keeps the place of a node's content."""
        content = node.show(context) if self._are_shown else ""
        self._nodes.append(node)
        self._contents.append(content)
        return mark_safe(self._mark.format(len(self._nodes) - 1))

    def check(self, region: str) -> None:
        """Look for places in the live region.

        Raises:
            TemplateSyntaxError: if there is one.
        """
        match = self._marks.search(region) if self._nodes else None
        if match is not None:
            raise misplaced(self._nodes[int(match[1])])

    def fill(self, page: str) -> str:
        """Put the contents into their places."""
        if not self._nodes:
            return page
        return self._marks.sub(lambda match: self._contents[int(match[1])], page)


class _Nowhere(Beside):
    """For an event, which changes the region only."""

    def put(self, node: BesideNode, context: Any) -> SafeString:
        return mark_safe("")


_NOWHERE = _Nowhere(are_shown=False)


class Again(Node):
    """A node beside the region that is rendered again, with an event."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def render_annotated(self, context: Any) -> Any:
        """Render the node; what is shown with the page only is left out."""
        context.beside = _NOWHERE
        try:
            return self._node.render_annotated(context)
        finally:
            context.beside = None


@contextmanager
def only_in_region(context: Any) -> Iterator[None]:
    """Render what comes into a live region, wherever it is written."""
    beside = getattr(context, "beside", None)
    if beside is None:
        yield
        return
    context.beside = None
    try:
        yield
    finally:
        context.beside = beside


def misplaced(node: BesideNode) -> TemplateSyntaxError:
    """Return the error of a node in a live region."""
    tag = getattr(node.token, "contents", type(node).__name__)
    return TemplateSyntaxError(
        f"{{% {tag} %}} stands inside of a live region, where only components can be; put it "
        "beside the element with data-liveview-root"
    )
