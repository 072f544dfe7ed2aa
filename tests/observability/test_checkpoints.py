"""The size of checkpoints is estimated at a bounded cost."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pykka_live.observability import checkpoints
from pykka_live.observability.catalogue import OTHER
from pykka_live.observability.checkpoints import checkpoint_bytes, spread
from pykka_live.state.snapshot import take_snapshot


def cell(name: str, part: str = "view", **state: Any) -> Any:
    """Return what stands for the cell of an actor with this state."""
    record = SimpleNamespace(checkpoint=take_snapshot(SimpleNamespace(**state)))
    return SimpleNamespace(data={"class": name, part: record})


def test_views_and_components_are_measured_by_class() -> None:
    text = "x" * 10_000
    sizes = checkpoint_bytes(
        [cell("a.View", text=text), cell("a.View", text=text), cell("a.Part", "component", n=1)]
    )
    assert sizes["a.View"] == pytest.approx(2 * sys.getsizeof(text), rel=0.01)
    assert 0 < sizes["a.Part"] < 200


def test_who_has_no_checkpoint_is_not_there() -> None:
    joining = SimpleNamespace(data={"class": "a.View", "view": SimpleNamespace(checkpoint=None)})
    assert checkpoint_bytes([joining, SimpleNamespace(data={})]) == {}  # type: ignore[list-item]


@pytest.mark.parametrize("rows", [10, 1000])
def test_large_states_are_estimated_from_some_of_their_parts(rows: int) -> None:
    texts = [f"{i:0100}" for i in range(rows)]
    table = [{"text": text, "price": 1.5} for text in texts]
    [size] = checkpoint_bytes([cell("a.View", rows=table)]).values()
    contents = rows * (sys.getsizeof(texts[0]) + sys.getsizeof(1.5))
    assert contents < size < 4 * contents


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(part: Any) -> int:
        nonlocal asked
        asked += 1
        return sys.getsizeof(part)

    state = {"rows": [{"tags": [["x"] * 50] * 50, "n": i} for i in range(500)]}
    one = cell("a.View", **state)
    monkeypatch.setattr(checkpoints, "sys", SimpleNamespace(getsizeof=counted))
    checkpoint_bytes([one] * 10_000)
    few = asked
    assert few < 100_000
    asked = 0
    checkpoint_bytes([one] * 100_000)
    assert asked == few


def test_what_holds_itself_has_an_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    [size] = checkpoint_bytes([cell("a.View", loop=loop)]).values()
    assert 0 < size < 100_000


def test_no_code_of_the_users_is_run() -> None:
    class Hostile:
        def __sizeof__(self) -> int:
            raise AssertionError

    record = SimpleNamespace(checkpoint=SimpleNamespace(attributes=("name", Hostile())))
    [size] = checkpoint_bytes([SimpleNamespace(data={"class": "a.View", "view": record})]).values()  # type: ignore[list-item]
    assert size > 0


def test_the_number_of_classes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "CLASSES", 3)
    sizes = checkpoint_bytes([cell(f"a.View{i}", n=1) for i in range(10)])
    assert list(sizes) == ["a.View0", "a.View1", "a.View2", OTHER]
    assert sizes[OTHER] == pytest.approx(7 * sizes["a.View0"])


def test_samples_are_spread_evenly() -> None:
    assert spread(range(3), 8) == range(3)
    assert spread(range(100), 4) == [0, 25, 50, 75]
