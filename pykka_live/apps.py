"""The Django app."""

from __future__ import annotations

import sys

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

LOOKS_FROM_OUTSIDE = frozenset(
    ("actor_inspect", "actor_restart", "actor_stop", "actor_trace", "actor_tree")
)
"""The commands that do nothing but ask server processes."""


class PykkaLiveConfig(AppConfig):
    """Registers the system checks, makes the actor system (which starts when it is used), lets
    metrics and the control socket listen to it, and imports the `components` modules of all apps.

    Not so in a process that is to run one of the commands which ask servers: it has no actors, and
    whoever calls it waits.
    """

    name = "pykka_live"
    verbose_name = "Live views"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if not _looks_from_outside():
            _prepare()


def _looks_from_outside() -> bool:
    """Whether this process is a `manage.py` with such a command."""
    return "django.core.management" in sys.modules and not LOOKS_FROM_OUTSIDE.isdisjoint(
        sys.argv[1:2]
    )


def _prepare() -> None:
    from pykka_live import checks  # noqa: F401
    from pykka_live.actors import ActorSystem
    from pykka_live.live.system import new_system
    from pykka_live.observability.installation import install

    ActorSystem.reset_default(new_system())
    install()
    autodiscover_modules("components")  # templates call what is in them by name
