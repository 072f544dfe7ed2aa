"""The metrics of sockets and event loops, as Prometheus reads them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from pykka_live._histogram import Histogram
from pykka_live.actors import ActorSystem
from pykka_live.observability import LiveCollector
from pykka_live.observability.catalogue import BUCKETS, OTHER
from pykka_live.observability.incidents import Incidents
from pykka_live.observability.tally import Tally
from pykka_live.transport import heartbeat
from pykka_live.transport._traffic import Traffic, new_request

from .samples import scrape, value

VIEW = "shop.views.Cart"


@pytest.fixture
def traffic(registry: CollectorRegistry, system: ActorSystem) -> Traffic:
    """What is counted for nobody else, and exposed."""
    traffic = Traffic(limit=2)
    registry.register(LiveCollector(Tally(), Incidents(), lambda: system, traffic))
    return traffic


def test_frames_and_their_bytes(traffic: Traffic, registry: CollectorRegistry) -> None:
    traffic.received("event", '{"t":"event"}')
    traffic.received("event", "ä")
    traffic.received("bad", b"\0")
    traffic.sent('{"t":"tree"}', None)
    incoming = {"direction": "in", "type": "event"}
    assert value(registry, "pykka_live_frames_total", **incoming) == 2
    assert value(registry, "pykka_live_frame_bytes_total", **incoming) == 15
    assert value(registry, "pykka_live_frames_total", direction="in", type="bad") == 1
    assert value(registry, "pykka_live_frame_bytes_total", direction="out", type="tree") == 12
    assert value(registry, "pykka_live_frames_total", direction="out", type="pong") == 0


def test_answers(traffic: Traffic, registry: CollectorRegistry) -> None:
    for _ in range(3):
        traffic.sent('{"t":"ok"}', new_request("event", VIEW, 0.0, 1.0))
    labels = {"view": VIEW, "kind": "event"}
    assert value(registry, "pykka_live_reply_seconds_count", **labels) == 3
    buckets = scrape(registry)["pykka_live_reply_seconds_bucket"]
    assert len(buckets) == len(BUCKETS) + 1
    assert max(buckets.values()) == 3


def test_sockets_and_errors(traffic: Traffic, registry: CollectorRegistry) -> None:
    for _ in range(4):
        traffic.opened()
    for code in (1001, 4013, 3999):
        traffic.closed(code)
    traffic.error("timeout")
    assert value(registry, "pykka_live_sockets") == 1
    closed = scrape(registry)["pykka_live_sockets_closed_total"]
    codes = {labels[0][1]: count for labels, count in closed.items() if count}
    assert codes == {"1001": 1, "4013": 1, OTHER: 1}
    assert value(registry, "pykka_live_errors_total", code="timeout") == 1
    assert value(registry, "pykka_live_errors_total", code="overloaded") == 0


def test_joins_and_rebuilds(traffic: Traffic, registry: CollectorRegistry) -> None:
    traffic.joined(VIEW, "resumed")
    traffic.rebuilt(VIEW, "refresh")
    assert value(registry, "pykka_live_joins_total", view=VIEW, outcome="resumed") == 1
    assert value(registry, "pykka_live_joins_total", view=VIEW, outcome="remounted") == 0
    assert value(registry, "pykka_live_rebuilds_total", view=VIEW, reason="refresh") == 1


def test_views_that_are_too_many_are_counted_as_one(
    traffic: Traffic, registry: CollectorRegistry
) -> None:
    for number in range(10):
        traffic.joined(f"shop.views.View{number}", "mounted")
    assert value(registry, "pykka_live_joins_total", view=OTHER, outcome="mounted") == 8
    assert value(registry, "pykka_live_folded_labels_total") == 8


def test_the_event_loops(
    traffic: Traffic, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    lag = Histogram()
    monkeypatch.setattr(heartbeat, "lag", lag)
    monkeypatch.setattr(heartbeat, "overdue", lambda: 3.5)
    lag.observe(0.002)
    assert value(registry, "pykka_live_event_loop_overdue_seconds") == 3.5
    assert value(registry, "pykka_live_event_loop_lag_seconds_sum") == 0.002
    buckets = scrape(registry)["pykka_live_event_loop_lag_seconds_bucket"]
    assert (buckets[(("le", "0.001"),)], buckets[(("le", "0.0025"),)]) == (0, 1)


def test_draining(traffic: Traffic, registry: CollectorRegistry, system: ActorSystem) -> None:
    assert value(registry, "pykka_live_draining") == 0
    system.start()
    assert value(registry, "pykka_live_draining") == 0
    system.shutdown(10)
    assert value(registry, "pykka_live_draining") == 1


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (0.00005, 0), (0.00006, 1), (10.0, 16), (10.1, 17)]
)
def test_a_time_falls_into_the_bucket_that_holds_it(seconds: float, bucket: int) -> None:
    histogram = Histogram()
    histogram.observe(seconds)
    counts, total = histogram.copy()
    assert (counts.index(1), sum(counts), len(counts)) == (bucket, 1, len(BUCKETS) + 1)
    assert total == seconds
