"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PykkaLiveConfig(AppConfig):
    """Registers the system checks, makes the actor system (which starts when it is used), lets
    metrics and the control socket listen to it, and imports the `components` modules of all apps.
    """

    name = "pykka_live"
    verbose_name = "Live views"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pykka_live import checks, observability  # noqa: F401
        from pykka_live.actors import ActorSystem
        from pykka_live.live.system import new_system

        ActorSystem.reset_default(new_system())
        observability.install()
        autodiscover_modules("components")  # templates call what is in them by name
