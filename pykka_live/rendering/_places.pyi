from collections.abc import Iterable

from pykka_live.rendering._ops import Op
from pykka_live.rendering._trust import Trust
from pykka_live.rendering.placeholder import ComponentNode

class Place(Op):
    """A component whose name is always the same. `trust` is in what its slots write; `chain` names
    the elements around it; `blank` tells that no text may stand there; `place` is its own in the
    memory."""

    def __init__(
        self, node: ComponentNode, trust: Trust, chain: Iterable[str], blank: bool, place: int
    ) -> None: ...
