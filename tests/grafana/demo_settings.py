"""The demo's settings, for a server that soon loses patience."""

from __future__ import annotations

from demo.settings import *  # noqa: F403

PYKKA_LIVE = {
    "EVENT_TIMEOUT": 2.5,
    "STUCK_TIMEOUT": 4,
    "HEALTH_INTERVAL": 0.5,
    "HEALTH_TIMEOUT": 0.5,
    "MAILBOX": {"view": 10},
}
