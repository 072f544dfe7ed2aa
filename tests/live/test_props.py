"""What a parent passes to a component: copied, and told apart from what it has passed before."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.live.props import Props


class Held:
    """Holds a value."""

    def __init__(self, value: Any) -> None:
        self.value = value


def values(picture: Any) -> dict[str, Any]:
    held = Held(None)
    picture.restore(held)
    found = dict(vars(held))
    found.pop("value")
    return found


@pytest.mark.parametrize("value", [1, "text", None, (1, "a"), [1, {"a": 2}], {1, 2}, 2.5])
def test_the_same_props_have_the_same_picture(value: Any) -> None:
    props = Props("cart")
    picture = props.take({"label": "a", "given": value})
    for _ in range(3):
        assert props.take({"label": "a", "given": value}) is picture
    assert values(picture) == {"label": "a", "given": value}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"given": 1}, {"given": True}),
        ({"given": 1}, {"given": 1.0}),
        ({"given": 0.0}, {"given": -0.0}),
        ({"given": 1}, {"other": 1}),
        ({"given": 1}, {}),
        ({}, {"given": None}),
        ({"given": 1}, {"given": 1, "other": 1}),
        ({"given": [1]}, {"given": (1,)}),
    ],
)
def test_other_props_have_another_picture(before: dict[str, Any], after: dict[str, Any]) -> None:
    props = Props("cart")
    first = props.take(before)
    second = props.take(after)
    assert second is not first
    assert repr(values(second)) == repr(after)
    assert repr(values(props.take(before))) == repr(before)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_is_changed_in_place_is_another(times: int) -> None:
    rows = [{"id": 1}]
    props = Props("cart")
    for _ in range(times):
        before = props.take({"rows": rows})
    rows[0]["id"] = 2
    after = props.take({"rows": rows})
    assert after is not before
    assert values(before) == {"rows": [{"id": 1}]}
    assert values(after) == {"rows": [{"id": 2}]}


def test_what_another_one_has_taken_last_counts() -> None:
    picture = Props("cart").take({"label": "a", "size": 1})
    props = Props("cart", picture)
    assert props.take({"label": "a", "size": 1}) is picture
    assert props.take({"label": "b", "size": 1}) is not picture


@pytest.mark.parametrize("times", [0, 1, 2])
def test_what_cannot_be_copied_is_refused_each_time(times: int) -> None:
    props = Props("cart")
    picture = None
    for _ in range(times):
        picture = props.take({"label": "a"})
    for _ in range(2):
        with pytest.raises(TypeError, match="'cart' cannot be given lock"):
            props.take({"label": "a", "lock": threading.Lock()})
    if picture is not None:
        assert props.take({"label": "a"}) is picture
