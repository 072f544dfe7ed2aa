"""What keys do, where no browser has to tell, and what only a browser could tell."""

from __future__ import annotations

import pytest
from django.urls import path

from pykka_live import LiveView, event
from pykka_live.testing import ActionRefused
from tests.testing import site


class Vanishing(LiveView):
    """Takes a field away while it is typed in."""

    template = """<div data-liveview-root><p @keydown.window="press"></p>
        <form @change="changed">{% if there %}
        <input name="a" @input="look" @blur="left" @change="left">{% endif %}</form>
        <i>{{ pressed }}</i><b>{{ heard }}</b></div>"""
    there, heard, pressed = True, "", ""

    @event
    def look(self, a: str) -> None:
        self.there = len(a) < 2

    @event
    def left(self, **params: object) -> None:
        self.heard += f"left {sorted(params.items())} "

    @event
    def changed(self, **params: object) -> None:
        self.heard += f"changed {sorted(params.items())}"

    @event
    def press(self, key: str) -> None:
        self.pressed += key


class Boxed(LiveView):
    """Puts a field into another element at each key."""

    template = """<form data-liveview-root @input="look" @change="note"><div live-key="{{ a }}">
        <input id="a" name="a"></div><i>{{ told }}</i></form>"""
    a, told = "", ""

    @event
    def look(self, a: str) -> None:
        self.a = a

    @event
    def note(self, a: str) -> None:
        self.told += f"{a} "


class Urls:
    urlpatterns = [path("vanishing/", Vanishing.as_view()), path("boxed/", Boxed.as_view())]


def test_what_has_gone_tells_its_change_and_the_next_key_is_the_pages(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/vanishing/")
    field = page.find("input")

    field.press("1")
    assert field.focused
    page.press("2")
    assert not field.focused
    page.press("3")

    assert page.find("i").text == "123"
    assert page.find("b").text == (
        "left [('a', '12'), ('value', '12')] "
        "changed [('_target', 'a'), ('_unused', []), ('a', '12')]"
    )


def test_nobody_types_on_where_the_field_has_gone(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/vanishing/")

    with pytest.raises(ActionRefused, match=r"cannot type '34' into .*: it has lost the focus"):
        page.find("input").type("1234")


def test_what_is_written_goes_on_in_a_field_that_is_made_anew(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/boxed/")
    field = page.find("#a")

    for key in ("1", "2", "ArrowLeft", "3"):
        page.find("#a").press(key)
    assert not field.exists
    assert page.find("i").text == ""
    page.press("Tab")

    assert page.find("i").text == "132"


@pytest.mark.parametrize(
    ("markup", "keys", "reason"),
    [
        ("<input type='date'>", "1", "use fill"),
        ("<input type='time'>", "ArrowUp", "use fill"),
        ("<select><option>a<option>b</select>", "b", "use select"),
        ("<select multiple><option>a<option>b</select>", "ArrowDown", "use select"),
        ("<select size='2'><option>a<option>b</select>", "Home", "use select"),
        ("<p contenteditable>a</p>", "Enter", r"only a browser can tell .* Enter .* fill"),
        ("<input>", "Ctrl+z", r"only a browser can tell .* Ctrl\+z .* fill"),
        ("<textarea>a\nb</textarea>", "ArrowUp x", "only a browser can tell where ArrowUp leads"),
        ("<input value='a b'>", "Ctrl+ArrowLeft Delete", "only a browser can tell where Ctrl"),
        ("<p id='f'>a</p>", "x", "it takes no focus"),
    ],
)
def test_what_only_a_browser_could_do_is_refused(recorded, markup, keys, reason):
    page = recorded(markup)
    *before, last = keys.split()
    element = page.find("input, select, textarea, p")
    for key in before:
        element.press(key)

    with pytest.raises(ActionRefused, match=reason):
        element.press(last)


def test_a_handler_may_use_a_key_for_something_else(recorded):
    page = recorded("<select @keydown.b.prevent='note'><option>a<option>b</select>")

    page.find("select").press("b")

    assert [name for name, _ in site.seen] == ["note"]
    assert page.find("select").value == "a"


def test_a_text_that_the_server_has_changed_is_written_on_behind(recorded):
    page = recorded("<textarea>a\nb</textarea><button type='button' @click='note'>x</button>")
    field = page.find("textarea")
    field.press("ArrowUp")

    field.fill("c\nd")
    field.press("e")

    assert field.value == "c\nde"


def test_what_is_typed_replaces_what_is_selected(recorded):
    page = recorded("<input name='a' value='old' @change='note'>")

    page.press("Tab")
    page.find("input").type("new")

    assert site.seen == [("note", {"a": "new", "value": "new"})]
    page.find("input").press("Home")
    assert page.find("input").type("a ").value == "a new"


def test_tab_leads_out_of_the_page_at_its_end_and_back(recorded):
    page = recorded("<input id='a'><input id='b'>")

    page.find("#b").press("Tab")
    assert not page.find("#b").focused
    page.press("Tab")
    assert page.find("#a").focused
    page.press("Shift+Tab")
    page.press("Shift+Tab")

    assert page.find("#b").focused


def test_a_form_that_enter_does_not_send_is_not_sent(recorded):
    page = recorded(
        "<form id='a' @submit='note'><input><input></form>"
        "<form id='b' @submit='note'><button disabled>x</button><button>y</button></form>"
    )

    for form in ("#a", "#b"):
        with pytest.raises(ActionRefused, match="Enter does not send"):
            page.form(form).submit()
    assert site.seen == []
