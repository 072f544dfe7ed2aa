"""From a Django template to a tree: knows templates and trees, not actors."""

from pykka_live.rendering.context import LiveContext, processed_values
from pykka_live.rendering.template import LiveTemplate, Page
from pykka_live.rendering.values import LazyValues

__all__ = ["LazyValues", "LiveContext", "LiveTemplate", "Page", "processed_values"]
