"""The metrics, as Prometheus reads them."""

from __future__ import annotations

import os
import platform
from importlib import metadata

import django
import pytest
from prometheus_client import CollectorRegistry

from pykka_live.actors import ActorSystem, Backoff, Ping
from pykka_live.live import hooks
from pykka_live.observability import METRICS, Observer
from pykka_live.observability.catalogue import BUCKETS, OTHER
from pykka_live.observability.collector import KINDS, OF_THE_SERVER, STATES

from .clerk import Mishap, Office, start_clerk
from .samples import scrape, series_count, value
from .test_tally import PAGE, handled

CLERK = {"kind": "view", "class": "tests.observability.clerk.Clerk"}


def test_every_metric_is_exposed_by_its_name(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    names = [family.name for family in registry.collect()]
    own = [metric for metric in METRICS if metric not in OF_THE_SERVER]
    assert names == [metric.name.removesuffix("_total") for metric in own]


def test_names_are_fit_for_prometheus() -> None:
    units = (
        "_seconds",
        "_messages",
        "_ratio",
        "_threads",
        "_actors",
        "_workers",
        "_info",
        "_sockets",
        "_bytes",
        "_draining",
        "_pid",
    )
    for metric in METRICS:
        assert metric.name.startswith("pykka_live_")
        assert (metric.type == "counter") == metric.name.endswith("_total")
        if metric.type != "counter":
            assert metric.name.removesuffix("_max").endswith(units), metric.name
        assert metric.help.endswith(".")
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_before_anything_happened(observer: Observer, registry: CollectorRegistry) -> None:
    samples = scrape(registry)
    for kind in KINDS:
        for state in STATES:
            assert samples["pykka_live_actors"][("kind", kind), ("state", state)] == 0
        for name in ("mailbox_messages", "backoff_actors", "actor_starts_total"):
            assert samples[f"pykka_live_{name}"][(("kind", kind),)] == 0
        for name in ("restarts_total", "escalations_total", "stuck_actors_total"):
            assert samples[f"pykka_live_{name}"][("class", ""), ("kind", kind)] == 0


def test_a_system_is_not_started_by_looking(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    scrape(registry)
    assert system.state == "new"


def test_actors_by_kind_and_state(
    observer: Observer, system: ActorSystem, office: Office, registry: CollectorRegistry
) -> None:
    start_clerk(system, "one")
    office.occupy(start_clerk(system, "two"))
    start_clerk(system, "three", kind="session")
    assert value(registry, "pykka_live_actors", kind="view", state="running") == 1
    assert value(registry, "pykka_live_actors", kind="view", state="busy") == 1
    assert value(registry, "pykka_live_actors", kind="session", state="running") == 1
    assert value(registry, "pykka_live_actors", kind="root", state="running") == 1


def test_an_actor_of_a_kind_of_its_own(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    start_clerk(system, "one", kind="printer")
    assert value(registry, "pykka_live_actors", kind="printer", state="running") == 1


def test_mailboxes(
    observer: Observer, system: ActorSystem, office: Office, registry: CollectorRegistry
) -> None:
    one = start_clerk(system, "one", capacity=10)
    two = start_clerk(system, "two", capacity=4)
    start_clerk(system, "three", capacity=None)
    for cell, count in ((one, 4), (two, 3)):
        office.occupy(cell)
        for i in range(count):
            cell.tell(i)
    assert value(registry, "pykka_live_mailbox_messages", kind="view") == 7
    assert value(registry, "pykka_live_mailbox_messages_max", kind="view") == 4
    assert value(registry, "pykka_live_mailbox_capacity_messages", kind="view") == 14
    assert value(registry, "pykka_live_mailbox_fill_ratio_max", kind="view") == 0.75
    assert value(registry, "pykka_live_busy_seconds_max", kind="view") > 0
    assert value(registry, "pykka_live_busy_seconds_max", kind="session") == 0


def test_failures_and_restarts(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    cell = start_clerk(system, "one")
    for _ in range(2):
        with pytest.raises(Mishap):
            cell.ask(Mishap("oops"), 10)
        assert cell.ask("again", 10) == "again"
    system.root.request(Ping(), 10)  # it is the supervisor that tells of a restart
    assert value(registry, "pykka_live_actor_starts_total", kind="view") == 1
    assert value(registry, "pykka_live_failures_total", **CLERK, error="Mishap") == 2
    assert value(registry, "pykka_live_restarts_total", **CLERK) == 2


def test_counters_stand_at_zero_from_the_first_start_of_a_class(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    start_clerk(system, "one", capacity=1, overflow="drop_oldest")
    samples = scrape(registry)
    labels = tuple(sorted(CLERK.items()))
    for name in ("restarts", "resumes", "escalations", "stuck_actors"):
        assert samples[f"pykka_live_{name}_total"][labels] == 0
    policy, reason = ("policy", "drop_oldest"), ("reason", "dropped")
    assert samples["pykka_live_mailbox_overflows_total"][("kind", "view"), policy] == 0
    assert samples["pykka_live_dead_letters_total"][("kind", "view"), reason] == 0


def test_resumes_and_escalations_by_class(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    for id, strategy in (("one", "resume"), ("two", "escalate")):
        with pytest.raises(Mishap):
            start_clerk(system, id, strategy=strategy).ask(Mishap("oops"), 10)
    system.root.request(Ping(), 10)
    assert value(registry, "pykka_live_resumes_total", **CLERK) == 1
    assert value(registry, "pykka_live_escalations_total", **CLERK) == 1


def test_actors_that_wait_for_their_backoff(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    one = start_clerk(system, "one", backoff=Backoff(1000, 1000), scope="rest_for_one")
    two = start_clerk(system, "two")
    for expected in (0, 2):
        with pytest.raises(Mishap):
            one.ask(Mishap("oops"), 10)
        system.root.request(Ping(), 10)
        while two.state != ("restarting" if expected else "running"):
            system.root.request(Ping(), 10)
        assert value(registry, "pykka_live_backoff_actors", kind="view") == expected
    assert value(registry, "pykka_live_actors", kind="view", state="restarting") == 2
    two.stop()
    system.root.request(Ping(), 10)
    assert value(registry, "pykka_live_backoff_actors", kind="view") == 1


def test_the_versions(observer: Observer, registry: CollectorRegistry) -> None:
    [(labels, one)] = scrape(registry)["pykka_live_info"].items()
    assert one == 1
    assert dict(labels)["django"] == django.__version__
    assert dict(labels)["python"] == platform.python_version()
    assert dict(labels)["version"] == metadata.version("pykka_live")


def test_the_process(observer: Observer, registry: CollectorRegistry) -> None:
    assert value(registry, "pykka_live_worker_pid") == os.getpid()


def test_dead_letters_and_overflows(
    observer: Observer, system: ActorSystem, office: Office, registry: CollectorRegistry
) -> None:
    cell = start_clerk(system, "one", capacity=1, overflow="drop_oldest")
    office.occupy(cell)
    for i in range(3):
        cell.tell(i)
    assert value(registry, "pykka_live_dead_letters_total", kind="view", reason="dropped") == 2
    policy = {"policy": "drop_oldest"}
    assert value(registry, "pykka_live_mailbox_overflows_total", kind="view", **policy) == 2


def test_an_actor_that_is_stuck(
    observer: Observer, system: ActorSystem, office: Office, registry: CollectorRegistry
) -> None:
    cell = start_clerk(system, "one", stuck_timeout=0.05)
    office.occupy(cell)
    assert cell.ask("next", 10) == "next"
    assert value(registry, "pykka_live_stuck_actors_total", **CLERK) == 1
    assert value(registry, "pykka_live_abandoned_threads") == 1
    assert value(registry, "pykka_live_actors", kind="view", state="stuck") == 1
    assert value(registry, "pykka_live_actors", kind="view", state="running") == 1


def test_counts_outlive_their_actors(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    cell = start_clerk(system, "one", strategy="stop")
    with pytest.raises(Mishap):
        cell.ask(Mishap(), 10)
    system.shutdown(10)
    assert value(registry, "pykka_live_failures_total", **CLERK, error="Mishap") == 1
    stops = scrape(registry)["pykka_live_actor_stops_total"]
    assert sum(n for labels, n in stops.items() if ("kind", "view") in labels) == 1
    assert value(registry, "pykka_live_actors", kind="view", state="running") == 0


def test_events_come_through_the_hooks(observer: Observer, registry: CollectorRegistry) -> None:
    hooks.emit(
        handled(
            waited=0.02,
            handler=0.3,
            render=0.0004,
            checkpoint=0.006,
            diff=0.00004,
            encode=0.00007,
            total=20.0,
        )
    )
    labels = {"view": PAGE, "part": "view", "kind": "event", "event": "save"}
    assert value(registry, "pykka_live_events_total", **labels, outcome="ok") == 1
    assert value(registry, "pykka_live_events_total", **labels, outcome="handler_error") == 0
    for name, seconds in {
        "mailbox_wait": 0.02,
        "handler": 0.3,
        "render": 0.0004,
        "checkpoint": 0.006,
        "diff": 0.00004,
        "encode": 0.00007,
        "event": 20.0,
    }.items():
        name = f"pykka_live_{name}_seconds"
        assert value(registry, f"{name}_sum", **labels) == seconds
        assert value(registry, f"{name}_count", **labels) == 1
        buckets = {
            dict(key)["le"]: count for key, count in scrape(registry)[f"{name}_bucket"].items()
        }
        assert len(buckets) == len(BUCKETS) + 1
        assert {float(le): count for le, count in buckets.items()} == {
            bound: float(bound >= seconds) for bound in (*BUCKETS, float("inf"))
        }


def test_rows_are_counted_by_view_whatever_they_were_drawn_for(
    observer: Observer, registry: CollectorRegistry
) -> None:
    hooks.emit(handled(kind="mount", event="mount", rendered=1000))
    hooks.emit(handled(rendered=1, reused=999))
    hooks.emit(handled(view="app.views.Other", rendered=5, from_page=True))
    samples = scrape(registry)
    page, other = (("view", PAGE),), (("view", "app.views.Other"),)
    assert samples["pykka_live_rendered_rows_total"] == {page: 1001, other: 5}
    assert samples["pykka_live_reused_rows_total"] == {page: 999, other: 0}
    assert samples["pykka_live_whole_page_renders_total"] == {page: 0, other: 1}


def test_patches_and_checkpoints_are_counted_by_view(
    observer: Observer, registry: CollectorRegistry
) -> None:
    hooks.emit(handled(operations=(1, 2, 3, 4, 5, 6), kept=True))
    hooks.emit(handled(kind="info", event="", operations=(1, 0, 0, 0, 0, 0)))
    patches = scrape(registry)["pykka_live_patches_total"]
    words = ("text", "attributes", "insert", "remove", "move", "replace")
    assert patches == {
        (("operation", word), ("view", PAGE)): count
        for word, count in zip(words, (2, 2, 3, 4, 5, 6), strict=True)
    }
    assert value(registry, "pykka_live_checkpoints_total", view=PAGE) == 1


def test_a_component_is_told_from_a_view(observer: Observer, registry: CollectorRegistry) -> None:
    hooks.emit(handled(path="/sessions/3f/views/1b/components/cart", total=1.0))
    labels = {"view": PAGE, "part": "component", "kind": "event", "event": "save"}
    assert value(registry, "pykka_live_events_total", **labels, outcome="ok") == 1
    assert value(registry, "pykka_live_event_seconds_count", **labels) == 1


def test_rubbish_names_make_no_series(observer: Observer, registry: CollectorRegistry) -> None:
    for event in ("save", "load", ""):
        hooks.emit(handled(event=event, total=1.0, handler=1.0))
    before = series_count(registry)
    for i in range(10_000):
        hooks.emit(handled(event="", outcome="unknown", total=0.5, handler=0.5))
        hooks.emit(handled(event=f"rubbish{i}", total=0.5, handler=0.5))
    # What code defines, and one label set more in which the rubbish is counted.
    one_set = before // 3
    assert before < series_count(registry) <= before + one_set
    assert value(registry, "pykka_live_folded_labels_total") == 10_000
    labels = {"view": PAGE, "part": "view", "kind": "event", "event": OTHER, "outcome": "ok"}
    assert value(registry, "pykka_live_events_total", **labels) == 10_000


def test_rubbish_kinds_of_errors_are_folded(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    cell = start_clerk(system, "one", strategy="resume")
    for i in range(1200):
        cell.tell(type(f"Mishap{i}", (Exception,), {})())
    cell.ask("done", 10)
    failures = scrape(registry)["pykka_live_failures_total"]
    assert len(failures) == 1001
    assert failures[("class", OTHER), ("error", OTHER), ("kind", OTHER)] == 200
    assert value(registry, "pykka_live_folded_labels_total") == 200


def test_what_a_label_holds_is_escaped(observer: Observer, registry: CollectorRegistry) -> None:
    hooks.emit(handled(view='a"b\\c\nd', event=""))
    labels = {"view": 'a"b\\c\nd', "part": "view", "kind": "event", "event": "", "outcome": "ok"}
    assert value(registry, "pykka_live_events_total", **labels) == 1
