"""What is said where a component is written or used wrongly."""

from __future__ import annotations

import threading

import pytest
from django.test import RequestFactory

from pykka_live import LiveComponent, LiveView, create_session_actor, send_update
from pykka_live.exceptions import HandlerFailed, MountFailed
from pykka_live.live.talking import PagePlace


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
