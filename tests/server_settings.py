"""Settings for test servers: a process of its own cannot share the tests' database."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403

SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
AUTHENTICATION_BACKENDS = ["tests.live.guests.Guests"]

if "METRICS_PORT" in os.environ:
    PYKKA_LIVE = {"METRICS": {"PORT": int(os.environ["METRICS_PORT"]), "TOKEN": "open-sesame"}}
