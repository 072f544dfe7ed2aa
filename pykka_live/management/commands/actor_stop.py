"""`manage.py actor_stop`: one actor ends for good."""

from __future__ import annotations

from typing import Any

from pykka_live.management.operating import InterventionCommand
from pykka_live.observability.wording import printable


class Command(InterventionCommand):
    """Has the supervisor of an actor stop it, after the current message."""

    help = (
        "Stop one actor for good, after its current message, and all below it. Mail that waits is "
        "lost, and the tab of a view is told. The log of the server says who did it."
    )
    intervention = "stop"
    consequence = "It ends for good, its mail is lost, and its tab has to be loaded again."

    def told(self, answer: dict[str, Any]) -> str:
        """Return what to say when it is done."""
        return f"{printable(answer['path'])} has ended."
