"""What it costs to count an event: our tally beside prometheus_client's own histograms.

python -m benchmarks.metrics [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import statistics
import timeit

from prometheus_client import CollectorRegistry, Histogram

from benchmarks.report import Table, parse, parser, publish
from pykka_live.live.hooks import Handled
from pykka_live.observability.tally import PHASES, Tally

NUMBER = 5_000


def main() -> None:
    """Print the median of each, in microseconds per event, and that of their ratios."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    options = parse(arguments, ["prometheus_client"])
    tally = Tally()
    record = Handled(
        "app.views.Counter", "event", "increment", "ok",
        waited=0.0001, handler=0.0002, render=0.0009, checkpoint=0.0001, diff=0.0001, total=0.0014,
    )  # fmt: skip
    histogram = Histogram("seconds", "Seconds.", ["view", "event"], registry=CollectorRegistry())

    def count() -> None:
        tally(record)

    def observe() -> None:
        for _ in PHASES:
            histogram.labels(record.view, record.event).observe(0.0009)

    ours, theirs = [], []
    for _ in range(1 if options.quick else options.rounds):
        ours.append(timeit.timeit(count, number=NUMBER) / NUMBER * 1e6)
        theirs.append(timeit.timeit(observe, number=NUMBER) / NUMBER * 1e6)
    a, b = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(us / them for us, them in zip(ours, theirs, strict=True))
    table = Table("Counting an event", ("", "us", "ratio"))
    table.add(f"{len(PHASES)} histograms", f"{b:.2f}", "1.00")
    table.add("our tally", f"{a:.2f}", f"{ratio:.2f}")
    table.print()
    publish("metrics", __doc__, [table], options)


if __name__ == "__main__":
    main()
