"""Understands PromQL: which metrics an expression asks for, and which labels its result has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import promql_parser
from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

__all__ = ["Unknown", "conditions", "labels", "selectors"]

COMPARISONS = ("==", "!=", ">", "<", ">=", "<=")

Labels = Mapping[str, frozenset[str]]
"""The labels of each metric, by its name as it stands in expressions (`..._bucket`)."""


class Unknown(Exception):
    """An expression asks for a metric or a label that there is not."""


def selectors(expression: str) -> list[VectorSelector]:
    """Return the selectors of an expression."""
    return list(_selectors(promql_parser.parse(expression)))


def _selectors(expr: Expr) -> Iterator[VectorSelector]:
    if isinstance(expr, VectorSelector):
        yield expr
    elif isinstance(expr, MatrixSelector):
        yield expr.vector_selector
    else:
        for part in _parts(expr):
            yield from _selectors(part)


def _parts(expr: Expr) -> list[Expr]:
    if isinstance(expr, BinaryExpr):
        return [expr.lhs, expr.rhs]
    if isinstance(expr, Call):
        return list(expr.args)
    if isinstance(expr, (AggregateExpr, ParenExpr, SubqueryExpr, UnaryExpr)):
        return [expr.expr]
    if isinstance(expr, (NumberLiteral, StringLiteral)):
        return []
    raise TypeError(f"what is {type(expr).__name__}?")


def labels(expression: str, known: Labels) -> frozenset[str]:
    """Return the labels that the result of an expression may have.

    Raises:
        Unknown: if it names a metric or a label that `known` does not have.
    """
    return _labels(promql_parser.parse(expression), known)


def _labels(expr: Expr, known: Labels) -> frozenset[str]:
    if isinstance(expr, VectorSelector):
        return _of_selector(expr, known)
    if isinstance(expr, MatrixSelector):
        return _of_selector(expr.vector_selector, known)
    if isinstance(expr, AggregateExpr):
        return _of_aggregate(expr, known)
    if isinstance(expr, BinaryExpr):
        return _of_binary(expr, known)
    if isinstance(expr, Call):
        return _of_call(expr, known)
    return frozenset().union(*(_labels(part, known) for part in _parts(expr)))


def _of_selector(selector: VectorSelector, known: Labels) -> frozenset[str]:
    if selector.name not in known:
        raise Unknown(f"no metric {selector.name}")
    has = known[selector.name]
    _require({matcher.name for matcher in selector.matchers.matchers}, has, selector)
    return has


def _of_aggregate(expr: AggregateExpr, known: Labels) -> frozenset[str]:
    has = _labels(expr.expr, known)
    if expr.modifier is None:
        return has if str(expr.op) in ("topk", "bottomk") else frozenset()
    _require(expr.modifier.labels, has, expr)
    named = frozenset(expr.modifier.labels)
    return named if expr.modifier.type == AggModifierType.By else has - named


def _of_binary(expr: BinaryExpr, known: Labels) -> frozenset[str]:
    left, right = _labels(expr.lhs, known), _labels(expr.rhs, known)
    matching = expr.modifier and expr.modifier.matching
    if matching:
        _require(matching.labels, left & right, expr)
    if str(expr.op) == "or":
        return left | right
    if str(expr.op) in ("and", "unless") or isinstance(expr.rhs, NumberLiteral):
        return left
    if isinstance(expr.lhs, NumberLiteral):
        return right
    if matching:
        named = frozenset(matching.labels)
        return named if matching.type == LabelModifierType.Include else left - named
    if left != right:
        raise Unknown(f"{sorted(left)} never match {sorted(right)} in {expr}")
    return left


def _of_call(expr: Call, known: Labels) -> frozenset[str]:
    name = expr.func.name
    has = frozenset().union(*(_labels(part, known) for part in expr.args))
    if name == "histogram_quantile":
        _require({"le"}, has, expr)
        return has - {"le"}
    if name == "label_replace":
        _, target, _, source, _ = expr.args
        _require({source.val}, has, expr)
        return has | {target.val}
    return has


def _require(names: object, has: frozenset[str], expr: Expr) -> None:
    missing = set(names) - has  # type: ignore[call-overload]
    if missing:
        raise Unknown(f"no label {', '.join(sorted(missing))} in {expr}")


def conditions(expression: str) -> list[str]:
    """Return what an alert's expression compares with its thresholds, each as an expression that
    has a value whether or not the threshold is passed."""
    return [expr.prettify() for expr in _conditions(promql_parser.parse(expression))]


def _conditions(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, ParenExpr):
        yield from _conditions(expr.expr)
    elif isinstance(expr, BinaryExpr) and str(expr.op) in ("and", "or", "unless"):
        yield from _conditions(expr.lhs)
        yield from _conditions(expr.rhs)
    elif isinstance(expr, BinaryExpr) and str(expr.op) in COMPARISONS:
        yield expr.lhs
    else:
        yield expr
