from typing import Any

class Frozen:
    kind: int
    type: type[Any] | None
    parts: tuple[Any, ...]
    plain: bool
    comparable: bool
    opaque: bool

class Freezer:
    def __init__(self, source: object = None, surroundings: frozenset[str] = ...) -> None: ...
    def begin(self) -> None: ...
    def freeze(self, value: Any, hint: Any = None) -> Any: ...
