"""Child specs: what is refused, and how."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import ChildSpec
from tests.actors.actors import Worker


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("strategy", "sometimes"),
        ("strategy", {int: "restart"}),
        ("strategy", {KeyError: "always"}),
        ("scope", "all"),
        ("max_restarts", -1),
        ("max_restarts", 1.5),
        ("max_seconds", 0),
        ("backoff", [1, 2]),
        ("shutdown", -1),
        ("shutdown", "never"),
        ("capacity", 0),
        ("overflow", "wait"),
        ("block_timeout", True),
        ("stuck_timeout", 0),
        ("keep", 1),
        ("kind", None),
        ("data", ["view"]),
    ],
)
def test_a_wrong_option_is_named(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"'worker': {option} "):
        ChildSpec("worker", Worker, **{option: value})


@pytest.mark.parametrize("id", ["", "/a", "a/", "a//b", 3])
def test_a_wrong_id_is_refused(id: Any) -> None:
    with pytest.raises(ValueError, match="id must be"):
        ChildSpec(id, Worker)


def test_start_must_be_callable() -> None:
    with pytest.raises(TypeError, match="start must be callable"):
        ChildSpec("worker", Worker())  # type: ignore[arg-type]


def test_unknown_options_are_refused() -> None:
    with pytest.raises(TypeError, match="restart"):
        ChildSpec("worker", Worker, restart="permanent")  # type: ignore[call-arg]


@pytest.mark.parametrize("overflow", ["reject", "drop_oldest"])
def test_an_overflow_of_what_is_never_full_is_refused(overflow: Any) -> None:
    with pytest.raises(ValueError, match=f"overflow '{overflow}' needs a capacity"):
        ChildSpec("worker", Worker, capacity=None, overflow=overflow)
    assert ChildSpec("worker", Worker, capacity=1, overflow=overflow).overflow == overflow


def test_a_scope_without_restarts_is_refused() -> None:
    with pytest.raises(ValueError, match="scope"):
        ChildSpec("worker", Worker, strategy="stop", scope="one_for_all")
