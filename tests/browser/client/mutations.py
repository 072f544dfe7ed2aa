"""Pages as templates make them, and what happens to them from one picture to the next."""

from __future__ import annotations

from random import Random

from pykka_live import vdom

SAMPLES = [
    '<h1 class="title">Orders <small>3</small></h1><table class="table"><caption>Open</caption>'
    "<colgroup><col><col></colgroup><thead><tr><th>No.<th>Name<th></thead><tbody>"
    '<tr live-key="1" class="row"><td>1<td>Ada <b>L.</b><td><button name="edit" value="1">Edit'
    '</button></tr><tr live-key="2"><td>2<td>Bob<td><input type="checkbox" name="c" checked></tr>'
    '<tr live-key="3"><td>3<td>Cem<td>-</tr></tbody><tfoot><tr><td colspan=3>6</tfoot></table>',
    '<table>\n  <tr>\n    <td>1</td>\n    <td>2</td>\n  </tr>\n  <tr id="last">\n    <td>3</td>\n'
    "  </tr>\n</table>",
    '<form><label>Name <input name="name" value="Ada"></label> <input type="email" name="mail">'
    '<input type="number" name="age" value="36" min="1" max="99"><input type="range" value="150" '
    'max="200"><input type="date" value="2026-01-02"><input type="hidden" name="h" value="1">'
    '<input type="color" value="#ff0000"><progress value="1" max="4"></progress>'
    '<meter value="0.5"></meter><fieldset disabled><legend>L</legend><input value="x"></fieldset>'
    '<p class="help">Needed.</p><button type="submit">Save</button></form>',
    '<p><input type="radio" name="r" value="a" checked> a <input type="radio" name="r" value="b"> b'
    '<input type="radio" name="r" value="c"> c</p><p><input type="checkbox" name="d" value="1">'
    '<input type="checkbox" name="e" indeterminate></p>',
    '<select name="one"><option value="">---</option><option value="1" selected>Eins</option>'
    '<option value="2">Zwei</option><optgroup label="more"><option>Drei</option>'
    "<option disabled>Vier</option></optgroup></select>",
    '<select multiple name="many"><option selected>a</option><option selected>b</option><option>c'
    '</option><hr><option>d</option></select><select size="3"><option>e</option><option>f</option>'
    "</select><select><option disabled>g</option><option>h</option></select>",
    "<select><button><selectedcontent></selectedcontent></button><option><b>a</b> x</option>"
    "<option selected><i>b</i></option></select><datalist id=l><option value=1></datalist>",
    '<svg viewBox="0 0 10 10" class="chart"><defs><linearGradient id="g"><stop offset="0"/>'
    '</linearGradient></defs><g live-key="x"><rect width="1" height="2"/><text>1</text></g>'
    '<g live-key="y"><rect width="1" height="3"/><text>2<tspan>a</tspan></text></g>'
    '<a xlink:href="#g"><path d="M0 0"/></a><title>A <b>chart</b></title><foreignObject>'
    "<p>html</p><svg><circle r='1'/></svg></foreignObject></svg>",
    "<p>Let <math display='block'><mrow><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mi>y</mi></mfrac>"
    "</mrow><mtext>for <b>all</b></mtext><semantics><mi>z</mi><annotation-xml "
    'encoding="text/html"><section><mi>q</mi></section></annotation-xml></semantics></math></p>',
    '<template id="row"><tr><td>1</td></tr><template><li>deep</li></template></template>'
    '<template><p class="a">x</p>y</template><div>z</div>',
    "<pre>\n\nline 1\n  line 2</pre><pre><code class='py'>a &lt; b</code>\n</pre>"
    '<textarea name="t">\nfirst\n</textarea><textarea placeholder="p"></textarea>',
    '<x-card some-thing="1" live-on:click.prevent="open"><slot name="head">H</slot><x-icon>'
    "</x-icon>text</x-card><x-card><span slot='head'>s</span></x-card>",
    "<!-- header --><p>a</p><!----><p>b<!-- in --></p> tail <!-- a -- b -->",
    '<ul class="keyed"><li live-key="a">A</li><li live-key="b">B <i>b</i></li><li live-key="c">'
    'C</li><li live-key="d"><p>D</p></li><li live-key="e">E</li><li live-key="f">F</li></ul>',
    '<ul>\n  <li id="one">1</li>\n  <li id="two">2</li>\n  <li id="three">3</li>\n</ul>',
    "<ul><li>alpha</li><li>beta <a href='#1'>1</a></li><li>gamma</li><li>beta</li><li></li></ul>"
    "<ol start=3><li><ul><li>nested</li><li>more</li></ul></li></ol>",
    "<details open><summary>More</summary><p>Text</p></details><details><summary>s</summary>"
    "<div><details open>x</details></div></details><dialog open>d</dialog>",
    "<video muted controls></video><audio muted></audio><picture><source media='print'>"
    "<img alt='a' width=1></picture><br><hr>",
    "<dl><dt>a<dd>1<dt>b<dd>2</dl><p>one <b>two <i>three</i></b> &amp; <em>four</em>, five<br>six"
    "<p>seven <a href='#'>eight</a><ruby>y<rt>z</ruby><blockquote>q</blockquote>",
    '<nav><a class="active" href="#a">A</a> | <a href="#b">B</a></nav><main><section id="s1"><h2>'
    'S</h2><p>x</p></section><section id="s2" hidden><h2>T</h2></section></main><footer>f</footer>',
]

TEXTS = ["a", "b ", " c", " ", "\n", "one two", "é", "\U0001f600", "<&>", "\u00a0", "12", ""]
FLAG = ["", None]
EVERYWHERE = {
    "class": ["a", "a b", "", None],
    "id": ["one", "two", "three", None, None],
    "live-key": ["a", "b", "c", "1", "2", None, None],
    "title": ["t", 'q"<&', None],
    "hidden": FLAG,
    "data-n": ["1", "2", None],
}
SPECIAL = {
    "input": {
        "type": [
            *("text", "checkbox", "radio", "number", "range", "hidden", "date", "submit", "color"),
            *("email", "password", "file", None),
        ],
        "value": ["", "1", "7", "a", "2026-01-02", "#00ff00", None],
        "checked": FLAG,
        "name": ["r", "s", None],
        "indeterminate": FLAG,
        "min": ["0", "5", None],
        "max": ["6", "300", None],
        "step": ["any", "2", None],
        "disabled": FLAG,
    },
    "option": {
        "selected": ["", "", None],
        "value": ["1", "2", None],
        "disabled": FLAG,
        "label": ["l", None],
    },
    "optgroup": {"label": ["m", None], "disabled": FLAG},
    "select": {"multiple": FLAG, "size": ["2", "1", None], "name": ["n", None], "disabled": FLAG},
    "textarea": {"placeholder": ["p", None], "readonly": FLAG},
    "button": {"value": ["1", "2", None], "disabled": FLAG, "type": ["button", None]},
    "details": {"open": FLAG},
    "dialog": {"open": FLAG},
    "video": {"muted": FLAG, "controls": FLAG},
    "audio": {"muted": FLAG},
    "progress": {"value": ["2", "3", None], "max": ["9", None]},
    "meter": {"value": ["0.1", "0.9", None], "high": ["0.8", None]},
    "svg": {"viewBox": ["0 0 2 2", None], "preserveAspectRatio": ["none", None]},
    "a": {"href": ["#x", None], "xlink:href": ["#y", None], "xml:lang": ["de", None]},
    "annotation-xml": {"encoding": ["text/html", "application/xhtml+xml", "TEXT/HTML", "x", None]},
    "math": {"display": ["inline", None], "definitionURL": ["d", None]},
    "td": {"colspan": ["2", None]},
    "ol": {"start": ["5", None], "reversed": FLAG},
    "x-card": {"live-on:click.prevent": ["open", "close", None], "some-thing": ["1", "2"]},
}
OTHER_TAGS = [
    *("div", "p", "section", "span", "b", "li", "ul", "td", "th", "tr", "option", "g", "path"),
    *("mi", "mrow", "pre", "textarea", "template", "input", "x-card", "details", "select", "a"),
]

# While it is changed an element is a list [tag, attributes, children].
Draft = list


def thaw(node: vdom.Node) -> Draft | vdom.Node:
    if not isinstance(node, vdom.Element):
        return node
    return [node.tag, dict(node.attrs), [thaw(child) for child in node.children]]


def frozen(draft: Draft | vdom.Node) -> vdom.Node:
    if isinstance(draft, vdom.Node):
        return draft
    tag, attrs, children = draft
    return vdom.Element(tag, attrs, [frozen(child) for child in children])


def copied(draft: Draft | vdom.Node) -> Draft | vdom.Node:
    return thaw(frozen(draft))


def elements(draft: Draft) -> list[Draft]:
    """This element and all inside it, but for what the browser itself fills."""
    found = [draft]
    for element in found:
        inner = (child for child in element[2] if isinstance(child, list))
        found.extend(child for child in inner if child[0] != "selectedcontent")
    return found


class Mutation:
    """Changes a tree, each time somewhere else. The result may be what no markup can express."""

    def __init__(self, random: Random, root: Draft) -> None:
        self.random = random
        self.root = root

    def change(self) -> None:
        kinds, weights = zip(*KINDS, strict=True)
        self.random.choices(kinds, weights)[0](self)

    def _element(self, inner: bool = False) -> Draft:
        return self.random.choice(elements(self.root)[1 if inner else 0 :] or [["p", {}, []]])

    def _parent(self, least: int = 1) -> Draft:
        """An element with so many children, if there is one."""
        fitting = [one for one in elements(self.root) if len(one[2]) >= least]
        return self.random.choice(fitting or [["p", {}, [vdom.Text("x")] * least]])

    def _place(self, children: list) -> int:
        return self.random.randint(0, len(children))

    def set_attribute(self) -> None:
        tag, attrs, _ = self._element(inner=True)
        pool = SPECIAL.get(tag, {})
        if not pool or self.random.random() < 0.3:
            pool = EVERYWHERE
        name = self.random.choice(list(pool))
        value = self.random.choice(pool[name])
        if value is None:
            attrs.pop(name, None)
        else:
            attrs[name] = value

    def set_text(self) -> None:
        texts = [
            (one, at)
            for one in elements(self.root)
            for at, child in enumerate(one[2])
            if not isinstance(child, list)
        ]
        if not texts:
            return self.insert_text()
        parent, at = self.random.choice(texts)
        parent[2][at] = type(parent[2][at])(self.random.choice(TEXTS))
        return None

    def insert_text(self) -> None:
        children = self._element()[2]
        kind = self.random.choice([vdom.Text, vdom.Text, vdom.Comment])
        children.insert(self._place(children), kind(self.random.choice(TEXTS)))

    def insert(self) -> None:
        """Mostly another one like those that are there."""
        parent = self._element()
        like = [child for child in parent[2] if isinstance(child, list)]
        if like and self.random.random() < 0.7:
            new = copied(self.random.choice(like))
            for name in ("live-key", "id"):
                if name in new[1]:
                    new[1][name] = f"new{self.random.randint(1, 9)}"
        else:
            new = self.random.choice(thaw(vdom.parse(self.random.choice(SAMPLES)))[2])
        at = self._place(parent[2])
        parent[2][at:at] = [copied(new) for _ in range(self.random.choice([1, 1, 1, 3]))]

    def delete(self) -> None:
        children = self._parent()[2]
        at = self.random.randrange(len(children))
        del children[at : at + self.random.choice([1, 1, 1, 2, 9])]

    def move(self) -> None:
        children = self._parent(2)[2]
        child = children.pop(self.random.randrange(len(children)))
        children.insert(self._place(children), child)

    def swap(self) -> None:
        children = self._parent(2)[2]
        a, b = self.random.sample(range(len(children)), 2)
        children[a], children[b] = children[b], children[a]

    def reorder(self) -> None:
        children = self._parent(3)[2]
        self.random.choice([self.random.shuffle, list.reverse])(children)

    def take_elsewhere(self) -> None:
        children = self._parent()[2]
        child = children.pop(self.random.randrange(len(children)))
        target = self._element()[2]
        target.insert(self._place(target), child)

    def rename(self) -> None:
        self._element(inner=True)[0] = self.random.choice(OTHER_TAGS)

    def wrap(self) -> None:
        children = self._parent()[2]
        at = self.random.randrange(len(children))
        children[at] = [self.random.choice(OTHER_TAGS), {}, [children[at]]]

    def unwrap(self) -> None:
        children = self._parent()[2]
        at = self.random.randrange(len(children))
        if isinstance(children[at], list):
            children[at : at + 1] = children[at][2]

    def clear(self) -> None:
        self._element()[2].clear()


KINDS = [
    (Mutation.set_attribute, 12),
    (Mutation.set_text, 5),
    (Mutation.insert_text, 2),
    (Mutation.insert, 5),
    (Mutation.delete, 4),
    (Mutation.move, 3),
    (Mutation.swap, 3),
    (Mutation.reorder, 3),
    (Mutation.take_elsewhere, 2),
    (Mutation.rename, 1),
    (Mutation.wrap, 1),
    (Mutation.unwrap, 1),
    (Mutation.clear, 0.3),
]


def parsed(draft: Draft) -> vdom.Element | None:
    """What a browser makes of it; None if no markup can express that: a form in a form, say.

    Of the radio buttons of a name one is checked, at most: which one of several it is would depend
    on the way there.
    """
    checked = set()
    for tag, attrs, _ in elements(draft):
        if tag == "input" and attrs.get("type") == "radio" and "checked" in attrs:
            if attrs.get("name") in checked:
                del attrs["checked"]
            checked.add(attrs.get("name"))
    tree = vdom.parse(vdom.to_html(frozen(draft), inner=True))
    options = (one for one in elements(thaw(tree)) if one[0] == "option")
    if any(inner[0] == "option" for option in options for inner in elements(option)[1:]):
        return None  # which one of them is chosen the browser itself does not know
    return tree if vdom.parse(vdom.to_html(tree, inner=True)) == tree else None


def sequence(random: Random, length: int) -> list[vdom.Element]:
    """Pictures of a page, each made from the one before, or one that was there, or a new one."""
    samples = random.sample(SAMPLES, random.choice([1, 1, 2]))
    pictures = [vdom.parse("".join(samples))]
    while len(pictures) < length:
        way = random.random()
        if way < 0.04:
            pictures.append(vdom.parse(random.choice(SAMPLES)))
        elif way < 0.1:
            pictures.append(random.choice(pictures))
        else:
            draft = thaw(pictures[-1])
            mutation = Mutation(random, draft)
            for _ in range(random.choice([1, 1, 1, 2, 2, 5])):
                mutation.change()
            if (picture := parsed(draft)) is not None:
                pictures.append(picture)
    return pictures
