"""What stands in `grafana/`: dashboards with their panels, and Prometheus' rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pykka_live.observability import METRICS
from tests.grafana import promql

__all__ = [
    "DASHBOARDS",
    "GRAFANA",
    "OPERATIONS",
    "PROMETHEUS",
    "Query",
    "alerts",
    "dashboards",
    "documented",
    "fill",
    "known_labels",
    "panels",
    "queries",
    "recordings",
    "variables",
]

GRAFANA = Path(__file__).parents[2] / "grafana"
PROMETHEUS = GRAFANA / "prometheus"
OPERATIONS = GRAFANA.parent / "docs" / "operations.md"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))

TARGET_LABELS = frozenset({"job", "instance"})
OTHERS = {
    "up": frozenset(),
    "process_cpu_seconds_total": frozenset({"worker"}),
    "process_resident_memory_bytes": frozenset({"worker"}),
    "process_start_time_seconds": frozenset({"worker"}),
}
"""The metrics that others expose and that are used here."""

OF_ALL_WORKERS = ("pykka_live_workers", "pykka_live_silent_workers")
"""The metrics of a server as a whole; all others have the label `worker`."""

Dashboard = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """An expression that stands somewhere.

    Attributes:
        place: where, for messages
        expression: with Grafana's variables in it
        legend: of a panel's target
        unit: of what it answers, in Grafana's words; empty where nothing is said about it
    """

    place: str
    expression: str
    legend: str = ""
    unit: str = ""


def dashboards() -> dict[str, Dashboard]:
    """Return the dashboards by the names of their files."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in DASHBOARDS}


def panels(dashboard: Dashboard) -> list[dict[str, Any]]:
    """Return the panels that show something; rows are titles."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def variables(dashboard: Dashboard) -> dict[str, dict[str, Any]]:
    """Return the template variables of a dashboard by their names."""
    return {variable["name"]: variable for variable in dashboard["templating"]["list"]}


def queries(name: str, dashboard: Dashboard) -> Iterator[Query]:
    """Return the expressions of all panels of a dashboard."""
    for panel in panels(dashboard):
        units = _units(panel)
        for target in panel["targets"]:
            yield Query(
                f"{name}: {panel['title']} {target['refId']}",
                target["expr"],
                target["legendFormat"],
                units.get(target["refId"], units[""]),
            )


def _units(panel: dict[str, Any]) -> dict[str, str]:
    """Return the unit of a panel, under no name, and those of its columns by their queries."""
    field = panel["fieldConfig"]
    unit = field["defaults"].get("unit") or panel["options"].get("cellValues", {}).get("unit", "")
    units = {"": unit}
    renamed: dict[str, str] = {}
    for transformation in panel.get("transformations", ()):
        renamed |= transformation["options"].get("renameByName", {})
    columns = {shown: source.removeprefix("Value #") for source, shown in renamed.items()}
    for override in field["overrides"]:
        for each in override["properties"]:
            if each["id"] == "unit":
                units[columns[override["matcher"]["options"]]] = each["value"]
    return units


def fill(expression: str, values: Mapping[str, str]) -> str:
    """Return an expression with Grafana's variables replaced, as Grafana does it.

    Raises:
        KeyError: if it has a variable without a value.
    """
    return re.sub(r"\$\{?([a-z_]\w*)\}?", lambda found: values[found[1]], expression)


def _rules(file: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / file).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """Return the alerts by name."""
    return {rule["alert"]: rule for rule in _rules("alerts.yml")}


def recordings() -> dict[str, str]:
    """Return the expressions of the recording rules by the name of what they record."""
    return {rule["record"]: rule["expr"] for rule in _rules("recording.yml")}


def documented() -> list[str]:
    """Return the expressions that `docs/operations.md` tells to ask: those of its runbooks, and
    those of its table of questions."""
    text = OPERATIONS.read_text(encoding="utf-8")
    blocks = re.findall(r"^```promql\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    table = text.partition("\n### Queries\n")[2].partition("\n#")[0]
    in_table = re.findall(r"^\|[^|]+\| `(.+)` \|$", table, re.MULTILINE)
    return [*in_table, *(line for block in blocks for line in block.splitlines())]


@cache
def known_labels() -> dict[str, frozenset[str]]:
    """Return the labels of each metric that an expression may ask for.

    A recorded metric has those that the first part of its name says, besides the job's.
    """
    known = {name: labels | TARGET_LABELS for name, labels in OTHERS.items()}
    for metric in METRICS:
        labels = frozenset(metric.labels) | TARGET_LABELS
        if metric.name not in OF_ALL_WORKERS:
            labels |= {"worker"}
        if metric.type == "histogram":
            known[f"{metric.name}_bucket"] = labels | {"le"}
            known[f"{metric.name}_sum"] = known[f"{metric.name}_count"] = labels
        else:
            known[metric.name] = labels
    for name in recordings():
        known[name] = frozenset(name.partition(":")[0].split("_")) | {"job"}
    of_alerts = (promql.labels(rule["expr"], known) for rule in alerts().values())
    known["ALERTS"] = frozenset({"alertname", "alertstate", "severity"}).union(*of_alerts)
    return known
