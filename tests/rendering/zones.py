"""A time zone that is not what it was."""

from __future__ import annotations

import datetime


class Moving(datetime.tzinfo):
    """A time zone whose offset may be set at any time."""

    hours = 0

    def utcoffset(self, moment):
        return datetime.timedelta(hours=self.hours)

    def dst(self, moment):
        return datetime.timedelta(0)

    def tzname(self, moment):
        return f"zone {self.hours}"
