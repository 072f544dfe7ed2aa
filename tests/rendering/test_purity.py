"""What is evaluated each time, and what a declaration makes last."""

from __future__ import annotations

import datetime
import functools
import threading

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy

from pykka_live import pure
from tests.rendering.oracle import moment
from tests.rendering.pure_tags import Answering, Article, Asked
from tests.rendering.region import REQUEST, Region, findings
from tests.rendering.world import clock, recorded


class Ticket(models.Model):
    state = models.IntegerField(
        choices=[(1, gettext_lazy("Yes")), (2, gettext_lazy("No"))], default=1
    )

    class Meta:
        app_label = "tests"
        managed = False

    def __str__(self) -> str:
        return "ticket"


ROWS = "{% for row in rows %}<p>IT</p>{% endfor %}"


def calls_of(region: Region, values: dict) -> list[str]:
    """Render, and return what the template has called."""
    with recorded() as calls:
        region.root = region.renderer.render(REQUEST, values, {})
    assert region.root == region.expected(values)
    return calls


PURE = [
    ("{{ row|priced }}", "priced"),
    ("{{ row.price|priced }}", "priced"),
    ("{{ row.price|add:1|priced|upper }}", "priced"),
    ("{% with same=row %}{{ same|priced }}{% endwith %}", "priced"),
    ("{% if row|priced == '2 EUR' %}two{% endif %}", "priced"),
    ("<b title='{{ row|priced }}'>x</b>", "priced"),
    ("{{ row.price|quoted }}", "quoted"),
    ("{% labelled row %}", "labelled"),
    ("{% labelled row.price %}", "labelled"),
    ("{% labelled value=row %}", "labelled"),
    ("{% framed row %}{{ row.price }}{% endframed %}", "framed"),
    ("{{ row.pure_property }}", "pure_property"),
    ("{{ row.pure_method }}", "pure_method"),
    ("{{ row.outer_property }}", "outer_property"),
    ("{% card row %}", "card"),
    ("{% card row.price %}", "card"),
]


@pytest.mark.parametrize(("source", "call"), PURE)
@pytest.mark.parametrize("kind", [Article, Answering])
def test_what_is_declared_as_pure_is_called_again_where_its_argument_has_changed(
    kind, source, call
):
    region = Region(ROWS.replace("IT", source), {"card.html": "<b>{{ price }}</b>"})
    rows = [kind(1), kind(2), kind(3)]
    assert set(calls_of(region, {"rows": rows})) == {call}
    before = region.root
    assert calls_of(region, {"rows": rows}) == []
    assert region.root is before
    rows[1].price = 7
    rows[1].details["sizes"].append(70)
    assert set(calls_of(region, {"rows": rows})) == {call}
    assert region.root.children[0] is before.children[0]
    assert region.root.children[1] is not before.children[1]
    assert region.rows == (1, 2)


def told(function):
    """A decorator that adds something that may change."""

    @functools.wraps(function)
    def wrapper(self):
        return f"{function(self)} {clock['now']}"

    return wrapper


class Told(property):
    def __get__(self, owner, kind=None):
        return f"{super().__get__(owner, kind)} {clock['now']}"


class ToldByAnother:
    def __init__(self, fget):
        self.fget = fget

    def __get__(self, owner, kind=None):
        return f"{self.fget(owner)} {clock['now']}"

    def __set__(self, owner, value):
        raise AttributeError


class Decorated:
    method = told(pure(lambda self: "method"))
    prop = property(told(pure(lambda self: "property")))
    own = Told(pure(lambda self: "own"))
    other = ToldByAnother(pure(lambda self: "other"))


@pytest.mark.parametrize("name", ["method", "prop", "own", "other"])
def test_what_is_put_around_something_pure_is_not_pure(name):
    region = Region(ROWS.replace("IT", f"{{{{ row.{name} }}}}"))
    rows = [Decorated()]
    for clock["now"] in (1, 2):
        region(rows=rows)
        assert f" {clock['now']}</p>" in region.html


@pytest.mark.parametrize("name", ["pure_static", "pure_class"])
def test_class_methods_and_static_ones_may_be_pure(name):
    region = Region(ROWS.replace("IT", f"{{{{ row.{name} }}}}"))
    rows = [Article(1), Article(2)]
    assert calls_of(region, {"rows": rows}) == [name, name]
    assert calls_of(region, {"rows": rows}) == []
    assert region.rows == (0, 2)


@pure
def helper() -> str:
    return "help"


@pytest.mark.parametrize("source", ["{{ helper }}", "{{ row.helper }}", "{{ method }}"])
def test_functions_of_the_context_may_be_pure(source):
    region = Region(ROWS.replace("IT", source))
    article = Article(1)
    values = {"rows": [{"helper": helper}], "helper": helper, "method": article.pure_method}
    region(**values)
    region(**values)
    assert region.rows == (0, 1)
    article.details["sizes"].append(4)
    region(**values)
    assert region.rows == ((1, 0) if "method" in source else (0, 1))


def test_a_pure_method_of_what_is_asked_for_items_first_is_told_of_once(caplog):
    region = Region(ROWS.replace("IT", "{{ row.pure_method }}"))
    rows = [Asked(1), Asked(2)]
    region(rows=rows)
    region(rows=rows)
    assert region.rows == (2, 0)
    (message,) = caplog.messages
    assert message.startswith("Asked.pure_method is declared as pure, but it is evaluated each")


class Other:
    pass


async def later() -> None:
    pass


@pytest.mark.parametrize("declared", [len, None, 3, Other, later, property()])
def test_what_cannot_be_declared_as_pure_is_refused(declared):
    with pytest.raises(TypeError, match="cannot be declared as pure"):
        pure(declared)


def test_a_tag_that_takes_the_context_is_evaluated_each_time_and_named():
    source = ROWS.replace("IT", "{% contextual row %}")
    (found,) = findings(source)
    assert found.why == "{% contextual %} takes the context, so it cannot be pure"
    region = Region(source)
    for _ in range(2):
        assert calls_of(region, {"rows": [1]})[0] == "contextual"


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("{{ row.impure_property }}", "impure_property"),
        ("{{ row.impure_method }}", "impure_method"),
        ("{{ row.impure_method|priced }}", "impure_method"),
        ("{% labelled row.impure_property %}", "impure_property"),
        ("{% with a=row.impure_method %}{{ a }}{% endwith %}", "impure_method"),
        ("{% if row.impure_property %}a{% endif %}", "impure_property"),
        ("{% for i in row.impure_method|make_list %}{{ i }}{% endfor %}", "impure_method"),
        ("{{ row.price|told }}", "told 1"),
        ("{% shout row.price %}", "shout 1"),
        ("{% impostor row %}", "framed"),
    ],
)
def test_what_declares_nothing_is_called_each_time_and_gives_the_same_nodes(source, call):
    region = Region(ROWS.replace("IT", source))
    rows = [Article(1)]
    assert call in calls_of(region, {"rows": rows})
    before = region.root
    assert call in calls_of(region, {"rows": rows})
    assert region.root is before
    assert region.rows[0] == 1


@pytest.mark.parametrize(
    "source",
    ["{% now 'H:i' %}", "{{ day|timesince }}{{ day|timeuntil }}"],
)
def test_the_time_of_day_is_asked_each_time(source):
    region = Region(ROWS.replace("IT", source))
    values = {"rows": [1, 2], "day": datetime.datetime(2024, 2, 29, 12)}
    shown = set()
    for number in range(3):
        with moment(number):
            region(**values)
        shown.add(region.html)
    assert len(shown) == 3


def test_chance_is_asked_each_time():
    region = Region(ROWS.replace("IT", "{{ many|random }}"))
    values = {"rows": [1], "many": range(10**9)}
    for number in (1, 2, 3):
        with moment(number):
            root = region.renderer.render(REQUEST, values, {})
        with moment(number):
            assert root == region.expected(values)


def test_what_a_method_reads_elsewhere_is_seen():
    class Row:
        name = "row"

        def where(self) -> object:
            return clock["now"]

    region = Region(ROWS.replace("IT", "{{ row.where }}"))
    rows = [Row()]
    for hour in (1, 2, 2, 3):
        clock["now"] = hour
        region(rows=rows)
        assert region.html == f"<p>{hour}</p>"


def test_an_object_that_a_string_filter_writes_is_asked_for_its_text_each_time():
    class Row:
        def __str__(self) -> str:
            return f"at {clock['now']}"

    region = Region(ROWS.replace("IT", "{{ row|quoted }}"))
    rows = [Row()]
    for hour in (1, 2):
        clock["now"] = hour
        region(rows=rows)
        assert region.html == f"<p>&#x27;at {hour}&#x27;</p>".replace("&#x27;", "'")


@pytest.mark.parametrize(
    "source",
    [
        "{% if row %}{{ row.price }}{% endif %}",
        "{% if row and not other %}{{ row.price }}{% endif %}",
        "{% if row is not None %}{{ row.price }}{% endif %}",
        "{% with a=row %}{{ a.price }}{% endwith %}",
        "{% include 'price.html' with article=row %}",
        "{{ row.details.sizes|length }}{{ row|yesno }}",
        "{% for size in row.details.sizes|slice:':2' %}{{ size }}{% endfor %}",
        "{{ row|default:'none'|priced }}",
    ],
)
def test_rows_that_only_hand_on_an_object_or_ask_for_it_last(source):
    region = Region(ROWS.replace("IT", source), {"price.html": "<i>{{ article.price }}</i>"})
    rows = [Article(1), Article(2)]
    before = region(rows=rows)
    assert region(rows=rows) is before
    assert region.rows == (0, 2)
    rows[0].price = 5
    rows[0].details["sizes"].insert(0, 5)
    region(rows=rows)
    assert region.root.children[0] is not before.children[0]
    assert region.root.children[1] is before.children[1]
    assert region.rows[1] > 0


def test_whether_an_object_is_true_is_asked_each_time_where_its_class_says():
    class Row:
        def __init__(self) -> None:
            self.price = 1

        def __bool__(self) -> bool:
            return clock["now"] > 1

    region = Region(ROWS.replace("IT", "{% if row %}{{ row.price }}{% endif %}"))
    rows = [Row()]
    for hour in (1, 2, 1):
        clock["now"] = hour
        region(rows=rows)
    assert region.html == "<p></p>"


def test_an_argument_that_cannot_be_compared_is_handed_on_each_time():
    region = Region(ROWS.replace("IT", "{{ article|priced }}"))
    article = Article(1)
    article.lock = threading.Lock()
    for price in (1, 2, 3):
        article.price = price
        region(rows=[1], article=article)
        assert region.html == f"<p>{price} EUR</p>"


@pytest.mark.parametrize("visitor", [User(username="u"), AnonymousUser()], ids=["user", "nobody"])
def test_what_django_adds_to_models_and_users_makes_rows_last(visitor):
    region = Region(
        ROWS.replace("IT", "{{ row.pk }}{{ row.get_state_display }}")
        + "{% for i in rows %}{% if user.is_authenticated %}{{ i.pk }}{% endif %}{% endfor %}"
    )
    rows = [Ticket(pk=n) for n in range(3)]
    region(rows=rows, user=visitor)
    region(rows=rows, user=visitor)
    assert region.rows == (0, 6)
    rows[0].state = 2
    rows[1].pk = 7
    region(rows=rows, user=visitor)
    assert region.rows == (4, 2)
    assert "0Yes" not in region.html
    assert "0No" in region.html
    with translation.override("de"):
        region(rows=rows, user=visitor)
    assert "0Nein" in region.html


@pytest.mark.parametrize("way", ["called", "set", "in place", "grouped"])
def test_choices_that_may_change_are_asked_each_time(way):
    label = ["One"]

    def choices() -> list[tuple[int, str]]:
        return [(1, label[0])]

    field = models.IntegerField(choices=choices if way == "called" else choices())

    class Meta:
        app_label = "tests"
        managed = False

    kind = type("Choosing", (models.Model,), {"s": field, "Meta": Meta, "__module__": __name__})
    region = Region(ROWS.replace("IT", "{{ row.get_s_display }}"))
    rows = [kind(s=1)]
    field = kind._meta.get_field("s")
    if way == "grouped":
        field.choices = [("group", choices())]
    region(rows=rows)
    for label[0] in ("Two", "Three"):
        if way == "set":
            field.choices = choices()
        elif way == "in place":
            field.choices[0] = (1, label[0])
        elif way == "grouped":
            field.choices[0][1][0] = (1, label[0])
        field.__dict__.pop("flatchoices", None)
        region(rows=rows)
        assert label[0] in region.html


def test_what_is_not_known_to_be_pure_is_named():
    found = findings(
        "\n{% for i in l %}\n{{ i|told }}{% endfor %}{% for i in l %}{% shout i %}{% endfor %}"
    )
    assert [(f.place.line, f.kind, f.why) for f in found] == [
        (3, "rows", "{{ i|told }} uses a filter that is not known to be pure"),
        (3, "rows", "{% shout %} is not known to be pure"),
    ]
    assert findings("{% for i in l %}{{ i|priced }}{% labelled i %}{% endfor %}") == []


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in row.items %}{{ i.where }}{% endfor %}",
        "{% with i=row.items.0 %}{{ i.where }}{% endwith %}",
        "{% include 'where.html' with i=row.items.0 only %}",
        "{% with i=row.items|first %}{{ i.where }}{% endwith %}",
    ],
)
def test_what_is_called_by_other_names_within_a_string_is_called_each_time(source):
    class Row:
        def where(self) -> object:
            return clock["now"]

    source = f"{{% filter upper %}}{source}{{% endfilter %}}"
    region = Region(ROWS.replace("IT", source), {"where.html": "{{ i.where }}"})
    rows = [{"items": [Row()]}]
    for hour in (1, 2, 3):
        clock["now"] = hour
        region(rows=rows)
        assert region.html == f"<p>{hour}</p>"
