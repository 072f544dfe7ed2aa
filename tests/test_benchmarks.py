"""The benchmarks run, with the peers where those are installed. What they measure is not judged
here."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from functools import cache

import pytest

from benchmarks import machine, pipeline, report
from benchmarks.cases import Case, State
from benchmarks.server import crowd
from benchmarks.server.__main__ import target
from benchmarks.server.apps.phoenix_rows import Page
from benchmarks.server.load import Record, Tab
from pykka_live import vdom
from tests.server import ROOT, environment

LIMIT = 300.0
WITH_PEERS = ROOT / ".venv-bench" / "bin" / "python"  # what `make bench` installs
DJUST = {"djust": ["djust, actors"]}
SERVED = {**DJUST, "pyview-web": ["pyview"]}

# The names of each peer in the tables, by its distribution.
BENCHMARKS: dict[str, dict[str, list[str]]] = {
    "pipeline": {"djust": ["djust sends"]},
    "costs": {},
    "server": {**SERVED, "pyview-web": ["pyview", "pyview, streams"], "pykka": ["empty actor"]},
    "sizes": SERVED,
    "memory": SERVED,
    "isolation": SERVED,
    "scale": SERVED,
    "actors": {"pykka": ["Pykka us"]},
    "handle": {},
    "metrics": {"prometheus_client": ["histograms"]},
    "recovery": {},
    "population": {"pykka": ["Pykka"]},
    "components": {"djust": ["djust, components", "djust, one view"]},
    "observer": {},
    "client": {"djust": ["ours / djust"]},
}


def run(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python with this checkout, and return what it prints."""
    return subprocess.run(
        [python, *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )


@cache
def interpreter() -> str:
    """Return the Python that has the peers, if there is one that can run what is built here."""
    if (
        WITH_PEERS.exists()
        and run(str(WITH_PEERS), "-c", "import djust, playwright, pykka_live.vdom").returncode == 0
    ):
        return str(WITH_PEERS)
    return sys.executable


@cache
def has(distribution: str) -> bool:
    """Tell whether that Python has a distribution."""
    code = f"from importlib.metadata import version; version({distribution!r})"
    return run(interpreter(), "-c", code).returncode == 0


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_names_its_peers_or_says_that_they_are_missing(name):
    done = run(interpreter(), "-m", f"benchmarks.{name}", "--quick")
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) > 2
    for peer, titles in BENCHMARKS[name].items():
        assert (f"{peer} is not installed" in done.stdout) is not has(peer)
        for title in titles if has(peer) else []:
            assert title in done.stdout


def test_make_bench_runs_all_of_them():
    lines = (ROOT / "Makefile").read_text().splitlines()
    ran = [line.split()[1] for line in lines if line.startswith("\t$(BENCH) benchmarks.")]
    assert ran == [f"benchmarks.{name}" for name in BENCHMARKS]


def parsed(monkeypatch, *arguments: str, peers: tuple[str, ...] = ()) -> Namespace:
    """Return what a benchmark makes of its command line."""
    parser = report.parser("One beside the other.")
    parser.add_argument("--only", default="")
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    return report.parse(parser, peers)


@pytest.mark.parametrize("part", [["--quick"], ["--only", "counter"]])
def test_what_is_not_the_whole_is_not_written(monkeypatch, capsys, part):
    assert not parsed(monkeypatch, *part).write
    with pytest.raises(SystemExit) as ended:
        parsed(monkeypatch, *part, "--write")
    assert ended.value.code == 2
    assert "not with --quick or --only" in capsys.readouterr().err


def test_what_lacks_a_peer_says_so_and_is_not_written(monkeypatch, capsys):
    peers = ("Django", "no-such-peer")
    parsed(monkeypatch, peers=peers)
    assert capsys.readouterr().out.startswith("no-such-peer is not installed")
    with pytest.raises(SystemExit):
        parsed(monkeypatch, "--write", peers=peers)
    assert "install no-such-peer\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sign", "figure", "text"),
    [
        (">=", 2.0, ">= 2: met"),
        (">=", 1.9, ">= 2: missed"),
        ("<=", 2.0, "<= 2: met"),
        ("<=", 2.1, "<= 2: missed"),
        ("<", 1.9, "< 2: met"),
        ("<", 2.0, "< 2: missed"),
    ],
)
def test_a_target_says_whether_it_is_met(sign, figure, text):
    assert report.Target(sign, 2).judge(figure) == text


def test_a_target_is_for_so_many_sessions():
    assert target("counter", "pyview", 200, 1.5) == ">= 1.4: met"
    assert target("counter", "ours", 50, 19_999) == ">= 20000: missed"
    assert target("counter", "ours", 200, 19_999) == ""
    assert target("counter", "pyview", 1, 1.5) == ""
    assert target("table", "echo", 50, 1.5) == ""


@pytest.mark.parametrize("percent", [50, 95, 99])
@pytest.mark.parametrize("latencies", [[3.0], [1.0, 3.0], [1.0, 2.0, 2.0, 3.0]])
def test_a_percentile_is_within_what_was_measured(latencies, percent):
    assert min(latencies) <= Record(1.0, latencies).percentile(percent) <= max(latencies)


def test_most_kept_to_a_high_percentile():
    latencies = [float(n) for n in range(101)]
    assert Record(1.0, latencies).percentile(95) == 95.0
    assert Record(1.0, latencies).percentile(50) == 50.0


def shape(html: str) -> str:
    return pipeline.shape(vdom.parse(html))


@pytest.mark.parametrize(
    "other",
    [
        "<tr class='danger'><td>b</td></tr>",
        "<tr class='a'><td>b</td></tr>",
        "<tr><td class='danger'>a</td></tr>",
        "<tr class='danger'><th>a</th></tr>",
        "<tr class='danger' title='a'><td>a</td></tr>",
        "<tr class='danger'></tr>a",
    ],
)
def test_what_a_reader_sees_differs(other):
    context = "<table><tbody>{}</tbody></table>"
    one = context.format("<tr class='danger'><td>a</td></tr>")
    assert shape(one) != shape(context.format(other))


def test_what_belongs_to_a_framework_makes_no_difference():
    one = "<p class='a  b' live-key='1' data-liveview-root>x</p>"
    other = "<p dj-id='7' class='a b'><!-- if -->\nx </p>"
    assert shape(one) == shape(other)
    assert shape("<p class=''>x</p>") == shape("<p>x</p>")


CASE = Case(
    "a class",
    "<p ROOT class='{% if chosen %}danger{% endif %}'>text</p>",
    lambda: State(chosen=False),
    lambda state, n: setattr(state, "chosen", n % 2 == 1),
)


def test_sides_that_show_the_same_are_measured():
    assert pipeline.verify(CASE, {"one": pipeline.Ours(CASE), "two": pipeline.Ours(CASE)})


def test_sides_that_differ_in_a_class_alone_are_not_compared():
    other = replace(CASE, template=CASE.template.replace("danger", "chosen"))
    sides = {"one": pipeline.Ours(CASE), "two": pipeline.Ours(other)}
    with pytest.raises(SystemExit, match="not all sides show the same"):
        pipeline.verify(CASE, sides)


@pytest.mark.parametrize(("all_work", "own_work", "share"), [(6.0, 2.0, 0.5), (1.0, 2.0, 0.0)])
def test_others_are_said_to_have_what_is_not_our_own_work(monkeypatch, all_work, own_work, share):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for name, value in [("all_work", 10.0), ("own_work", 20.0)]:
        monkeypatch.setattr(machine, name, lambda value=value: value)
    monkeypatch.setattr(machine, "monotonic", lambda: 100.0)
    meanwhile = machine.Meanwhile()
    monkeypatch.setattr(machine, "monotonic", lambda: 104.0)
    monkeypatch.setattr(machine, "all_work", lambda: 10.0 + all_work)
    monkeypatch.setattr(machine, "own_work", lambda: 20.0 + own_work)
    assert meanwhile.share() == share


@pytest.mark.parametrize(("silent", "mounted"), [(0, 5), (2, 5), (3, 0)])
def test_a_mount_that_gets_no_answer_is_tried_again_but_not_for_ever(monkeypatch, silent, mounted):
    left = [silent]

    async def mount(tab):
        left[0] -= 1
        if left[0] >= 0:
            await asyncio.Event().wait()

    monkeypatch.setattr(crowd, "PATIENCE", 0.01)
    monkeypatch.setattr(Tab, "mount", mount)
    framework = Namespace(name="a peer", dialect=lambda port, path: None)
    tabs = crowd.Crowd(Namespace(framework=framework, port=0))
    if mounted:
        asyncio.run(tabs.grow("counter", mounted))
    else:
        with pytest.raises(SystemExit, match="a peer: 3 mounts got no answer"):
            asyncio.run(tabs.grow("counter", 5))
    assert len(tabs.tabs) == mounted


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
    report.publish("one", about, [table], parsed(monkeypatch))
    assert not report.PAGE.exists()
    options = parsed(monkeypatch, "--write", peers=("pykka",))
    report.publish("one", about, [table], options)
    written = report.PAGE.read_text()
    assert "## One\n\nOne beside the other.\n\n20" in written
    for name in ("Python", "pykka_live", "Django", "pykka"):
        assert f", {name} " in written or f"; {name} " in written
    assert "% of their time went to other programs" in written
    assert "--quick" not in written


def test_a_phoenix_says_of_rows_with_keys_only_what_has_changed():
    page = Page(12)
    assert page.diff("swap") == {"0": "1", "1": {"k": {"1": 10, "10": 1, "km": True, "kc": 12}}}
    changed = {"2": "changed 2"}
    assert page.diff("update") == {"0": "2", "1": {"k": {"0": changed, "10": changed, "kc": 12}}}
    assert page.diff("clear") == {"0": "3", "1": {"k": {"kc": 0}}}
    filled = page.diff("fill")["1"]["k"]
    assert filled.pop("kc") == 12
    assert filled["0"] == {"0": ' id="row-0"', "1": "0", "2": "name of row 0", "3": "0"}


def test_a_package_of_npms_is_known_by_its_version(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "NODE_MODULES", tmp_path)
    (tmp_path / "no-such-peer").mkdir()
    (tmp_path / "no-such-peer" / "package.json").write_text('{"version": "1.2.3"}')
    assert machine.is_installed("no-such-peer")
    assert "no-such-peer 1.2.3" in machine.software(["no-such-peer"])
    assert not machine.is_installed("nor-such-a-peer")
