"""Settings for test servers that soon take a handler for stuck."""

from __future__ import annotations

from tests.server_settings import *  # noqa: F403

PYKKA_LIVE = {
    "EVENT_TIMEOUT": 1,
    "STUCK_TIMEOUT": 3,
    "HEALTH_INTERVAL": 0.5,
    "HEALTH_TIMEOUT": 0.5,
}
