"""`manage.py actor_restart`: a new instance of one actor goes on from its checkpoint."""

from __future__ import annotations

from typing import Any

from pykka_live.management.operating import InterventionCommand
from pykka_live.observability.wording import printable


class Command(InterventionCommand):
    """Has the supervisor of an actor replace it, after the current message."""

    help = (
        "Restart one actor: after its current message a new instance goes on from the last "
        "checkpoint. Mail that waits is kept. The log of the server says who did it."
    )
    intervention = "restart"
    consequence = "A new instance goes on from the checkpoint, after the current message."

    def told(self, answer: dict[str, Any]) -> str:
        """Return what to say when it is done."""
        path, number = printable(answer["path"]), answer["incarnation"]
        return f"{path} is up again, as instance {number}."
