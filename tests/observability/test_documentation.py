"""`docs/operations.md` says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from pykka_live.live.hooks import Outcome
from pykka_live.observability import METRICS
from pykka_live.observability.collector import KINDS, STATES

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_all_metrics_are_listed() -> None:
    rows = [
        f"| `{metric.name}` | {metric.type} | {', '.join(f'`{label}`' for label in metric.labels)} "
        f"| {metric.help} |"
        for metric in METRICS
    ]
    section = TEXT.split("### All metrics")[1].split("\nThe labels:")[0]
    assert section.strip().splitlines()[2:] == rows


def test_no_other_metric_is_mentioned() -> None:
    known = {metric.name for metric in METRICS}
    known |= {f"{metric.name}_bucket" for metric in METRICS if metric.type == "histogram"}
    mentioned = set(re.findall(r"pykka_live_[a-z0-9_]+", TEXT))
    assert mentioned <= known


def test_what_labels_hold() -> None:
    for value in (*KINDS, *STATES, *get_args(Outcome)):
        assert f"`{value}`" in TEXT, value
