"""Components that move from one parent to another, as a person sees them."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

TRAYS = ("t", "u")
TALLIES = ("a", "b", "c")
PLACES = ("", "own", "t", "u", "last")


@pytest.fixture
def page(open_live):
    return open_live("/desk/?trays=t:,u:")


def arrange(page, places: dict[str, str]) -> None:
    """Put the components where they are to be, and wait until the trays say so."""
    held = {place: " ".join(id for id in TALLIES if places[id] == place) for place in PLACES}
    trays = ",".join(f"{tray}:{held[tray]}" for tray in TRAYS)
    for name, value in {"trays": trays, "own": held["own"], "last": held["last"]}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form").evaluate("form => form.requestSubmit()")
    expect(page.locator("h3")).to_have_text([f"{tray} {held[tray]}".strip() for tray in TRAYS])


def expected(places: dict[str, str], counts: dict[str, int]) -> list[str]:
    labels = {"own": "own", "t": "in", "u": "in", "last": "last"}
    return [
        f"{labels[place]}: {counts[id]}"
        for place in PLACES[1:]
        for id in TALLIES
        if places[id] == place
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_component_is_where_it_was_put_last_and_counts(page, seed):
    chance = random.Random(seed)
    places = dict.fromkeys(TALLIES, "")
    counts = dict.fromkeys(TALLIES, 0)
    for _ in range(12):
        moved = {id: chance.choice(PLACES) for id in TALLIES if chance.random() < 0.7}
        # In the view's own template it is the same, before its trays or behind them.
        parents = [{"own": "view", "last": "view"}.get(places[id], places[id]) for id in TALLIES]
        places |= moved
        for id, parent in zip(TALLIES, parents, strict=True):
            if {"own": "view", "last": "view"}.get(places[id], places[id]) != parent:
                counts[id] = 0
        arrange(page, places)
        expect(page.locator("h2")).to_have_text(expected(places, counts))

        for id in chance.sample(TALLIES, 2):
            if places[id]:
                page.locator(f'[live-component="{id}"] button').click()
                counts[id] += 1
        expect(page.locator("h2")).to_have_text(expected(places, counts))
