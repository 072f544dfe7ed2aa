"""Django's forms, checked while somebody types."""

from __future__ import annotations

import copy

import pytest
from django import forms
from django.urls import path

from pykka_live import LiveView, event
from pykka_live.forms import forgive_unused
from pykka_live.state.snapshot import Keeper


class SignUp(forms.Form):
    name = forms.CharField(min_length=3)
    email = forms.EmailField()
    agree = forms.BooleanField()
    born = forms.DateField(widget=forms.SelectDateWidget(years=[2000, 2001]))
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("nobody may sign up", code="closed")


PARTS = ["born_month", "born_day", "born_year"]
ALL = ["name", "email", "agree", *PARTS, "token"]


def checked(unused, data=None, prefix=None):
    """The fields that a form complains of."""
    sent = data if data is not None else {"name": "a", "email": ""} | dict.fromkeys(PARTS, "")
    form = forgive_unused(SignUp(sent, prefix=prefix), {**sent, "_unused": unused})
    assert not form.is_valid()
    return sorted(form.errors)


def test_a_form_complains_of_used_fields_only():
    assert checked([name for name in ALL if name != "name"]) == ["name"]
    assert checked(["email", *PARTS]) == ["agree", "name", "token"]


def test_the_form_as_a_whole_is_complained_of_when_all_visible_fields_were_used():
    assert checked(["token"]) == ["__all__", "agree", "born", "email", "name"]
    assert checked([]) == ["__all__", "agree", "born", "email", "name", "token"]


def test_a_field_of_several_parts_was_used_when_one_of_them_was():
    assert "born" in checked(["born_day", "born_month"])
    assert "born" not in checked(PARTS)


def test_the_names_of_a_form_with_a_prefix_are_found():
    sent = {"a-name": "a", "a-email": ""}
    assert checked(["a-email", "a-agree"], sent, prefix="a") == ["born", "name", "token"]


def test_what_was_not_typed_while_checking_is_complained_of_in_full():
    form = SignUp({})
    assert forgive_unused(form, {}) is form
    assert sorted(form.errors) == sorted(["__all__", *SignUp.base_fields])


@pytest.mark.parametrize("hostile", ["name", None, 5, {"name": 1}, [["name"], {}, None, 7], [""]])
def test_what_a_browser_would_not_send_forgives_nothing(hostile):
    assert "name" in checked(hostile)


def test_no_browser_makes_a_form_valid():
    form = forgive_unused(SignUp({}), {"_unused": ALL})
    assert list(form.errors) == []
    assert form.errors
    assert not form.is_valid()
    assert not form.non_field_errors()
    assert not form["name"].errors
    assert 'aria-invalid="true"' not in str(form["name"])


def test_a_valid_form_stays_as_it_is():
    class Name(forms.Form):
        name = forms.CharField()

    form = forgive_unused(Name({"name": "a"}), {"_unused": ["name"]})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "a"}


def test_a_form_without_data_is_refused():
    with pytest.raises(TypeError, match="SignUp is not bound"):
        forgive_unused(SignUp(), {"_unused": []})


def test_copies_stay_invalid():
    form = copy.deepcopy(forgive_unused(SignUp({}), {"_unused": ALL}))
    assert list(form.errors) == []
    assert not form.is_valid()


def test_a_form_with_errors_is_kept_in_checkpoints():
    form = forgive_unused(SignUp({"name": "a"}, auto_id=False), {"_unused": ["email"]})
    shown = form.as_p()  # with the plural of a translation that is not made yet
    source = type("State", (), {})()
    source.form = form
    snapshot = Keeper(source, is_strict=True).take()
    target = type(source)()
    snapshot.restore(target)
    assert target.form is not form
    assert target.form.as_p() == shown
    assert not target.form.is_valid()


class Page(LiveView):
    template = """<form data-liveview-root @change="check" @submit="save">
        {{ form.name }}<b>{{ form.name.errors.0 }}</b>
        {{ form.email }}<i>{{ form.email.errors.0 }}</i>
        <u>{{ form.non_field_errors.0 }}</u><p>{{ said }}</p><button>Save</button></form>"""
    said = ""

    class Form(forms.Form):
        use_required_attribute = False
        name = forms.CharField(min_length=3)
        email = forms.EmailField()

        def clean(self):
            raise forms.ValidationError("closed")

    def mount(self, request):
        self.form = self.Form()

    @event
    def check(self, **params):
        self.form = forgive_unused(self.Form(params), params)

    @event
    def save(self, **params):
        self.form = forgive_unused(self.Form(params), params)
        self.said = "saved" if self.form.is_valid() else "refused"


class Labels(LiveView):
    """A form with a prefix, and one with a field that takes several values."""

    template = """<form data-liveview-root @change="check">{{ home.name }}{{ home.email }}
        {{ labels.tags }}<p>{% for field in home %}{{ field.errors.0 }}{% endfor %}</p>
        <i>{{ labels.cleaned_data.tags }}</i></form>"""

    class Home(forms.Form):
        name = forms.CharField(min_length=3)
        email = forms.EmailField()

    class Tags(forms.Form):
        tags = forms.MultipleChoiceField(
            choices=[("ab", "AB"), ("cd", "CD")],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    def mount(self, request):
        self.home, self.labels = self.Home(prefix="home"), self.Tags()

    @event
    def check(self, tags: list[str] = [], **params):  # noqa: B006
        self.home = forgive_unused(self.Home(params, prefix="home"), params)
        self.labels = self.Tags(params | {"tags": tags})
        self.labels.full_clean()


class Urls:
    urlpatterns = [path("page/", Page.as_view()), path("labels/", Labels.as_view())]


def test_a_live_form_complains_as_its_fields_are_used(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/page/")

    def said():
        return [page.find(tag).text for tag in ("b", "i", "u")]

    page.find("[name=name]").fill("ab")
    assert "at least 3" in said()[0]
    assert said()[1:] == ["", ""]

    page.find("[name=name]").fill("abc")
    assert said() == ["", "", ""]

    page.form().submit()
    assert page.find("p").text == "refused"
    assert said() == ["", "This field is required.", "closed"]

    page.find("[name=email]").fill("a@b.cd")
    assert said() == ["", "", "closed"]


def test_a_handler_takes_the_names_of_a_prefix_and_lists(live, settings):
    settings.ROOT_URLCONF = Urls
    page = live.get("/labels/")

    page.form().fill({"home-name": "x", "tags": ["cd"]})

    assert page.find("p").text == "Ensure this value has at least 3 characters (it has 1)."
    assert page.find("i").text == "['cd']"
