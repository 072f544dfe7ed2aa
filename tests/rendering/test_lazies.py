"""Lazy objects that a template hands on whole: what they stand for is compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template.context_processors import csrf
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject, empty

from pykka_live.rendering import LazyValues
from tests.rendering.region import REQUEST, Region

FORMS = "{% for row in rows %}<form>{% csrf_token %}<button>{{ row.n }}</button></form>{% endfor %}"


def rows_of(count: int = 5) -> list[dict[str, Any]]:
    return [{"n": n} for n in range(count)]


def test_rows_with_a_form_of_their_own_last():
    region = Region(FORMS)
    rows = rows_of()
    values = {"rows": rows, **csrf(RequestFactory().get("/"))}
    region(**values)
    before = region.elements("form")
    region(**values)
    assert region.rows == (0, 5)
    rows[3]["n"] = 9
    region(**values)
    assert region.rows == (1, 4)
    after = region.elements("form")
    assert [one is other for one, other in zip(before, after, strict=True)] == [
        *[True] * 3, False, True
    ]  # fmt: skip


def test_rows_follow_the_token_that_a_context_processor_gives():
    region = Region(FORMS)
    rows = rows_of()
    for _ in range(2):
        processed = csrf(RequestFactory().get("/"))
        for expected in ((5, 0), (0, 5)):
            root = region.renderer.render(REQUEST, {"rows": rows}, processed)
            assert root == region.template.render_region(REQUEST, {"rows": rows}, processed)
            assert (region.renderer.rendered, region.renderer.reused) == expected


@pytest.mark.parametrize("kind", [User, AnonymousUser])
@pytest.mark.parametrize(
    "source",
    [
        "{% with u=user %}{{ u.username }}{% endwith %}",
        "{% include 'name.html' with u=user %}",
        "{% include 'name.html' with u=holder.user only %}",
        "{% if user %}{{ user.username }}{% endif %}",
        "{{ user|default:'nobody'|priced }}",
        "{% labelled holder.user.username %}",
        "{{ user|yesno }}",
    ],
)
def test_rows_last_that_hand_on_a_lazy_user(source, kind):
    region = Region(
        f"{{% for row in rows %}}<p>{source}{{{{ row.n }}}}</p>{{% endfor %}}",
        {"name.html": "{{ u.username }}{{ u.email }}"},
    )
    visitor = kind()
    user = SimpleLazyObject(lambda: visitor)
    values = {"rows": rows_of(), "user": user, "holder": {"user": user}}
    for _ in range(3):  # the first row may have been given it before it was asked
        region(**values)
    assert region.rows == (0, 5)
    visitor.username = "another"
    region(**values)
    assert region.rows == (5, 0)
    values["rows"][2]["n"] = 7
    region(**values)
    assert region.rows == (1, 4)


def test_another_lazy_object_that_stands_for_the_same_is_no_change():
    region = Region("{% for row in rows %}<p>{{ word }}{{ row.n }}</p>{% endfor %}")
    rows = rows_of()
    for expected in ((5, 0), (5, 0)):  # the new one has not been asked before the rows are
        region(rows=rows, word=SimpleLazyObject(lambda: "a"))
        assert region.rows == expected
    asked = SimpleLazyObject(lambda: "a")
    assert str(asked) == "a"
    region(rows=rows, word=asked)
    assert region.rows == (0, 5)
    region(rows=rows, word="a")
    assert region.rows == (5, 0)


@pytest.mark.parametrize(
    "source", ["{% if word is None %}a{% endif %}", "{{ word|default_if_none:1 }}"]
)
def test_a_lazy_object_is_told_from_what_it_stands_for(source):
    region = Region(f"{{% for row in rows %}}<p>{source}</p>{{% endfor %}}")
    rows = rows_of()
    lazy = SimpleLazyObject(lambda: None)
    assert str(lazy) == "None"
    shown = []
    for word in (lazy, lazy, None, None, lazy):
        region(rows=rows, word=word)
        shown.append(region.html)
    assert shown[0] == shown[1] == shown[4] != shown[2] == shown[3]


@pytest.mark.parametrize("condition", ["word is row.it", "row.it is word", "word is not other"])
def test_which_lazy_object_it_is_is_asked_each_time(condition):
    region = Region(f"{{% for row in rows %}}{{% if {condition} %}}a{{% endif %}}{{% endfor %}}")
    thing = [1]
    one, other = (SimpleLazyObject(lambda: thing) for _ in range(2))
    assert len(one) == len(other) == 1
    for word in (one, other, thing, one):
        region(rows=[{"it": thing}, {"it": 1}], word=word, other=one)


def test_a_lazy_object_that_is_made_to_forget_is_asked_again():
    region = Region("{% for row in rows %}<p>{{ word }}</p>{% endfor %}")
    words = ["a"]
    lazy = SimpleLazyObject(lambda: words[0])
    for words[0] in ("a", "b", "c"):
        lazy._wrapped = empty
        region(rows=[1, 2], word=lazy)
        assert region.html == f"<p>{words[0]}</p>" * 2


@pytest.mark.parametrize(
    "first",
    ["{{ word }}", "{% if word %}{% endif %}", "{% if word.x %}{% endif %}", "{{ word.x }}"],
)
@pytest.mark.parametrize("place", ["before", "within"])
def test_what_a_lazy_object_changes_when_it_is_asked_is_seen(first, place):
    loop = "{% for row in rows %}<p>{{ row.n }}</p>{% endfor %}"
    source = f"{loop}{first}{loop}" if place == "before" else loop.replace("<p>", f"<p>{first}")
    region = Region(source)
    for number in range(3):
        roots = []
        for render in (region.renderer.render, region.template.render_region):
            rows = rows_of()

            def ask(rows: list[dict[str, Any]] = rows) -> str:
                for row in rows:
                    row["n"] += 10
                return "asked"

            roots.append(render(REQUEST, {"rows": rows, "word": SimpleLazyObject(ask)}, {}))
        assert roots[0] == roots[1], number


@pytest.mark.parametrize("error", [AttributeError, ValueError, KeyError])
@pytest.mark.parametrize("condition", ["word == 1", "word.real == 1", "not word"])
def test_a_lazy_object_that_has_failed_is_asked_again(condition, error):
    region = Region(
        f"{{% for row in rows %}}<p>{{% if {condition} %}}a{{% endif %}}</p>{{% endfor %}}"
    )
    answers: list[Any] = []

    def ask() -> Any:
        if not answers:
            raise error
        return answers[0]

    lazy = SimpleLazyObject(ask)
    region(rows=[1, 2], word=1)
    region(rows=[1, 2], word=lazy)
    region(rows=[1, 2], word=lazy)
    assert region.rows == (2, 0)
    answers.append(1)
    region(rows=[1, 2], word=lazy)


def test_a_computed_value_that_has_failed_is_asked_again():
    region = Region("{% for row in rows %}<p>{% if word == 1 %}a{% endif %}</p>{% endfor %}")
    answers: list[Any] = []

    def show() -> str:
        computed = LazyValues({"rows": [1, 2]}, {"word": lambda: answers[0]})
        region.root = region.renderer.render(REQUEST, computed.for_template(), {})
        return region.html

    for _ in range(2):
        assert show() == "<p></p><p></p>"
        assert region.rows == (2, 0)
    answers.append(1)
    assert show() == "<p>a</p><p>a</p>"


def test_a_computed_value_that_has_failed_is_computed_once_for_each_picture():
    region = Region("{% for row in rows %}<p>{{ row }}{{ word }}</p>{% endfor %}")
    calls: list[None] = []

    def word() -> str:
        calls.append(None)
        if len(calls) == 2:
            raise IndexError("the second time")
        return "a"

    def show() -> str:
        values = LazyValues({"rows": [1, len(calls)]}, {"word": word}).for_template()
        region.root = region.renderer.render(REQUEST, values, {})
        return region.html

    assert show() == "<p>1a</p><p>0a</p>"
    with pytest.raises(IndexError, match="the second time"):
        show()
    assert len(calls) == 2
    assert show() == "<p>1a</p><p>2a</p>"
