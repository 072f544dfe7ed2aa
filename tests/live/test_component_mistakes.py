"""What is said where a component is written or used wrongly."""

from __future__ import annotations

import re
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateSyntaxError
from django.test import RequestFactory

from pykka_live import (
    LiveComponent,
    LiveView,
    create_session_actor,
    event,
    function_component,
    send_update,
)
from pykka_live.exceptions import HandlerFailed, MountFailed, TemplateFailed
from pykka_live.live.talking import PagePlace
from tests.live.components import Ward
from tests.tab import Tab, until


@function_component(template="<b>{{ slots.note }}</b>", name="mistaken_badge")
def badge(id, title):
    return {}


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


@pytest.mark.parametrize("name", ["self", "update", "request", "slots", "_live_place"])
async def test_a_prop_that_would_hide_what_a_component_has_is_refused(actors, name):
    handle = await create_session_actor("here")
    await handle.mount(Holder, python_view=Free())
    with pytest.raises(HandlerFailed, match=f"Plain cannot have the prop '{name}' as an attribute"):
        await handle.update_component_props(None, "a", {name: 1})
    if name != "slots":  # those come from the tag
        with pytest.raises(MountFailed, match="Call the prop otherwise"):
            await handle.create_component(None, "b", Plain, {name: 1})


class Switch(LiveComponent):
    template = "<p>{{ turned }} {{ shape }}</p>"
    turned = 0
    shape = str  # what can be called, and is no method

    @event
    def turn(self):
        self.turned += 1


async def test_a_prop_that_would_hide_a_handler_is_refused(actors):
    handle = await create_session_actor("here")
    await handle.mount(Holder, python_view=Free())
    with pytest.raises(MountFailed, match="Switch cannot have the prop 'turn' as an attribute"):
        await handle.create_component(None, "b", Switch, {"turn": 1})
    created = await handle.create_component(None, "b", Switch, {"turned": 1, "shape": "round"})
    assert created.html == "<p>1 round</p>"


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


class Titled(LiveComponent):
    name = "titled"
    template = "<p>{{ title }}{% if wide %}{{ slots.note }}{% endif %}</p>"

    def mount(self, title: str, wide: bool = False) -> None:
        if title == "odd":
            raise TypeError("on purpose")
        self.title, self.wide = title, wide

    def update(self, title: str = "") -> None:
        self.title = title or self.title


class Reading(LiveComponent):
    """Looks at its slots in Python."""

    name = "reading"
    template = "<p>{{ length }}</p>"

    @property
    def length(self) -> int:
        return sum(map(len, self.slots.values()))


def page_of(tag):
    source = f"{{% load pykka_live %}}<main data-liveview-root>{tag}</main>"
    return type("Paged", (LiveView,), {"template": source})


def shown(rf, tag):
    return page_of(tag).as_view()(rf.get("/")).content.decode()


TAKES = r"It takes \(title: 'str', wide: 'bool' = False\) -> 'None'"


@pytest.mark.parametrize(
    ("props", "why"),
    [
        ("titel='x'", "missing a required argument: 'title'"),
        ("title='x' wid=1", "got an unexpected keyword argument 'wid'"),
    ],
)
def test_props_that_mount_does_not_take_are_told_with_those_that_it_takes(rf, props, why):
    said = rf"Titled.mount cannot be given these props: {why}\. {TAKES}"
    with pytest.raises(TypeError, match=said):
        shown(rf, f"{{% live_component 'titled' id='a' {props} %}}")


async def test_likewise_where_python_gives_them(actors):
    class Plot:
        def mount(self, width: int) -> None:
            self.width = width

    handle = await create_session_actor("here")
    await handle.mount(page_of("<p></p>"))
    with pytest.raises(MountFailed, match=rf"got an unexpected keyword argument 'x'\. {TAKES}"):
        await handle.create_component(None, "a", Titled, {"title": "t", "x": 1})
    with pytest.raises(MountFailed, match=r"Plot.mount cannot be given these props: .* It takes"):
        await handle.create_component(
            None, "b", "<p>{{ width }}</p>", {"height": 1}, python_component=Plot()
        )
    await handle.create_component(None, "a", Titled, {"title": "t"})
    with pytest.raises(HandlerFailed, match=r"Titled.update cannot be given these props: .*'wide'"):
        await handle.update_component_props(None, "a", {"wide": 1})


def test_a_type_error_of_the_mount_itself_is_what_it_is(rf):
    with pytest.raises(TypeError, match=r"^on purpose$"):
        shown(rf, "{% live_component 'titled' id='a' title='odd' %}")


def block(name, slot, after=""):
    return (
        f"{{% live_component '{name}' id='a' title='t' %}}{{% slot '{slot}' %}}S"
        f"{{% endslot %}}{after}{{% endlive_component %}}"
    )


def test_a_slot_that_is_never_shown_is_told_with_those_that_are(rf):
    said = (
        'The component "titled" never shows the slot "foot"; the slots that its template shows: '
        '"note". If this belongs to a component around it, end the tag of "titled" with / %}'
    )
    with pytest.raises(TemplateSyntaxError, match=re.escape(said)):
        shown(rf, block("titled", "foot"))
    with pytest.raises(
        TemplateSyntaxError, match=r'slot "default" \(all that is in its block, but in'
    ):
        shown(rf, block("titled", "note", after="more"))
    # It stands under a condition that does not hold.
    assert '<p live-component="a">t</p>' in shown(rf, block("titled", "note"))


def test_a_slot_that_goes_to_another_than_was_meant_is_told_how_to_mend_that(rf):
    source = (
        "{% live_component 'mistaken_badge' id='a' title='t' %}{% live_component 'plain' id='b' %}"
        "{% slot 'note' %}{% endslot %}{% endlive_component %}"
    )
    said = '"plain" never shows the slot "note"; .* end the tag of "plain" with / %}'
    with pytest.raises(TemplateSyntaxError, match=said):
        shown(rf, source)


async def test_it_is_told_later_as_well(actors):
    handle = await create_session_actor("here")
    view = page_of(f"{{% if late %}}{block('titled', 'foot')}{{% endif %}}")
    view.late = False
    mounted = await handle.mount(view)
    with pytest.raises(TemplateFailed, match='never shows the slot "foot"'):
        await handle.update_state(mounted.view_id, {"late": True})


def test_a_component_whose_code_looks_at_its_slots_gets_any(rf):
    assert '<p live-component="a">1</p>' in shown(rf, block("reading", "foot"))


def test_a_function_component_says_the_same(rf):
    with pytest.raises(TemplateSyntaxError, match='"mistaken_badge" never shows the slot "foot"'):
        shown(rf, block("mistaken_badge", "foot"))
    assert "<b>S</b>" in shown(rf, block("mistaken_badge", "note"))


def test_a_name_that_nobody_has_is_told_with_those_that_there_are(rf):
    with pytest.raises(LookupError, match=r"'mistake'; there are: .*mistaken_badge, .*titled"):
        shown(rf, "{% live_component 'mistake' id='a' %}")
    for name, why in (("shop.parts.Cart", "No module named 'shop'"), ("json.loads", "it is a fun")):
        with pytest.raises(LookupError, match=f"'{name}' is no LiveComponent: {why}"):
            shown(rf, f"{{% live_component '{name}' id='a' %}}")


def test_whether_a_view_uses_actors_is_yes_or_no(rf):
    class Undecided(Free):
        use_actors = "no"

    with pytest.raises(ImproperlyConfigured, match="use_actors must be True or False"):
        Undecided.as_view()(rf.get("/"))
