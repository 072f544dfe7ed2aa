"""What it costs to count an event: our tally beside prometheus_client's own histograms.

python benchmarks/metrics.py [rounds]
"""

from __future__ import annotations

import statistics
import sys
import timeit

from prometheus_client import CollectorRegistry, Histogram

from pykka_live.live.hooks import Handled
from pykka_live.observability.tally import PHASES, Tally

NUMBER = 5_000


def main(rounds: int) -> None:
    """Print the median of each, in microseconds per event, and their ratio."""
    tally = Tally()
    record = Handled(
        "app.views.Counter", "event", "increment", "ok", "", 0.0001, 0.0002, 0.0009, 0.0001, 0.0013
    )
    histogram = Histogram("seconds", "Seconds.", ["view", "event"], registry=CollectorRegistry())

    def count() -> None:
        tally(record)

    def observe() -> None:
        for _ in PHASES:
            histogram.labels(record.view, record.event).observe(0.0009)

    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timeit.timeit(count, number=NUMBER) / NUMBER * 1e6)
        theirs.append(timeit.timeit(observe, number=NUMBER) / NUMBER * 1e6)
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"tally {a:.2f} us, {len(PHASES)} x observe {b:.2f} us, ratio {a / b:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
