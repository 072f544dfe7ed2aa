"""A site whose pages the tests of `LiveClient` use."""

from __future__ import annotations

from typing import Any, Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

from pykka_live import LiveView, event, publish
from tests.live.components import Board, Ward
from tests.live.movers import Desk
from tests.live.talkers import Court


class Counter(LiveView):
    template = (
        "<html><head><title>A counter</title></head><body><nav><a href='/form/'>Form</a></nav>"
        "<main data-liveview-root><h1>Counter: {{ count }}</h1>"
        "<button @click='add'>+</button><button @click='add' data-amount='10'>+10</button>"
        "<button @click='fail'>fail</button><button @click='missing'>missing</button>"
        "<button @click='add' data-amount='x'>wrong</button>"
        "<button @click='add' disabled>off</button></main></body></html>"
    )

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def add(self, amount: int = 1) -> None:
        self.count += amount

    @event
    def fail(self) -> None:
        raise ZeroDivisionError("on purpose")


class Mortal(Counter):
    supervision = {"strategy": "stop"}


class Recorder(LiveView):
    """Shows which events have come, and with what."""

    template = (
        "<body><div data-liveview-root>{{ markup|safe }}<pre>"
        "{% for name, params in seen %}{{ name }} {{ params }}\n{% endfor %}</pre></div></body>"
    )
    markup = ""

    def mount(self, request: HttpRequest) -> None:
        self.markup = markup["html"]
        self.seen: list[tuple[str, dict[str, Any]]] = []

    @event
    def note(self, **params: Any) -> None:
        self.seen = [*self.seen, ("note", params)]
        seen.append(("note", params))

    @event
    def other(self, **params: Any) -> None:
        self.seen = [*self.seen, ("other", params)]
        seen.append(("other", params))


seen: list[tuple[str, dict[str, Any]]] = []
"""What the recorder was told; each test clears it."""

markup = {"html": ""}
"""What the recorder shows."""


class Names(LiveView):
    """Names in the database, which every tab is told of."""

    template = (
        "<body><div data-liveview-root>"
        "<form id='new' @submit='add' live-reset><input name='name' required>"
        "<button>Add</button></form>"
        "<ul>{% for group in groups %}<li live-key='{{ group.pk }}'><span>{{ group.name }}</span>"
        "<button @click='drop' data-pk='{{ group.pk }}'>x</button></li>{% endfor %}</ul>"
        "</div></body>"
    )

    def mount(self, request: HttpRequest) -> None:
        self.subscribe("names")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=list(Group.objects.order_by("name")), **kwargs)

    @event
    def add(self, name: str) -> None:
        Group.objects.create(name=name)
        publish("names", "changed")

    @event
    def drop(self, pk: int) -> None:
        Group.objects.filter(pk=pk).delete()
        publish("names", "changed")

    def handle_info(self, message: Any) -> None:
        if message == "bad":
            raise ZeroDivisionError("on purpose")


class Flash(LiveView):
    """Shows flash messages."""

    template = (
        "<body><div data-liveview-root>{% for m in messages %}<i>{{ m }}</i>{% endfor %}"
        "<button @click='go'>go</button><button @click='stay'>stay {{ n }}</button></div></body>"
    )
    n = 0

    @event
    def go(self) -> None:
        messages.info(self.request, "went")

    @event
    def stay(self) -> None:
        self.n += 1


class Steps(LiveView):
    """A form whose fields the server changes."""

    template = (
        "<body><div data-liveview-root><form @submit='save' @change='look'>"
        "<input name='name' value='{{ name }}' @input='shout'>"
        "<select name='size'>{% for s in sizes %}"
        "<option{% if s == size %} selected{% endif %}>{{ s }}</option>{% endfor %}</select>"
        "<input type='checkbox' name='gift'{% if gift %} checked{% endif %}>"
        "<button name='do' value='save'>Save</button><button name='do' value='drop'>Drop</button>"
        "</form><p>{{ saved }}</p></div></body>"
    )
    sizes = ["S", "M", "L"]

    def mount(self, request: HttpRequest) -> None:
        self.name, self.size, self.gift, self.saved = "", "M", False, ""

    @event
    def shout(self, name: str) -> None:
        self.name = name.upper()

    @event
    def look(self, size: Literal["S", "M", "L"], gift: bool = False) -> None:
        self.size, self.gift = size, gift

    @event
    def save(self, **params: Any) -> None:
        self.saved = repr(sorted(params.items()))


class Hidden(LiveView):
    """A view whose picture lies about its state."""

    template = "<body><div data-liveview-root><i>{{ n }}</i><b @click='go'>go</b></div></body>"

    def mount(self, request: HttpRequest) -> None:
        self.calls = 0

    @property
    def n(self) -> int:
        Hidden.drawn += 1
        return Hidden.drawn

    drawn = 0

    @event
    def go(self) -> None:
        self.calls += 1


def form(request: HttpRequest) -> HttpResponse:
    """A plain page with a plain form."""
    if request.method == "POST":
        if request.POST.get("name") == "away":
            return HttpResponseRedirect("/counter/")
        return HttpResponse(f"<p>{sorted(request.POST.lists())}</p>")
    return HttpResponse(
        f"<h1>q={request.GET.get('q', '')}</h1>"
        "<form id='find'><input name='q'><button>Find</button></form>"
        "<form id='new' method='post' action='/form/'><input name='name'>"
        "<button name='do' value='1'>Send</button></form>"
        "<a href='/counter/'>Counter</a><a href='https://elsewhere.test/'>Elsewhere</a>"
    )


def pair(request: HttpRequest) -> HttpResponse:
    """A page with the same view twice."""
    view = "{% live_view 'tests.testing.site.Counter' %}"
    source = f"{{% load pykka_live %}}<div id='one'>{view}</div><div id='two'>{view}</div>"
    return HttpResponse(engines["django"].from_string(source).render({}, request))


urlpatterns = [
    path("pair/", pair),
    path("counter/", Counter.as_view()),
    path("mortal/", Mortal.as_view()),
    path("recorder/", Recorder.as_view()),
    path("names/", Names.as_view()),
    path("flash/", Flash.as_view()),
    path("board/", Board.as_view()),
    path("ward/", Ward.as_view()),
    path("court/", Court.as_view()),
    path("desk/", Desk.as_view()),
    path("steps/", Steps.as_view()),
    path("hidden/", Hidden.as_view()),
    path("form/", form),
    path("private/", login_required(Counter.as_view())),
]
