"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PykkaLiveConfig(AppConfig):
    """Registers the system checks, and lets metrics and the control socket listen."""

    name = "pykka_live"
    verbose_name = "Live views"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pykka_live import checks, observability  # noqa: F401

        observability.install()
