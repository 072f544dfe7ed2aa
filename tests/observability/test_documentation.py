"""`docs/operations.md` says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory, override_settings
from django.urls import include, path

from pykka_live.live.hooks import Outcome
from pykka_live.observability import METRICS
from pykka_live.observability.collector import KINDS, STATES
from tests.grafana.prometheus import promtool

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


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
    recorded_aside = re.compile(r"(?<![:\w])pykka_live_[a-z0-9_]+")
    mentioned = set(recorded_aside.findall(TEXT))
    assert mentioned <= known


def test_what_labels_hold() -> None:
    for value in (*KINDS, *STATES, *get_args(Outcome)):
        assert f"`{value}`" in TEXT, value


def test_the_example_of_a_guarded_view(rf: RequestFactory) -> None:
    [example] = [block for block in blocks("python") if "staff_member_required" in block]
    namespace: dict[str, Any] = {}
    exec(compile(example, "example", "exec", dont_inherit=True), namespace)
    [route] = namespace["urlpatterns"]
    request = rf.get("/metrics")
    request.user = AnonymousUser()
    login = path("admin/login/", route.callback, name="login")
    urlconf = ModuleType("urls")
    urlconf.urlpatterns = [path("", include(([login], "admin")))]  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF=urlconf):
        assert route.callback(request).url == "/admin/login/?next=/metrics"
    request.user = User(is_staff=True, is_active=True)
    assert b"pykka_live_workers 1.0" in route.callback(request).content


def test_the_examples_of_scrape_configurations(tmp_path: Path) -> None:
    examples = [block for block in blocks("yaml") if block.startswith("scrape_configs:")]
    assert len(examples) == 3
    for number, example in enumerate(examples):
        config = tmp_path / f"{number}.yml"
        config.write_text(example)
        promtool("check", "config", config.name, cwd=tmp_path)
        assert "job_name: pykka_live\n" in example, "the name that the rules look for"
