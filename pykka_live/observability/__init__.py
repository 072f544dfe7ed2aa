"""What operators see: Prometheus metrics, the living actor tree, and the socket that shows it.

`install()` lets all of it listen to a process. `MetricsView` is the `/metrics` page, and
`python manage.py actor_tree` draws the tree from another process. `attach` lets code of your own
listen.
"""

from __future__ import annotations

from pykka_live.live.spans import Span, attach, detach
from pykka_live.logs import LiveFilter
from pykka_live.observability.catalogue import METRICS, Metric
from pykka_live.observability.collector import LiveCollector
from pykka_live.observability.control import ControlServer
from pykka_live.observability.directory import ControlError, SocketDirectory
from pykka_live.observability.exposition import MetricsView
from pykka_live.observability.health import HealthView, ReadyView
from pykka_live.observability.installation import Observer, install
from pykka_live.observability.processes import NoAnswer, ServerProcess, ask_all, server_processes

__all__ = [
    "METRICS",
    "ControlError",
    "ControlServer",
    "HealthView",
    "LiveCollector",
    "LiveFilter",
    "Metric",
    "MetricsView",
    "NoAnswer",
    "Observer",
    "ReadyView",
    "ServerProcess",
    "SocketDirectory",
    "Span",
    "ask_all",
    "attach",
    "detach",
    "install",
    "server_processes",
]
