"""What a message has cost, for the eyes of a developer: with `DEBUG`, updates tell it to the
browser."""

from __future__ import annotations

import json

from pykka_live.live.hooks import Handled
from pykka_live.live.messages import Update

_STAGES = ("waited", "handler", "render", "checkpoint", "diff", "total")


def with_report(update: Update, handled: Handled) -> Update:
    """Return the update with what it has cost."""
    return update._replace(debug=encode_report(handled))


def encode_report(handled: Handled) -> bytes:
    """Return what a message has cost as the protocol has it: JSON, times in milliseconds."""
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
    }
    return json.dumps(report, separators=(",", ":")).encode()
