from typing import Any

class Frozen:
    kind: int
    type: type[Any] | None
    parts: tuple[Any, ...]
    plain: bool
    comparable: bool
    opaque: bool
