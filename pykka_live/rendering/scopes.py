"""The tags that only change the context, or what holds for the thread, for what they contain."""

from __future__ import annotations

from typing import Any

from django.template.base import FilterExpression
from django.template.defaulttags import AutoEscapeControlNode, WithNode
from django.template.loader_tags import BlockNode
from django.templatetags.i18n import LanguageNode
from django.templatetags.l10n import LocalizeNode
from django.templatetags.tz import LocalTimeNode, TimezoneNode
from django.utils import timezone, translation

from pykka_live.rendering import _ops, _scopes
from pykka_live.rendering._trust import Trust
from pykka_live.rendering.reads import of_expression, of_names

SCOPES = (BlockNode, WithNode, AutoEscapeControlNode, LocalizeNode, LocalTimeNode)
"""What only changes the context for its content."""

OVERRIDES = (LanguageNode, TimezoneNode)
"""What changes the language or the time zone for its content."""


def scope_of(node: Any, content: _ops.Sequence) -> _ops.Op:
    """Put the content of one of the `SCOPES` into it."""
    if isinstance(node, BlockNode):
        return _scopes.Block(content, node)
    if isinstance(node, WithNode):
        return _scopes.With(content, names_of(node))
    if isinstance(node, LocalizeNode):
        return _scopes.Setting(content, "use_l10n", node.use_l10n)
    if isinstance(node, LocalTimeNode):
        return _scopes.Setting(content, "use_tz", node.use_tz)
    return _scopes.Setting(content, "autoescape", node.setting)


def override_of(node: Any, content: _ops.Sequence, place: int) -> _ops.Op:
    """Put the content of one of the `OVERRIDES` into it; `place` is in the memory around it."""
    manager = translation.override if isinstance(node, LanguageNode) else timezone.override
    asked = asked_by(node)
    return _scopes.Override(content, node, asked, manager, Trust(of_expression(asked)), place)


def asked_by(node: Any) -> FilterExpression:
    """Return what one of the `OVERRIDES` sets."""
    asked: FilterExpression = node.language if isinstance(node, LanguageNode) else node.tz
    return asked


def names_of(node: Any) -> _scopes.Names:
    """Return the names that a node gives."""
    return _scopes.Names(node, node.extra_context, Trust(of_names(node.extra_context)))
