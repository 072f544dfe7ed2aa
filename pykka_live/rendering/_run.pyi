from typing import Any

from django.template import Template

from pykka_live.rendering._classes import Classes
from pykka_live.rendering._lazies import Lazies
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

    def __init__(
        self,
        context: Any,
        freezer: Freezer,
        plain_numbers: bool,
        classes: Classes,
        lazies: Lazies,
    ) -> None: ...

def locate(error: BaseException, template: Template) -> None:
    """Note for Django's debug page which line an error comes from, if that is in this template."""
