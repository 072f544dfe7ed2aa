"""Rows whose own code changes what they are made of, and loops over what is no list."""

from __future__ import annotations

import threading
from typing import NamedTuple

import pytest
from django.utils import translation
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from tests.rendering import world
from tests.rendering.oracle import follow
from tests.rendering.region import Region

TEMPLATES = {
    "tree.html": (
        "<li>{{ c.t }}<ul>{% for c in c.kids %}{% include 'tree.html' %}{% endfor %}</ul></li>"
    ),
    "twice.html": (
        "<b>{{ n.t }}{% if n.l %}{% include 'twice.html' with n=n.l %}{% endif %}"
        "{% if n.r %}{% include 'twice.html' with n=n.r %}{% endif %}</b>"
    ),
}


class Setter:
    """Sets something when it is asked."""

    def __init__(self, box: dict | None = None, value: int = 0) -> None:
        self.box, self.value = box, value

    def act(self) -> str:
        if self.box is not None:
            self.box["n"] = self.value
        return ""


class Grower:
    """Makes the list that it is in longer or shorter when it is asked."""

    def __init__(self, rows: list, by: int) -> None:
        self.rows, self.by = rows, by

    @property
    def go(self) -> str:
        if self.by > 0 and len(self.rows) < 8:
            self.rows.append(Grower(self.rows, 0))
        if self.by == -1:
            self.rows.pop()
        if self.by == -2 and len(self.rows) < 6:
            self.rows.insert(0, Grower(self.rows, 0))
        return ""


class Locked:
    """Cannot be copied, and so not be compared with what it was."""

    def __init__(self, n):
        self.n = n
        self.lock = threading.Lock()

    def __repr__(self):
        return "locked"


class Backwards(list):
    def __reversed__(self):
        return iter(["last", "first"])


class Item(dict):
    """Answers otherwise than it holds."""

    def __getitem__(self, key):
        return "over"


class Liar:
    def __init__(self, n):
        self.n = n

    @property
    def __class__(self):
        return dict


@pytest.fixture(autouse=True)
def names(monkeypatch):
    for kind in (Setter, Grower, Locked, Backwards, Item, Liar):
        monkeypatch.setitem(world.NAMES, kind.__name__, kind)


GROWING = (
    "l=[];l.extend([Grower(l,1),Grower(l,0),Grower(l,2)])",
    "pass",
    "l[1].by=1",
    "l[0].by=-1;l[1].by=0",
    "l[2].by=-2;l[0].by=0",
    "l[:]=l[:2]",
    "l.reverse()",
)


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        (
            "{% for i in l %}{% if i.box %}{{ i.act }}{% endif %}<p>{{ box.n }}</p>{% endfor %}",
            [
                "box={'n':0};l=[Setter(box,5),Setter(),Setter(box,0)]",
                "pass",
                "l[0].value=7",
                "pass",
            ],
        ),
        ("{% for i in l %}{{ i.by }}{{ i.go }}{{ forloop.revcounter }}<br>{% endfor %}", GROWING),
        ("{% for i in l reversed %}{{ i.by }}{{ i.go }}{{ forloop.first }}{% endfor %}", GROWING),
        *(
            (
                f"{{% for {loop} %}}<p>{{{{ x }}}}{{{{ s.act }}}}</p>{{% endfor %}}",
                ["d={'a':1,'n':2,'z':3};s=Setter()", "s=Setter(d,5)", "s.value=7", "del d['n']"],
            )
            for loop in ("x in d.values", "k, x in d.items", "x in d.values reversed", "x in d")
        ),
    ],
    ids=["a name", "the list", "the list, backwards", "values", "items", "values back", "names"],
)
def test_what_the_rows_themselves_change_is_seen_by_the_next_ones(source, statements):
    follow(source, statements, TEMPLATES)


@pytest.mark.parametrize(
    "statements",
    [
        ["l[1]['a']='new';l[3]['p']=[(1,2,3)]", "pass", "l[3]['p']=[(1,2)]"],
        ["z=2;l[3]['p']=[(1,2,3)]", "l[3]['p']=[(1,2)]", "z=1"],
        ["l.insert(0,l[1]);l[4]['p']=[1]", "l[4]['p']=[(1,2)];l.pop(0)", "l[1]['a']='x'"],
    ],
)
def test_a_row_that_fails_hides_nothing_of_what_has_changed(statements):
    source = (
        "{% for i in l %}<p>{{ i.a }}{% for x, y in i.p %}{{ x }}{% endfor %}{{ z }}</p>"
        "{% endfor %}"
    )
    follow(source, ["z=1;l=[dict(a=n,p=[(1,2)]) for n in range(5)]", *statements], TEMPLATES)


@pytest.mark.parametrize("tag", ["", "{% cycle 'a' 'b' %}"])
def test_loops_backwards_over_all_that_can_be(tag):
    follow(
        f"{{% for i in l reversed %}}{tag}{{{{ i }}}}{{% endfor %}}",
        ["l={1,2}", "l=[1,2]", "l=Backwards([1])", "l={1:2}", "l=(1,2)", "l=[2,1]", "l='abc'",
         "l=range(3)", "l={1:2}.items()", "l=iter('ab')", "l=[]", "l=None", "l=3"],
        TEMPLATES,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("{{ i.a }}{{ i.items }}", ["l=[Item(a=1),dict(a=2)]", "l[0]['a']=3", "l[1]['a']=3"]),
        ("{{ i.n }}", ["l=[Liar(1),Liar(2)]", "l[0].n=3", "l.reverse()"]),
        (
            "{{ i.a }}{{ i.me.a }}",
            ["l=[{'a':1}];l[0]['me']=l[0]", "l[0]['a']=2", "l.append(l[0])", "l.append(l)"],
        ),
        (
            "<p>{{ i.a }}{% for j in i.k %}{{ j }}{% endfor %}</p>",
            ["d={'a':1,'k':[1]};l=[d,d]", "d['a']=2", "d['k'].append(3)", "l.insert(0,dict(d))",
             "d['a']=3", "l.reverse()", "l[2]['k']=[]"],
        ),
        (
            "{% with i=y %}{{ i }}{% endwith %}{{ i }}{% with forloop=i %}{{ forloop.counter }}"
            "{% endwith %}{{ forloop.counter }}",
            ["y=1;l=[1,{'counter':3}]", "y=2", "l.reverse()", "l.insert(0,1)"],
        ),
        (
            "{% for i in i %}{{ i }}{{ y }}{% endfor %}{{ i }}",
            ["y=1;l=[[1],[2,3]]", "y=2", "l.append([y])"],
        ),
        (
            "{% for b in i %}{% for c in b %}{{ forloop.parentloop.parentloop.counter }}"
            "{{ forloop.parentloop.last }}{{ c }}{% endfor %}{% endfor %}",
            ["l=[[[1]],[[2,3]]]", "l.insert(0,[[9]])", "l[1].insert(0,[8])", "l.reverse()"],
        ),
    ],
)  # fmt: skip
def test_rows_are_what_django_makes_of_them(source, statements):
    follow(f"{{% for i in l %}}{source}{{% endfor %}}", statements, TEMPLATES)


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        (
            "{% for c in kids %}{% include 'tree.html' %}{% endfor %}",
            ["kids=[{'t':1,'kids':[{'t':2,'kids':[]}]}]", "kids[0]['kids'][0]['t']=3",
             "kids[0]['kids'][0]['kids']=[{'t':9}]", "kids.append(kids[0])"],
        ),
        (
            "{% include 'twice.html' %}",
            ["n={'t':1,'l':{'t':2,'r':{'t':8}},'r':{'t':3}}", "n['l']['t']=4", "n['l']['r']['t']=7",
             "n['l']['r']['l']=dict(n['r'])"],
        ),
    ],
    ids=["in a loop", "twice"],
)  # fmt: skip
def test_templates_that_include_themselves_are_followed_all_the_way(source, statements):
    follow(f"<ul>{source}</ul>", statements, TEMPLATES)


@pytest.mark.parametrize(
    "source",
    [
        "{% with a=o %}{{ a.n }}{% endwith %}",
        "{% include 'n.html' with a=o %}",
        "{% for k in i.kids %}{% with a=o %}{{ a.n }}{% endwith %}{% endfor %}",
        "{% if o %}{{ o.n }}{% endif %}",
    ],
)
def test_what_cannot_be_compared_counts_as_changed(source):
    loop = f"{{% for i in l %}}{source}{{% endfor %}}"
    own = ["l=[{'kids':[1],'o':Locked(5)},{'kids':[2]}]", "l[0]['o'].n=7", "l[0]['o']=Locked(4)"]
    follow(loop.replace("=o", "=i.o"), own, {"n.html": "{{ a.n }}"})
    outer = ["o=Locked(1);l=[{'kids':[1]},{'kids':[2]}]", "o.n=2", "o=Locked(3)", "o=None"]
    follow(loop, outer, {"n.html": "{{ a.n }}"})


KEPT = ["a"]


class Elsewhere:
    """Goes over what is kept elsewhere."""

    def __len__(self):
        return len(KEPT)

    def __iter__(self):
        return iter(list(KEPT))

    def __reversed__(self):
        return reversed(list(KEPT))


class Writing:
    """Going over it changes what is beside it."""

    def __init__(self, beside):
        self.beside, self.value = beside, 1

    def __len__(self):
        return 2

    def __iter__(self):
        self.beside["n"] = self.value
        return iter((1, 2))


class Indexed:
    def __len__(self):
        return len(KEPT)

    def __getitem__(self, index):
        return KEPT[index]


class Pair(NamedTuple):
    a: object = 1
    b: object = 2


class Crossed(Pair):
    def __iter__(self):
        return iter((KEPT[-1], len(KEPT)))


@pytest.mark.parametrize("kind", [Elsewhere, Indexed])
@pytest.mark.parametrize(
    "source",
    [
        "{% for i in l %}<p>{% for x in i.seq %}{{ x }}{% endfor %}</p>{% endfor %}",
        "{% for i in l %}<p>{% for x in i.seq reversed %}{{ x }}{% endfor %}</p>{% endfor %}",
        "{% for i in l %}<p>{% for x in i.seq|slice:':9' %}{{ x }}{% endfor %}</p>{% endfor %}",
        "{% for i in l %}<p>{% with s=i.seq %}{% for x in s %}{{ x }}{% endfor %}{% endwith %}</p>"
        "{% endfor %}",
        "{% for x in l.0.seq %}<p>{{ x }}</p>{% endfor %}",
    ],
)
def test_an_object_is_asked_each_time_what_it_goes_over(kind, source):
    region = Region(source)
    rows = [{"seq": kind()}]
    KEPT[:] = ["a", "b"]
    region(l=rows)
    KEPT.append("c")
    region(l=rows)
    assert "c" in region.html


def test_rows_see_what_going_over_them_has_changed():
    region = Region("{% for x in seq %}<p>{{ x }}{{ beside.n }}</p>{% endfor %}")
    beside = {"n": 0}
    seq = Writing(beside)
    for seq.value in (1, 2, 3):
        beside["n"] = 0
        region(seq=seq, beside=beside)
        assert region.html == f"<p>1{seq.value}</p><p>2{seq.value}</p>"


@pytest.mark.parametrize("item", [Elsewhere(), Indexed(), Crossed()])
@pytest.mark.parametrize(
    "source",
    [
        "{% for a, b in l %}<p>{{ a }}{{ b }}</p>{% endfor %}",
        "{% for r in m %}{% for a, b in r.l %}<p>{{ a }}{{ b }}</p>{% endfor %}{% endfor %}",
    ],
)
def test_an_item_is_asked_each_time_what_it_is_unpacked_to(item, source):
    region = Region(source)
    rows = [item]
    for last in ("b", "c"):
        KEPT[:] = ["a", last]
        region(l=rows, m=[{"l": rows}])
        assert last in region.html


def test_named_tuples_are_unpacked_to_what_they_hold():
    region = Region("{% for a, b in l %}<p>{{ a }}{{ b }}</p>{% endfor %}")
    rows = [Pair(1, 2), Pair(3, 4)]
    region(l=rows)
    region(l=rows)
    assert region.rows == (0, 2)


@pytest.mark.parametrize(
    ("one", "other"), [("abc", "abcd"[:3]), ((1, 2), tuple(range(1, 3))), (1.5, float("1.5"))]
)
def test_whether_it_is_the_very_same_is_asked_of_what_is_only_equal(one, other):
    region = Region("{% for i in l %}{% if i.n is n %}same{% else %}other{% endif %}{% endfor %}")
    rows = [{"n": one}]
    for chosen in (one, other, one):
        region(l=rows, n=chosen)


def test_rows_that_ask_whether_something_is_none_last():
    region = Region("{% for i in l %}{% if i.n is not None %}{{ i.n }}{% endif %}{% endfor %}")
    rows = [{"n": "x"}, {"n": None}]
    region(l=rows)
    region(l=rows)
    assert region.rows == (0, 2)


SECRETS = {"n": 1}


def told() -> str:
    return f"told {SECRETS['n']}"


BOX = ["a"]


@pytest.mark.parametrize(
    "value",
    [
        lazy(told, str)(),
        format_lazy("{} {}", lazy(told, str)(), BOX),
        lazy(lambda: SECRETS["n"], int)(),
    ],
    ids=["text", "formatted", "number"],
)
@pytest.mark.parametrize(
    "source",
    [
        "{{ i.t }}",
        "{{ t }}",
        "<b title='{{ i.t }}'>x</b>",
        "{% if i.t == 'told 1' or i.t == 1 %}one{% else %}other{% endif %}",
        "{% with a=i.t %}{{ a }}{% endwith %}",
        "{{ i.t|priced }}",
        "{{ i|shown }}",
    ],
)
def test_what_is_lazy_is_asked_each_time(source, value):
    region = Region(f"{{% for i in l %}}<p>{source}</p>{{% endfor %}}")
    rows = [{"t": value}]
    for n in (1, 2, 3):
        SECRETS["n"] = n
        BOX[0] += "!"
        region(l=rows, t=value)


@pytest.mark.parametrize(
    "value",
    [gettext_lazy("Yes"), pgettext_lazy("place", "Yes"), ngettext_lazy("one", "many", 2)],
    ids=["plain", "with a context", "with a number"],
)
def test_translations_last_while_the_language_does(value):
    region = Region("{% for i in l %}{{ i.t }}{% if i.t %}{{ i.t|upper }}{% endif %}{% endfor %}")
    rows = [{"t": value}, {"t": value}]
    region(l=rows)
    region(l=rows)
    assert region.rows == (0, 2)
    with translation.override("de"):
        region(l=rows)
