"""Spans: listeners are told when something starts and how it ends, where it happens."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied

from pykka_live import LiveComponent, LiveView, create_session_actor, event
from pykka_live.exceptions import HandlerFailed, TemplateFailed
from pykka_live.live import spans
from pykka_live.observability import Span, attach, detach
from tests.live.driven import view_cell
from tests.tab import Tab

seen_by_handler: ContextVar[str] = ContextVar("seen_by_handler", default="")

threads_of_handlers: list[int] = []


class Told(NamedTuple):
    """What a listener was told, as it was then."""

    phase: str
    name: str
    event: str
    component: str
    outcome: str
    path: str
    ref: int | None
    thread: int
    span: Span


class Ear:
    """A listener that takes notes."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def __call__(self, span: Span) -> None:
        self.told.append(
            Told(
                *(span.phase, span.name, span.event, span.component, span.outcome),
                *(span.path, span.ref, threading.get_ident(), span),
            )
        )

    def story(self, component: str = "") -> list[str]:
        """Return what was told of the view, or of a component, in words."""
        return [
            " ".join(filter(None, (each.phase, each.name, each.event, each.outcome)))
            for each in self.told
            if each.component == component
        ]


class Thrower:
    """A listener that raises."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)

    def __call__(self, _span: Span) -> None:
        if self.errors:
            raise self.errors.pop(0)


class Part(LiveComponent):
    name = "spans-part"
    template = "<p>{{ count }}</p>"
    count = 0

    @event
    def up(self) -> None:
        self.count += 1


class Page(LiveView):
    template = (
        "{% load pykka_live %}<div data-liveview-root>{{ count }}{{ trouble }}"
        "{% if has_part %}{% live_component 'spans-part' id='one' %}{% endif %}</div>"
    )

    def mount(self, request: Any) -> None:
        self.count = 0
        self.has_part = False
        self.breaks = False

    @property
    def trouble(self) -> str:
        if self.breaks:
            raise LookupError("the template fails")
        return ""

    @event
    def up(self) -> None:
        self.count += 1
        threads_of_handlers.append(threading.get_ident())

    @event
    async def look(self) -> None:
        self.count = len(seen_by_handler.get())

    @event
    def add_part(self) -> None:
        self.has_part = True

    @event
    def fail(self) -> None:
        raise SystemExit("on purpose")

    @event
    def forbid(self) -> None:
        raise PermissionDenied

    @event
    def spoil(self) -> None:
        self.breaks = True

    @event
    def tell(self, number: int) -> None: ...


@pytest.fixture
def ear():
    """A listener of everything."""
    ear = Ear()
    attach(ear)
    yield ear
    detach(ear)
    assert spans.LISTENERS == {}
    assert spans._open == {}  # whatever has started has ended


@pytest.fixture
async def page(settings, actors):
    threads_of_handlers.clear()
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"backoff": [0, 0], "max_restarts": 50}}}
    handle = await create_session_actor("test")
    await handle.mount(Page)
    return handle


async def test_what_happens_within_an_event_starts_after_it_and_ends_before_it(page, ear):
    await page.event("up")
    assert ear.story() == [
        "start event up",
        "start render",
        "stop render ok",
        "stop event up ok",
    ]
    outer, inner = ear.told[0].span, ear.told[1].span
    assert ear.told[3].span is outer
    assert ear.told[2].span is inner
    assert 0 < inner.duration < outer.duration


async def test_a_span_tells_whose_it_is(page, ear):
    await page.event("up")
    span, path = ear.told[0].span, view_cell(page).path
    assert (span.path, span.session) == (path, path.split("/")[2])
    assert span.view == span.class_name == f"{__name__}.Page"
    assert (span.component, span.ref, span.error) == ("", None, None)


async def test_a_mount_is_told(settings, actors, ear):
    handle = await create_session_actor("test")
    await handle.mount(Page)
    assert ear.story() == [
        "start mount mount",
        "start render",
        "stop render ok",
        "stop mount mount ok",
    ]


async def test_an_error_ends_the_event_and_the_restart_is_told(page, ear):
    with pytest.raises(HandlerFailed):
        await page.event("fail")
    await page.event("up")
    assert ear.story()[:6] == [
        "start event fail",
        "exception event fail handler_error",
        "start restart on_restore",
        "start event up",
        "start render",
        "stop render ok",
    ] or ear.story()[2:6] == [
        "start restart on_restore",
        "stop restart on_restore noop",
        "start event up",
        "start render",
    ]
    assert isinstance(ear.told[1].span.error, SystemExit)


async def test_an_error_of_the_template_ends_the_picture_and_the_event(page, ear):
    with pytest.raises(TemplateFailed):
        await page.event("spoil")
    assert ear.story()[:4] == [
        "start event spoil",
        "start render",
        "exception render template_error",
        "exception event spoil template_error",
    ]
    assert {type(each.span.error) for each in ear.told[:4]} == {LookupError}


async def test_what_is_not_permitted_is_denied(page, ear):
    with pytest.raises(HandlerFailed):
        await page.event("forbid")
    assert ear.story()[:2] == ["start event forbid", "exception event forbid denied"]


async def test_a_component_is_told_with_its_id(page, ear):
    await page.event("add_part")
    await page.component_event(None, "one", "up", {})
    assert ear.story("one") == [
        "start mount mount",
        "start render",
        "stop render ok",
        "stop mount mount ok",
        "start event up",
        "start render",
        "stop render ok",
        "stop event up ok",
    ]
    span = next(each.span for each in ear.told if each.component)
    assert (span.view, span.class_name) == (f"{__name__}.Page", f"{__name__}.Part")
    assert span.path.startswith(view_cell(page).path)


async def test_the_handler_sees_what_a_listener_leaves_in_the_context(page):
    tokens = []

    def tracing(span: Span) -> None:
        if span.phase == "start":
            span.data["token"] = seen_by_handler.set("four")
        else:
            seen_by_handler.reset(span.data.pop("token"))
            tokens.append(seen_by_handler.get())

    attach(tracing, "event")
    try:
        changed = await page.event("look")
    finally:
        detach(tracing)
    assert changed.patches == [0, "t", "4"]
    assert tokens == [""]


async def test_listeners_are_called_in_the_thread_of_the_actor(page, ear):
    await page.event("up")
    assert {each.thread for each in ear.told} == set(threads_of_handlers)


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
async def test_what_a_listener_raises_is_logged_and_hurts_nobody(page, ear, caplog, error):
    thrower = Thrower(*(error("of a listener") for _ in range(4)))
    attach(thrower)
    attach(later := Ear())
    try:
        changed = await page.event("up")
    finally:
        detach(thrower)
        detach(later)
    assert changed.version == 2
    assert later.story() == ear.story()
    assert caplog.text.count("of a listener") == 4
    assert "A listener failed at the start of event" in caplog.text
    assert view_cell(page).restarts == 0


async def test_only_what_was_asked_for_is_told(page):
    attach(ear := Ear(), "render", "restart")
    try:
        await page.event("up")
    finally:
        detach(ear)
    assert ear.story() == ["start render", "stop render ok"]


async def test_who_has_heard_of_the_start_hears_of_the_end(page):
    ear = Ear()

    def leave(span: Span) -> None:
        ear(span)
        detach(leave)

    attach(leave, "event")
    await page.event("up")
    await page.event("up")
    assert ear.story() == ["start event up", "stop event up ok"]


async def test_refused_events_start_nothing(page, ear):
    for name, params in (("nothing", {}), ("tell", {"number": "x"})):
        with pytest.raises(Exception, match=r"nothing|number"):
            await page.event(name, params)
    assert ear.story() == []


def test_attaching_twice_is_attaching_once():
    ear = Ear()
    attach(ear, "event")
    attach(ear, "event", "info")
    assert spans.LISTENERS["event"] == spans.LISTENERS["info"] == (ear,)
    detach(ear)
    detach(ear)
    assert spans.LISTENERS == {}


def test_a_name_that_is_none_is_an_error_that_tells_which_there_are():
    with pytest.raises(ValueError, match="'evnt'; there are mount, event, render, info, restart"):
        attach(Ear(), "event", "evnt")  # type: ignore[arg-type]
    assert spans.LISTENERS == {}


def test_what_cannot_be_called_is_no_listener():
    with pytest.raises(TypeError, match="'event' cannot be called"):
        attach("event")  # type: ignore[arg-type]


# Of a browser


@pytest.mark.django_db(transaction=True)
class TestBrowser:
    """What a tab does."""

    @pytest.fixture(autouse=True)
    def _actors(self, actors):
        """Stop them afterwards."""

    async def test_a_page_its_join_and_an_event_are_told_with_the_ref(self, ear):
        tab = Tab("/counter/")
        await tab.load()
        page = [
            "start mount mount",
            "start render",
            "stop render ok",
            "stop mount mount ok",
        ]
        assert ear.story() == page
        assert {each.path for each in ear.told} == {""}
        await tab.connect()
        await tab.join()
        joined = [each for each in ear.told[4:] if each.name == "mount"]
        assert [each.ref for each in joined] == [tab.refs] * 2
        del ear.told[:]
        await tab.event("increment")
        assert ear.story()[0] == "start event increment"
        assert [each.ref for each in ear.told if each.name == "event"] == [tab.refs] * 2
        await tab.close()

    async def test_a_join_that_is_not_permitted_is_denied(self, ear, django_user_model):
        from django.test import AsyncClient

        client = AsyncClient()
        user = await django_user_model.objects.acreate(username="ann")
        await client.aforce_login(user)
        tab = Tab("/private/", client)
        await tab.load()
        await client.alogout()
        await tab.connect()
        assert (await tab.join())["t"] == "redirect"
        assert ear.story()[-1] == "stop mount mount denied"
        await tab.close()
