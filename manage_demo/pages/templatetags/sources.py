"""`{% sources view %}` for the demo's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.views import View

from pages.sources import sources_of

register = template.Library()


@register.inclusion_tag("pages/sources.html")
def sources(view: View | type[View]) -> dict[str, Any]:
    """Show the files that a view, or a class of views, is made of."""
    return {"sources": sources_of(view if isinstance(view, type) else type(view))}
