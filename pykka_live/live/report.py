"""For the eyes of a developer: with `DEBUG`, updates tell the browser what a message has cost, and
errors where it failed."""

from __future__ import annotations

import json
import traceback

from django.conf import settings

from pykka_live.live.hooks import Handled
from pykka_live.live.messages import Update
from pykka_live.rendering import Renderer
from pykka_live.rendering.notes import Notes

_STAGES = ("waited", "handler", "render", "checkpoint", "diff", "total")


def with_report(update: Update, handled: Handled, renderer: Renderer | None) -> Update:
    """Return the update with what it has cost; `renderer` has drawn its picture, if it is new."""
    notes = None if renderer is None else renderer.notes
    return update._replace(debug=encode_report(handled, notes))


def encode_report(handled: Handled, notes: Notes | None = None) -> bytes:
    """Return what a message has cost as the protocol has it: JSON, times in milliseconds."""
    handled = handled._replace(diff=handled.diff + handled.encode)
    times = {stage: round(getattr(handled, stage) * 1e3, 3) for stage in _STAGES}
    report = {
        "class": handled.view,
        "kind": handled.kind,
        "event": handled.event,
        **times,
        "patches": handled.patches,
        "bytes": handled.size,
        "rendered": handled.rendered,
        "reused": handled.reused,
        "page": handled.from_page,
        **(notes or Notes()).report(),
    }
    return json.dumps(report, separators=(",", ":")).encode()


def debug_detail(error: BaseException) -> str | None:
    """Return the traceback of what the user's code raised, if the site runs with DEBUG."""
    if not settings.DEBUG:
        return None
    cause = error.__cause__ or error
    return "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))
