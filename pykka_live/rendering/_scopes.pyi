from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.template import Node, Template
from django.template.base import FilterExpression

from pykka_live.rendering._ops import Op, Sequence
from pykka_live.rendering._trust import Trust

class If(Op):
    """`{% if %}`: Django's own conditions, None for the `else`, and what each of them leads to."""

    def __init__(
        self,
        node: Node,
        conditions: Iterable[Any],
        branches: Iterable[Sequence],
        trust: Trust,
    ) -> None: ...

class Setting(Op):
    """`{% autoescape %}`, `{% localize %}` and `{% localtime %}`, which set an attribute of the
    context."""

    def __init__(self, content: Sequence, name: str, setting: Any) -> None: ...

class Override(Op):
    """`{% language %}` and `{% timezone %}`: `manager` makes the context manager that sets for the
    thread what the expression `asked` comes to."""

    def __init__(
        self,
        content: Sequence,
        node: Node,
        asked: FilterExpression,
        manager: Callable[[Any], Any],
        trust: Trust,
        place: int,
    ) -> None: ...

class Names:
    """Expressions that get names."""

    def __init__(
        self, node: Node, expressions: Mapping[str, FilterExpression], trust: Trust
    ) -> None: ...

class With(Op):
    """`{% with %}`."""

    def __init__(self, content: Sequence, names: Names) -> None: ...

class Block(Op):
    """`{% block %}`, with the content that inheritance has given it."""

    def __init__(self, content: Sequence, node: Node) -> None: ...

class Include(Op):
    """`{% include %}` of a template that is always the same."""

    def __init__(
        self, content: Sequence, names: Names, template: Template, isolated: bool
    ) -> None: ...

class Inclusion(Op):
    """An inclusion tag whose template is always the same."""

    def __init__(self, content: Sequence, node: Node, template: Template) -> None: ...

class Partial(Op):
    """`{% partial %}`."""

    def __init__(self, content: Sequence, template: Template) -> None: ...
