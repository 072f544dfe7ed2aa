"""djust, whose views run in its actors."""

from __future__ import annotations

from benchmarks.server.apps import djust
from benchmarks.server.apps.djust import application

for view in (djust.Counter, djust.Table, djust.Churn, djust.Beside):
    view.use_actors = True

__all__ = ["application"]
