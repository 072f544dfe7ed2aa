"""What is said where a component is written or used wrongly."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from pykka_live import LiveComponent, LiveView, create_session_actor, send_update
from pykka_live.exceptions import HandlerFailed, MountFailed, TemplateFailed
from pykka_live.live.talking import PagePlace
from tests.live.components import Ward
from tests.tab import Tab, until


class Plain(LiveComponent):
    name = "plain"
    template = "<p>{{ lock }}</p>"


class Holder(LiveView):
    template = (
        "{% load pykka_live %}<main data-liveview-root>"
        '{% live_component "plain" id="a" lock=lock %}</main>'
    )
    lock = threading.Lock()


class Free(Holder):
    lock = 0


def test_a_prop_that_cannot_be_copied_is_told_with_the_reason_and_nothing_else(caplog):
    with pytest.raises(TypeError, match=r"'a' cannot be given lock \(cannot pickle '_thread.lock'"):
        Holder.as_view()(RequestFactory().get("/"))
    assert caplog.records == []


def test_a_message_that_cannot_be_copied_is_told_with_the_reason(caplog):
    with pytest.raises(TypeError, match=r"message \(cannot pickle '_thread.lock'"):
        PagePlace().send("a", threading.Lock())
    assert caplog.records == []


@pytest.mark.parametrize("name", ["", "a b", "shop.Cart", None, property(str)])
def test_a_name_that_no_template_could_use_is_refused_where_it_is_written(name):
    with pytest.raises(TypeError, match=r"Profile.name is what templates call the component"):
        type("Profile", (LiveComponent,), {"name": name})


@pytest.mark.parametrize("name", ["update", "request", "slots", "_live_place"])
async def test_a_prop_that_would_hide_what_a_component_has_is_refused(actors, name):
    handle = await create_session_actor("here")
    await handle.mount(Holder, python_view=Free())
    with pytest.raises(HandlerFailed, match=f"Plain cannot have the prop '{name}' as an attribute"):
        await handle.update_component_props(None, "a", {name: 1})
    if name != "slots":  # those come from the tag
        with pytest.raises(MountFailed, match="Call the prop otherwise"):
            await handle.create_component(None, "b", Plain, {name: 1})


async def test_a_template_alone_takes_props_of_any_name(actors):
    handle = await create_session_actor("here")
    await handle.mount(Holder, python_view=Free())
    props = {"self": 1, "update": 2}
    created = await handle.create_component(None, "b", "<p>{{ self }}{{ update }}</p>", props)
    assert created.html == "<p>12</p>"


def test_who_is_updated_is_a_view_or_a_path(actors):
    with pytest.raises(TypeError, match="takes a view, or the path of its actor, not None"):
        send_update(None, "a", lock=1)


@pytest.mark.parametrize("id", ["", None, "x" * 201, "a\nb"])
def test_what_is_no_id_cannot_be_prepared(id):
    with pytest.raises(ValueError, match="a text of 1 to 200 printable letters, or a number, not"):
        Free().preload("plain", id=id)


def test_components_are_looked_up_by_a_class():
    with pytest.raises(TypeError, match="takes a class of components, not 'plain'"):
        Free().find_components("plain")


def test_a_component_that_shows_itself_without_end_is_told(rf):
    with pytest.raises(TemplateFailed, match="at most 50 may be nested"):
        Ward.as_view()(rf.get("/ward/?shown=matryoshka:m"))


async def test_one_that_does_so_later_fails_where_it_is_too_deep(actors):
    tab = Tab("/ward/")
    await tab.open()
    await tab.send(t="event", view=1, name="show", params={"shown": "matryoshka:m"})
    errors = await until(lambda: [cell.last_error for cell in actors.cells() if cell.last_error])

    assert "at most 50 may be nested" in errors[0].text
    assert len([cell for cell in actors.cells() if cell.kind == "component"]) <= 51
    await tab.close()


def test_whether_a_view_uses_actors_is_yes_or_no(rf):
    class Undecided(Free):
        use_actors = "no"

    with pytest.raises(ImproperlyConfigured, match="use_actors must be True or False"):
        Undecided.as_view()(rf.get("/"))
