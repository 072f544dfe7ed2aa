"""What the nodes of a template read: which variables, and whether anything else has an influence on
what they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from django.template import Node, NodeList, Variable, base, defaulttags, library, loader_tags
from django.template.base import FilterExpression, TokenType, VariableNode
from django.template.smartif import TokenBase
from django.templatetags import i18n, l10n, static, tz

from pykka_live.rendering.beside import BesideNode
from pykka_live.rendering.inheritance import PARTIAL, PARTIAL_DEFINITION
from pykka_live.rendering.placeholder import ComponentNode, function_of
from pykka_live.rendering.purity import (
    MEASURES,
    SELECTS,
    are_static_urls_fixed,
    is_pure,
    is_pure_filter,
    is_pure_node,
)

Path = tuple[str, ...]
"""What a variable looks up: `("row", "name")` for `row.name`."""


PASSED, TESTED, COMPARED, WRITTEN = range(4)
"""What is done with the value of a variable: nothing but to hand it on, to a name or to what is
declared as pure; it is asked whether it is true, or how much it holds; besides, whether it is equal
to another, or among others; anything else."""

IDENTIFIED = 4
"""Besides, it is asked whether it is the same object as another."""


@dataclass(frozen=True)
class Reads:
    """What something reads.

    Attributes:
        uses: the variables, and what is done with their values.
        trusted: nothing but these has an influence on the result.
        fixed: it leaves no trace: it sets no variable and counts nothing,
        cycles: but for these `{% cycle %}`s, which it takes further.
    """

    uses: frozenset[tuple[Path, int]] = frozenset()
    trusted: bool = True
    fixed: bool = True
    cycles: frozenset[Node] = frozenset()

    @property
    def paths(self) -> frozenset[Path]:
        """The variables."""
        return frozenset(path for path, _ in self.uses)

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.uses | other.uses,
            self.trusted and other.trusted,
            self.fixed and other.fixed,
            self.cycles | other.cycles,
        )

    def without(self, names: Iterable[str]) -> Reads:
        """The same, seen from outside of where these names are given."""
        hidden = set(names)
        uses = frozenset(use for use in self.uses if use[0][0] not in hidden)
        return replace(self, uses=uses)

    def on_its_own(self) -> Reads:
        """The same, seen from outside of a template that is included: its cycles begin anew."""
        return replace(self, cycles=frozenset())


NOTHING = Reads()
UNKNOWN = Reads(trusted=False, fixed=False)

Contents = Callable[[Node], Iterable[Node] | None]
"""Returns what is rendered in the place of a block or an include, or None if that is not known."""


def all_of(reads: Iterable[Reads]) -> Reads:
    """Return what several read together."""
    return reduce(Reads.__or__, reads, NOTHING)


def of_variable(variable: Variable, use: int = WRITTEN) -> Reads:
    """Return what a variable reads; `use` is what is done with its value."""
    return Reads(frozenset({(variable.lookups, use)})) if variable.lookups else NOTHING


def of_expression(expression: FilterExpression, use: int = WRITTEN) -> Reads:
    """Return what an expression reads, its filters and their arguments included; `use` is what is
    done with its value."""
    reads = NOTHING
    for function, arguments in reversed(expression.filters):
        use = _use_by(function, use)
        if not is_pure_filter(function):
            reads |= Reads(trusted=False)
        for is_variable, argument in arguments:
            if is_variable:
                reads |= of_variable(argument, PASSED if is_pure(function) else WRITTEN)
    if isinstance(expression.var, Variable):
        reads |= of_variable(expression.var, use)
    return reads


def _use_by(function: Callable[..., Any], use: int) -> int:
    """Return what a filter does with its value; `use` is what is done with its result."""
    if is_pure(function):  # `stringfilter` writes its value first
        return PASSED
    if function in MEASURES:
        return TESTED
    return max(TESTED, use) if function in SELECTS else WRITTEN


def of_condition(condition: TokenBase | None, use: int = TESTED) -> Reads:
    """Return what the condition of an `{% if %}` reads."""
    if condition is None:
        return NOTHING
    value = getattr(condition, "value", None)
    reads = of_expression(value, use) if isinstance(value, FilterExpression) else NOTHING
    if condition.id in ("is", "is not"):
        return _of_identity(condition.first, condition.second)
    use = _OPERATORS.get(condition.id, WRITTEN)
    return reads | of_condition(condition.first, use) | of_condition(condition.second, use)


def _of_identity(*sides: TokenBase) -> Reads:
    reads = all_of(of_condition(side, PASSED) for side in sides)
    values = [getattr(side, "value", None) for side in sides]
    paths = [plain_path(value) if value is not None else None for value in values]
    # What is the same as one of these is the same object; but by value they may be something else.
    named = _SINGLETONS.intersection(paths)
    asked = named or {path for path in paths if path is not None}
    uses = reads.uses | {(path, IDENTIFIED) for path in asked if path is not None}
    return replace(reads, uses=uses, trusted=reads.trusted and bool(named or None not in paths))


_SINGLETONS = frozenset([("None",), ("True",), ("False",)])
_OPERATORS = {
    **dict.fromkeys(("and", "or", "not"), TESTED),
    **dict.fromkeys(("==", "!=", "in", "not in"), COMPARED),
}


def of_names(given: Mapping[str, FilterExpression]) -> Reads:
    """Return what the values of new names read."""
    return all_of(of_expression(expression, PASSED) for expression in given.values())


_DEEPEST = 5


def of_names_within(given: Mapping[str, FilterExpression], inner: Reads) -> Reads:
    """Return what the values of new names read, and what reads `inner` where they are known."""
    reads = of_names(given) | inner.without(given)
    for path, use in inner.uses:
        expression = given.get(path[0])
        if expression is None:
            continue
        known = plain_path(expression)
        # A template that includes itself would go deeper and deeper.
        if known is not None and len(known) + len(path) <= _DEEPEST:
            reads |= Reads(frozenset({((*known, *path[1:]), use)}))
        else:
            reads |= of_expression(expression, use if len(path) == 1 else WRITTEN)
    return reads


def plain_path(expression: FilterExpression) -> Path | None:
    """Return what an expression looks up, if that is all that it does."""
    variable = expression.var
    if expression.filters or not isinstance(variable, Variable) or variable.translate:
        return None
    return variable.lookups


class Reader:
    """Finds out what nodes read.

    Args:
        contents: knows what blocks and includes contain.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._found: dict[int, tuple[Node, Reads]] = {}
        self._open: dict[int, Reads] = {}  # what those in progress are taken to read
        self._met: set[int] = set()  # those of them that were asked for

    def of_nodes(self, nodes: Iterable[Node | str]) -> Reads:
        """Return what several nodes read."""
        return all_of(self.of_node(node) for node in nodes if not isinstance(node, str))

    def of_node(self, node: Node) -> Reads:
        """Return what a node and all in it read."""
        key = id(node)
        if key in self._found:
            return self._found[key][1]
        if key in self._open:  # a template includes itself
            self._met.add(key)
            return self._open[key]
        self._found[key] = (node, self._settled(node))
        return self._found[key][1]

    def _settled(self, node: Node) -> Reads:
        """Look again, as long as a node that is met within itself reads more than it was taken to
        read; that ends, since it only ever becomes more."""
        key, known = id(node), len(self._found)
        self._open[key] = NOTHING
        while True:
            self._met.discard(key)
            reads = self._of_node(node)
            if key not in self._met or reads == self._open[key]:
                del self._open[key]
                return reads
            self._open[key] = reads
            for other in list(self._found)[known:]:
                del self._found[other]

    def _of_node(self, node: Node) -> Reads:
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node)
        if isinstance(node, BesideNode):  # with an event it shows nothing
            return NOTHING
        return self._of_attributes(node, PASSED) if is_pure_node(node) else UNKNOWN

    def _of_attributes(self, node: Node, use: int = WRITTEN) -> Reads:
        """Go by what a node of any class holds; `use` is what it does with that."""
        return all_of(self._of_value(value, use) for value in vars(node).values())

    def _of_value(self, value: Any, use: int) -> Reads:
        if isinstance(value, FilterExpression):
            return of_expression(value, use)
        if isinstance(value, Variable):
            return of_variable(value, use)
        if isinstance(value, TokenBase):
            return of_condition(value)
        if isinstance(value, NodeList):
            return self.of_nodes(value)
        if isinstance(value, dict):
            return all_of(self._of_value(item, use) for item in value.values())
        if isinstance(value, (list, tuple)):
            return all_of(self._of_value(item, use) for item in value)
        return NOTHING

    def of_loop(self, node: defaulttags.ForNode) -> tuple[Reads, set[str]]:
        """Return what the rows of a loop read from outside, and what of their own `forloop`."""
        reads = self.of_nodes(node.nodelist_loop).without(node.loopvars)
        own, uses = set(), set()
        for path, use in reads.uses:
            if path[0] != "forloop":
                uses.add((path, use))
            elif len(path) > 2 and path[1] == "parentloop":
                uses.add((("forloop", *path[2:]), use))
            else:
                own.add(".".join(path[1:]))
        return replace(reads, uses=frozenset(uses)), own

    def _for(self, node: Any) -> Reads:
        uses = self.of_nodes(node.nodelist_loop).uses
        asked = any(
            path[0] in node.loopvars and (len(path) > 1 or use != PASSED) for path, use in uses
        )
        sequence = of_expression(node.sequence, WRITTEN if asked else TESTED)
        return sequence | self.of_loop(node)[0] | self.of_nodes(node.nodelist_empty)

    def _with(self, node: Any) -> Reads:
        return of_names_within(node.extra_context, self.of_nodes(node.nodelist))

    def _include(self, node: Any) -> Reads:
        contents = self._contents(node)
        if contents is None:
            return UNKNOWN
        reads = self.of_nodes(contents)
        if node.isolated_context:
            seen = frozenset(use for use in reads.uses if use[0][0] in node.extra_context)
            reads = replace(reads, uses=seen)
        return of_names_within(node.extra_context, reads.on_its_own())

    def _block(self, node: Any) -> Reads:
        contents = self._contents(node)
        return UNKNOWN if contents is None else self.of_nodes(contents)

    def _partial(self, node: Any) -> Reads:
        return self._block(node).on_its_own()

    def _partial_definition(self, node: Any) -> Reads:
        return self.of_nodes(node.nodelist) if node.inline else NOTHING

    def _simple(self, node: Any) -> Reads:
        if not is_pure(node.func) or node.takes_context:
            return UNKNOWN
        return self._of_attributes(node, PASSED) | Reads(fixed=node.target_var is None)

    def _inclusion(self, node: Any) -> Reads:
        if not is_pure(node.func) or node.takes_context:
            return UNKNOWN
        return self._of_attributes(node, PASSED)

    def _assigning(self, node: Any) -> Reads:
        return self._of_attributes(node) | Reads(fixed=not getattr(node, "asvar", None))

    def _cycle(self, node: Any) -> Reads:
        if node.variable_name:
            return UNKNOWN
        return all_of(map(of_expression, node.cyclevars)) | Reads(cycles=frozenset({node}))

    def _reset(self, node: Any) -> Reads:
        return UNKNOWN if node.node.variable_name else Reads(cycles=frozenset({node.node}))

    def _static(self, node: Any) -> Reads:
        return of_expression(node.path) | Reads(
            trusted=are_static_urls_fixed(), fixed=node.varname is None
        )

    def _component(self, node: Any) -> Reads:
        function = function_of(node)
        if function is None or not is_pure(function):
            return UNKNOWN
        given = [*node.props.values(), *([] if node.id is None else [node.id])]
        reads = all_of(of_expression(expression, PASSED) for expression in given)
        return reads | self.of_nodes(node.slots)

    def _translation(self, node: Any) -> Reads:
        tokens = (*node.singular, *(node.plural or ()))
        names = {token.contents for token in tokens if token.token_type is TokenType.VAR}
        outside = names - {*node.extra_context, node.countervar}
        uses = frozenset(((name,), WRITTEN) for name in outside)
        return self._assigning(node) | Reads(uses)


_METHODS: dict[type, Callable[[Reader, Any], Reads]] = {
    base.TextNode: lambda reader, node: NOTHING,
    defaulttags.CommentNode: lambda reader, node: NOTHING,
    defaulttags.LoadNode: lambda reader, node: NOTHING,
    defaulttags.TemplateTagNode: lambda reader, node: NOTHING,
    defaulttags.VerbatimNode: lambda reader, node: NOTHING,
    defaulttags.CsrfTokenNode: lambda reader, node: Reads(frozenset({(("csrf_token",), WRITTEN)})),
    defaulttags.IfNode: lambda reader, node: (
        all_of(of_condition(condition) for condition, _ in node.conditions_nodelists)
        | all_of(reader.of_nodes(nodes) for _, nodes in node.conditions_nodelists)
    ),
    defaulttags.FilterNode: lambda reader, node: (
        of_expression(node.filter_expr).without({"var"}) | reader.of_nodes(node.nodelist)
    ),
    VariableNode: Reader._of_attributes,
    defaulttags.AutoEscapeControlNode: Reader._of_attributes,
    i18n.LanguageNode: Reader._of_attributes,
    l10n.LocalizeNode: Reader._of_attributes,
    tz.LocalTimeNode: Reader._of_attributes,
    tz.TimezoneNode: Reader._of_attributes,
    defaulttags.SpacelessNode: Reader._of_attributes,
    defaulttags.WidthRatioNode: Reader._assigning,
    defaulttags.FirstOfNode: Reader._assigning,
    defaulttags.URLNode: Reader._assigning,
    i18n.TranslateNode: Reader._assigning,
    i18n.BlockTranslateNode: Reader._translation,
    defaulttags.CycleNode: Reader._cycle,
    defaulttags.ResetCycleNode: Reader._reset,
    defaulttags.ForNode: Reader._for,
    defaulttags.WithNode: Reader._with,
    loader_tags.IncludeNode: Reader._include,
    loader_tags.BlockNode: Reader._block,
    library.SimpleNode: Reader._simple,
    library.SimpleBlockNode: Reader._simple,
    library.InclusionNode: Reader._inclusion,
    PARTIAL: Reader._partial,
    PARTIAL_DEFINITION: Reader._partial_definition,
    static.StaticNode: Reader._static,
    ComponentNode: Reader._component,
}
