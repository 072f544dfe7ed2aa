"""No tables: only what Django hangs permissions on."""

from __future__ import annotations

from django.db import models


class Control(models.Model):
    """What somebody may do to the actors of the server, as permissions; there are no rows."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("control_actors", "Can restart and stop actors")]

    def __str__(self) -> str:
        return "control of actors"
