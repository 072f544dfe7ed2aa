"""From a Django template to a tree: knows templates and trees, not actors."""

from pykka_live.rendering._composing import compose
from pykka_live.rendering._renderer import Renderer
from pykka_live.rendering._surroundings import ContextMark
from pykka_live.rendering.context import LiveContext, processed_values
from pykka_live.rendering.findings import Finding
from pykka_live.rendering.gathering import Gatherer, gatherer
from pykka_live.rendering.purity import pure
from pykka_live.rendering.template import ComponentTemplate, LiveTemplate, Page
from pykka_live.rendering.vacating import without_places
from pykka_live.rendering.values import LazyValues

__all__ = [
    "ComponentTemplate",
    "ContextMark",
    "Finding",
    "Gatherer",
    "LazyValues",
    "LiveContext",
    "LiveTemplate",
    "Page",
    "Renderer",
    "compose",
    "gatherer",
    "processed_values",
    "pure",
    "without_places",
]
