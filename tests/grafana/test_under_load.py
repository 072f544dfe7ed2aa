"""The real Prometheus watches the demo under load: every panel and every rule has data that make
sense."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from tests.grafana import promql
from tests.grafana.conftest import WORKERS, Watched
from tests.grafana.house import alerts, dashboards, documented, fill, queries, recordings, variables
from tests.grafana.prometheus import PrometheusServer

ALL = dashboards()
BUILT_IN = {"__rate_interval": "1m", "__range": "1h"}
MOST = {"percentunit": 1.0, "s": 60.0}
"""The highest value that makes sense, by unit."""


def check(place: str, unit: str, answer: list[tuple[dict[str, str], float]]) -> None:
    for labels, value in answer:
        assert not math.isnan(value), (place, labels)
        assert 0 <= value <= MOST.get(unit, math.inf) + 1e-9, (place, labels, value)


def choices(prometheus: PrometheusServer, dashboard: dict[str, Any]) -> Iterator[Mapping[str, str]]:
    """Return what the template variables may stand for: `All`, as Grafana writes it, or where only
    one may be chosen, each."""
    chosen: dict[str, list[str]] = {"datasource": [""]}
    for name, variable in list(variables(dashboard).items())[1:]:
        values: set[str] = set()
        for earlier in _combined(chosen):
            found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["definition"])
            assert found
            of_one = f"count by ({found[2]}) ({fill(found[1], earlier)})"
            values |= {labels.get(found[2], "") for labels, _ in prometheus.query(of_one)}
        assert values, f"{name} has no values"
        if variable["multi"]:
            every = "|".join(re.escape(value).replace("\\", "\\\\") for value in sorted(values))
            chosen[name] = [variable.get("allValue", f"({every})")]
        else:
            chosen[name] = sorted(values)
    return _combined(chosen)


def _combined(chosen: dict[str, list[str]]) -> Iterator[Mapping[str, str]]:
    for values in product(*chosen.values()):
        yield {**dict(zip(chosen, values, strict=True)), **BUILT_IN}


@pytest.mark.parametrize("name", ALL)
def test_every_panel_shows_data_that_make_sense(name: str, watched: Watched) -> None:
    prometheus = watched.prometheus
    all_choices = list(choices(prometheus, ALL[name]))
    empty = []
    for query in queries(name, ALL[name]):
        found = False
        for values in all_choices:
            answer = prometheus.query(fill(query.expression, values))
            check(query.place, query.unit, answer)
            found |= bool(answer)
        if not found:
            empty.append(query)
    assert not empty


@pytest.mark.parametrize("name", ALL)
def test_annotations_are_questions_that_have_answers(name: str, watched: Watched) -> None:
    values = next(iter(choices(watched.prometheus, ALL[name])))
    for annotation in ALL[name]["annotations"]["list"]:
        for expression in promql.conditions(fill(annotation["expr"], values)):
            assert watched.prometheus.query(expression), expression


def test_every_rule_is_evaluated_without_an_error(watched: Watched) -> None:
    groups = watched.prometheus.get("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["name"] for rule in rules} == {*alerts(), *recordings()}
    for rule in rules:
        assert (rule["health"], rule.get("lastError")) == ("ok", None), rule


@pytest.mark.parametrize("name", recordings())
def test_what_is_recorded_makes_sense(name: str, watched: Watched) -> None:
    recorded = watched.prometheus.query(name)
    assert recorded
    unit = "percentunit" if ":ratio" in name else "s" if "_seconds:" in name else ""
    check(name, unit, recorded)
    level = set(name.partition(":")[0].split("_"))
    for labels, _ in recorded:  # a label without a value is none to Prometheus
        assert {"job", "instance"} <= set(labels) <= level | {"job", "__name__"}


@pytest.mark.parametrize("name", sorted(set(alerts()) - {"PykkaLiveAbsent"}))
def test_what_an_alert_compares_is_there(name: str, watched: Watched) -> None:
    for expression in promql.conditions(alerts()[name]["expr"]):
        answer = watched.prometheus.query(expression)
        assert answer, expression
        check(expression, "", answer)


def test_the_alerts_are_those_that_the_load_deserves(watched: Watched) -> None:
    active = [labels for labels, _ in watched.prometheus.query("ALERTS")]
    firing = {each["alertname"] for each in active if each["alertstate"] == "firing"}
    waiting = {each["alertname"] for each in active} - firing
    assert firing >= {"PykkaLiveEscalation", "PykkaLiveStuckActor", "PykkaLiveSessionsLost"}
    assert "PykkaLiveAbandonedThreads" in waiting
    quiet = {"TargetDown", "Absent", "SilentWorker", "DrainingTooLong", "EventLoopBlocked"}
    assert not {f"PykkaLive{name}" for name in quiet} & (firing | waiting)


@pytest.mark.parametrize("expression", documented())
def test_what_the_docs_tell_to_ask_has_an_answer(expression: str, watched: Watched) -> None:
    for part in promql.conditions(expression):
        answer = watched.prometheus.query(part)
        assert answer
        check(expression, "", answer)


COUNTER = 'view="pages.counter.Counter", kind="event"'
CRASH = 'view="pages.crash.CrashRoom", kind="event"'
FIRST = 'outcome=~"adopted|mounted"'
AGAIN = 'outcome=~"resumed|restored|remounted"'

KNOWN = {
    f'pykka_live_events_total{{{COUNTER}, event="increment", outcome="ok"}}': "/counter/ increment",
    f'pykka_live_events_total{{{COUNTER}, outcome="noop"}}': "in vain",
    f'pykka_live_events_total{{{CRASH}, outcome="handler_error"}}': "raised",
    'pykka_live_events_total{outcome="template_error"}': "error template_failed",
    'pykka_live_events_total{outcome="unknown"}': "error unknown_event",
    'pykka_live_events_total{event="hang", outcome="stuck"}': "/crash/ hang",
    'pykka_live_errors_total{code="timeout"}': "error timeout",
    "pykka_live_stuck_actors_total": "/crash/ hang",
    "instance_kind_class:pykka_live_stuck_actors:increase5m": "/crash/ hang",
    'instance_kind_class:pykka_live_escalations:increase5m{kind="view"}': "escalations",
    'pykka_live_resumes_total{kind="view"}': "/crash/ shrug",
    "pykka_live_sockets": "open",
    f"pykka_live_joins_total{{{FIRST}}}": "first joins",
    f"pykka_live_joins_total{{{AGAIN}}}": "rejoins",
    'pykka_live_frames_total{direction="in"}': "frames",
    'pykka_live_frames_total{direction="in", type="event"}': "frames event",
    'pykka_live_errors_total{code="bad_frame"}': "error bad_frame",
    'pykka_live_errors_total{code="handler_failed"}': "error handler_failed",
}
"""Of which series the sum is known, and what the load calls that."""


@pytest.mark.parametrize("series", KNOWN)
def test_prometheus_knows_exactly_what_the_visitors_have_done(
    series: str, watched: Watched
) -> None:
    assert watched.load.done[KNOWN[series]] > 0
    assert watched.prometheus.value(f"sum({series})") == watched.load.done[KNOWN[series]]


def test_all_workers_are_heard(watched: Watched) -> None:
    assert watched.prometheus.value("pykka_live_workers") == WORKERS
    assert watched.prometheus.value("pykka_live_silent_workers") == 0
    assert len(watched.prometheus.query("process_start_time_seconds")) == WORKERS
