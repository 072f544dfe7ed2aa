"""What is said where a component is written or used wrongly."""

from __future__ import annotations

import threading

import pytest
from django.test import RequestFactory

from pykka_live import LiveComponent, LiveView
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
