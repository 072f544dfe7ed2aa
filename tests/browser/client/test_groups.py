"""Siblings that come as a group become the nodes that they would have become one by one."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Error

from pykka_live import vdom

from .conftest import PatchedPage
from .test_against_vdom import HELPERS

ROOT = {"data-liveview-root": ""}


def rows(count):
    return "".join(
        f'<tr live-key="k{n}" live-on:click="choose"><td class="number">{n}</td>'
        f"<td>row {n}<!--note {n}--></td><td></td></tr>\n      "
        for n in range(count)
    )


def table(count):
    return f"<table><tbody>{rows(count)}</tbody></table>"


def groups(data):
    """How many groups there are in a tree as it is sent, or in a patch that inserts nodes."""
    if isinstance(data, list) and "i" in data:
        data = data[data.index("i") :]
    if not isinstance(data, list):
        return 0
    return (bool(data) and type(data[0]) is int) + sum(map(groups, data))


class Side:
    """A page that is patched from one version to the next, beside all of these as the browser's own
    parser makes them."""

    def __init__(self, open_page, *versions):
        self.trees = list(map(vdom.parse, versions))
        expected = "".join(f"<div class=version>{html}</div>" for html in versions)
        page = open_page(f"<div data-liveview-root>{versions[0]}</div>{expected}")
        page.evaluate(HELPERS)
        page.evaluate("document.querySelectorAll('.version').forEach(node => node.normalize())")
        self.page = PatchedPage(page)
        self.version = 0

    def go_on(self):
        """Go to the next version; return the patch as it is sent."""
        old, new = self.trees[self.version : self.version + 2]
        self.version += 1
        patch = json.loads(vdom.encode(vdom.diff(old, new)))
        self.page.apply(patch)
        assert self.page.evaluate(
            """(version) => {
              const inside = (node) => JSON.stringify(Array.from(node.childNodes, sign));
              return inside(root) === inside(document.querySelectorAll(".version")[version]);
            }""",
            self.version,
        )
        assert self.page.evaluate("PykkaLive.fingerprint(root)") == vdom.fingerprint(new)
        return patch


@pytest.mark.parametrize("there", [0, 1, 10])
def test_appended_rows_and_patches_behind_them(open_page, there):
    html = table(there + 1000)
    side = Side(
        open_page,
        table(there),
        html,
        html.replace("row 500<", "another<"),
        html.replace('class="number">700<', 'class="big">700<'),
        html.replace(rows(990)[len(rows(3)) :], ""),
    )
    assert groups(side.go_on()) == 1
    assert side.go_on()[-2:] == ["t", "another"]
    side.go_on()
    side.go_on()


SHAPES = {
    "svg": "<svg viewBox='0 0 9 9'>{}</svg>",
    "math": "<math><mrow>{}</mrow></math>",
    "template": "<template>{}</template>",
    "list": "<ul>{}</ul>",
}
ITEMS = {
    "svg": "<g id='g{0}'><a xlink:href='#g{0}'><circle r='{0}'></circle></a>"
    "<foreignObject><p title='t{0}'>html {0}</p></foreignObject></g>",
    "math": "<mi mathvariant='v{0}'>x{0}<b>html {0}</b></mi><mo>+</mo>",
    "template": "<li>inner {0}<template><b title='t{0}'>deep {0}</b></template></li>",
    "list": "<li title='t{0}'><input value='v{0}' class='field'><br><b>and {0}</b></li>\n ",
}


@pytest.mark.parametrize("kind", SHAPES)
def test_nodes_of_each_namespace(open_page, kind):
    def page(count):
        return SHAPES[kind].format("".join(ITEMS[kind].format(n) for n in range(count)))

    side = Side(open_page, page(0), page(40), page(40).replace("39", "93"), page(7))
    assert groups(side.go_on()) >= 1
    side.go_on()
    side.go_on()


def test_a_group_in_the_middle_leaves_the_others_their_places(patched):
    page = patched("<p>a</p><p>z</p>")
    page.apply(["i", 1, "text", [2, ["b", {"title": 0}, 0], ["br"], "t1", "x", "t2", "y"], ["hr"]])
    assert page.html == ('<p>a</p>text<b title="t1">x</b><br><b title="t2">y</b><br><hr><p>z</p>')
    page.apply([4, 0, "t", "Y"], [7, 0, "t", "Z"], ["d", 2, 2])
    assert page.html == '<p>a</p>text<b title="t2">Y</b><br><hr><p>Z</p>'


def test_what_is_rebuilt_from_groups_is_kept_where_it_fits(patched):
    page = patched(table(12))
    page.evaluate("window.before = Array.from(root.querySelectorAll('tr'))")
    tree = vdom.Element("div", ROOT, vdom.parse(table(20)).children)
    sent = json.loads(vdom.encode_node(tree))
    assert groups(sent) >= 1
    page.rebuild(sent)
    assert page.html == vdom.to_html(vdom.parse(table(20)), inner=True)
    assert page.evaluate("before.every((row, k) => root.querySelectorAll('tr')[k] === row)")
    page.apply([0, 0, 2 * 15, 0, 0, "t", "changed"])
    assert page.evaluate("root.querySelectorAll('tr')[15].firstChild.textContent") == "changed"


def test_names_that_objects_have_themselves_are_attributes_as_any(patched):
    page = patched("")
    sent = '["i",0,[1,["b",{"__proto__":0,"constructor":0}],"a","b","c","d","e","f"]]'
    page.evaluate("sent => patcher.apply(JSON.parse(sent))", sent)
    found = page.evaluate(
        "Array.from(root.children, b => Array.from(b.attributes, ({name, value}) => [name, value]))"
    )
    assert found == [
        [["__proto__", first], ["constructor", second]] for first, second in ("ab", "cd", "ef")
    ]


@pytest.mark.parametrize(
    "group",
    [
        pytest.param([1, ["b", "x"], "x"], id="no holes"),
        pytest.param([0, "x"], id="no period"),
        pytest.param([1], id="nothing"),
        pytest.param([1, ["b", 0]], id="no strings"),
        pytest.param([2, ["b", 0], ["i", 0], "x"], id="too few values"),
        pytest.param([1, [0, "x"], ["b"]], id="a name that is no string"),
    ],
)
def test_what_is_no_group_is_refused_and_rebuilding_helps(patched, group):
    page = patched("<p>a</p>")
    with pytest.raises(Error, match=r"no (node|group) here"):
        page.apply(["i", 0, group])
    page.rebuild(["div", ROOT, [1, ["b", 0], "x", "y", "z"]])
    assert page.html == "<b>x</b><b>y</b><b>z</b>"
