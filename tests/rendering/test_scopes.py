"""Tags that change the context, the language or the time zone for what they contain, and inclusion
tags: what is in them has a structure."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from django.utils.functional import lazy

from tests.rendering.oracle import follow
from tests.rendering.region import Region, findings, same
from tests.rendering.zones import Moving

MOMENT = datetime.datetime(2024, 5, 1, 12, 30, tzinfo=datetime.timezone.utc)
TABLE = (
    "<table>{% for row in rows %}<tr><td>{{ row.n }} {{ row.day|date:'F H:i' }}</td>"
    "<td>{{ row.size }} {{ row.day }} {% translate 'Yes' %}</td></tr>{% endfor %}</table>"
)
TAGS = [
    "language 'de'", "language lang", "localize on", "localize off", "localtime on",
    "localtime off", "timezone 'Asia/Tokyo'", "timezone zone",
]  # fmt: skip


def around(tag: str, content: str) -> str:
    return f"{{% {tag} %}}{content}{{% end{tag.split()[0]} %}}"


def rows_of(count: int = 4) -> list[dict[str, Any]]:
    return [{"n": n, "size": 1234.5 + n, "day": MOMENT} for n in range(count)]


@pytest.mark.parametrize("tag", TAGS)
def test_rows_within_last_and_only_a_changed_one_is_rendered(tag):
    region = Region(around(tag, f"<h1>{{{{ size }}}}</h1>{TABLE}"))
    values = {"rows": rows_of(), "size": 12345.6, "lang": "fr", "zone": "America/Lima"}
    region(**values)
    before = region.elements("tr")
    region(**values)
    assert region.rows == (0, 4)
    values["rows"][1]["size"] = 7.5
    region(**values)
    assert region.rows == (1, 3)
    assert same(before, region.elements("tr")) == [True, False, True, True]
    assert findings(around(tag, TABLE)) == []


@pytest.mark.parametrize("separated", [True, False])
@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("outer", TAGS)
def test_whatever_is_around_the_rows_they_are_what_django_makes_of_them(outer, tag, separated):
    with override_settings(USE_THOUSAND_SEPARATOR=separated):
        region = Region(around(outer, f"{TABLE}{around(tag, TABLE)}") + TABLE)
        rows = rows_of()
        for lang in ("de", "fr", "fr", "de"):
            for zone in ("Asia/Tokyo", "UTC", "UTC"):
                region(rows=rows, lang=lang, zone=zone)
        with translation.override("fr"), timezone.override("Asia/Tokyo"):
            region(rows=rows, lang="en", zone="UTC")
        rows[2]["size"] = 99999
        region(rows=rows, lang="en", zone="UTC")


@pytest.mark.parametrize(
    ("name", "tag"),
    [("lang", "language lang"), ("zone", "timezone zone"), ("lang", "language r.l")],
)
def test_rows_around_follow_what_is_set_within(name, tag):
    source = around(tag, "{{ day|date:'F H:i' }}")
    region = Region(f"{{% for r in rows %}}<p>{source}</p>{{% endfor %}}")
    values = {"rows": [{"l": "de"}, {"l": "fr"}], "lang": "de", "zone": "UTC", "day": MOMENT}
    region(**values)
    region(**values)
    assert region.rows == (0, 2)
    values["lang"], values["zone"] = "fr", "Asia/Tokyo"
    values["rows"][0]["l"] = "fr"
    region(**values)
    assert region.rows[0] == (1 if "." in tag else 2)


@pytest.mark.parametrize("tag", TAGS)
def test_rows_within_last_although_code_of_a_users_has_run_before(tag):
    class Thing:
        def ask(self) -> str:
            return "asked"

    region = Region("{{ thing.ask }}" + around(tag, "{{ thing.ask }}" + TABLE) + TABLE)
    values = {"rows": rows_of(), "thing": Thing(), "lang": "fr", "zone": "America/Lima"}
    region(**values)
    region(**values)
    assert region.rows == (0, 8)


def test_a_time_zone_with_code_of_its_own_is_asked_each_time():
    region = Region(around("timezone zone", TABLE))
    zone, rows = Moving(), rows_of()
    for zone.hours in (0, 5, -3):
        region(rows=rows, zone=zone)
        assert region.rows == (4, 0)


@pytest.mark.parametrize("zone", ["", None, datetime.timezone.utc, "Nowhere/At all", 3])
@pytest.mark.parametrize("lang", ["", None, "xx", lazy(lambda: "de", str)(), 3])
def test_what_cannot_be_set_fails_as_it_does_with_django(lang, zone):
    for tag in ("language lang", "timezone zone"):
        region = Region(around(tag, TABLE))
        values = {"rows": rows_of(), "lang": lang, "zone": zone}
        try:
            region.expected(values)
        except Exception as error:
            with pytest.raises(type(error)):
                region(**values)
        else:
            region(**values)
            region(**values)


def test_the_language_is_what_it_was_after_an_error():
    region = Region(around("language 'de'", "{{ row.fail }}"))

    class Row:
        def fail(self) -> None:
            raise RuntimeError

    before = translation.get_language()
    with pytest.raises(RuntimeError):
        region(row=Row())
    assert translation.get_language() == before != "de"


def test_a_live_region_may_stand_within_what_sets_the_context():
    region = Region(
        "{% localize off %}{% localtime off %}<main data-liveview-root>{{ size }}{{ day }}"
        f"{TABLE}</main>{{% endlocaltime %}}{{% endlocalize %}}"
    )
    for _ in range(2):
        region(rows=rows_of(), size=1.5, day=MOMENT)
    assert not region.renderer.has_fallen_back


INNER = {
    "badge.html": "<h2>{{ text.title }}</h2>"
    "{% for row in text.rows %}<p>{{ row.n }}{% csrf_token %}</p>{% endfor %}"
}


@pytest.mark.parametrize("within", ["IT", "{% for i in once %}<div>IT</div>{% endfor %}"])
def test_the_rows_of_an_inclusion_tag_last(within):
    region = Region(within.replace("IT", "<section>{% badge data %}</section>"), INNER)
    data = {"title": "a", "rows": rows_of()}
    region(data=data, csrf_token="abc", once=[1])
    before = region.elements("p")
    data["title"] = "b"
    region(data=data, csrf_token="abc", once=[1])
    assert region.renderer.reused == 4
    data["rows"][2]["n"] = 9
    region(data=data, csrf_token="abc", once=[1])
    assert region.renderer.reused == 3
    assert same(before, region.elements("p")) == [True, True, False, True]
    region(data=data, csrf_token="another", once=[1])
    assert region.html.count("another") == 4


def test_an_inclusion_tag_sees_what_is_given_to_it_and_no_more():
    follow(
        "{% with x=1 %}{% badge x %}{% outer_badge %}{% autoescape off %}{% badge t %}"
        "{% endautoescape %}{% localize off %}{% badge n %}{% endlocalize %}{% endwith %}{{ text }}"
        "{% for i in l %}{% cycle 'a' 'b' %}{% badge i %}{% endfor %}",
        ["t='<i>';n=1.5;l=[1,2];csrf_token='c'", "n=2.5", "l.append(3)", "text='own'",
         "t=Html('a')", "csrf_token='d'", "l.reverse()"],
        {"badge.html": "{% for i in 'ab' %}{% cycle 1 2 3 %}{{ text }}{{ x }}{{ i }}{% endfor %}"
                       "{% csrf_token %}{% if text %}<b>{{ text }}</b>{% endif %}"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no template badge.html"),
        ("{% extends 'page.html' %}", "badge.html extends another template"),
        ("{% nothing %}", "badge.html cannot be compiled: Invalid block tag"),
    ],
)
def test_why_an_inclusion_tag_has_no_structure_is_named(content, why):
    templates = {"badge.html": content} if content else {}
    (found,) = findings("\n{% badge x %}", templates)
    assert (found.place.line, found.why[: len(why)]) == (2, why)


@pytest.mark.parametrize(
    "content", ["<b>{{ text }}", "</p><p>", "<tr><td>{{ text }}", "{{ text }}</b>"]
)
def test_an_inclusion_tag_may_begin_and_end_what_it_likes(content):
    for source in ("<p>{% badge x %}<i>{{ y }}</i></p>{{ z }}", "<b>{% badge x %}</b>{{ z }}"):
        follow(source, ["x=1;y=2;z=3", "x='<'", "y=4", "z='>'"], {"badge.html": content})


def test_an_inclusion_tag_within_itself_ends():
    tree = "<li>{{ text.n }}{% for t in text.parts %}<ul>{% badge t %}</ul>{% endfor %}</li>"
    region = Region("<ul>{% badge tree %}</ul>", {"badge.html": tree})
    data = {"n": 0, "parts": [{"n": 1, "parts": [{"n": 2, "parts": []}]}, {"n": 3, "parts": []}]}
    for number in range(3):
        data["parts"][0]["n"] = number
        region(tree=data)
