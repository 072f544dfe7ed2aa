"""From a Django template to a tree: knows templates and trees, not actors."""

from pykka_live.rendering.context import LiveContext, processed_values
from pykka_live.rendering.template import LiveTemplate, Page

__all__ = ["LiveContext", "LiveTemplate", "Page", "processed_values"]
