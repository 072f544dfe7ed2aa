"""The adoption store: taken once, kept for a while, bounded."""

from __future__ import annotations

from pykka_live.state.adoption import AdoptionStore


def test_an_entry_is_taken_once():
    store = AdoptionStore[str](capacity=10)
    store.put("a", "x", 30)
    assert store.take("a") == "x"
    assert store.take("a") is None


def test_an_entry_expires():
    now = [0.0]
    store = AdoptionStore[str](capacity=10, clock=lambda: now[0])
    store.put("a", "x", 30)
    now[0] = 30
    assert store.take("a") is None


def test_the_oldest_gives_way_and_what_has_expired_is_not_kept():
    now = [0.0]
    store = AdoptionStore[int](capacity=3, clock=lambda: now[0])
    for number in range(5):
        store.put(str(number), number, 30)
    assert len(store) == 3
    assert store.take("1") is None
    assert store.take("2") == 2
    now[0] = 31
    store.put("5", 5, 30)
    assert len(store) == 1


def test_taking_lets_go_what_has_expired():
    now = [0.0]
    store = AdoptionStore[int](capacity=3, clock=lambda: now[0])
    store.put("0", 0, 30)
    store.put("1", 1, 30)
    now[0] = 30
    assert store.take("1") is None
    assert len(store) == 0
