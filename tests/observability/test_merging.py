"""Expositions of several processes become one."""

from __future__ import annotations

import logging

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary, parser
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.samples import Sample

from pykka_live.observability.merging import Numbered, encoder, merge

TEXT = ""
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Fixed:
    """A collector of given families."""

    def __init__(self, *families: object) -> None:
        self._families = families

    def collect(self) -> list[object]:
        return list(self._families)


def text(source: object, worker: str, accept: str = TEXT) -> str:
    return encoder(accept)[0](Numbered(source, worker)).decode()  # type: ignore[arg-type]


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], Sample]:
    parse = openmetrics if text.endswith("# EOF\n") else parser
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample
        for family in parse.text_string_to_metric_families(text)
        for sample in family.samples
    }


def values(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {key: sample.value for key, sample in samples(text).items()}


def shop(orders: int) -> CollectorRegistry:
    """Return a registry with one metric of each type."""
    registry = CollectorRegistry()
    Counter("orders", "Orders\nand more.", ["to"], registry=registry).labels("a b").inc(orders)
    Gauge("carts", "Carts # HELP carts.", registry=registry).set(orders)
    Summary("weight_kg", "Weight.", registry=registry).observe(orders)
    Info("shop", "Shop.", registry=registry).info({"name": "x"})
    Histogram("price", "Price.", ["x"], registry=registry).labels("\n# HELP y\n").observe(
        orders, {"order": str(orders)}
    )
    return registry


@pytest.mark.parametrize("accept", [TEXT, OPENMETRICS])
def test_each_family_stands_there_once_with_the_samples_of_all(accept: str) -> None:
    texts = [text(shop(3), "0", accept), text(shop(4), "1", accept)]
    merged = merge(texts)
    heads = [line for line in merged.splitlines() if line.startswith("# ")]
    assert len(heads) == len(set(heads))
    assert samples(merged) == {**samples(texts[0]), **samples(texts[1])}  # exemplars, too
    assert values(merged)["orders_total", (("to", "a b"), ("worker", "0"))] == 3
    assert values(merged)["orders_total", (("to", "a b"), ("worker", "1"))] == 4
    exemplars = [sample.exemplar for sample in samples(merged).values() if sample.exemplar]
    assert len(exemplars) == (2 if accept == OPENMETRICS else 0)


def test_a_family_that_only_one_has() -> None:
    first, second = CollectorRegistry(), CollectorRegistry()
    Gauge("left", "Left.", registry=first).set(1)
    Gauge("right", "Right.", registry=second).set(2)
    merged = values(merge([text(first, "0"), text(second, "1")]))
    assert merged == {("left", (("worker", "0"),)): 1, ("right", (("worker", "1"),)): 2}


def test_a_family_of_another_type_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = Fixed(GaugeMetricFamily("size", "Size.", 1), GaugeMetricFamily("other", "Other.", 1))
    second = Fixed(CounterMetricFamily("size", "Size.", 2))
    third = Fixed(Summary("size", "Size.", registry=None).collect()[0])
    with caplog.at_level(logging.WARNING, "pykka_live.observability"):
        merged = merge([text(first, "0"), text(second, "1"), text(third, "2")])
    assert set(samples(merged)) == {
        ("size", (("worker", "0"),)),
        ("other", (("worker", "0"),)),
        ("size_total", (("worker", "1"),)),
        ("size_created", (("worker", "2"),)),
    }
    [record] = caplog.records
    assert "size of one worker is a gauge, and of another a summary" in record.message


def test_two_collectors_of_one_family_in_one_process() -> None:
    one = GaugeMetricFamily("size", "Size.", labels=["of"])
    one.add_metric(["a"], 1)
    two = GaugeMetricFamily("size", "Size.", labels=["of"])
    two.add_metric(["b"], 2)
    merged = merge([text(Fixed(one, two), "0")])
    assert merged.count("# TYPE size gauge\n") == 1
    assert sorted(values(merged).values()) == [1, 2]


def test_timestamps_travel() -> None:
    family = GaugeMetricFamily("size", "Size.", labels=[])
    family.add_metric([], 1, timestamp=1234.5)
    assert merge([text(Fixed(family), "0")]).endswith('size{worker="0"} 1.0 1234500\n')


def test_a_label_worker_of_a_user_gives_way_as_in_prometheus() -> None:
    registry = CollectorRegistry()
    Gauge("jobs", "Jobs.", ["worker"], registry=registry).labels("ada").set(1)
    assert text(registry, "3").endswith('jobs{exported_worker="ada",worker="3"} 1.0\n')


def test_the_registry_itself_is_not_changed() -> None:
    registry = shop(1)
    before = encoder("")[0](registry)
    text(registry, "0")
    assert encoder("")[0](registry) == before


def test_nothing_at_all() -> None:
    assert merge([]) == ""
    assert merge(["", ""]) == ""
    assert merge(["# EOF\n", "# EOF\n"]) == "# EOF\n"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "rubbish",
        "text/plain; version=rubbish",
        "application/openmetrics-text; version=x.y",
        "application/openmetrics-text; version=",
        ";;;,,,",
    ],
)
def test_a_header_that_makes_no_sense_gets_text(accept: str) -> None:
    encode, content_type = encoder(accept)
    assert encode(shop(1))
    assert content_type.partition(";")[0] in ("text/plain", "application/openmetrics-text")
