"""A to-do list in the database; every tab of this browser shows the same one."""

from typing import Literal

from django.db import transaction
from django.db.models import Max

from pages.models import Todo
from pykka_live import LiveView, event, publish


class Todos(LiveView):
    template_name = "pages/todo.html"
    filters = ["all", "active", "done"]

    def mount(self, request):
        if not request.session.session_key:
            request.session.create()
        self.owner = request.session.session_key
        self.filter = "all"
        self.editing = None
        self.subscribe(f"todos of {self.owner}")

    @property
    def todos(self):
        return Todo.objects.filter(owner=self.owner)

    @property
    def shown(self):
        if self.filter == "all":
            return self.todos
        return self.todos.filter(done=self.filter == "done")

    @property
    def left(self):
        return self.todos.filter(done=False).count()

    @event
    def add(self, text: str):
        if text := text.strip()[:200]:
            last = self.todos.aggregate(last=Max("position", default=0))["last"]
            Todo.objects.create(owner=self.owner, text=text, position=last + 1)
            self.changed()

    @event
    def toggle(self, todo_id: int, checked: bool):
        self.todos.filter(pk=todo_id).update(done=checked)
        self.changed()

    @event
    def edit(self, todo_id: int):
        self.editing = todo_id

    @event
    def cancel(self):
        self.editing = None

    @event
    def save(self, todo_id: int, text: str):
        if text := text.strip()[:200]:
            self.todos.filter(pk=todo_id).update(text=text)
        self.editing = None
        self.changed()

    @event
    def delete(self, todo_id: int):
        self.todos.filter(pk=todo_id).delete()
        self.changed()

    @event
    def move(self, todo_id: int, by: Literal[-1, 1]):
        """Let a thing change places with its neighbour among those that are shown."""
        shown = list(self.shown)
        here = next((i for i, todo in enumerate(shown) if todo.pk == todo_id), None)
        if here is None or not 0 <= here + by < len(shown):
            return
        one, other = shown[here], shown[here + by]
        one.position, other.position = other.position, one.position
        with transaction.atomic():
            Todo.objects.bulk_update([one, other], ["position"])
        self.changed()

    @event
    def show(self, filter: Literal["all", "active", "done"]):
        self.filter = filter

    @event
    def clear_done(self):
        self.todos.filter(done=True).delete()
        self.changed()

    def changed(self):
        publish(f"todos of {self.owner}", "changed")

    def handle_info(self, message):
        """A tab has changed the list. The properties ask the database anew: nothing to do."""
