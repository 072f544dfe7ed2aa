"""What the demo keeps in the database."""

from django.db import models


class Todo(models.Model):
    """One thing to do, on the list of one browser."""

    owner = models.CharField(max_length=40, db_index=True)  # the key of a Django session
    text = models.CharField(max_length=200)
    done = models.BooleanField(default=False)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text
