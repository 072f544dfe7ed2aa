"""Rows that take `{% cycle %}` further are remembered with what they depend on: its place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering.oracle import follow
from tests.rendering.region import Region, findings, same
from tests.rendering.templates import lines
from tests.rendering.test_exactness import unhurried

STRIPES = "{% for i in rows %}<p class=\"{% cycle 'odd' 'even' %}\">{{ i.n }}</p>{% endfor %}"


def rows(count: int = 6) -> list[dict]:
    return [{"n": n} for n in range(count)]


def test_of_striped_rows_only_the_changed_one_is_rendered():
    region, data = Region(STRIPES), rows()
    region(rows=data)
    before = region.elements("p")
    assert region.count(rows=data) == (0, 6)
    data[3]["n"] = "new"
    assert region.count(rows=data) == (1, 5)
    assert same(before, region.elements("p")) == [i != 3 for i in range(6)]


def test_striped_rows_are_rendered_where_their_stripe_changes():
    region, data = Region(STRIPES), rows()
    region(rows=data)
    data.insert(4, {"n": "new"})
    assert region.count(rows=data) == (3, 4)
    del data[1:3]
    assert region.count(rows=data) == (0, 5)
    data[0], data[2] = data[2], data[0]
    assert region.count(rows=data) == (0, 5)


def test_a_row_that_takes_no_turn_moves_the_stripes_of_those_behind_it():
    region = Region(
        "{% for i in rows %}{% if i.n %}<p class='{% cycle 1 2 3 %}'>{{ i.n }}</p>{% endif %}"
        "{% endfor %}"
    )
    data = rows()
    region(rows=data)
    data[2]["n"] = 0
    assert region.count(rows=data) == (4, 2)
    assert region.count(rows=data) == (0, 6)


def test_inner_rows_that_take_turns_are_taken_over_with_the_outer_ones():
    region = Region(
        "{% for g in groups %}<ul>{% for i in g %}<li class='{% cycle 1 2 3 %}'>{{ i.n }}</li>"
        "{% endfor %}</ul>{% endfor %}"
    )
    groups = [rows(3), rows(4), rows(2)]
    region(groups=groups)
    assert region.count(groups=groups) == (0, 3)
    groups[0][1]["n"] = "new"
    assert region.count(groups=groups) == (2, 2 + 2)
    groups[0].append({"n": "new"})
    assert region.count(groups=groups) == (3 + 1 + 4 + 2, 3)


def test_cycles_are_nothing_that_makes_a_loop_slow():
    assert findings(STRIPES) == []
    named = findings("{% for i in rows %}{% cycle 'a' 'b' as c %}{{ c }}{% endfor %}")
    assert [found.kind for found in named] == ["rows"]


CYCLES = lines("""
{% cycle 'a' 'b' %}
{% cycle 'a' 'b' 'c' %}
<p class="{% cycle 'a' 'b' %}">{{ i.n }}</p>
<p class='{% cycle 1 x i.n %}' title='{% cycle 'd' 'e' %}'></p>
{% cycle 'a' 'b' as c %}{{ c }}
{% cycle 'a' 'b' as c silent %}{{ c }}{{ i.n }}
{{ c }}{% cycle 'a' 'b' as c %}{% cycle c %}
{% cycle 'a' 'b' %}{% resetcycle %}
{% cycle 'a' 'b' 'c' %}{% if i.n == 2 %}{% resetcycle %}{% endif %}
{% if i.n %}{% cycle 'a' 'b' 'c' %}{% endif %}
{% if i.n == 1 %}{% cycle 'a' 'b' %}{% else %}{% cycle 'c' 'd' %}{% endif %}
{% for j in i.k %}{% cycle 'a' 'b' 'c' %}{{ j }}{% endfor %}
{% for j in i.k %}{% cycle 'a' 'b' %}{% endfor %}{% cycle 'c' 'd' %}{% resetcycle %}
{% for j in i.k %}<b class='{% cycle 'a' 'b' 'c' %}'></b>{% endfor %}{% resetcycle %}
{% include 'cycle.html' %}
{% include 'loop.html' with l=i.k %}
{% include 'loop.html' with l=i.k only %}
{% with y=i.n %}{% cycle y 'b' %}{% endwith %}
{% filter upper %}{% cycle 'a' 'b' %}{% endfilter %}
{% spaceless %}<b>{% cycle 'a' 'b' %}</b>{% endspaceless %}
{% ifchanged %}{% cycle 'a' 'a' 'b' %}{% endifchanged %}
<textarea>{% cycle 'a' 'b' %}</textarea>
{% cycle 'a' 'b' %}{{ forloop.last }}
{% shout i.n %}{% cycle 'a' 'b' %}
{% autoescape off %}{% cycle '<' '>' %}{% endautoescape %}
{{ i.n }}
""")
AROUND = lines("""
{% for i in l %}$r{% endfor %}
{% for i in l %}$r{% endfor %}
{% for i in l reversed %}$r{% empty %}{% cycle 1 2 %}{% endfor %}
{% for m in d %}{% for i in l %}$r{% endfor %}{{ m }}{% endfor %}
{% for m in d %}{% for i in m %}$r{% endfor %}{% endfor %}
{% for i in l %}$r{% endfor %}{% resetcycle %}{% for i in l %}$r{% endfor %}
{% for m in d %}{% for i in m %}$r{% endfor %}{% resetcycle %}{% endfor %}
{% block b %}{% for i in l %}$r{% endfor %}{% endblock %}
{% include 'row.html' %}
{% for i in l %}{% cycle 'y' 'z' as c %}{% for j in i.k %}{{ c }}{% endfor %}$r{% endfor %}
""")
CHANGES = lines("""
pass
x='new'
l[N:N+1]=[]
l.insert(N,{'n':N,'k':[1,2]})
l=[*map(copy.copy,l)];l.reverse()
l=copy.deepcopy(l[N:]+l[:N])
put((l,N,'n'),5)
put((l,N,'n'),0)
put((l,N,'n'),2)
put((l,N,'k'),[1]*N)
put((l,N,'k',0),9)
d=[l[:N],l[N:]]
d=[l]*N
""")
TEMPLATES = {
    "cycle.html": "{% cycle 'a' 'b' %}{% cycle 'c' x %}{{ i.n }}",
    "loop.html": "{% for j in l %}{% cycle 'a' 'b' 'c' %}{{ j }}{% endfor %}",
    "row.html": "{% for i in l %}{% include 'cycle.html' %}{% cycle 'a' 'b' %}{% endfor %}",
}


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, list[str]]:
    row = "".join(draw(st.lists(CYCLES, min_size=1, max_size=3)))
    kinds = draw(st.lists(st.integers(0, 3), max_size=6))
    items = ",".join(f"{{'n':{n},'k':{list(range(n))}}}" for n in kinds)
    statements = [f"x='x';l=[{items}];d=[l,l[1:]]"]
    for change in draw(st.lists(CHANGES, max_size=6)):
        statements.append(change.replace("N", str(draw(st.integers(0, 3)))))
    first = "{% if y %}{% cycle 1 2 %}{% endif %}"  # so that there is one to reset
    return first + draw(AROUND).replace("$r", row), statements


@pytest.mark.parametrize("seed", range(3))
def test_stripes_survive_any_order(seed):
    region, data = Region(STRIPES), rows(12)
    numbers = random.Random(seed)
    for _ in range(20):
        numbers.shuffle(data)
        data[numbers.randrange(12)]["n"] = numbers.random()
        region(rows=data[: numbers.randrange(13)])


@given(stories())
@unhurried
def test_any_cycle_goes_on_as_django_counts_it(story):
    follow(*story, TEMPLATES)
