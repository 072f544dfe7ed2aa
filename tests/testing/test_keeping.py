"""What a person has put into fields, through updates that make them anew and lost sessions."""

from __future__ import annotations

from django.urls import path

from pykka_live import LiveView, event
from pykka_live.testing import fields


class Wrapped(LiveView):
    """Puts a field with an error into another element, as many forms do."""

    template = """<form data-liveview-root @change="check">
        {% if wrong %}<div><input id="a" name="a" value="{{ given }}">no</div>
        {% else %}<input id="a" name="a" value="{{ given }}">{% endif %}
        {% if wrong %}<div>{{ s|safe }}</div>{% else %}{{ s|safe }}{% endif %}
        <button type="button" @click="say">x</button></form>"""
    wrong, given = False, ""
    s = "<select id='s'><option>1<option>2</select><input type='checkbox' id='c' name='c'>"

    @event
    def check(self, a: str = "") -> None:
        self.wrong = "x" in a

    @event
    def say(self) -> None:
        self.wrong, self.given = not self.wrong, "said"


class Draft(LiveView):
    """Shows, and mirrors, what is written."""

    template = """<div data-liveview-root><form @change="note" @submit="send">
        <input name="a" value="{{ a }}">
        <input name="c" type="checkbox" {% if c %}checked{% endif %}>
        <select name="s"><option>1<option>2</select></form>
        <input name="t" value="{{ t }}" @input="typed"><p>{{ told }}</p></div>"""

    def mount(self, request: object) -> None:
        self.a = self.t = ""
        self.c = False
        self.told: list[object] = []

    @event
    def note(self, a: str = "", c: bool = False, s: str = "") -> None:
        self.a, self.c = a, c
        self.told.append((a, c, s))

    @event
    def typed(self, t: str) -> None:
        self.t = t

    @event
    def send(self) -> None:
        self.a = ""


class Chat(LiveView):
    """A form that is empty again after it was sent, and tells what nobody has used."""

    template = """<form data-liveview-root @submit="send" @input="look" @reset="note" live-reset>
        <div live-key="{{ wrong }}"><input id="a" name="a"></div><input name="b">
        <button>send</button><button type="reset">x</button>
        <p>{{ unused }}</p><i>{{ resets }}</i></form>"""
    wrong, resets = False, 0

    def mount(self, request: object) -> None:
        self.unused: list[str] = []

    @event
    def look(self, _unused: list[str], b: str = "") -> None:
        self.wrong, self.unused = "x" in b, _unused

    @event
    def send(self) -> None:
        pass

    @event
    def note(self) -> None:
        self.resets += 1


class Urls:
    urlpatterns = [
        path("wrapped/", Wrapped.as_view()),
        path("draft/", Draft.as_view()),
        path("chat/", Chat.as_view()),
    ]


def test_a_field_that_is_made_anew_keeps_what_was_typed_and_the_focus(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/wrapped/")
    page.find("#s").select("2")
    page.find("#c").check()

    page.find("#a").fill("x")

    assert page.has("div > #a")
    assert page.find("#a").value == "x"
    assert page.find("#a").focused
    assert page.find("#s").value == "2"
    assert page.find("#c").checked


def test_a_field_that_is_made_anew_with_another_value_has_that(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/wrapped/")
    page.find("#a").fill("y")

    page.find("button").click()

    assert page.has("div > #a")
    assert page.find("#a").value == "said"


def test_the_answer_to_its_form_may_empty_the_field_that_has_the_focus(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/draft/")
    page.find("[name=a]").fill("x")

    page.find("[name=a]").press("Enter")

    assert page.find("[name=a]").value == ""


def test_after_a_reset_nobody_has_used_the_fields(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/chat/")
    for clear in (page.form().submit, page.find("[type=reset]").click):
        page.find("#a").fill("1")
        page.find("[name=b]").fill("1")
        assert page.find("p").text == "[]"

        clear()
        page.find("[name=b]").fill("2")

        assert page.find("p").text == "['a']"
    assert page.find("i").text == "2"


def test_a_field_that_was_used_and_not_changed_is_used_still_when_it_is_made_anew(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/chat/")
    field = page.find("#a")
    field.focus()
    page.find("[name=b]").fill("x")
    assert not field.exists

    page.find("[name=b]").fill("xy")

    assert page.find("p").text == "[]"


def lose(page, live_system):
    """Let the session of a page end while its line is broken."""
    page.disconnect()
    for cell in live_system.cells():
        if cell.kind == "session":
            cell.stop("expired")
    page.client.settle()


def test_a_new_session_is_told_of_the_fields_that_the_old_one_knew(live, live_system, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/draft/")
    page.find("[name=a]").fill("x")
    page.find("[name=c]").check()
    page.find("[name=s]").select("2")
    page.find("[name=t]").fill("y")

    lose(page, live_system)
    page.reconnect()

    assert [page.find(f"[name={name}]").value for name in "ast"] == ["x", "2", "y"]
    assert page.find("[name=c]").checked
    assert page.find("[name=t]")["value"] == "y"
    assert "('x', True, '2')" in page.find("p").text


def test_a_session_that_is_still_there_is_told_nothing(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/draft/")
    page.find("[name=a]").fill("x")

    page.disconnect()
    page.reconnect()

    assert page.find("p").text.count("(") == 1


def test_fields_that_nobody_has_used_are_told_to_no_new_session(live, live_system, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/draft/")
    page.find("[name=a]").focus()

    lose(page, live_system)
    page.reconnect()

    assert page.find("p").text == "[]"


def test_a_button_that_waits_for_its_answer_is_disabled(recorded, monkeypatch):
    page = recorded("<button @click='note' live-disable-with='...'>x</button>")
    button = page.find("button")
    while_waiting = []
    receive = page.receive

    def received(frame):
        while_waiting.append(fields.is_disabled(button._node))
        receive(frame)

    monkeypatch.setattr(page._line, "_receive", received)
    button.click()

    assert while_waiting[0]
    assert not button.disabled
