"""The dashboards are what Grafana understands: its own types can hold all that is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.grafana.house import dashboards

# The types that Grafana generates for Python need 3.11; the other versions prove it.
sdk = pytest.importorskip("grafana_foundation_sdk.models.dashboard")
plugins = pytest.importorskip("grafana_foundation_sdk.cog.plugins")
encoder = pytest.importorskip("grafana_foundation_sdk.cog.encoder")

UNTYPED = {"definition", "titleFormat", "textFormat", "step"}
"""What Grafana writes itself for variables and annotations of Prometheus, but has no type for."""

ALL = dashboards()


def lost(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what is in ours and is not the same in theirs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() - UNTYPED:
            yield from lost(ours[key], theirs.get(key), f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(mine, other, f"{path}[{i}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} became {theirs!r}"


def round_trip(dashboard: dict[str, Any]) -> Any:
    plugins.register_default_plugins()
    return json.loads(encoder.JSONEncoder().encode(sdk.Dashboard.from_json(dashboard)))


@pytest.mark.parametrize("name", ALL)
def test_grafanas_types_hold_all_of_a_dashboard(name: str) -> None:
    assert list(lost(ALL[name], round_trip(ALL[name]))) == []


def test_an_option_that_no_panel_has_is_noticed() -> None:
    dashboard = dashboards()["overview"]
    panel = next(panel for panel in dashboard["panels"] if panel["type"] == "stat")
    panel["options"]["colourMode"] = "value"
    assert [each.split(":")[0] for each in lost(dashboard, round_trip(dashboard))] == [
        f".panels[{dashboard['panels'].index(panel)}].options.colourMode"
    ]
