"""`{% load pykka_live %}`: what a template needs to be live."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from pykka_live.live.embedding import compile_view
from pykka_live.rendering.component_tag import compile_component, compile_slot
from pykka_live.rendering.purity import pure
from pykka_live.routing import SOCKET_PATH

register = template.Library()
register.tag("live_component", compile_component)
register.tag("slot", compile_slot)
register.tag("live_view", compile_view)


@register.simple_tag
@pure  # so that no event makes it again; it asks for nothing that changes while a page is shown
def live_client() -> SafeString:
    """Put the browser client into the page; best in its head. With `DEBUG`, the debug panel too.

    What the client says when a page is live no longer is in the page's language, as far as the
    project translates it.
    """
    client = format_html(
        '<script defer src="{}" data-live-socket="{}" data-live-notice="{}" data-live-reload="{}">'
        "</script>",
        static("pykka_live/pykka_live.js"),
        get_script_prefix() + SOCKET_PATH,
        gettext("This page is no longer live."),
        gettext("Reload"),
    )
    if not settings.DEBUG:
        return client
    # It comes first, so that it misses nothing of what the client tells.
    panel = format_html(
        '<script defer src="{}"></script>', static("pykka_live/pykka_live_debug.js")
    )
    return panel + client
