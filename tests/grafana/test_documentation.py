"""`docs/operations.md` tells what to ask Prometheus, and where the answers are drawn."""

from __future__ import annotations

import re

import pytest
from django.core.management import get_commands, load_command_class

from tests.grafana import promql
from tests.grafana.house import GRAFANA, OPERATIONS, dashboards, documented, known_labels

TEXT = OPERATIONS.read_text(encoding="utf-8")
RUNBOOKS = TEXT.partition("\n## Runbooks\n")[2]


def test_there_are_questions_for_each_runbook_and_more() -> None:
    assert len(documented()) > len(re.findall(r"^### PykkaLive", TEXT, re.MULTILINE))


@pytest.mark.parametrize("expression", documented())
def test_a_question_names_metrics_and_labels_that_there_are(expression: str) -> None:
    promql.labels(expression, known_labels())


def test_the_files_that_are_named_are_there() -> None:
    named = set(re.findall(r"`(grafana/[\w./]+)`", TEXT))
    assert {path.split("/")[1] for path in named} == {
        path.name for path in GRAFANA.iterdir() if not path.name.startswith("Dockerfile")
    }
    for path in named:
        assert (GRAFANA.parent / path).exists(), path


def test_the_dashboards_are_named_as_they_are_titled() -> None:
    for dashboard in dashboards().values():
        assert f"*{dashboard['title'].removeprefix('pykka_live / ')}*" in TEXT


def test_panels_that_are_pointed_to_are_there() -> None:
    view = dashboards()["view"]
    titles = {panel["title"] for panel in view["panels"]}
    for named in re.findall(r"The view's dashboard: (.+?)[.\n]", TEXT):
        assert set(re.findall(r"\*(.+?)\*", named)) <= titles


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`manage.py (actor_.+?)`", RUNBOOKS))))
def test_commands_are_there_with_their_options(line: str) -> None:
    name, *arguments = line.split()
    app = get_commands()[name]
    parser = load_command_class(str(app), name).create_parser("manage.py", name)
    parser.parse_args(arguments)


def test_links_to_runbooks_lead_there() -> None:
    headings = {line[4:].lower() for line in TEXT.splitlines() if line.startswith("### ")}
    for anchor in re.findall(r"\]\(#(pykkalive\w+)\)", TEXT):
        assert anchor in headings
