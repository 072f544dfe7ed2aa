"""Django system checks: a mistake in the set-up is reported when the project starts, not when a
user clicks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from pykka_live.conf import find_problems


@register("pykka_live")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Report every unknown key and wrong value of the `PYKKA_LIVE` setting."""
    return [
        Error(problem, id="pykka_live.E001")
        for problem in find_problems(getattr(settings, "PYKKA_LIVE", {}))
    ]


@register("pykka_live")
def check_template_engine(**_: Any) -> list[CheckMessage]:
    """Report a project in which no template engine is Django's own."""
    backend = "django.template.backends.django.DjangoTemplates"
    if any(engine.get("BACKEND") == backend for engine in settings.TEMPLATES):
        return []
    return [
        Error(
            "pykka_live renders with Django's template engine, and TEMPLATES configures none.",
            hint=f"Add an engine whose BACKEND is {backend!r}.",
            id="pykka_live.E002",
        )
    ]


@register("pykka_live")
def check_asgi(**_: Any) -> list[CheckMessage]:
    """Warn about a project without `ASGI_APPLICATION`: `runserver` would serve no WebSockets."""
    if getattr(settings, "ASGI_APPLICATION", None):
        return []
    return [
        Warning(
            "ASGI_APPLICATION is not set: `runserver` will serve pages, "
            "but their WebSockets will not connect.",
            hint="Set it to your ASGI application, such as 'mysite.asgi.application'.",
            id="pykka_live.W001",
        )
    ]
