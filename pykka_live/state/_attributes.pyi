from typing import Any

from pykka_live.state._freeze import Freezer

def attributes(
    freezer: Freezer, last: tuple[Any, ...]
) -> tuple[tuple[Any, ...], list[tuple[str, Exception]] | None]: ...
