"""The metrics: their names, labels and meaning. No other module names a metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

from pykka_live import _histogram

__all__ = ["BUCKETS", "METRICS", "OTHER", "Metric"]

BUCKETS = _histogram.BUCKETS
"""Upper bounds of the histograms' buckets in seconds; what takes longer falls into `+Inf`."""

OTHER = "(other)"
"""The label value of what was folded together. No Python name, and so no handler, looks so."""


@dataclass(frozen=True)
class Metric:
    """One metric as Prometheus sees it. A counter's `name` includes `_total`."""

    name: str
    type: Literal["gauge", "counter", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    def gauge(self) -> GaugeMetricFamily:
        """Return an empty family of this gauge."""
        return GaugeMetricFamily(self.name, self.help, labels=self.labels)

    def counter(self) -> CounterMetricFamily:
        """Return an empty family of this counter."""
        return CounterMetricFamily(self.name, self.help, labels=self.labels)

    def histogram(self) -> HistogramMetricFamily:
        """Return an empty family of this histogram."""
        return HistogramMetricFamily(self.name, self.help, labels=self.labels)

    def family(self) -> GaugeMetricFamily | CounterMetricFamily | HistogramMetricFamily:
        """Return an empty family of whatever type this metric has."""
        if self.type == "gauge":
            return self.gauge()
        return self.counter() if self.type == "counter" else self.histogram()


# Read from the cells when Prometheus asks

ACTORS = Metric(
    "pykka_live_actors",
    "gauge",
    "Actors by kind (session, view, ...) and state.",
    ("kind", "state"),
)
BACKOFF = Metric(
    "pykka_live_backoff_actors",
    "gauge",
    "Actors that are down and wait for the time of their restart.",
    ("kind",),
)
MAILBOX_MESSAGES = Metric(
    "pykka_live_mailbox_messages",
    "gauge",
    "Messages that wait in mailboxes, all actors of a kind together.",
    ("kind",),
)
MAILBOX_MESSAGES_MAX = Metric(
    "pykka_live_mailbox_messages_max",
    "gauge",
    "Messages that wait in the fullest mailbox of a kind.",
    ("kind",),
)
MAILBOX_CAPACITY = Metric(
    "pykka_live_mailbox_capacity_messages",
    "gauge",
    "Messages for which the bounded mailboxes of a kind have room, all actors together.",
    ("kind",),
)
MAILBOX_FILL_MAX = Metric(
    "pykka_live_mailbox_fill_ratio_max",
    "gauge",
    "Waiting messages by capacity of the bounded mailbox of a kind where it is highest; 1 is full.",
    ("kind",),
)
BUSY_MAX = Metric(
    "pykka_live_busy_seconds_max",
    "gauge",
    "Time that the actor of a kind which is busy longest has spent on its current message.",
    ("kind",),
)
ABANDONED_THREADS = Metric(
    "pykka_live_abandoned_threads",
    "gauge",
    "Threads of actors that were given up and have not ended.",
)
CHECKPOINT_BYTES = Metric(
    "pykka_live_checkpoint_bytes",
    "gauge",
    "Bytes of the checkpoints that living views and components hold, estimated from a few of each "
    "class and from some of their parts; what is shared is counted for each.",
    ("view",),
)
INFO = Metric(
    "pykka_live_info",
    "gauge",
    "1, with the versions of pykka_live, Python and Django.",
    ("version", "python", "django"),
)
WORKER_PID = Metric(
    "pykka_live_worker_pid",
    "gauge",
    "Id of the process that a worker is, by which its host knows it.",
)

# Told by views, per message

EVENTS = Metric(
    "pykka_live_events_total",
    "counter",
    "Messages that views handled or that were refused on their way.",
    ("view", "part", "kind", "event", "outcome"),
)
MAILBOX_WAIT = Metric(
    "pykka_live_mailbox_wait_seconds",
    "histogram",
    "Time that messages of views waited in the mailbox.",
    ("view", "part", "kind", "event"),
)
HANDLER = Metric(
    "pykka_live_handler_seconds",
    "histogram",
    "Time in the view's own method: the event handler, mount, handle_info.",
    ("view", "part", "kind", "event"),
)
RENDER = Metric(
    "pykka_live_render_seconds",
    "histogram",
    "Time in the view's template.",
    ("view", "part", "kind", "event"),
)
CHECKPOINT = Metric(
    "pykka_live_checkpoint_seconds",
    "histogram",
    "Time for comparing the view's state with its checkpoint, and copying what has changed.",
    ("view", "part", "kind", "event"),
)
DIFF = Metric(
    "pykka_live_diff_seconds",
    "histogram",
    "Time for comparing the pictures.",
    ("view", "part", "kind", "event"),
)
ENCODE = Metric(
    "pykka_live_encode_seconds",
    "histogram",
    "Time for encoding the patches, or the whole tree.",
    ("view", "part", "kind", "event"),
)
EVENT = Metric(
    "pykka_live_event_seconds",
    "histogram",
    "Time from putting the message into the mailbox to handing over the answer.",
    ("view", "part", "kind", "event"),
)
RENDERED_ROWS = Metric(
    "pykka_live_rendered_rows_total",
    "counter",
    "Rows that loops of a view's template have rendered.",
    ("view",),
)
REUSED_ROWS = Metric(
    "pykka_live_reused_rows_total",
    "counter",
    "Rows that loops of a view's template have taken over from the picture before.",
    ("view",),
)
WHOLE_PAGES = Metric(
    "pykka_live_whole_page_renders_total",
    "counter",
    "Pictures of a view that had to be cut out of the whole page, rendered as text.",
    ("view",),
)
PATCHES = Metric(
    "pykka_live_patches_total",
    "counter",
    "Patches of a view's pictures, by what they do.",
    ("view", "operation"),
)
CHECKPOINTS = Metric(
    "pykka_live_checkpoints_total",
    "counter",
    "Messages after which a view's state was another, and was kept.",
    ("view",),
)
FOLDED = Metric(
    "pykka_live_folded_labels_total",
    "counter",
    f"Records counted under the label value {OTHER}, because their own names come from no code, "
    "or because there are too many.",
)

# Told by the actor system, per incident

STARTS = Metric(
    "pykka_live_actor_starts_total",
    "counter",
    "Actors that came up for the first time.",
    ("kind",),
)
STOPS = Metric(
    "pykka_live_actor_stops_total",
    "counter",
    "Actors that ended for good, by reason.",
    ("kind", "reason"),
)
FAILURES = Metric(
    "pykka_live_failures_total",
    "counter",
    "Messages and starts of actors that raised, by class of the error.",
    ("kind", "class", "error"),
)
RESUMES = Metric(
    "pykka_live_resumes_total",
    "counter",
    "Failures after which the same incarnation went on.",
    ("kind", "class"),
)
RESTARTS = Metric(
    "pykka_live_restarts_total",
    "counter",
    "Actors that came up again after a failure.",
    ("kind", "class"),
)
ESCALATIONS = Metric(
    "pykka_live_escalations_total",
    "counter",
    "Failures that were passed on to the supervisor, by kind and class of the child.",
    ("kind", "class"),
)
STUCK = Metric(
    "pykka_live_stuck_actors_total",
    "counter",
    "Actors that were given up because a message took longer than the stuck timeout.",
    ("kind", "class"),
)
ABANDONED = Metric(
    "pykka_live_abandoned_actors_total",
    "counter",
    "Actors that were given up because they did not stop in time.",
    ("kind",),
)
DEAD_LETTERS = Metric(
    "pykka_live_dead_letters_total",
    "counter",
    "Messages that no actor will handle, by kind of the addressee and reason.",
    ("kind", "reason"),
)
OVERFLOWS = Metric(
    "pykka_live_mailbox_overflows_total",
    "counter",
    "Messages that found a mailbox full, by what the mailbox does then.",
    ("kind", "policy"),
)

# Counted by the sockets of browsers

REPLY = Metric(
    "pykka_live_reply_seconds",
    "histogram",
    "Time from the receipt of a browser's request to the sending of its answer, be it an error.",
    ("view", "kind"),
)
FRAMES = Metric(
    "pykka_live_frames_total",
    "counter",
    "Frames that sockets have received (in) and sent (out), by their type.",
    ("direction", "type"),
)
FRAME_BYTES = Metric(
    "pykka_live_frame_bytes_total",
    "counter",
    "Bytes of these frames, before any compression.",
    ("direction", "type"),
)
SOCKETS = Metric(
    "pykka_live_sockets",
    "gauge",
    "Sockets that are open.",
)
SOCKETS_CLOSED = Metric(
    "pykka_live_sockets_closed_total",
    "counter",
    "Sockets that have closed, by the code of whoever closed them.",
    ("code",),
)
ERRORS = Metric(
    "pykka_live_errors_total",
    "counter",
    "Error frames by their code.",
    ("code",),
)
JOINS = Metric(
    "pykka_live_joins_total",
    "counter",
    "Joins of a view by how they ended.",
    ("view", "outcome"),
)
REBUILDS = Metric(
    "pykka_live_rebuilds_total",
    "counter",
    "Whole trees that were sent because the browser had another picture, or asked for it.",
    ("view", "reason"),
)

# Told by the event loops that serve sockets

LOOP_LAG = Metric(
    "pykka_live_event_loop_lag_seconds",
    "histogram",
    "How late the heartbeat of an event loop that serves sockets was, ten times a second.",
)
LOOP_OVERDUE = Metric(
    "pykka_live_event_loop_overdue_seconds",
    "gauge",
    "How late the heartbeat of an event loop is at this moment; it rises while the loop hangs.",
)
DRAINING = Metric(
    "pykka_live_draining",
    "gauge",
    "1 from the moment at which the actors are told to stop, else 0.",
)

# Told by the worker that is asked, about all of the server

WORKERS = Metric(
    "pykka_live_workers",
    "gauge",
    "Workers of the server whose metrics these are.",
)
SILENT_WORKERS = Metric(
    "pykka_live_silent_workers",
    "gauge",
    "Workers of the server whose metrics are missing, because they did not tell them in time.",
)

METRICS: tuple[Metric, ...] = (
    *(ACTORS, BACKOFF, MAILBOX_MESSAGES, MAILBOX_MESSAGES_MAX, MAILBOX_CAPACITY, MAILBOX_FILL_MAX),
    *(BUSY_MAX, ABANDONED_THREADS, CHECKPOINT_BYTES, INFO, WORKER_PID),
    *(EVENTS, MAILBOX_WAIT, HANDLER, RENDER, CHECKPOINT, DIFF, ENCODE, EVENT),
    *(RENDERED_ROWS, REUSED_ROWS, WHOLE_PAGES),
    *(PATCHES, CHECKPOINTS, FOLDED),
    *(STARTS, STOPS, FAILURES, RESUMES, RESTARTS, ESCALATIONS, STUCK, ABANDONED),
    *(DEAD_LETTERS, OVERFLOWS),
    *(REPLY, FRAMES, FRAME_BYTES, SOCKETS, SOCKETS_CLOSED, ERRORS, JOINS, REBUILDS),
    *(LOOP_LAG, LOOP_OVERDUE, DRAINING),
    *(WORKERS, SILENT_WORKERS),
)
"""All of them, in the order in which they are documented."""
