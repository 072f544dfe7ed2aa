"""What operators see: Prometheus metrics, the living actor tree, and the socket that shows it.

`install()` lets all of it listen to a process. `MetricsView` is the `/metrics` page, and
`python manage.py actor_tree` draws the tree from another process. `attach` lets code of your own
listen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pykka_live.live.spans import Span, attach, detach
    from pykka_live.logs import LiveFilter
    from pykka_live.observability.catalogue import METRICS, Metric
    from pykka_live.observability.collector import LiveCollector
    from pykka_live.observability.control import ControlServer
    from pykka_live.observability.directory import ControlError, SocketDirectory
    from pykka_live.observability.exposition import MetricsView
    from pykka_live.observability.health import HealthView, ReadyView
    from pykka_live.observability.installation import Observer, install
    from pykka_live.observability.processes import (
        NoAnswer,
        ServerProcess,
        ask_all,
        server_processes,
    )

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

_HOMES = {
    "pykka_live.live.spans": ("Span", "attach", "detach"),
    "pykka_live.logs": ("LiveFilter",),
    "pykka_live.observability.catalogue": ("METRICS", "Metric"),
    "pykka_live.observability.collector": ("LiveCollector",),
    "pykka_live.observability.control": ("ControlServer",),
    "pykka_live.observability.directory": ("ControlError", "SocketDirectory"),
    "pykka_live.observability.exposition": ("MetricsView",),
    "pykka_live.observability.health": ("HealthView", "ReadyView"),
    "pykka_live.observability.installation": ("Observer", "install"),
    "pykka_live.observability.processes": (
        *("NoAnswer", "ServerProcess", "ask_all", "server_processes"),
    ),
}


def __getattr__(name: str) -> Any:
    # Looked up when asked for: a command that looks into a server from outside needs hardly any of
    # it, and all of it takes longer to load than the answer to come.
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
