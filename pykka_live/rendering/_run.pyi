from typing import Any

from django.template import Template

from pykka_live.rendering.reads import Reads
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

def locate(error: BaseException, template: Template) -> None:
    """Note for Django's debug page which line an error comes from, if that is in this template."""

class Trust:
    """What has to be so that something can be relied on: that evaluated once more, of the same, it
    gives the same."""

    def __init__(self, reads: Reads) -> None: ...
