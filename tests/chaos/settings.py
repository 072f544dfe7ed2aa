"""Settings of the server that is harmed: it restarts whatever fails, at once and without end."""

from __future__ import annotations

from tests.server_settings import *  # noqa: F403

ROOT_URLCONF = "tests.chaos.site"
_WITHOUT_END = {"max_restarts": 1_000_000, "max_seconds": 60, "backoff": [0, 0]}
PYKKA_LIVE = {
    "SUPERVISION": {"session": _WITHOUT_END, "view": _WITHOUT_END},
    # All answers are waited for, however slow the machine is.
    "EVENT_TIMEOUT": 600,
    "MOUNT_TIMEOUT": 600,
    "STUCK_TIMEOUT": None,
}
# The failures are on purpose and thousands. What any other logger says is printed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"pykka_live.actors": {"level": "CRITICAL"}},
}
