"""Hypothesis strategies for lists whose items are made anew each time, as a query or
`get_context_data` make them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rendering.templates import lines, words

SHAPES = lines("""
{'id':K,'x':X,'y':[Y]}
{'id':K,'x':X,'y':[Y]}
{'y':[{'id':K,'n':X},Y]}
{'id':K,'x':X}
Thing(id=K,x=X,y=[Y])
Thing(y=[Y],id=K)
Person(name=K,age=X,tags=[Y])
Slotted(K)
(K,X)
(K,{'id':X,'y':[Y]})
Point(K,X)
Point(K,{'x':X})
[K,X]
[[K],[Y]]
User(id=K,username=X)
{'id':{'id':K},'x':X,'y':Thing(n=[Y])}
K
""")
KEYS = words("1 2 3 4 5 6 True 1.0 None 'a' mark_safe('a') [1] {1:2} (1,) nan Decimal('sNaN')")
VALUES = words("1 True 'a' mark_safe('a') '<b>' Grade(1) Colour.BLUE 1.0 -0.0 {'a'} UUID(int=1)")
INNER = words("1 2 'a' {'n':1} {'n':2} (1,2) [1]")

LOOPS = lines("""
{% for i in l %}$r{% endfor %}
{% for i in l %}$r{% endfor %}
{% for i in l reversed %}$r{% empty %}none{% endfor %}
{% for i, j in l %}$r{% endfor %}
{% for i in d.values %}$r{% endfor %}
{% for i, j in d.items %}$r{% endfor %}
{% for k in m %}{% for i in k %}$r{% endfor %}{{ k.0.x }}{% endfor %}
""")
ROWS = lines("""
<p live-key='{{ i.id }}'>$s</p>
<p id="{{ i.id }}">$s</p>
<p id='a{{ i.pk }}' class='{{ i.x }}'>$s</p>
<p live-key={{ i.0 }}>$s</p>
<p live-key='{{ i }}'>$s</p>
<p id='{{ j.id }}'>$s</p>
<p>$s</p>
$s
""")
SLOTS = lines("""
{{ i.x }}
{{ i.id }}{{ i.name }}
{{ i.y.0 }}<b>{{ i.x }}</b>
{{ i.0 }}-{{ i.1 }}
{{ i.x.y }}{{ i.username }}
{% for t in i.y %}<i>{{ t }}{{ t.n }}</i>{% endfor %}
{% for t in i.tags %}<i id='{{ t.n }}'>{{ t }}{{ forloop.parentloop.counter }}</i>{% endfor %}
{% for t in i.y.n %}{{ t }}{{ a }}{% endfor %}
{{ forloop.counter }}
{{ forloop.last }}{{ forloop.revcounter }}
{% if i is b %}it{% endif %}
{% if i.y is c %}its{% endif %}
{% if i.y.0 in c %}in{% endif %}
{% if i == b %}equal{% endif %}
{{ a }}
{{ i.x|default:a }}
{{ i }}
{% ifchanged i.x %}new{% endifchanged %}
{% cycle 'odd' 'even' %}
{% shout i.x %}
""")
AFTERWARDS = lines("""
pass
pass
b=l[0] if l else 0
b=l[-1] if l else 0;c=m[0] if m else 0
c=getattr(l[0],'y',0) if l else 0
c=l[0].get('y') if l and type(l[0]) is dict else 0
a='b'
put((l,0,'x'),'new');l.reverse()
put((l,1,'y',0),'new');l[:]=l[1:]+l[:1]
put((l,0,'id'),9)
l.insert(1,l[-1]) if l else 0
""")


@st.composite
def items(draw: st.DrawFn) -> tuple[str, str, str]:
    """What an item consists of: its key, a value, and what is in it."""
    return draw(KEYS), draw(VALUES), draw(INNER)


@st.composite
def made(draw: st.DrawFn, shape: str, parts: list[tuple[str, str, str]]) -> str:
    """The statement that makes a list, and more of the same."""
    texts = []
    for key, value, inner in parts:
        text = "".join({"K": key, "X": value, "Y": inner}.get(c, c) for c in marked(shape))
        texts.append(text)
    made = f"l=[{','.join(texts)}];d=dict(enumerate(l));m=[l[:2],l[2:],l]"
    return f"{made};{draw(AFTERWARDS)}"


def marked(shape: str) -> list[str]:
    """Cut a shape into pieces, so that each of its letters to fill in is one."""
    pieces, word = [], ""
    for letter in shape:
        if letter in "KXY" and not word[-1:].isalpha():
            pieces += [word, letter]
            word = ""
        else:
            word += letter
    return [*pieces, word]


@st.composite
def histories(draw: st.DrawFn) -> list[str]:
    """Statements each of which makes all items anew: shuffled, changed, doubled, more or fewer."""
    shape = draw(SHAPES)
    parts = draw(st.lists(items(), min_size=2, max_size=6))
    statements = ["a='a';b=c=0;" + draw(made(shape, parts))]
    for _ in range(draw(st.integers(1, 5))):
        parts = draw(st.permutations(parts)) if draw(st.booleans()) else list(parts)
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(parts)))
            what = draw(st.sampled_from(["insert", "remove", "double", "change"]))
            if what == "insert":
                parts.insert(at, draw(items()))
            elif at < len(parts):
                key, value, inner = parts.pop(at)
                if what == "double":
                    parts[at:at] = [(key, value, inner)] * 2
                elif what == "change":
                    parts.insert(at, (key, draw(VALUES), draw(INNER)))
        statements.append(draw(made(shape, parts)))
    return statements


@st.composite
def loops(draw: st.DrawFn) -> str:
    row = draw(ROWS).replace("$s", "".join(draw(st.lists(SLOTS, min_size=1, max_size=3))))
    loop = draw(LOOPS).replace("$r", row)
    return loop + draw(st.sampled_from(["", loop, "{{ l|length }}"]))


def stories() -> st.SearchStrategy[tuple[str, list[str]]]:
    return st.tuples(loops(), histories())
