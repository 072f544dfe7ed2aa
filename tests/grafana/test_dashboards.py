"""The dashboards ask for what there is, and say what they show."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from typing import Any

import pytest

from tests.grafana import promql
from tests.grafana.house import (
    alerts,
    dashboards,
    fill,
    known_labels,
    panels,
    queries,
    recordings,
    variables,
)

ALL = dashboards()
BUILT_IN = {"__rate_interval": "1m", "__range": "1h"}
LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
EACH = pytest.mark.parametrize("name", ALL)


def filled(dashboard: dict[str, Any], expression: str) -> str:
    return fill(expression, {**dict.fromkeys(variables(dashboard), "x"), **BUILT_IN})


def test_there_are_the_dashboards_that_the_docs_name() -> None:
    assert set(ALL) == {"overview", "view", "actors", "transport"}


@EACH
def test_every_expression_asks_for_metrics_and_labels_that_there_are(name: str) -> None:
    for query in queries(name, ALL[name]):
        promql.labels(filled(ALL[name], query.expression), known_labels())


@EACH
def test_every_legend_names_labels_that_the_result_has(name: str) -> None:
    for query in queries(name, ALL[name]):
        has = promql.labels(filled(ALL[name], query.expression), known_labels())
        assert set(LABEL.findall(query.legend)) <= has, query


@EACH
def test_every_column_of_a_table_is_a_label_or_a_value(name: str) -> None:
    for panel in panels(ALL[name]):
        if panel["type"] != "table":
            continue
        has = {"Time"}
        for target in panel["targets"]:
            has |= promql.labels(filled(ALL[name], target["expr"]), known_labels())
            has.add("Value" if len(panel["targets"]) == 1 else f"Value #{target['refId']}")
        organize = panel["transformations"][-1]["options"]
        named = set(organize["renameByName"]) | set(organize["excludeByName"])
        assert has <= named, panel["title"]
        assert named - has <= {"__name__", "site"}, panel["title"]


@EACH
def test_every_query_is_restricted_by_the_variables(name: str) -> None:
    for query in queries(name, ALL[name]):
        for selector in promql.selectors(filled(ALL[name], query.expression)):
            matched = {matcher.name for matcher in selector.matchers.matchers}
            assert {"job", "instance"} <= matched or selector.name == "ALERTS", query


@EACH
def test_variables_are_defined_and_used(name: str) -> None:
    dashboard = ALL[name]
    defined = list(variables(dashboard))
    assert defined[:3] == ["datasource", "job", "instance"]
    used = {"datasource"}
    for place, text in [
        *((query.place, query.expression) for query in queries(name, dashboard)),
        *(
            (each, variable["definition"])
            for each, variable in list(variables(dashboard).items())[1:]
        ),
    ]:
        names = set(re.findall(r"\$\{?([a-z_]\w*)", text))
        assert names <= {*defined, *BUILT_IN}, place
        used |= names
    assert set(defined) <= used


@EACH
def test_variables_take_their_values_from_labels_that_there_are(name: str) -> None:
    seen: set[str] = {"datasource"}
    for each, variable in list(variables(ALL[name]).items())[1:]:
        found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["definition"])
        assert found, each
        assert variable["query"]["query"] == variable["definition"]
        assert set(re.findall(r"\$(\w+)", found[1])) <= seen, f"{each} depends on what comes later"
        assert found[2] in promql.labels(filled(ALL[name], found[1]), known_labels())
        seen.add(each)


@EACH
def test_annotations_ask_for_what_there_is(name: str) -> None:
    for annotation in ALL[name]["annotations"]["list"]:
        has = promql.labels(filled(ALL[name], annotation["expr"]), known_labels())
        texts = annotation["titleFormat"] + annotation["textFormat"]
        assert set(LABEL.findall(texts)) <= has, annotation


@EACH
def test_every_panel_says_what_it_shows_and_in_which_unit(name: str) -> None:
    titles = Counter(panel["title"] for panel in panels(ALL[name]))
    assert max(titles.values()) == 1, titles.most_common(1)
    for panel in panels(ALL[name]):
        assert len(panel["description"]) > 40, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
    for query in queries(name, ALL[name]):
        assert query.unit, query


@EACH
def test_ids_are_unique_and_no_panel_lies_over_another(name: str) -> None:
    all_panels = ALL[name]["panels"]
    assert len({panel["id"] for panel in all_panels}) == len(all_panels)
    for panel in all_panels:
        place = panel["gridPos"]
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24, panel["title"]
    for one, other in combinations(all_panels, 2):
        a, b = one["gridPos"], other["gridPos"]
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or above, (one["title"], other["title"])


@EACH
def test_panels_are_wide_enough_for_a_laptop(name: str) -> None:
    least = {"stat": 4, "timeseries": 8, "heatmap": 12, "table": 12}
    for panel in panels(ALL[name]):
        assert panel["gridPos"]["w"] >= least[panel["type"]], panel["title"]


@EACH
def test_all_data_come_from_the_source_that_was_chosen(name: str) -> None:
    for part in (*panels(ALL[name]), *ALL[name]["annotations"]["list"]):
        assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_a_name_has_the_same_colour_everywhere() -> None:
    colours: dict[str, set[str]] = defaultdict(set)
    for dashboard in ALL.values():
        for panel in panels(dashboard):
            for override in panel["fieldConfig"]["overrides"]:
                for each in override["properties"]:
                    if each["id"] == "color":
                        colours[override["matcher"]["options"]].add(each["value"]["fixedColor"])
    assert {name for name, values in colours.items() if len(values) > 1} == set()


def test_links_lead_to_dashboards_and_variables_that_there_are() -> None:
    by_uid = {dashboard["uid"]: dashboard for dashboard in ALL.values()}
    assert len(by_uid) == len(ALL)
    for dashboard in ALL.values():
        (link,) = dashboard["links"]
        assert set(link["tags"]) <= set(dashboard["tags"])
        links = [each for panel in panels(dashboard) for each in panel.get("links", ())]
        for panel in panels(dashboard):
            for override in panel["fieldConfig"]["overrides"]:
                for each in override["properties"]:
                    links += each["value"] if each["id"] == "links" else []
        for each in links:
            found = re.fullmatch(r"/d/([\w-]+)\?(.+)", each["url"])
            assert found, each
            theirs = variables(by_uid[found[1]])
            passed = re.findall(r"\$\{(\w+):queryparam\}|var-(\w+)=", found[2])
            assert {a or b for a, b in passed} <= set(theirs), each


def test_all_that_is_recorded_is_used() -> None:
    asked = [
        filled(each, query.expression) for n, each in ALL.items() for query in queries(n, each)
    ]
    asked += [rule["expr"] for rule in alerts().values()]
    used = {selector.name for each in asked for selector in promql.selectors(each)}
    assert set(recordings()) <= used
