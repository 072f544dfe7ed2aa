from django.template import Template

class Run:
    """One rendering: where its values come from, and what compares them with what they were."""

    stale: bool
    """Whether user code has run since values were compared."""
    rendered: int
    """How many rows loops have rendered."""
    reused: int
    """How many they have not."""

def locate(error: BaseException, template: Template) -> None:
    """Note for Django's debug page which line an error comes from, if that is in this template."""
