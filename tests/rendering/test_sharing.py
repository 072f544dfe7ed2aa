"""What has not changed is the same object as last time."""

from __future__ import annotations

import copy
import random

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Prefetch

from pykka_live.vdom import Element, to_html
from tests.rendering.records import KINDS, PLAIN, TABLES
from tests.rendering.region import Region, same, walk

CHANGES = {
    "insert": lambda rows, new: rows.insert(0, new),
    "remove": lambda rows, new: rows.pop(0),
    "append": lambda rows, new: rows.append(new),
    "reverse": lambda rows, new: rows.reverse(),
    "shuffle": lambda rows, new: random.Random(1).shuffle(rows),
    "swap": lambda rows, new: rows.insert(3, rows.pop(7)),
}


@pytest.mark.parametrize("source", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("change", CHANGES)
def test_rows_that_have_moved_are_the_same_objects(change, kind, source):
    region = Region(source)
    rows = [kind(f"n{i}", i) for i in range(10)]
    region(rows=rows, note="")
    before = dict(zip(map(id, rows), region.elements("tr"), strict=True))
    CHANGES[change](rows, new := kind("new", 99))
    region(rows=rows, note="")
    for row, element in zip(rows, region.elements("tr"), strict=True):
        assert row is new or element is before[id(row)]
    assert region.rows == (int(new in rows), len(rows) - int(new in rows))


@pytest.mark.parametrize("source", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_only_the_row_is_new_of_which_a_cell_has_changed(kind, source):
    region = Region(source)
    rows = [kind(f"n{i}", i) for i in range(10)]
    region(rows=rows, note="")
    before = region.elements("tr")
    if isinstance(rows[4], dict):
        rows[4]["name"] = "changed"
    else:
        rows[4].name = "changed"
    region(rows=rows, note="")
    assert same(before, region.elements("tr")) == [i != 4 for i in range(10)]
    assert region.rows == (1, 9)


def test_what_stands_beside_a_change_is_the_same():
    region = Region(PLAIN)
    rows = [{"name": "a", "size": 1}]
    region(rows=rows, note="one")
    before = region.root.children
    region(rows=rows, note="two")
    assert [one is other for one, other in zip(before, region.root.children, strict=True)] == [
        True, True, False,
    ]  # fmt: skip
    assert region(rows=rows, note="two") is region(rows=copy.deepcopy(rows), note="two")


def test_fresh_rows_with_the_same_content_give_the_same_objects():
    """As `get_context_data` makes them each time."""
    region = Region(PLAIN)
    rows = [{"name": f"n{i}", "size": i, "tags": [{"n": i}]} for i in range(10)]
    root = region(rows=rows, note="")
    assert region(rows=copy.deepcopy(rows), note="") is root
    assert region.rows == (0, 10)
    fresh = copy.deepcopy(rows)
    fresh[2]["tags"][0]["n"] = 7
    assert region(rows=fresh, note="") is root  # nothing shows it
    assert region.rows == (1, 9)
    del fresh[0]
    before = region.elements("tr")
    region(rows=copy.deepcopy(fresh), note="")
    assert same(before[1:], region.elements("tr")) == [True] * 9


@pytest.mark.django_db
def test_a_query_that_finds_the_same_gives_the_same_objects():
    for name in "abc":
        User.objects.create(username=name).groups.add(Group.objects.create(name=name))
    region = Region("{% for u in users %}<p>{{ u.username }}{{ u.first_name }}</p>{% endfor %}")
    root = region(users=User.objects.order_by("pk"))
    assert region(users=User.objects.order_by("pk")) is root
    assert (
        region(users=User.objects.order_by("pk").prefetch_related("groups")).children[0]
        is (root.children[0])
    )
    User.objects.filter(username="b").update(first_name="x")
    region(users=User.objects.order_by("pk"))
    assert same(list(root.children), list(region.root.children)) == [True, False, True]


@pytest.mark.django_db
def test_rows_last_that_go_over_what_was_fetched_as_a_list_with_their_object():
    for name in "abc":
        User.objects.create(username=name).groups.add(Group.objects.create(name=name))
    region = Region(
        "{% for u in users %}<p>{% for g in u.all_groups %}{{ g.name }}{% endfor %}</p>{% endfor %}"
    )
    query = User.objects.prefetch_related(Prefetch("groups", to_attr="all_groups"))
    region(users=list(query.all()))
    region(users=list(query.all()))
    assert region.rows == (0, 3)
    Group.objects.filter(name="b").update(name="x")
    region(users=list(query.all()))
    assert region.rows == (2, 2)


def test_rows_that_read_a_name_from_outside_are_rendered_where_that_changes():
    region = Region("{% for row in rows %}<p>{{ row }}{{ unit.name }}</p>{% endfor %}{{ other }}")
    unit = {"name": "m", "factor": 1}
    region(rows=[1, 2], unit=unit, other=1)
    region(rows=[1, 2], unit=unit, other=2)
    assert region.rows == (0, 2)
    unit["factor"] = 2
    region(rows=[1, 2], unit=unit, other=2)
    assert region.rows == (0, 2)
    unit["name"] = "km"
    region(rows=[1, 2], unit=unit, other=2)
    assert region.rows == (2, 0)
    region(rows=[1, 2], unit=dict(unit), other=2)
    assert region.rows == (0, 2)


@pytest.mark.parametrize(
    ("place", "inserted", "appended"),
    [
        # The rows that are rendered, when one is put before 3 others, and another behind them.
        ("counter", 4, 1),
        ("counter0", 4, 1),
        ("revcounter", 1, 5),
        ("revcounter0", 1, 5),
        ("first", 2, 1),
        ("last", 1, 2),
    ],
)
def test_rows_that_show_their_place_are_rendered_where_it_changes(place, inserted, appended):
    region = Region(
        "{% for i in rows %}<p>{{ i }}{{ forloop.PLACE }}</p>{% endfor %}".replace("PLACE", place)
    )
    region(rows=["a", "b", "c"])
    region(rows=["x", "a", "b", "c"])
    assert region.rows == (inserted, 4 - inserted)
    region(rows=["x", "a", "b", "c", "d"])
    assert region.rows == (appended, 5 - appended)


NESTED = (
    "{% for group in groups %}<section>{{ group.name }}"
    "{% for item in group.items_ %}<i>{{ item.n }}{{ unit }}</i>{% endfor %}</section>{% endfor %}"
)


def nested(groups: int = 3, items: int = 4) -> list[dict]:
    return [
        {"name": f"g{g}", "items_": [{"n": 10 * g + i} for i in range(items)]}
        for g in range(groups)
    ]


def test_of_nested_loops_only_the_rows_on_the_way_to_a_change_are_rendered():
    region = Region(NESTED)
    groups = nested()
    region(groups=groups, unit="m")
    sections, items = region.elements("section"), region.elements("i")
    groups[1]["items_"][2]["n"] = "new"
    region(groups=groups, unit="m")
    assert region.rows == (2, 2 + 3)
    assert same(sections, region.elements("section")) == [True, False, True]
    assert same(items, region.elements("i")) == [i != 6 for i in range(12)]


def test_inner_rows_stay_the_same_when_outer_ones_have_moved():
    region = Region(NESTED)
    groups = nested()
    region(groups=groups, unit="m")
    before = {id(node) for node in region.elements("i")}
    groups.reverse()
    region(groups=groups, unit="m")
    groups[0]["items_"][0]["n"] = "new"
    region(groups=groups, unit="m")
    assert region.rows[0] == 2
    assert len(before & {id(node) for node in region.elements("i")}) == 11


def test_loops_in_includes_and_blocks_share_as_well():
    templates = {
        "base.html": "<main data-liveview-root>{% block b %}{% endblock %}</main>",
        "list.html": "<ul>{% for i in items %}{% include 'item.html' %}{% endfor %}</ul>",
        "item.html": "<li>{{ i.n }}</li>",
    }
    region = Region(
        "{% extends 'base.html' %}{% block b %}{% include 'list.html' with items=rows %}"
        "{% endblock %}",
        templates,
    )
    rows = [{"n": i} for i in range(5)]
    region(rows=rows)
    before = region.elements("li")
    rows[1]["n"] = "x"
    rows.append({"n": 9})
    region(rows=rows)
    assert same(before, region.elements("li")[:5]) == [True, False, True, True, True]
    assert region.rows == (2, 4)


def test_a_tree_of_templates_that_include_themselves_shares_what_has_not_changed():
    templates = {
        "node.html": (
            "<li>{{ node.text }}<ul>{% for node in node.replies %}{% include 'node.html' %}"
            "{% endfor %}</ul></li>"
        )
    }
    region = Region(
        "<ul>{% for node in top %}{% include 'node.html' %}{% endfor %}</ul>", templates
    )

    def tree(depth: int, text: str) -> dict:
        replies = [tree(depth - 1, f"{text}.{i}") for i in range(3)] if depth else []
        return {"text": text, "replies": replies}

    top = [tree(4, str(i)) for i in range(3)]
    region(top=top)
    before = region.elements("li")
    top[1]["replies"][2]["replies"][0]["text"] = "changed"
    region(top=top)
    assert same(before, region.elements("li")).count(False) == 3
    assert region.rows[0] == 3


def test_rows_that_count_keep_their_nodes_though_each_is_rendered():
    region = Region("{% for i in rows %}<p class='{% cycle 'a' 'b' %}'>{{ i.n }}</p>{% endfor %}")
    rows = [{"n": i} for i in range(6)]
    region(rows=rows)
    before = region.elements("p")
    rows[3]["n"] = "x"
    region(rows=rows)
    assert same(before, region.elements("p")) == [i != 3 for i in range(6)]
    before = region.elements("p")
    rows.pop(0)
    rows.pop(0)
    region(rows=rows)
    assert same(before[2:], region.elements("p")) == [True] * 4


def test_what_is_rendered_as_a_string_is_parsed_only_where_it_has_changed():
    region = Region("<div>{{ x }}</div><ul><li>{{ y|safe }}<li>b</ul>{% shout z %}")
    region(x=1, y="<b>y</b>", z=1)
    before = list(walk(region.root))
    region(x=2, y="<b>y</b>", z=1)
    after = list(walk(region.root))
    shared = {id(node) for node in before} & {id(node) for node in after}
    ul, bold = region.elements("ul")[0], region.elements("b")[0]
    assert {id(ul), id(bold)} <= shared


def test_the_same_row_twice_is_one_object_in_two_places():
    region = Region("{% for i in rows %}<p>{{ i.n }}</p>{% endfor %}")
    row = {"n": 1}
    region(rows=[row, {"n": 2}, row])
    region(rows=[row, {"n": 2}, row])
    assert region.rows == (0, 3)
    row["n"] = 5
    region(rows=[row, {"n": 2}, row])
    assert region.html == "<p>5</p><p>2</p><p>5</p>"


class Asking:
    """Has a property, which each rendering has to call."""

    def __init__(self, n: int) -> None:
        self._n = n

    @property
    def n(self) -> int:
        return self._n


def test_each_row_is_counted_once_whatever_becomes_of_it():
    region = Region("{% for i in rows %}<p>{{ i.n }}</p>{% endfor %}")
    rows = [{"n": i} if i % 3 else Asking(i) for i in range(10)]
    region(rows=rows)
    assert region.rows == (10, 0)
    region(rows=rows)
    assert region.rows == (4, 6)
    rows[1]["n"] = 7
    region(rows=rows)
    assert region.rows == (5, 5)


SPACED = (
    "\n {% for row in rows %}<p>{{ row.name }}</p>\n {% endfor %}\n",
    "{{ note }}{% for row in rows %}<p>{{ row.name }}</p>{% endfor %}",
    "<h1>Rows</h1><ul>\n{% for row in rows %}<li>{{ row.name }}</li>{% endfor %}.</ul>",
)


@pytest.mark.parametrize("held", [0, 1, 2, 5])
@pytest.mark.parametrize("source", SPACED)
def test_trees_stay_what_they_are_although_the_next_are_made_of_their_children(source, held):
    region = Region(source)
    rows = [{"name": f"n{i}", "size": i} for i in range(100)]
    trees: list[tuple[Element, str]] = []
    chance = random.Random(1)
    for turn in range(40):
        for row in chance.sample(rows, chance.choice([0, 1, 2, 3, 40])):
            row["name"] = f"changed {turn}"
        if turn % 10 == 9:
            rows.append({"name": "new", "size": turn})
        region(rows=rows, note="a" if turn % 7 else "b")
        assert all(to_html(tree) == html for tree, html in trees)
        trees = [*trees, (region.root, to_html(region.root))][-held:] if held else []


def test_texts_around_rows_are_the_same_while_some_of_many_rows_change():
    region = Region(SPACED[0])
    rows = [{"name": f"n{i}"} for i in range(100)]
    region(rows=rows)
    for turn in range(5):
        before = region.root.children
        rows[turn * 20]["name"] = "changed"
        region(rows=rows)
        assert same(before, region.root.children).count(False) == 1
