"""Reads metrics as Prometheus does."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families


def scrape(registry: CollectorRegistry) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Return all samples by name and labels, read from the text of the exposition."""
    samples: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            series = samples.setdefault(sample.name, {})
            assert labels not in series, (sample.name, labels)
            series[labels] = sample.value
    return samples


def value(registry: CollectorRegistry, name: str, **labels: str) -> float:
    """Return one sample."""
    return scrape(registry)[name][tuple(sorted(labels.items()))]


def series_count(registry: CollectorRegistry) -> int:
    """Return how many samples there are in all."""
    return sum(len(series) for series in scrape(registry).values())
