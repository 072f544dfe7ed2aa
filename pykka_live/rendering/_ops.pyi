from collections.abc import Iterable

from django.template import Node

from pykka_live.rendering._trust import Trust
from pykka_live.rendering.findings import Finding
from pykka_live.rendering.reads import Path
from pykka_live.vdom import Node as TreeNode

class Op:
    """Makes a piece of a page."""

class Static(Op):
    """What is always the same."""

    def __init__(self, nodes: Iterable[TreeNode]) -> None: ...

class Sequence(Op):
    """Ops beside each other. `place` is its own in the memory, `size` how long a memory for all
    that is in it has to be; 0 if none is worth while."""

    size: int

    def __init__(self, ops: Iterable[Op], place: int, size: int = 0) -> None: ...

class Outside:
    """A node outside of the live region, which is rendered where something may come of it. `trust`
    is in what it writes; `fixed` tells that it leaves nothing behind; `place` is its own in the
    memory."""

    def __init__(self, node: Node, trust: Trust, fixed: bool, place: int) -> None: ...

class Surrounded(Op):
    """The live region, or what holds it, with what stands around it. `region` stands for the region
    where it only matters where that is."""

    def __init__(
        self,
        before: Iterable[Node | Outside | str],
        inner: Op,
        after: Iterable[Node | Outside | str],
        region: str,
    ) -> None: ...

class Writer(Op):
    """Writes text or markup, wherever that stands.

    `trust` is in what is written; `chain` names the elements around it; `blank` tells that no text
    may stand there.
    """

class Value(Writer):
    """A variable. `bits` is what it looks up, if that is all that it does."""

    def __init__(
        self,
        node: Node,
        bits: Path | None,
        trust: Trust,
        chain: Iterable[str] = (),
        blank: bool = False,
        place: int = 0,
    ) -> None: ...

class Nodes(Writer):
    """Whatever Django's nodes write, and strings between them. `finding` is what is said of that,
    if it is more than a slot."""

    def __init__(
        self,
        parts: Iterable[Node | str],
        trust: Trust,
        chain: Iterable[str] = (),
        blank: bool = False,
        place: int = 0,
        finding: Finding | None = None,
    ) -> None: ...
