"""djust, whose views run in place (its components do not run in actors), with the pages of
components: declared by the class, which is what lets djust render one alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path

from benchmarks.cases import COUNTER
from benchmarks.server.apps import djust
from benchmarks.server.apps.djust import application

# The one above has the settings, which djust needs.
# isort: split
from djust import LiveView
from djust.components.base import LiveComponent
from djust.components.mixins.base import TypedState
from djust.decorators import event_handler

SIZES = (1, 10, 100, 1000)


class Count(LiveComponent):
    """A number of its own."""

    template = COUNTER.replace(" ROOT", "")

    class State(TypedState):
        """Its state."""

        count: int = 0

    @event_handler()
    def up(self, **kwargs: Any) -> None:
        self.state.count += 1


class Components(LiveView):
    """What its subclasses declare."""

    def mount(self, request: HttpRequest, **params: Any) -> None:
        self.names = [f"c{n}" for n in range(self.size)]

    @event_handler()
    def all(self, **kwargs: Any) -> None:
        for name in self.names:
            getattr(self, name).state.count += 1


class Written(LiveView):
    """The same markup, all of it the view's own."""

    def mount(self, request: HttpRequest, **params: Any) -> None:
        self.show(self.size)

    @event_handler()
    def up(self, **kwargs: Any) -> None:
        self.counts[0]["count"] += 1

    @event_handler()
    def all(self, **kwargs: Any) -> None:
        for each in self.counts:
            each["count"] += 1

    @event_handler()
    def show(self, size: int, **kwargs: Any) -> None:
        self.counts = [{"id": n, "count": 0} for n in range(size)]


def page(base: type[LiveView], size: int, body: str, **members: Any) -> Any:
    """Return a view of one size: a module's class, as djust looks for it there."""
    name = f"{base.__name__}{size}"
    root = f'<div dj-root dj-view="{__name__}.{name}">{body}</div>'
    view = type(name, (base,), {"template": root, "size": size, "__module__": __name__, **members})
    globals()[name] = view
    return view


BODY = (
    '{% for each in counts %}<div dj-key="{{ each.id }}"><h1>Counter: {{ each.count }}</h1>'
    "<button>+</button></div>{% endfor %}"
)

for size in (0, *SIZES):
    names = [f"c{n}" for n in range(size)]
    places = "".join(f"{{{{ {name} }}}}" for name in names)
    declared = {name: Count(count=0) for name in names}
    djust.urlpatterns += [
        path(f"components/{size}/", page(Components, size, places, **declared).as_view()),
        path(f"written/{size}/", page(Written, size, BODY).as_view()),
    ]

__all__ = ["application"]
