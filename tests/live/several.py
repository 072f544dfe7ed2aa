"""Pages with several live views."""

from __future__ import annotations

from datetime import date
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import RequestContext, Template, engines
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from pykka_live import LiveView, event
from tests.live import components, exits
from tests.live.troubled import Troubled
from tests.live.views import calls


class Tally(Troubled):
    """One of several on a page; fails where the plan says so."""

    template = (
        "<h2>{{ title }}</h2><section data-liveview-root><b>{{ count }}</b> <i>{{ text }}</i>"
        '{{ picture }}<button @click="up">up</button><button @click="fail">fail</button>'
        "</section><hr>"
    )

    def mount(self, request: HttpRequest, title: str = "", start: int = 0) -> None:  # type: ignore
        super().mount(request)
        calls[f"mount {title}"] += 1
        self.title = title
        self.count = start


class Hasty(Tally):
    """Comes back at once, however often."""

    supervision = {"max_restarts": 1000, "backoff": [0, 0]}


class Whole(LiveView):
    """Shows what it was mounted with."""

    template = "<section data-liveview-root>{{ given }}</section>"

    def mount(self, request: HttpRequest, **given: Any) -> None:
        calls["mount"] += 1
        self.given = sorted(given.items())


class Once(Tally):
    """Ends when it fails."""

    supervision = {"strategy": "stop"}


class Dated(LiveView):
    """Wants a date."""

    template = "<section data-liveview-root>{{ day|date:'j F' }}</section>"

    def mount(self, request: HttpRequest, day: date) -> None:
        self.day = day


class Raising(Tally):
    """Takes its session with it."""

    supervision = {"strategy": "escalate"}


class Board(components.Board):
    """Has components."""

    template = (
        "{% load pykka_live %}<div data-liveview-root><h1>{{ title }}</h1>{% for id in ids %}"
        '{% live_component "tally" id=id label=label %}{% endfor %}</div>'
    )


class InPlace(Tally):
    use_actors = False


class WithThreads(Tally):
    use_actors = True


class LoungeInPlace(exits.Lounge):
    template = (
        "{% load pykka_live %}<section data-liveview-root>{% for name, id in shown %}"
        "{% live_component name id=id %}{% endfor %}</section>"
    )
    use_actors = False


class LoungeWithThreads(LoungeInPlace):
    use_actors = True


class Private(LoginRequiredMixin, Tally):
    pass


class Answering(LiveView):
    """Answers as it is told."""

    template = "<section data-liveview-root></section>"

    def mount(self, request: HttpRequest, how: str) -> Any:
        if how == "redirect":
            return HttpResponseRedirect("/elsewhere/")
        if how == "not found":
            raise Http404("there is none")
        if how == "later":
            return TemplateResponse(request, engines["django"].from_string("by and by"))
        if how == "error":
            raise ZeroDivisionError("failed on purpose")
        raise PermissionDenied


@method_decorator(login_required, name="dispatch")
class Writer(LiveView):
    """Writes to the database while it is mounted."""

    template = "<section data-liveview-root>{{ name }}</section>"

    def mount(self, request: HttpRequest, name: str) -> None:
        User.objects.create(username=f"{name} {User.objects.count()}")
        self.name = name
        if name == "failing":
            raise ValueError("failed on purpose")


TAG = '{{% live_view "tests.live.several.{}" {} %}}'
TWO = TAG.format("Tally", 'title="one"') + TAG.format("Tally", 'title="two" start=10')
HEAD = "{% load pykka_live %}<!doctype html><html><head>{% live_client %}</head><body>"


def page(source: str, name: str = "") -> Any:
    """Return an ordinary view."""

    def view(request: HttpRequest) -> HttpResponse:
        calls[f"page {name}"] += 1
        if request.GET.get("gone"):
            raise Http404
        return HttpResponse(Template(HEAD + source).render(RequestContext(request)))

    return view


async def asynchronous(request: HttpRequest) -> HttpResponse:
    return await sync_to_async(page(TWO))(request)  # type: ignore[no-any-return]


class Ordinary(TemplateView):
    """An ordinary view, whose response is rendered when it has returned."""

    template_name = "live/several.html"


class Host(LiveView):
    """A live page with others beside its region."""

    template = (
        f"{HEAD}<aside>{TWO}</aside>{{% if count < 3 %}}"
        + TAG.format("Tally", 'title="three"')
        + "{% endif %}{% include 'live/tallies.html' %}"
        "<section data-liveview-root><b>{{ count }}</b></section></body></html>"
    )

    def mount(self, request: HttpRequest, **params: Any) -> None:
        calls["host"] += 1
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1


class Gate(Host):
    """May answer something else, before anybody comes to `get`."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "closed" in request.GET:
            return HttpResponse("closed")
        return super().dispatch(request, *args, **kwargs)


def through(request: HttpRequest) -> Any:
    """Hand the request on to a live page."""
    return Host.as_view()(request)


class Heir(Host):
    """The others are in the layout, the region in a block."""

    template = (
        '{% extends "live/layout.html" %}{% block content %}'
        "<section data-liveview-root><b>{{ count }}</b></section>{% endblock %}"
    )


class Nested(components.Board):
    """Would have another in the slot of a component."""

    template = (
        "{% load pykka_live %}<div data-liveview-root>"
        '{% live_component "tally" id="a" %}{% slot "footer" %}'
        + TAG.format("Tally", "")
        + "{% endslot %}{% endlive_component %}</div>"
    )


class Misplaced(LiveView):
    """Has another in its region, from the second event on."""

    template = (
        "{% load pykka_live %}<section data-liveview-root><b>{{ count }}</b>{% if count > 1 %}"
        + TAG.format("Tally", "")
        + "{% endif %}</section>"
    )
    start = 0

    def mount(self, request: HttpRequest) -> None:
        self.count = self.start

    @event
    def up(self) -> None:
        self.count += 1


class Uncut(Misplaced):
    """The same, drawn as a string."""

    template = Misplaced.template.replace("<section", "{% if 1 %}<section{% endif %}")


ANSWERS = TAG.format("Answering", "how=request.GET.how")
PAGES: dict[str, Any] = {
    "ordinary": page(TWO, "ordinary"),
    "async": asynchronous,
    "raising": page(TAG.format("Raising", "") * 2),
    "boards": page(TAG.format("Board", "") * 2),
    "mixed": page(TAG.format("InPlace", "") + TAG.format("WithThreads", "")),
    "mixed_lounges": page(TAG.format("LoungeInPlace", "") + TAG.format("LoungeWithThreads", "")),
    "in_component": page(TAG.format("Nested", "")),
    "template": Ordinary.as_view(),
    "host": Host.as_view(),
    "heir": Heir.as_view(),
    "gate": Gate.as_view(),
    "through": through,
    "once": page(TAG.format("Once", "") + TAG.format("Tally", "")),
    "protected": login_required(page(TWO)),
    "protected_host": login_required(Host.as_view()),
    "widget": page(TWO + TAG.format("Private", 'title="mine"')),
    "hasty": page(TAG.format("Hasty", "") * 2),
    "answers": page(TWO + ANSWERS),
    "whole": page(
        TAG.format("Whole", "a=1 b='2' c=given d=None") + TAG.format("Whole", ""), "whole"
    ),
    "cached": cache_page(60)(page(TWO)),
    "posted": require_POST(page(TWO)),
    "any": page(TWO),
    "writer": page(TAG.format("Writer", "name=request.GET.name")),
    "misplaced": Misplaced.as_view(),
    "misplaced_at_once": Misplaced.as_view(start=2),
    "uncut": Uncut.as_view(),
}
