"""What messages cost is told to the browser with DEBUG, and to nobody without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pykka_live.live import _stopwatch, hooks
from pykka_live.live.painter import Painter
from pykka_live.live.record import ViewRecord
from pykka_live.live.report import encode_report
from tests.live.troubled import plan
from tests.tab import Tab

STAGES = ("waited", "handler", "render", "checkpoint", "diff", "total")


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


@pytest.fixture
def handled():
    """What the hooks were told of."""
    seen: list[hooks.Handled] = []
    hooks.add_listener(seen.append)
    yield seen
    hooks.remove_listener(seen.append)


NOTES = ("loops", "strings", "asked")


def expected(handled: hooks.Handled) -> dict:
    """What the hooks were told, as the browser is."""
    return without_notes(json.loads(encode_report(handled)))


def without_notes(report: dict) -> dict:
    return {name: value for name, value in report.items() if name not in NOTES}


async def test_without_debug_nothing_is_told():
    tab = Tab("/room/")
    assert set(await tab.open()) == {"t", "ref", "protocol", "view", "v"}
    assert set(await tab.event("say", text="hello")) == {"t", "ref"}
    assert set(await tab.receive()) == {"t", "view", "v", "p"}
    await tab.close()
    tab = Tab("/counter/")
    await tab.open()
    assert set(await tab.event("increment")) == {"t", "ref", "v", "p"}
    await tab.close()


async def test_with_debug_each_frame_of_an_update_tells_what_it_has_cost(debug, handled):
    tab = Tab("/room/")
    joined = await tab.open()
    said = await tab.event("say", text="hello")
    pushed = await tab.receive()
    assert said["t"] == "ok"
    assert "hello" in tab.html
    reports = [without_notes(frame["debug"]) for frame in (joined, said, pushed)]
    assert reports == list(map(expected, handled))
    assert [report["kind"] for report in (joined["debug"], said["debug"], pushed["debug"])] == [
        "mount",
        "event",
        "info",
    ]
    await tab.close()


async def test_a_reply_tells_the_event_its_stages_and_its_patches(debug):
    tab = Tab("/counter/")
    await tab.open()
    frame = await tab.event("increment")
    report = frame["debug"]
    assert report["class"] == "tests.live.views.Counter"
    assert (report["kind"], report["event"]) == ("event", "increment")
    assert report["patches"] == 1
    assert report["bytes"] == len(json.dumps(frame["p"], separators=(",", ":")))
    assert all(report[stage] > 0 for stage in STAGES)
    assert sum(report[stage] for stage in STAGES[:-1]) <= report["total"] + 0.01  # rounding
    assert (report["rendered"], report["reused"], report["page"]) == (0, 0, False)
    nothing = (await tab.event("nothing"))["debug"]
    assert (nothing["event"], nothing["patches"], nothing["bytes"]) == ("nothing", 0, 0)
    await tab.close()


async def test_keeping_the_state_has_a_time_of_its_own(debug, monkeypatch):
    now = [0.0]

    def takes(seconds, owner, name):
        """Let a method take as long, by a clock that nothing else moves."""
        method = getattr(owner, name)

        def slow(*args, **kwargs):
            now[0] += seconds
            return method(*args, **kwargs)

        monkeypatch.setattr(owner, name, slow)

    monkeypatch.setattr(_stopwatch, "perf_counter", lambda: now[0])
    takes(1, Painter, "draw")
    takes(2, Painter, "keep")
    takes(4, ViewRecord, "compare")
    tab = Tab("/counter/")
    joined = (await tab.open())["debug"]
    assert (joined["checkpoint"], joined["diff"]) == (2000, 4000)
    report = (await tab.event("increment"))["debug"]
    times = [report[stage] for stage in ("handler", "render", "checkpoint", "diff")]
    assert times == [0, 1000, 2000, 4000]
    await tab.close()


async def test_a_report_tells_the_rows_that_were_rendered_and_those_that_were_not(debug):
    tab = Tab("/room/")
    await tab.open()
    seen = []
    for number in range(3):
        await tab.event("say", text=f"line {number}")
        while f"line {number}" not in tab.html:
            frame = await tab.receive()
            seen.append((frame["debug"]["rendered"], frame["debug"]["reused"]))
    assert seen == [(1, 0), (1, 1), (1, 2)]
    await tab.close()


async def test_the_protocol_documents_what_a_report_holds(debug):
    text = (Path(__file__).parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
    tab = Tab("/counter/")
    await tab.open()
    table = text.split("### With DEBUG")[1].split("###")[0]
    [example] = [line for line in table.splitlines() if line.startswith("{")]
    report = (await tab.event("increment"))["debug"]
    assert list(report) == list(json.loads(example)["debug"])
    assert all(f"`{member}`" in table for member in report)
    await tab.close()


async def test_a_whole_tree_is_told_by_its_bytes(debug):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    joined = await tab.join(fingerprint=1)
    tree = json.dumps(joined["tree"], separators=(",", ":"), ensure_ascii=False)
    assert (joined["debug"]["patches"], joined["debug"]["bytes"]) == (0, len(tree.encode()))
    await tab.close()


async def test_a_picture_that_was_made_from_the_whole_page_is_told(debug, handled):
    tab = Tab("/uncut/")
    await tab.open()
    frame = await tab.event("up")
    assert frame["debug"]["page"] is True
    assert handled[-1].from_page is True
    await tab.close()


async def test_what_goes_on_after_a_failure_is_told_too(debug, handled, settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"backoff": [0, 0]}}}
    tab = Tab("/troubled/")
    await tab.open()
    plan["on_restore"] = [ValueError]  # so that it is mounted anew, and looks different
    assert (await tab.event("up"))["debug"]["event"] == "up"
    failed = await tab.event("fail")
    assert failed["code"] == "handler_failed"
    assert "debug" not in failed
    frame = await tab.receive()
    assert without_notes(frame["debug"]) == expected(handled[-1])
    assert frame["debug"]["kind"] == "restore"
    await tab.close()
