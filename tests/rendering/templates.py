"""Hypothesis strategies for templates, contexts, and what happens to them."""

from __future__ import annotations

import re

from hypothesis import strategies as st


def words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


def lines(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.strip().split("\n"))


# -- values, as expressions -----------------------------------------------------------------------

ATOMS = words(r"""
    0 1 True False None 1.0 -0.0 2.5 1234567 Decimal(1) '' '\x20' 'a' 'b' '1' 'one\x20two' '<b>'
    '&amp;' '\n' '\r\n' '"' "'" '\0' '>' '=' '/' 'amp' 'lt;' mark_safe('') mark_safe('a')
    mark_safe('<b>') mark_safe('</b>') mark_safe('</p>') mark_safe('<i>x</i>') mark_safe('<li>')
    mark_safe('&') mark_safe('<') mark_safe('"') mark_safe('<!--') mark_safe('<p>')
    mark_safe('<hr') mark_safe('<svg>') mark_safe('</svg>') mark_safe('<nobr>') mark_safe("a'b")
    LoudStr('a') Grade(1) Colour.BLUE b'a' gettext_lazy('Yes') lazily('<b>') Html('<u>h</u>')
    datetime.date(2024,5,1) datetime.datetime(2024,5,1,tzinfo=datetime.timezone.utc)
    [] [1] [True] ['<',mark_safe('<')] {} {'x':1} {'x':True} (1,2) {'a'} range(2) frozenset()
    Forgetful() Noisy() Noisy(1,2) Counter() AlwaysEqual('e') Reader() Failing('') Failing('Silent')
    Person() Point(1,2) Thing(x=1) Dynamic(x=1) Letters('ab') SimpleLazyObject(list) nan
""")
KEYS = words("1 2 3 'a' True")


@st.composite
def items(draw: st.DrawFn) -> str:
    x, y, key = draw(ATOMS), draw(ATOMS), draw(KEYS)
    shape = draw(st.sampled_from(["dict", "dict", "thing", "person", "tuple", "list", "atom"]))
    return {
        "dict": f"{{'id':{key},'x':{x},'y':[{y}]}}",
        "thing": f"Thing(id={key},x={x},y=[{y}])",
        "person": f"Person(name={x},tags=[{y}])",
        "tuple": f"({x},{y})",
        "list": f"[{x},{y}]",
        "atom": x,
    }[shape]


LISTS = st.lists(items(), max_size=4).map(lambda parts: f"[{','.join(parts)}]")


@st.composite
def beginnings(draw: st.DrawFn) -> str:
    """The statement that makes a context."""
    parts = [f"{name}={draw(ATOMS)}" for name in "abc"]
    parts += [f"l={draw(LISTS)}", draw(st.sampled_from(["m=l", "m=l[:]", f"m={draw(LISTS)}"]))]
    parts += [f"d={{'x':{draw(ATOMS)},'l':l,'k':{draw(items())}}}", "n=Counter()"]
    parts += [
        f"p=Person({draw(ATOMS)},tags=m)",
        f"q=Thing(x={draw(ATOMS)},l=m)",
        "p.parent='base.html'",
        "t='row.html'",
    ]
    parts += [f"u=User(username={draw(ATOMS)})", "_language='en'", "_clock=0"]
    return ";".join(parts)


PLACES = words("""
    (l,N,'x') (l,N,'y',0) (l,N,'id') (l,N,'name') (l,N,0) (m,N,'x') (m,N,1) (m,N,'tags',0)
    (d,'x') (d,'k','x') (p,'name') (q,'x') (q,'y') (n,'n') (u,'username') (l,N,'n') (p,'tags',N)
""")
CHANGES = lines("""
pass
a=ATOM
b=ATOM
c=ATOM
put(PLACE, ATOM)
put(PLACE, ATOM)
put(PLACE, ATOM)
put(PLACE, ITEM)
l.insert(N, ITEM)
m.insert(N, ITEM)
l.append(ITEM)
del l[N:N+1]
del m[N:N+1]
l[N:N+1]=[ITEM]
l.reverse()
m+=m[:N]
l[:]=l[N:]+l[:N]
l=l[:]
l=[*l,*m][:6]
l=[*map(copy.copy, l)]
l=copy.deepcopy(m)
l=m
m=LIST
a=l;b=l[:1]
a=d;b=p;c=q
d={**d}
d['new']=ATOM
d['l']=l;q.l=d;p.tags=m
t='text.html'
t='none.html'
t='badge.html'
_language='de'
_language='en'
_timezone='Asia/Tokyo'
_clock+=1
a=0;del a
""")


@st.composite
def changes(draw: st.DrawFn) -> str:
    """A statement that changes a context."""

    def fill(match: re.Match[str]) -> str:
        return draw(
            {
                "PLACE": PLACES,
                "ATOM": ATOMS,
                "ITEM": items(),
                "LIST": LISTS,
            }[match[0]]
        )

    statement = re.sub("PLACE|ATOM|ITEM|LIST", fill, draw(CHANGES))
    return re.sub(r"\bN\b", str(draw(st.integers(0, 3))), statement)


# -- expressions ----------------------------------------------------------------------------------

PATHS = words("""
    a b c a.x b.0 l l.0 l.0.x l.1.y.0 m m.0 m.1.x d d.x d.l.0.x d.k d.k.x d.items p p.name p.shout
    p.greet p.tags p.tags.0 q.x q.l q.y n.n n.bump n.next i i.x i.id i.y i.y.0 i.name i.0 j j.x k
    forloop.counter forloop.last forloop.parentloop.counter0 forloop.revcounter u.username u
    missing missing.x 'a' '<' 1 2.5 True None request.path block.name grouper
""")
FILTERS = words("""
    upper lower title length default:'-' default:a default_if_none:b yesno safe escape force_escape
    join:',' join:a first last slice:':1' add:1 add:a linebreaksbr truncatechars:3 urlize cut:'a'
    stringformat:'s' floatformat date:'D' pluralize divisibleby:2 wordcount make_list safeseq
    dictsort:'x' json_script striptags capfirst told at_hour dotted emphasised popped unlocalize
    urlencode escapejs unordered_list filesizeformat localize addslashes center:5 ljust:5 rjust:5
    dictsortreversed:'x' escapeseq get_digit:1 iriencode linebreaks linenumbers phone2numeric
    pprint random slugify time:'H:i' timesince timeuntil truncatechars_html:3 truncatewords:1
    truncatewords_html:1 urlizetrunc:9 wordwrap:3 localtime utc timezone:'Asia/Tokyo'
    language_name language_name_local language_name_translated language_bidi
""")
OPERATORS = lines("""
%s
%s
not %s
%s == a
%s and b
%s in l
%s > 1
%s is b
c or %s
%s != i.x
""")


@st.composite
def expressions(draw: st.DrawFn) -> str:
    filters = draw(st.lists(FILTERS, max_size=2)) if draw(st.integers(0, 3)) == 0 else []
    return "|".join([draw(PATHS), *filters])


@st.composite
def conditions(draw: st.DrawFn) -> str:
    return draw(OPERATORS) % draw(expressions())


# -- templates ------------------------------------------------------------------------------------

TAGS = words("""
    div p b i ul li a span h1 table tbody tr td select option form button textarea title pre script
    style svg g path math mi template noscript x-y dl dt dd ruby rt font source desc iframe
""")
VOIDS = words("br hr img input path g source pre")
TEXTS = st.sampled_from(["a", "b ", " ", "\n", "\n  ", "&amp;", "é", "&lt", "x;", "<br>", "\r\n"])
ODDITIES = words("""
    <p> </p> <b> </b> <i> </i> <li> <td> <tr> <table> </table> <div> </div> < & &# <!-- --> > =
    <textarea> </textarea> <pre> <select> </select> <option> <svg> </svg> <title> </title> <script>
    </script> <form> </form> <a> </a> <img <hr/ " ' </br> <![CDATA[ ]]> \0 / <template> ;
    <math> </math> <foreignobject> </desc> <style> </style> &nbsp &lt lt;
""")
LEAVES = lines("""
{% cycle 'a' 'b' %}
{% firstof a b 'f' %}
{% now 'H:i' %}
{% csrf_token %}
{% templatetag openblock %}
{% widthratio n.n 3 100 %}
{% include 'text.html' %}
{% include 'badge.html' with text=$e %}
{% include t with x=$e %}
{% include 'row.html' %}
{% include 'text.html' with x=$e only %}
{% include 'open.html' %}
{% include 'half.html' %}
{% trans 'Yes' %}
{{ _('Yes') }}
{% trans $e as b %}
{% shout $e %}
{% shout $e as a %}
{% raw $e %}
{% hour %}
{% assign 'a' $e %}
{% assign 'x' $e %}
{% seen 'a' %}
{% counted %}
{% badge $e %}
{% outer_badge %}
{% lorem 1 w %}
{# $e #}
{% querystring a=$e %}
{% url 'address' as k %}
{% cycle 'a' $e as c silent %}
{% get_current_language as c %}
{% get_current_language_bidi as c %}
{% get_available_languages as c %}{% get_language_info_list for c as k %}{{ k.0.code }}
{% get_language_info for 'de' as k %}{{ k.name_local }}
{% get_language_info_list for l as k %}
{% get_media_prefix %}
{% get_static_prefix as c %}
{% static 'a.css' %}
{% static $e as c %}
{% get_current_timezone as c %}
{% cycle 'a' 'b' %}{% resetcycle %}
{% debug %}
{% load static %}
{% now 'H:i' as c %}
{% verbatim %}{{ a }}<b>{% endverbatim %}
{% widthratio n.n 3 100 as c %}
{% live_component 'cart' id='c' x=$e %}
{% live_component 'row' id=forloop.counter x=i y=$e %}
{% live_component 'badge' id=$e a=1 %}
""")
BLOCKS = lines("""
{% if $c %}$b{% endif %}
{% if $c %}$b{% endif %}
{% if $c %}$b{% else %}$b{% endif %}
{% if $c %}$b{% elif $c %}$b{% else %}$b{% endif %}
{% if $c %}$b&{% else %}<{% endif %}
{% for i in l %}$b{% endfor %}
{% for i in l %}$b{% endfor %}
{% for i in l %}$b&{% endfor %}
{% for i in m %}<li>$b</li>{% endfor %}
{% for j in d.l %}$b{% empty %}$b{% endfor %}
{% for i in $e reversed %}$b{% endfor %}
{% for k, v in d.items %}{{ k }}$b{% endfor %}
{% for i, j in l %}$b{% endfor %}
{% with a=$e k=$e %}$b{% endwith %}
{% with l=$e %}$b{% endwith %}
{% autoescape off %}$b{% endautoescape %}
{% filter upper %}$b{% endfilter %}
{% filter force_escape %}$b{% endfilter %}
{% spaceless %}$b{% endspaceless %}
{% ifchanged %}$b{% endifchanged %}
{% ifchanged $e %}$b{% else %}$b{% endifchanged %}
{% regroup l by x as g %}{% for k in g %}{{ k.grouper }}$b{% endfor %}
{% regroup l by x as g %}{% for grouper, l in g %}$b{% endfor %}
{% repeat 2 %}$b{% endrepeat %}
{% repeat n.n %}$b{% endrepeat %}
{% box $e %}$b{% endbox %}
{% upper %}$b{% endupper %}
{% capture k %}$b{% endcapture %}{{ k }}
{% language 'de' %}$b{% endlanguage %}
{% localize off %}$b{% endlocalize %}
{% timezone 'Asia/Tokyo' %}$b{% endtimezone %}
{% localtime off %}$b{% endlocaltime %}
{% cache 500 f $e %}$b{% endcache %}
{% blocktrans with k=$e %}z{{ k }}{{ a }}{% endblocktrans %}
{% comment %}{{ $e }}{% endcomment %}
{% live_component 'card' id=forloop.counter|default:7 %}$b{% endlive_component %}
{% live_component 'item' id='i' x=$e %}$b{% slot 'a' %}$b{% endslot %}{% endlive_component %}
{% blocktrans count k=l|length %}one{% plural %}{{ k }}{{ b }}{% endblocktrans %}
""")
ATTRIBUTES = lines("""
class="{{ $e }}"
class='a {{ $e }} {% if $c %}b{% endif %}'
title={{ $e }}
{% if $c %}checked{% endif %}
{{ $e }}
{% if $c %} a='{{ $e }}'{% endif %}
{% for i in l %} data-{{ forloop.counter }}='{{ i.x }}'{% endfor %}
id='{{ $e }}'
live-key={{ i.id }}
@click='{{ $e }}'
{{ $e }}='{{ $e }}'
a=1 A={{ $e }}
b
{% shout $e %}
{% if $c %}a='{% else %}b='{% endif %}{{ $e }}'
/
title='&{{ $e }};'
{% cycle 'x' 'y' %}
style='w:{% widthratio n.n 2 9 %}'
c='{% include 'text.html' %}'
""")

_CACHE = re.compile(r"\{% (?:end)?cache.*? %\}")


@st.composite
def filled(draw: st.DrawFn, pattern: str, depth: int) -> str:
    """Put an expression for each `$e` of a pattern, a condition for each `$c`, and content for
    each `$b`."""
    parts = re.split(r"(\$[ecb])", pattern)
    for index, part in enumerate(parts):
        if part == "$b":
            parts[index] = draw(bodies(depth - 1))
        elif part in ("$e", "$c"):
            parts[index] = draw(expressions() if part == "$e" else conditions())
    text = "".join(parts)
    # What is taken from the cache shows no component, so none may stand in there.
    return _CACHE.sub("", text) if "live_component" in text else text


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3) -> str:
    parts: list[str] = []
    for _ in range(draw(st.integers(0 if depth < 3 else 1, 4))):
        kind = draw(st.integers(0, 15 if depth > 0 else 7))
        if kind == 0:
            parts.append(draw(ODDITIES))
        elif kind < 3:
            parts.append(draw(TEXTS))
        elif kind < 6:
            parts.append("{{ " + draw(expressions()) + " }}")
        elif kind < 8:
            parts.append(draw(filled(draw(LEAVES), 0)))
        elif kind < 12:
            parts.append(draw(filled(draw(BLOCKS), depth)))
        else:
            parts.append(draw(elements(depth)))
    return "".join(parts)


@st.composite
def elements(draw: st.DrawFn, depth: int) -> str:
    shapes = draw(st.lists(ATTRIBUTES, max_size=2))
    attributes = "".join(" " + draw(filled(shape, 0)) for shape in shapes)
    if draw(st.integers(0, 7)) == 0:
        return f"<{draw(VOIDS)}{attributes}{draw(st.sampled_from(['', ' /']))}>"
    tag = draw(TAGS)
    return f"<{tag}{attributes}>{draw(bodies(depth - 1))}</{tag}>"


@st.composite
def children(draw: st.DrawFn) -> str:
    """Templates that extend another."""
    parent = draw(st.sampled_from(["'base.html'", "'middle.html'", "'other.html'", "p.parent"]))
    blocks = ""
    for name in draw(st.lists(st.sampled_from(["a", "b", "class"]), unique=True)):
        before, after = draw(st.sampled_from(["", "{{ block.super }}"])), draw(bodies(2))
        blocks += f"{{% block {name} %}}{before}{after}{{% endblock %}}"
    return f"{{% extends {parent} %}}{blocks}"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """What most pages are: rows, with a bit of everything around."""
    row, rest = draw(bodies(2)), draw(bodies(1))
    tag, cell = draw(st.sampled_from([("tr", "td"), ("li", "b"), ("p", "i"), ("div", "span")]))
    return (
        f"<table>{{% for i in l %}}<{tag} id='{{{{ i.id }}}}'><{cell}>{{{{ i.x }}}}</{cell}>{row}"
        f"</{tag}>{{% endfor %}}</table>{rest}"
    )


def stories(templates: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, list[str]]]:
    """A template, and the statements that make and change its context."""
    steps = st.tuples(beginnings(), st.lists(changes(), max_size=6))
    return st.tuples(templates, steps.map(lambda made: [made[0], *made[1]]))
