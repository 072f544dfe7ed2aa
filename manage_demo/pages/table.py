"""A table of 1000 rows: the work is proportional to what changes, not to the size of the page."""

import random
from typing import Literal, NamedTuple

from pykka_live import LiveView, event

NAMES = ["Ada", "Alan", "Barbara", "Edsger", "Frances", "Grace", "Ken", "Margaret", "Niklaus"]
CITIES = ["Bergen", "Cork", "Delft", "Graz", "Lyon", "Porto", "Tartu", "Turku", "Uppsala"]


class Row(NamedTuple):
    id: int
    name: str
    city: str
    amount: int


def make_rows(first, count):
    """Rows by the dice, but the same ones every time."""
    for number in range(first, first + count):
        dice = random.Random(number)
        yield Row(number, dice.choice(NAMES), dice.choice(CITIES), dice.randrange(10_000))


class Table(LiveView):
    template_name = "pages/table.html"
    columns = {"id": "No.", "name": "Name", "city": "City", "amount": "Amount"}

    def mount(self, request):
        self.reset()

    @event
    def reset(self):
        self.rows = list(make_rows(1, 1000))
        self.next_id = 1001
        self.sort_by("id")

    @property
    def total(self):
        return sum(row.amount for row in self.rows)

    @property
    def room(self):
        return 10_000 - len(self.rows)

    @event
    def update(
        self, row: int, name: str | None = None, city: str | None = None, amount: int | None = None
    ):
        """The browser sends the field that was changed; what is no whole number is no `amount`."""
        sent = {"name": name, "city": city, "amount": amount}
        changes = {column: value for column, value in sent.items() if value is not None}
        self.rows = [old._replace(**changes) if old.id == row else old for old in self.rows]

    @event
    def sort(self, column: Literal["id", "name", "city", "amount"]):
        self.sort_by(column, descending=column == self.column and not self.descending)

    @event
    def append(self, count: Literal[100, 1000]):
        self.rows += make_rows(self.next_id, min(count, self.room))
        self.next_id += count

    @event
    def clear(self):
        self.rows = []

    def sort_by(self, column, descending=False):
        self.column = column
        self.descending = descending
        self.rows.sort(key=lambda row: getattr(row, column), reverse=descending)
