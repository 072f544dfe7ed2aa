from collections.abc import Iterable

from django.template import Node

from pykka_live.rendering._ops import Op, Sequence
from pykka_live.rendering._trust import Trust
from pykka_live.rendering.reads import Path

PLACES: dict[str, int]
"""What of `forloop` may be read by rows that are remembered."""

class For(Op):
    """`{% for %}`.

    `bits` is what its sequence looks up, if that is all that it does; `trust` is in it,
    if it does more. `outer` are the variables that the body reads, but for those of the loop;
    `cycles` are those that it takes further; `lasting` tells whether rows may be remembered at
    all; `places` what of `forloop` the body reads.
    """

    def __init__(
        self,
        node: Node,
        bits: Path | None,
        trust: Trust,
        body: Sequence,
        empty: Sequence,
        outer: Iterable[Path],
        cycles: Iterable[Node],
        lasting: bool,
        places: int,
        place: int,
    ) -> None: ...
