"""Which nodes a template shows in the end: what `{% extends %}` and `{% block %}` come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.template import (
    Context,
    Node,
    Template,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    Variable,
    defaulttags,
)
from django.template.base import FilterExpression, TextNode
from django.template.library import InclusionNode
from django.template.loader_tags import (
    BLOCK_CONTEXT_KEY,
    BlockContext,
    BlockNode,
    ExtendsNode,
    IncludeNode,
    construct_relative_path,
)
from django.template.loaders.cached import Loader as CachedLoader

from pykka_live.rendering.outline import Broken
from pykka_live.rendering.passages import Place, place_of
from pykka_live.rendering.purity import is_pure

PARTIAL: Any = getattr(defaulttags, "PartialNode", None)
PARTIAL_DEFINITION: Any = getattr(defaulttags, "PartialDefNode", None)
"""Django has these from 6.0 on."""


class Lineage:
    """A template and those that it extends.

    Args:
        template: the template.
        lasts: whether the others have to stay what they are.

    Attributes:
        template: the template.
        root: the one that extends no other.
        templates: all of them.
        extends: the tags that lead there.

    Raises:
        Broken: if what it shows is only known when it is rendered, or if one of them cannot be
            had.
    """

    def __init__(self, template: Template, lasts: bool = True) -> None:
        loaders = template.engine.template_loaders
        if lasts and not all(isinstance(loader, CachedLoader) for loader in loaders):
            raise Broken("its engine has a loader that is not cached")
        self.template = template
        self.templates = [template]
        self.extends: list[ExtendsNode] = []
        context: Any = Context()
        context.template = template
        while (extends := _extends_of(template)) is not None:
            name: Any = extends.parent_name
            if not is_constant(name):
                why = "what it extends is only known when it is rendered"
                raise Broken(why, place_of(extends))
            self.extends.append(extends)
            try:
                template = extends.get_parent(context)
            except TemplateDoesNotExist as error:
                why = f"there is no template {error}"
                raise Broken(why, place_of(extends), is_fatal=True) from error
            except TemplateSyntaxError as error:
                line = getattr(getattr(error, "token", None), "lineno", 0)
                raise Broken(str(error), Place(str(name.var), line), is_fatal=True) from error
            self.templates.append(template)
        self.root = template
        self._blocks: dict[str, BlockNode] = {}
        self._own: set[int] = set()  # an included template's blocks are its own
        self._generations = list(self._find_generations())
        for blocks in self._generations:
            for name, block in blocks.items():
                self._blocks.setdefault(name, block)
                self._own.add(id(block))

    def _find_generations(self) -> Iterator[dict[str, BlockNode]]:
        for extends in self.extends:
            yield extends.blocks
        if self.extends:
            nodes: list[Any] = self.root.nodelist.get_nodes_by_type(BlockNode)
            yield {node.name: node for node in nodes}

    def content_of(self, block: BlockNode) -> Iterable[Node]:
        """Return what is shown in the place of a block."""
        return (self._blocks[block.name] if id(block) in self._own else block).nodelist

    def prepare(self, context: Context) -> None:
        """Give the context what `{% extends %}` would."""
        if not self.extends:
            return
        blocks = BlockContext()
        for generation in self._generations:
            blocks.add_blocks(generation)
        context.render_context[BLOCK_CONTEXT_KEY] = blocks


def _extends_of(template: Template) -> ExtendsNode | None:
    for node in template.nodelist:
        if isinstance(node, ExtendsNode):
            return node
        if not isinstance(node, TextNode):
            return None
    return None


def is_constant(expression: FilterExpression) -> bool:
    """Tell whether an expression is always the same."""
    return not isinstance(expression.var, Variable) and not expression.filters


def partial_of(node: Any) -> Template | None:
    """Return the part of a template that a `{% partial %}` shows; None if there is none, or if it
    holds blocks."""
    try:
        partial: Template = node.partial_mapping[node.partial_name]
    except (KeyError, TemplateSyntaxError):
        return None
    return None if partial.nodelist.get_nodes_by_type(BlockNode) else partial


def template_of_tag(node: InclusionNode, template: Template) -> Template | None:
    """Return the template that an inclusion tag always renders; None if it extends one, or if the
    tag is declared as pure, so that what it renders is known when its arguments are.

    Raises:
        TemplateDoesNotExist: as rendering does.
    """
    if is_pure(node.func) or not isinstance(node.filename, str):
        return None
    included = template.engine.get_template(node.filename)
    return included if _extends_of(included) is None else None


def included_template(node: IncludeNode, template: Template) -> Template | None:
    """Return the template that an `{% include %}` always includes; None if it may be another one
    each time, or if it extends one.

    Raises:
        TemplateDoesNotExist: as rendering does.
    """
    if not is_constant(node.template) or not isinstance(node.template.var, str):
        return None
    name = construct_relative_path(node.origin.template_name, node.template.var)  # type: ignore
    included = template.engine.get_template(name)
    return included if _extends_of(included) is None else None
