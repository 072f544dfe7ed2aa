"""The numbers of a process, read from Python."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from pykka_live import create_session_actor, get_actor_stats
from pykka_live.exceptions import HandlerFailed
from pykka_live.observability import stats
from pykka_live.observability.catalogue import BUCKETS
from tests.live.driven import Slow
from tests.live.views import Counter
from tests.tab import until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_lives_is_counted(actors, settings):
    settings.PYKKA_LIVE = {"SESSION_TTL": 77}
    assert get_actor_stats().active_sessions == 0
    assert actors.state == "new"  # to look starts nothing
    first, second = [await create_session_actor(name) for name in "ab"]
    for handle in (first, first, second):
        await handle.mount(Slow)
    found = get_actor_stats()
    assert (found.active_sessions, found.active_views, found.active_components) == (2, 3, 0)
    assert found["ttl_secs"] == 77
    await first.shutdown()
    found = get_actor_stats()
    assert (found.active_sessions, found.active_views) == (1, 1)


async def test_what_was_handled_is_counted(actors):
    before = get_actor_stats()
    handle = await create_session_actor("a")
    await handle.mount(Counter)
    for _ in range(5):
        await handle.event("increment")
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    await handle.render()
    await until(lambda: get_actor_stats().restarts > before.restarts)  # it is told last
    after = get_actor_stats()
    # The mount, six events, the restart after the last of them, and the look at it all.
    assert after.messages_processed - before.messages_processed == 1 + 6 + 1 + 1
    assert (after.errors - before.errors, after.restarts - before.restarts) == (1, 1)
    assert 0 < after.average_latency < 10
    assert 0 < after.p50_latency <= after.p95_latency <= after.p99_latency <= 10


async def test_any_thread_may_ask(actors):
    await (await create_session_actor("a")).mount(Slow)
    assert (await asyncio.to_thread(get_actor_stats)).active_views == 1


def counted(**buckets: int) -> list[int]:
    counts = [0] * (len(BUCKETS) + 1)
    for name, count in buckets.items():
        counts[int(name[1:])] = count
    return counts


@pytest.mark.parametrize(
    ("counts", "share", "expected"),
    [
        (counted(), 0.5, 0.0),
        (counted(_0=10), 0.5, BUCKETS[0] / 2),
        (counted(_0=10), 1.0, BUCKETS[0]),
        (counted(_3=100), 0.5, (BUCKETS[2] + BUCKETS[3]) / 2),
        (counted(_0=50, _3=50), 0.5, BUCKETS[0]),
        (counted(_0=50, _3=50), 0.99, BUCKETS[2] + (BUCKETS[3] - BUCKETS[2]) * 0.98),
        (counted(_0=1, _17=99), 0.5, BUCKETS[-1]),
    ],
)
def test_a_percentile_lies_in_its_bucket(counts: list[int], share: float, expected: Any):
    assert stats.percentile(counts, share) == pytest.approx(expected)


def test_no_bucket_is_wider_than_what_the_docstring_says():
    assert max(b / a for a, b in pairwise(BUCKETS)) <= 2.5
