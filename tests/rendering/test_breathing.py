"""Long loops let other threads run, which may change what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pykka_live.rendering import _run
from pykka_live.vdom import Element, to_html
from tests.rendering.region import REQUEST, Region

ROWS = "{% for row in rows %}<li>{{ row.n }}{{ step }}</li>{% endfor %}"


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], object]]]:
    """What other threads do when they have the interpreter, one thing each time, until there is
    nothing left to do; time flies."""
    deeds: list[Callable[[], object]] = []
    clock = iter(range(1_000_000_000))
    monkeypatch.setattr(_run, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(_run, "sleep", lambda _seconds: deeds.pop(0)() if deeds else None)
    yield deeds
    assert not deeds


def rows(count: int = 40) -> list[dict[str, int]]:
    return [{"n": 0} for _ in range(count)]


def render(region: Region, **values: object) -> str:
    """What is rendered, right or wrong: while it changes, nobody can tell."""
    region.root = region.renderer.render(REQUEST, values, {})
    assert isinstance(region.root, Element)
    return to_html(region.root)


def nothing() -> None:
    pass


def test_others_run_every_few_rows(others: list[Callable[[], object]]) -> None:
    calls: list[int] = []
    others += [lambda: calls.append(1)] * 3
    Region(ROWS)(rows=rows())
    assert len(calls) == 3


def test_others_do_not_run_in_the_middle_of_a_row(others: list[Callable[[], object]]) -> None:
    calls: list[int] = []
    others += [lambda: calls.append(1)]
    inner = {"inner.html": ROWS}
    page = "{% for rows in tables %}{% include 'inner.html' with rows=rows only %}{% endfor %}"
    Region(page, inner)(tables=[rows(), rows()])
    assert len(calls) == 1


def test_a_short_loop_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_seconds: float) -> None:
        raise AssertionError

    monkeypatch.setattr(_run, "monotonic", lambda: 0.0)
    monkeypatch.setattr(_run, "sleep", sleep)
    Region(ROWS)(rows=rows())


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("place", [5, 20, 39])
def test_what_they_change_for_a_moment_does_not_stay(
    others: list[Callable[[], object]], first: bool, place: int
) -> None:
    region = Region(ROWS)
    table = rows()
    if not first:
        region(rows=table)
        for row in table:
            row["n"] = 1
    was = table[place]["n"]
    others += [nothing, lambda: table[place].update(n=7), nothing]
    render(region, rows=table)
    table[place]["n"] = was
    region(rows=table)


def test_a_row_that_was_not_to_change_shows_what_they_make_of_it(
    others: list[Callable[[], object]],
) -> None:
    region = Region(ROWS)
    table = rows()
    region(rows=table)
    table[0]["n"] = table[18]["n"] = 1
    others += [nothing, lambda: table[20].update(n=7), nothing]
    assert render(region, rows=table).count("<li>7</li>") == 1
    table[20]["n"] = 0
    region(rows=table)


def test_rows_that_they_add_or_remove_are_shown_as_they_are_then(
    others: list[Callable[[], object]],
) -> None:
    for change in (lambda table: table.append({"n": 7}), lambda table: table.pop()):
        region = Region(ROWS)
        table = rows()
        others += [nothing, lambda change=change, table=table: change(table)]
        assert render(region, rows=table).count("<li>") == len(table)
        region(rows=table)


def test_what_they_change_outside_of_the_rows_for_a_moment_does_not_stay(
    others: list[Callable[[], object]],
) -> None:
    outer = {"n": 0}
    region = Region(ROWS.replace("step", "outer.n"))
    table = rows()
    others += [nothing, lambda: outer.update(n=7), nothing]
    render(region, rows=table, outer=outer)
    outer["n"] = 0
    region(rows=table, outer=outer)
