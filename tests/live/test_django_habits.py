"""What Django developers are used to: surroundings, context, attributes, decorators, requests."""

from __future__ import annotations

import sys
import textwrap
import types
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import AsyncClient, RequestFactory

from pykka_live.exceptions import BadParameters, HandlerNotFound
from pykka_live.live.events import find_handler
from pykka_live.live.page import adoptions
from pykka_live.live.params import Binder, converter_for
from pykka_live.live.request import Handshake, LiveRequest
from pykka_live.rendering import LazyValues
from tests.live.habits import Habits, Public
from tests.tab import Tab

# Surroundings


async def test_the_script_prefix_holds_in_every_event(settings):
    settings.FORCE_SCRIPT_NAME = "/sub"
    tab = Tab("/address/")
    assert (await tab.open())["t"] == "joined"
    for name in ("up", "fail", "up"):
        await tab.event(name)
        assert " /sub/address/<" in tab.html
    await tab.close()


async def test_the_requests_own_urlconf_holds_in_every_event(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.middleware.special_urlconf"]
    tab = Tab("/special/")
    assert (await tab.open())["t"] == "joined"
    assert (await tab.event("up"))["t"] == "patch"
    assert "/special/" in tab.html
    await tab.close()


async def test_a_time_zone_for_the_request_only_holds_in_every_event(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.middleware.tokyo"]
    tab = Tab("/habits/")
    await tab.open()
    await tab.event("up")
    assert "Asia/Tokyo" in tab.html
    await tab.close()


async def test_what_a_middleware_leaves_in_the_thread_can_be_set_for_each_message(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.middleware.tenant"]
    tab = Tab("/tenant/")
    await tab.open()
    for name in ("tell", "fail", "tell"):
        await tab.event(name)
        assert "acme" in tab.html
    await tab.close()


# State and context


async def test_a_requests_parts_in_the_state_are_always_the_current_requests():
    client = AsyncClient()
    user = await User.objects.acreate(username="ann")
    await sync_to_async(client.force_login)(user)
    tab = Tab("/habits/", client)
    await tab.open()
    for number, name in enumerate(("up", "fail", "up")):
        await tab.event("keep", value=str(number))
        assert ">ann " in tab.html
        session = await Session.objects.aget(pk=client.cookies["sessionid"].value)
        assert session.get_decoded()["kept"] == str(number)
        await tab.event(name)
    await tab.close()


async def test_what_is_called_head_is_state():
    tab = Tab("/habits/")
    await tab.open()
    await tab.event("fail")
    await tab.event("up")
    assert ">Title 6 2 " in tab.html
    await tab.close()


async def test_a_property_is_a_value_in_python_in_the_template_and_in_a_translation():
    tab = Tab("/habits/")
    await tab.open()
    assert " 4 1 (2) " in tab.html
    await tab.close()


async def test_no_exception_of_a_property_is_hidden_by_the_template(settings):
    settings.DEBUG = True
    tab = Tab("/wrong/")
    await tab.open()
    frame = await tab.event("up")
    assert (frame["code"], frame["message"]) == ("template_failed", "KeyError: 'told'")
    await tab.close()


def test_lazy_values_are_a_dictionary_that_computes_what_is_asked_for():
    asked = []

    def make():
        def compute():
            asked.append(1)
            return 2

        return LazyValues({"a": 1}, {"b": compute})

    full = {"a": 1, "b": 2}
    values = make()
    assert "b" in values
    assert list(values) == ["a", "b"]
    values["c"] = 3
    values.update(d=4)
    assert not asked
    assert values["b"] == values["b"] == 2
    assert len(asked) == 1
    for copied in (
        dict(make()),
        {**make()},
        make().copy(),
        make() | {},
        {} | make(),
        dict(make().items()),
        dict(zip("ab", make().values(), strict=True)),
        make(),
    ):
        assert copied == full
    merged = {}
    merged.update(make())
    assert merged == full
    assert (make().get("b"), make().get("c", 5), make().pop("b"), make().pop("c", 6)) == (
        2,
        5,
        2,
        6,
    )
    assert (make().setdefault("b", 7), make().popitem()) == (2, ("b", 2))
    assert repr(make()) == repr(full)


# Handlers


async def test_an_async_handler_under_a_plain_decorator_is_run_to_its_end():
    tab = Tab("/habits/")
    await tab.open()
    assert (await tab.event("later"))["t"] == "patch"
    assert " 9 " in tab.html
    await tab.close()


def test_only_what_the_project_wrote_is_public(settings):
    settings.PYKKA_LIVE = {"EVENTS": "public"}
    for name in ("mine", "helped", "up"):
        assert find_handler(Public, name)
    with pytest.raises(HandlerNotFound):
        find_handler(Public, "wipe")


async def test_annotations_of_what_no_browser_sends_need_not_exist():
    source = """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from pykka_live import LiveView, event
        if TYPE_CHECKING:
            from django.http import HttpRequest, HttpResponse

        class Checked(LiveView):
            template = "<p data-liveview-root>{{ count }}</p>"
            def mount(self, request: HttpRequest, start: int = 0) -> HttpResponse | None:
                self.count = start
            @event
            def wrong(self, item: HttpRequest) -> None: ...
    """
    module = types.ModuleType("tests.live.checked")
    sys.modules[module.__name__] = module
    exec(textwrap.dedent(source), vars(module))
    with pytest.raises(NameError, match="HttpRequest"):
        module.Checked.as_view()
    del module.Checked.wrong
    find_handler.__globals__["_handlers"].cache_clear()
    response = await sync_to_async(module.Checked.as_view())(RequestFactory().get("/?start=3"))
    assert b">3<" in response.content


@pytest.mark.parametrize("sent", ["1e999999999", "1e-999999999", "1e1001", "9" * 1002])
def test_a_decimal_whose_digits_would_fill_the_memory_is_refused(sent):
    def handler(amount: Decimal):
        pass

    with pytest.raises(BadParameters, match="a decimal number"):
        Binder(handler, skip=0).bind({"amount": sent})


def test_an_optional_text_may_be_empty():
    for annotation in (str | None, None | str, int | str | None):
        assert converter_for(annotation)("") == ""
    assert converter_for(None | int)("") is None


# Requests


async def test_a_head_request_leaves_nothing_for_a_socket():
    adoptions.clear()
    response = await AsyncClient().head("/habits/")
    assert (response.status_code, response.content) == (200, b"")
    assert len(adoptions) == 0


def test_a_query_may_be_raw_utf8():
    request = LiveRequest(Handshake(), "/counter/", "q=\u00e9", None)
    assert request.GET["q"] == "\u00e9"


def test_what_a_subclass_makes_of_get_is_what_head_answers():
    class Own(Habits):
        def get(self, request, *args, **kwargs):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        Own.as_view()(RequestFactory().head("/"))
