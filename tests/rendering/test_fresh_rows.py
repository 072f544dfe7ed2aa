"""Rows whose items are made anew for each picture are found again."""

from __future__ import annotations

import copy
import dataclasses
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given

from tests.rendering.fresh import stories
from tests.rendering.oracle import follow
from tests.rendering.records import KINDS, TABLES
from tests.rendering.region import Region
from tests.rendering.test_exactness import unhurried


@dataclasses.dataclass
class Deep:
    name: str
    size: int
    tags: list[dict[str, Any]]


class Row(NamedTuple):
    name: str
    size: int


FRESH: dict[str, Callable[[str, int], Any]] = {
    **KINDS,
    "named tuple": Row,
    "nested dict": lambda name, size: {"tags": [{"n": size}], "name": name, "size": size},
    "nested object": lambda name, size: Deep(name, size, [{"n": size}]),
    "a named tuple with a list": lambda name, size: Row([name], size),  # type: ignore[arg-type]
}
CHANGES: dict[str, Callable[[list[Any]], Any]] = {
    "reverse": lambda rows: rows.reverse(),
    "shuffle": lambda rows: random.Random(1).shuffle(rows),
    "swap": lambda rows: rows.insert(3, rows.pop(7)),
    "insert": lambda rows: rows.insert(4, ("new", 99)),
    "insert two": lambda rows: [rows.insert(2, ("new", 99)), rows.insert(8, ("new", 98))],
    "remove two": lambda rows: [rows.pop(8), rows.pop(2)],
    "remove and insert": lambda rows: [rows.pop(8), rows.insert(2, ("new", 99))],
}


@pytest.mark.parametrize("source", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("kind", FRESH.values(), ids=FRESH)
@pytest.mark.parametrize("change", CHANGES)
def test_moved_rows_of_fresh_objects_are_the_same_nodes(change, kind, source):
    region = Region(source)
    data = [(f"n{i}", i) for i in range(10)]
    region(rows=[kind(*each) for each in data])
    before = dict(zip(data, region.elements("tr"), strict=True))
    CHANGES[change](data)
    region(rows=[kind(*each) for each in data])
    for each, element in zip(data, region.elements("tr"), strict=True):
        assert each[0] == "new" or element is before[each]
    new = sum(name == "new" for name, _ in data)
    assert region.rows == (new, len(data) - new)


@pytest.mark.parametrize("way", ["values", "items"])
def test_fresh_values_of_a_dictionary_are_found_where_they_have_moved(way):
    names = "row" if way == "values" else "key, row"
    region = Region(f"{{% for {names} in rows.{way} %}}<p>{{{{ row.n }}}}</p>{{% endfor %}}")
    data = [(i, {"n": i}) for i in range(10)]
    region(rows=dict(data))
    random.Random(1).shuffle(data)
    region(rows=dict(copy.deepcopy(data)))
    assert region.rows == (0, 10)


def test_equal_tuples_and_texts_are_found_wherever_they_are():
    region = Region("{% for row in rows %}<p>{{ row.0 }}</p>{% endfor %}")
    region(rows=[(f"n{i}", i) for i in range(10)])
    region(rows=[(f"n{i}", i) for i in (3, 3, 9, 0, 1, 2, 8, 7)])
    assert region.rows == (0, 8)
    region = Region("{% for row in rows %}<p>{{ row }}</p>{% endfor %}")
    region(rows=[f"name {i}" for i in range(10)])
    region(rows=[f"name {i}" for i in (3, 9, 0, 1, 2, 8, 7)])
    assert region.rows == (0, 7)


GROUPS = (
    "{% for group in groups %}<section KEY>{{ group.name }}"
    "{% for item in group.parts %}<i>{{ item.n }}</i>{% endfor %}</section>{% endfor %}"
)


def groups(names: str) -> list[dict[str, Any]]:
    return [
        {"id": ord(name), "name": name, "parts": [{"n": f"{name}{i}"} for i in range(4)]}
        for name in names
    ]


@pytest.mark.parametrize("key", ['live-key="{{ group.id }}"', 'id="g{{ group.id }}"'])
def test_of_a_moved_row_with_its_key_only_what_has_changed_in_it_is_rendered(key):
    region = Region(GROUPS.replace("KEY", key))
    region(groups=groups("abcdef"))
    before = {id(node) for node in region.elements("i")}
    fresh = groups("fbdxaec")
    fresh[1]["name"] = fresh[2]["name"] = "changed"
    fresh[4]["parts"].insert(1, {"n": "new"})
    region(groups=fresh)
    # The outer rows that have changed and the new one; of the inner ones only the new ones.
    assert region.rows == (4 + 1 + 4, 3 + 4 * 3)
    assert sum(id(node) in before for node in region.elements("i")) == 4 * 6


def test_a_changed_row_without_a_key_is_rendered_from_what_it_was():
    region = Region(GROUPS.replace("KEY", ""))
    state = groups("abcdef")
    region(groups=state)
    state[1]["name"] = state[4]["name"] = "changed"
    state.sort(key=lambda group: -group["id"])
    region(groups=state)
    assert region.rows == (2, 4 + 4 * 2)
    fresh = copy.deepcopy(state)
    fresh[2]["name"] = "changed again"
    fresh.reverse()
    region(groups=fresh)
    assert region.rows == (1, 5 + 4)


def test_an_item_that_was_put_before_others_takes_nothing_from_them():
    region = Region(GROUPS.replace("KEY", ""))
    state = groups("abcdef")
    region(groups=state)
    region(groups=[*groups("x"), *state])
    state[0]["name"] = "changed"
    region(groups=[*groups("x"), *state])
    assert region.rows == (1, 6 + 4)


@pytest.mark.parametrize(
    "keys",
    [
        "1,1,1,1,1,1",
        "1,True,1.0,'a',mark_safe('a'),None",
        "[1],{},{1},[1],(1,),(1,)",
        "nan,nan,Decimal('sNaN'),float('nan'),-0.0,0.0",
        "1,2,2,1,3,AlwaysEqual('b')",
    ],
    ids=["one", "types", "unhashable", "not a number", "doubled"],
)
@pytest.mark.parametrize("key", ["live-key='{{ i.id }}'", "id='{{ i.id.x }}'"])
def test_keys_that_tell_nothing_apart_do_no_harm(key, keys):
    source = (
        f"{{% for i in l %}}<p {key}>{{{{ i.n }}}}{{{{ i.id }}}}"
        "{% for j in i.k %}<b>{{ j }}</b>{% endfor %}</p>{% endfor %}"
    )
    make = f"l=[{{'id':k,'n':n,'k':[n,7]}} for n, k in enumerate([{keys}])]"
    follow(
        source,
        [make, f"{make};l.reverse()", f"{make};l[1]['n']=9;l[3]['k']=[1];l.insert(0,l.pop())",
         f"{make};l=l[3:]+l[:2]+[dict(l[0])]", f"{make};l=l+l", make],
        {},
    )  # fmt: skip


def test_an_equal_object_is_not_the_one_that_a_name_outside_means():
    source = (
        "{% for i in l %}<p live-key='{{ i.id }}'>{% if i is b %}it{% endif %}"
        "{% if i.y is c %}its{% endif %}</p>{% endfor %}"
    )
    make = "l=[{'id':n,'y':[1]} for n in range(5)]"
    follow(
        source,
        [f"{make};b=l[1];c=l[3]['y']", make, f"{make};l.reverse();b=l[0]", f"{make};l.reverse()",
         f"{make};l[2]['y']=c;l[0]=b", f"l=l[::-1];{make};c=l[2]['y'];l.insert(0,l.pop(2))"],
        {},
    )  # fmt: skip


@pytest.mark.parametrize("value", ["mark_safe('a')", "''.join('bc')", "10**9", "(1,'a')", "[1]"])
def test_an_equal_atom_is_not_the_one_that_a_name_outside_means(value):
    for condition in ("i.y is c", "i.y is not c", "i.y is c|default:0", "i.y is i.y and i.y is c"):
        source = f"{{% for i in l %}}{{% if {condition} %}}its{{% endif %}}<br>{{% endfor %}}"
        make = f"l=[{{'y':copy.deepcopy({value})}} for n in range(3)]"
        follow(source, [f"{make};c=l[0]['y']", make, "c=l[1]['y']", make, "l[0]['y']=c"], {})


@given(stories())
@unhurried
def test_any_rows_of_fresh_objects_are_what_django_makes_of_them(story):
    follow(*story, {})
