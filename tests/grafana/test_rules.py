"""Prometheus accepts the rules, and each alert fires when it should and is silent when not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grafana import promql
from tests.grafana.house import GRAFANA, OPERATIONS, PROMETHEUS, alerts, known_labels, recordings
from tests.grafana.prometheus import promtool

ALERTS = alerts()
RECORDINGS = recordings()
CASES = sorted((PROMETHEUS / "tests").glob("*.yml"))

WANTED = {
    "PykkaLiveCrashLoop",
    "PykkaLiveEscalation",
    "PykkaLiveMailboxFilling",
    "PykkaLiveEventsSlow",
    "PykkaLiveStuckActor",
    "PykkaLiveDeadLetters",
    "PykkaLiveEventLoopLag",
    "PykkaLiveTargetDown",
    "PykkaLiveSilentWorker",
}


def alert_cases() -> list[dict[str, Any]]:
    return [
        test
        for path in CASES
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        for test in case.get("alert_rule_test", ())
    ]


def test_the_configuration_is_valid() -> None:
    said = promtool("check", "config", "prometheus.yml", cwd=PROMETHEUS)
    assert "2 rule files found" in said


def test_the_rules_are_valid() -> None:
    said = promtool("check", "rules", "recording.yml", "alerts.yml", cwd=PROMETHEUS)
    assert f"{len(RECORDINGS)} rules found" in said
    assert f"{len(ALERTS)} rules found" in said


def test_a_mistake_in_a_rule_is_found(tmp_path: Path) -> None:
    text = (PROMETHEUS / "recording.yml").read_text(encoding="utf-8").replace("sum by", "sun by")
    (tmp_path / "recording.yml").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match="could not parse expression"):
        promtool("check", "rules", "recording.yml", cwd=tmp_path)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should(path: Path) -> None:
    promtool("test", "rules", path.name, cwd=path.parent)


def test_what_operators_need_to_know_has_an_alert() -> None:
    assert set(ALERTS) >= WANTED


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_is_seen_to_fire_and_seen_to_be_silent(name: str) -> None:
    ours = [bool(test["exp_alerts"]) for test in alert_cases() if test["alertname"] == name]
    assert set(ours) == {True, False}


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_says_what_is_wrong_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in ("warning", "critical")
    has = promql.labels(rule["expr"], known_labels())
    texts = rule["annotations"]["summary"] + rule["annotations"]["description"]
    assert set(re.findall(r"\$labels\.(\w+)", texts)) <= has
    # Where there is no series, as for `absent`, no label says where.
    assert "$labels.instance" in texts or "absent" in rule["expr"]


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_has_its_runbook(name: str) -> None:
    path, anchor = ALERTS[name]["annotations"]["runbook_url"].split("#")
    assert GRAFANA.parent / path == OPERATIONS
    assert anchor == name.lower()
    assert f"\n### {name}\n" in OPERATIONS.read_text(encoding="utf-8")


def test_every_runbook_is_one_of_an_alert() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    assert re.findall(r"^### (PykkaLive\w+)$", text, re.MULTILINE) == list(ALERTS)


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_is_recorded_bears_the_name_of_what_it_is(name: str) -> None:
    level, metric, operation = name.split(":")
    has = promql.labels(RECORDINGS[name], known_labels())
    assert has == known_labels()[name], "the labels of the first part"
    assert level.split("_")[0] == "instance"
    assert operation in RECORDINGS[name].replace("[", "").replace("]", "") or "5m" in operation
    asked = {selector.name for selector in promql.selectors(RECORDINGS[name])}
    assert any(each.startswith(metric.removesuffix("_failed")) for each in asked)


def test_alerts_ask_for_metrics_and_labels_that_there_are() -> None:
    for rule in ALERTS.values():
        promql.labels(rule["expr"], known_labels())


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("sum(rate(pykka_live_happenings_total[5m]))", "no metric pykka_live_happenings_total"),
        ('pykka_live_actors{sort="view"}', "no label sort"),
        ("sum by (view) (pykka_live_actors)", "no label view"),
        ("sum by (kind) (pykka_live_actors) / sum(pykka_live_actors)", "never match"),
        ("histogram_quantile(0.9, rate(pykka_live_event_seconds_sum[5m]))", "no label le"),
        ("sum(rate(pykka_live_event_seconds[5m]))", "no metric pykka_live_event_seconds"),
        ("up * on (view) up", "no label view"),
    ],
)
def test_a_name_that_is_wrong_is_noticed(expression: str, problem: str) -> None:
    with pytest.raises(promql.Unknown, match=problem):
        promql.labels(expression, known_labels())
