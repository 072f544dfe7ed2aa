from typing import Any

from pykka_live.state._freeze import Freezer

class Run:
    """One rendering: Django's context, bound to its template, and what compares values with what
    they were."""

    stale: bool
    """Whether user code has run since values were compared."""
    rendered: int
    """How many rows loops have rendered."""
    reused: int
    """How many they have not."""

    def __init__(self, context: Any, freezer: Freezer, plain_numbers: bool) -> None: ...
