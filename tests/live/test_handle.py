"""Views that are driven from Python."""

from __future__ import annotations

import asyncio
import threading
import uuid
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone, translation

from pykka_live import LiveView, create_session_actor, event, publish
from pykka_live.exceptions import (
    ActorStopped,
    BadParameters,
    HandlerFailed,
    ViewNotFound,
)
from tests import tab
from tests.live.driven import Picture, SlowToMount, view_cell
from tests.live.troubled import Troubled, open_gate, somebody_waits_at
from tests.live.views import Counter, calls
from tests.tab import until

COUNTER = "tests.live.views.Counter"


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


class Curious(LiveView):
    """Shows what it was given."""

    template = "<p data-liveview-root>{{ number }}|{{ rest }}|{{ page }}|{{ user }}|{{ path }}</p>"

    def mount(self, request: HttpRequest, number: int = 0, **rest: Any) -> None:
        self.number, self.rest = number, sorted(rest.items())
        self.page = request.GET.get("page")
        self.user, self.path = str(request.user), request.path


class Strict(LiveView):
    template = "<p data-liveview-root>{{ number }}</p>"

    def mount(self, request: HttpRequest, number: int) -> None:
        self.number = number


class Local(LiveView):
    template = (
        "{% load i18n tz %}<p data-liveview-root>{% get_current_language as language %}"
        "{% get_current_timezone as zone %}{{ language }} {{ zone }} {{ count }}</p>"
    )
    count = 0

    @event
    def up(self) -> None:
        self.count += 1


async def test_a_view_is_mounted_and_its_live_region_is_answered(handle):
    mounted = await handle.mount(COUNTER, {"start": 5})
    assert mounted.html.startswith('<div data-liveview-root=""><h1>5</h1>')
    assert (mounted.session_id, mounted.version) == ("test", 1)
    assert str(uuid.UUID(mounted.view_id)) == mounted.view_id
    assert calls["mount"] == 1


async def test_a_class_can_be_mounted_as_well_as_its_name(handle):
    assert "<h1>3</h1>" in (await handle.mount(Counter, {"start": 3})).html


async def test_an_event_is_answered_with_the_patches_to_its_picture(handle):
    picture = Picture(await handle.mount(COUNTER))
    changed = await handle.event("increment", {"amount": 2})
    assert (changed.version, changed.html, changed.patches) == (2, None, [0, 0, "t", "2"])
    assert "<h1>2</h1>" in picture.follow(changed)
    assert picture.follow(await handle.event("increment_async")) == (await handle.render()).html


async def test_an_event_that_changes_nothing_has_no_patches_and_no_new_version(handle):
    await handle.mount(COUNTER)
    changed = await handle.event("nothing")
    assert (changed.patches, changed.html, changed.version) == ([], None, 1)


async def test_results_are_frozen_and_answer_like_dictionaries(handle):
    mounted = await handle.mount(COUNTER)
    assert (mounted["html"], mounted["version"]) == (mounted.html, 1)
    assert set(dict(mounted)) == {"html", "session_id", "view_id", "version", "path"}
    changed = await handle.event("increment")
    names = {"version", "view_id", "html", "patches", "components", "failed"}
    assert set(dict(changed)) == names
    assert changed["patches"] == changed.patches
    with pytest.raises(KeyError, match=r"Changed has no 'htlm'; it has version, view_id, html"):
        changed["htlm"]
    with pytest.raises(FrozenInstanceError):
        changed.version = 7


async def test_parameters_are_converted_by_the_annotations(handle):
    await handle.mount(COUNTER, {"start": "5"})
    await handle.event("increment", {"amount": "2", "unknown": object})
    assert "<h1>7</h1>" in (await handle.render()).html


async def test_mount_gets_what_it_declares_and_the_rest_if_it_takes_any(handle):
    given = {"number": "4", "page": 2, "deep": {"a": [1]}}
    html = (await handle.mount(Curious, given)).html
    assert "4|[('deep', {'a': [1]}), ('page', 2)]|2|AnonymousUser|/" in html
    with pytest.raises(BadParameters, match="'number' must be a whole number, not 'x'"):
        await handle.mount(Strict, {"number": "x"})
    with pytest.raises(BadParameters, match="'number' is missing"):
        await handle.mount(Strict)


async def test_a_caller_can_bring_the_request(handle, rf):
    request = rf.get("/somewhere/?page=9")
    request.user = User(username="Ann")
    mounted = await handle.mount(Curious, request=request)
    assert mounted.html.endswith("9|Ann|/somewhere/</p>")


async def test_the_plain_request_is_an_anonymous_get(handle):
    await handle.mount(Curious, {"number": 1, "tags": ["a", "b"]})
    request = view_cell(handle).data["view"].stage.request
    assert (request.method, request.GET.getlist("tags")) == ("GET", ["a", "b"])
    assert isinstance(request.user, AnonymousUser)
    assert not hasattr(request, "session")


async def test_what_is_passed_in_is_copied(handle):
    row = {"n": 1}
    await handle.mount(Curious, {"row": row})
    row["n"] = 2
    assert "1}" in (await handle.render()).html
    with pytest.raises(TypeError, match=r"'lock' cannot be passed on \(cannot pickle"):
        await handle.event("increment", {"n": 1, "lock": threading.Lock()})


@pytest.mark.parametrize("params", ["n=1", 3, [1]])
async def test_parameters_are_a_dictionary(handle, params):
    with pytest.raises(TypeError, match="a dictionary of names and values is wanted, not"):
        await handle.mount(Curious, params)


async def test_language_and_time_zone_are_those_of_the_mount(handle):
    with translation.override("de"), timezone.override("Asia/Tokyo"):
        assert "de Asia/Tokyo 0" in (await handle.mount(Local)).html
    await handle.event("up")
    assert "de Asia/Tokyo 1" in (await handle.render()).html


async def test_the_same_id_is_the_same_live_session_and_another_is_another(handle):
    await handle.mount(COUNTER)
    again = await create_session_actor("test")
    await again.event("increment")
    assert "<h1>1</h1>" in (await handle.render()).html
    with pytest.raises(ViewNotFound, match="no view"):
        await (await create_session_actor("other")).event("increment")


async def test_sessions_asked_for_at_once_are_one(actors):
    handles = await asyncio.gather(*(create_session_actor("one") for _ in range(50)))
    assert len({handle.path for handle in handles}) == 1
    assert sum(cell.kind == "session" for cell in actors.cells()) == 1


@pytest.mark.parametrize("wrong", ["", "x" * 201, None, 7])
async def test_an_id_has_to_be_a_text_of_some_length(actors, wrong):
    with pytest.raises(ValueError, match="1 to 200 characters"):
        await create_session_actor(wrong)


async def test_the_id_is_a_secret_of_those_who_know_it(actors):
    handle = await create_session_actor("secret/../cookie")
    assert (handle.session_id, handle._cell.state) == ("secret/../cookie", "running")
    assert not any("secret" in cell.path for cell in actors.cells())
    assert actors.find(handle.path) is handle._cell


async def test_events_without_an_id_go_to_the_view_mounted_first_of_those_that_live(handle):
    first = await handle.mount(COUNTER)
    second = await handle.mount(COUNTER, {"start": 100})
    third = await handle.mount(COUNTER, {"start": 200})
    assert (await handle.event("increment")).view_id == first.view_id
    assert (await handle.event("increment", view_id=third.view_id)).view_id == third.view_id
    assert (await handle.unmount()).view_id == first.view_id
    assert (await handle.event("increment")).view_id == second.view_id
    assert "<h1>201</h1>" in (await handle.render(third.view_id)).html


async def test_an_event_without_an_id_passes_over_a_view_that_is_still_being_mounted(handle):
    mounting = asyncio.ensure_future(handle.mount(SlowToMount))
    await somebody_waits_at("mount")
    second = await handle.mount(COUNTER)
    assert (await handle.event("increment")).view_id == second.view_id
    open_gate("mount")
    first = await mounting
    assert (await handle.event("increment")).view_id == second.view_id
    await handle.unmount()
    assert (await handle.event("up")).view_id == first.view_id


async def test_an_event_without_an_id_waits_for_the_only_view_that_is_being_mounted(handle):
    mounting = asyncio.ensure_future(handle.mount(SlowToMount))
    await somebody_waits_at("mount")
    asked = asyncio.ensure_future(handle.event("up"))
    (view,) = [each for each in handle._cell.children.values() if each.kind == "view"]
    await until(lambda: asked.done() or len(view.mailbox))
    open_gate("mount")
    assert (await asked).view_id == (await mounting).view_id


async def test_an_unmounted_view_has_ended_and_its_session_lives(handle):
    mounted = await handle.mount(COUNTER)
    cell = view_cell(handle)
    await handle.unmount(mounted.view_id)
    assert (cell.alive, calls["terminate left"]) == (False, 1)
    for missing in (mounted.view_id, None, "nonsense", "a/b"):
        with pytest.raises(ViewNotFound):
            await handle.event("increment", view_id=missing)
        with pytest.raises(ViewNotFound):
            await handle.unmount(missing)
    await handle.mount(COUNTER)
    assert await handle.ping()


async def test_update_state_sets_attributes_and_answers_the_patches(handle):
    picture = Picture(await handle.mount(COUNTER))
    changed = await handle.update_state(None, {"count": 41, "step": 1})
    assert "<h1>41</h1>" in picture.follow(changed)
    assert "<h1>42</h1>" in picture.follow(await handle.event("increment"))


@pytest.mark.parametrize(
    "name", ["_count", "increment", "request", "template_name", "a b", "mount"]
)
async def test_update_state_refuses_what_is_no_state(handle, name):
    await handle.mount(COUNTER)
    with pytest.raises(BadParameters, match=name):
        await handle.update_state(None, {"count": 7, name: 1})
    assert "<h1>0</h1>" in (await handle.render()).html


async def test_after_a_reset_the_next_answer_is_the_whole_picture(handle):
    picture = Picture(await handle.mount(COUNTER))
    picture.follow(await handle.event("increment"))
    await handle.reset()
    changed = await handle.event("increment")
    assert (changed.patches, changed.version) == (None, 3)
    assert "<h1>2</h1>" in picture.follow(changed)
    changed = await handle.event("increment")
    assert (changed.html, picture.follow(changed)) == (None, (await handle.render()).html)


async def test_a_reset_holds_until_something_is_answered(handle):
    await handle.mount(COUNTER)
    await handle.reset()
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    assert (await handle.event("nothing")).html is not None


async def test_render_brings_the_caller_up_to_date(handle):
    picture = Picture(await handle.mount(Troubled))
    publish("news", "A")
    await until(lambda: calls["told A"])
    rendered = await handle.render()
    assert "<i>A</i>" in picture.follow(rendered)
    assert (rendered.version, (await handle.render()).version) == (2, 2)
    assert "<i>AB</i>" in picture.follow(await handle.event("write", {"text": "B"}))


async def test_what_others_change_is_a_part_of_the_next_answer(handle):
    picture = Picture(await handle.mount(Troubled))
    for news in "ABC":
        publish("news", news)
    await until(lambda: calls["told C"])
    assert "<b>1</b> <i>ABC</i>" in picture.follow(await handle.event("up"))
    assert picture.version == 2


async def test_after_shutdown_all_is_stopped_and_the_id_can_be_used_again(handle):
    await handle.mount(COUNTER)
    await handle.shutdown()
    assert calls["terminate left"] == 1
    await handle.shutdown()
    work = (
        lambda: handle.mount(COUNTER),
        lambda: handle.event("increment"),
        handle.ping,
        handle.render,
        handle.unmount,
    )
    for attempt in work:
        with pytest.raises(ActorStopped):
            await attempt()
    again = await create_session_actor("test")
    assert again._cell is not handle._cell
    with pytest.raises(ViewNotFound):
        await again.render()
    with pytest.raises(ActorStopped):
        await handle.event("increment")


async def test_a_session_of_a_handle_and_a_tab_do_not_meet(handle):
    page = tab.Tab("/counter/")
    await page.open()
    await handle.mount(COUNTER)
    await handle.event("increment")
    assert (await page.event("nothing"))["t"] == "ok"
    await page.close()
    assert await handle.ping()
