from collections.abc import Iterable

from pykka_live.rendering._ops import Op, Sequence, Writer

class AttributeValue:
    """The value of an attribute: texts and Writers. `quote` is empty for a bare value."""

    def __init__(self, name: str, parts: Iterable[str | Writer], quote: str) -> None: ...

class AttributeSet:
    """Whole attributes, which a Writer writes."""

    def __init__(self, writer: Writer) -> None: ...

class Tag(Op):
    """An element. `start` is its start tag, as it is written, cut where a Writer writes; `end` its
    end tag, if it has one."""

    def __init__(
        self,
        tag: str,
        start: Iterable[str],
        end: str,
        attributes: Iterable[tuple[str, str] | AttributeValue | AttributeSet],
        content: Sequence,
        chain: Iterable[str],
        place: int,
    ) -> None: ...

class ImpliedBody(Op):
    """The `tbody` that table rows imply."""

    def __init__(self, content: Sequence, place: int) -> None: ...
