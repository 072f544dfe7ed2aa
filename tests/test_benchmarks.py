"""The benchmarks run. What they measure is not judged here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import report
from tests.server import ROOT, environment

LIMIT = 300.0


NAMES = [
    "pipeline",
    "costs",
    "server",
    "isolation",
    "scale",
    "actors",
    "metrics",
    "recovery",
    "population",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs_and_prints_its_table(name):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--quick"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) > 2


def test_a_part_takes_the_place_of_what_it_said_before(tmp_path):
    page = tmp_path / "benchmarks.md"
    for name, text in [("one", "old"), ("two", "other"), ("one", r"new \1")]:
        report.write_part(page, name, text)
    written = page.read_text()
    assert written.startswith("# Benchmarks")
    assert "old" not in written
    assert written.index(r"new \1") < written.index("other")


def test_a_table_is_aligned_on_a_terminal_and_piped_in_the_docs():
    table = report.Table("Times", ("", "ours", "theirs"))
    table.add("a counter", "1 us", "10 us")
    assert table.to_text().splitlines() == [
        "Times",
        "           ours  theirs",
        "a counter  1 us   10 us",
    ]
    assert "| a counter | 1 us | 10 us |" in table.to_markdown()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5 s"),
        (0.0123, "12.3 ms"),
        (0.00000345, "3.45 us"),
        (999.9e-6, "1 ms"),
        (12345.0, "12345 s"),
    ],
)
def test_durations_are_written_in_a_fitting_unit(value, text):
    assert report.duration(value) == text


def test_the_docs_say_what_was_measured_and_when_but_not_how_to_run_it(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "PAGE", tmp_path / "benchmarks.md")
    table = report.Table("Times", ("", "ours"))
    table.add("a counter", "1 us")
    about = "One beside the other.\n\npython -m benchmarks.one [--quick]\n"
    report.publish("one", about, [table], ["no-such-distribution"], write=False)
    assert not report.PAGE.exists()
    report.publish("one", about, [table], ["no-such-distribution"], write=True)
    written = report.PAGE.read_text()
    assert "## One\n\nOne beside the other.\n\n20" in written
    assert "no no-such-distribution" in written
    assert "--quick" not in written
