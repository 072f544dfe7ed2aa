"""How times and paths are written."""

from __future__ import annotations

import pytest

from pykka_live.observability.observer.rows import coarse, parts, short


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *[(-1.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min")],
        *[(3600, "1 h 00 m"), (7500, "2 h 05 m"), (90_000, "1 d 01 h")],
    ],
)
def test_times_do_not_change_each_second(seconds: float, text: str) -> None:
    assert coarse(seconds) == text


def test_long_ids_are_cut() -> None:
    assert short(f"/sessions/{'ab' * 16}/views/cart") == "/sessions/ababab…/views/cart"


@pytest.mark.parametrize("path", ["/", "/caretaker", f"/sessions/{'ab' * 16}/views/cart", "odd"])
def test_a_line_may_be_broken_between_the_parts_of_a_path(path: str) -> None:
    assert "".join(parts(path)) == short(path)
    assert all(part.rfind("/") <= 0 for part in parts(path))
