"""The patch operations, applied by the client's Patcher."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error


def test_text(patched):
    page = patched("<p>a<b>1</b></p>")
    page.apply([0, 1, 0, "t", "5"])
    assert page.html == "<p>a<b>5</b></p>"


def test_text_of_a_comment(patched):
    page = patched("<p><!--a--></p>")
    page.apply([0, 0, "t", "b"])
    assert page.html == "<p><!--b--></p>"


def test_attributes(patched):
    page = patched('<p id="a" title="x"></p>')
    page.apply([0, ["a", "title", "y"], ["r", "id"], ["a", "lang", ""]])
    assert page.html == '<p title="y" lang=""></p>'


def test_attributes_of_the_root(patched):
    page = patched("")
    page.apply(["a", "class", "wide"])
    assert page.evaluate("root.className") == "wide"


def test_insert(patched):
    page = patched("<p></p>")
    page.apply(
        ["i", 0, "text", ["b", {"class": "x"}, "bold", ["i"]], ["!", "note"]], ["i", 4, "end"]
    )
    assert page.html == 'text<b class="x">bold<i></i></b><!--note--><p></p>end'


def test_delete(patched):
    page = patched("<p></p><b></b><i></i><u></u>")
    page.apply(["d", 1, 2])
    assert page.html == "<p></p><u></u>"
    page.apply(["d", 0])
    assert page.html == "<u></u>"


def test_swap_and_go_on_in_the_new_node(patched):
    page = patched("<p>x</p><p>y</p>")
    page.apply([1, ["s", ["h1", "new"]], [0, "t", "newer"]])
    assert page.html == "<p>x</p><h1>newer</h1>"
    page.apply([1, "s", "text"], [1, "t", "texts"])
    assert page.html == "<p>x</p>texts"


def test_shared_paths_and_no_patch(patched):
    page = patched("<ul><li>a</li><li>b</li><li>c</li></ul>")
    page.apply([], [0, [2, ["d", 0], ["i", 0, ["b", "new"]]], [0, 0, "t", "A"]])
    assert page.html == "<ul><li>A</li><li>b</li><li><b>new</b></li></ul>"


def test_version(patched):
    page = patched("<p>x</p>")
    assert page.evaluate("patcher.version") == 0
    page.apply([0, 0, "t", "y"])
    assert page.evaluate("patcher.version") == 1


MOVES = [
    (["m", 0, 3], "bcda"),
    (["m", 3, 0], "dabc"),
    (["m", 1, 2], "acbd"),
    (["m", 0, 2, 2], "cdab"),
    (["m", 2, 0, 2], "cdab"),
    (["m", 1, 1], "abcd"),
]


@pytest.mark.parametrize("modern", [True, False])
def test_moves_keep_identity_and_focus(patched, modern):
    page = patched("")
    if not modern:
        page.evaluate("() => { delete Element.prototype.moveBefore; }")
    for move, order in MOVES:
        for focused in ["", "a", "d"]:
            page.rebuild(["div", {}, *(["input", {"id": name}] for name in "abcd")])
            page.evaluate(
                """(focused) => {
                  window.nodes = Object.fromEntries(Array.from(root.children, n => [n.id, n]));
                  document.activeElement.blur();
                  nodes[focused]?.focus();
                  window.blurred = 0;
                  root.addEventListener("focusout", () => { blurred++; });
                }""",
                focused,
            )
            page.apply(move)
            found = page.evaluate(
                "Array.from(root.children, n => nodes[n.id] === n ? n.id : '?').join('')"
            )
            active = page.evaluate("document.activeElement.id")
            assert (found, active) == (order, focused), (move, focused)
            assert page.evaluate("blurred") == 0, (move, focused)


MISFITS = [
    [5, "t", "x"],
    [0, 0, 0, "t", "x"],
    [0, "t", "x"],
    ["t", "x"],
    [0, "x", "x"],
    [0, 0, "a", "id", "x"],
    [0, "d", 1, 1],
    [0, "d", 0, -1],
    [0, "i", 2, "x"],
    [0, "i", 0, {"tag": "b"}],
    [0, "i", 0, [5]],
    [0, "m", 0, 1],
    [0, 0, "i", 0, "x"],
    ["s", ["div"]],
    [0, {"t": 1}],
    {"p": 1},
    None,
]


def test_what_does_not_fit_is_refused(patched):
    page = patched("<p>x</p>")
    for patch in MISFITS:
        try:
            page.apply(patch)
        except Error:
            continue
        pytest.fail(f"{patch} was applied")


def test_foreign_nodes_do_not_count(patched):
    page = patched("<p>a</p><p>b</p><p>c</p>")
    page.evaluate(
        """() => {
          for (const at of [0, 2, 4, 6]) {
            root.insertBefore(document.createElement("x-foreign"), root.childNodes[at] ?? null);
          }
        }"""
    )
    page.apply([1, 0, "t", "B"], ["i", 1, ["i"]], ["d", 0], ["m", 2, 0])
    visible = page.evaluate(
        """Array.from(root.childNodes).filter(node => node.localName !== "x-foreign")
             .map(node => node.textContent)"""
    )
    assert visible == ["c", "", "B"]
    assert page.evaluate("root.querySelectorAll('x-foreign').length") == 4


def test_texts_before_and_after_foreign_nodes(patched):
    page = patched("a<b></b>c")
    page.evaluate("root.prepend('pre'); root.append('foreign')")
    page.apply([2, "t", "C"], [0, "t", "A"], ["i", 3, "d"])
    assert page.html == "preA<b></b>Cdforeign"


def test_a_text_that_a_script_removed_comes_back(patched):
    page = patched("<p>a<b>x</b>c</p>")
    page.evaluate("root.firstChild.lastChild.remove()")
    page.apply([0, 2, "t", "C"])
    assert page.html == "<p>a<b>x</b>C</p>"


def test_an_element_that_a_script_moved_is_patched_where_it_is(patched):
    page = patched("<p>a</p><p>b</p><p>c</p>")
    page.evaluate("document.body.append(window.taken = root.children[1])")
    page.apply([1, 0, "t", "B"], ["i", 1, ["i"]], ["m", 2, 3])
    assert page.html == "<p>a</p><i></i><p>c</p>"
    assert page.evaluate("taken.textContent + taken.parentNode.localName") == "Bbody"
    page.apply(["d", 3])
    assert not page.evaluate("taken.isConnected")


def test_texts_that_the_browser_has_split_are_one(patched):
    page = patched("<p>xyz</p><template><p>xyz</p></template><p>y</p>")
    page.evaluate(
        """() => {
          root.firstChild.firstChild.splitText(1);
          root.children[1].content.firstChild.firstChild.splitText(1);
          patcher = new PykkaLive.Patcher(root);
        }"""
    )
    page.apply([0, ["d", 0], ["i", 0, "short"]], [1, 0, 0, "t", "short"])
    assert page.html == "<p>short</p><template><p>short</p></template><p>y</p>"


def test_namespaces(patched):
    page = patched("<div></div>")
    page.apply(
        [
            0,
            "i",
            0,
            [
                "svg",
                {"viewBox": "0 0 1 1", "xmlns": "http://www.w3.org/2000/svg"},
                ["linearGradient"],
                ["a", {"xlink:href": "#x", "xml:lang": "de", "data-x": "1"}],
                ["foreignObject", ["p", ["svg", ["math"]], ["math"]]],
                ["title", ["b"]],
            ],
            [
                "math",
                ["mi", ["b"], ["mglyph"]],
                ["mrow", ["mi"], ["svg"]],
                ["annotation-xml", {"encoding": "Text/HTML"}, ["b"]],
                ["annotation-xml", ["svg"], ["mi"]],
            ],
            ["svg", ["svg"], ["rect"]],
        ]
    )
    made = page.html
    # What the parser makes of the serialisation is what we made.
    signature = """
      (function sign(node) {
        if (node.nodeType !== 1) return node.data;
        const attributes = Array.from(
          node.attributes, (a) => [a.namespaceURI, a.prefix, a.name, a.value]
        );
        return [node.namespaceURI, node.localName, attributes, Array.from(node.childNodes, sign)];
      })
    """
    ours = page.evaluate(f"{signature}(root)[3]")
    page.page.route(
        "**/parsed",
        lambda route: route.fulfill(
            body=f"<!doctype html><div id=x>{made}</div>", content_type="text/html"
        ),
    )
    page.page.goto("http://live.test/parsed")
    assert ours == page.evaluate(f"{signature}(document.getElementById('x'))[3]")


def test_templates(patched):
    page = patched("<template><p>a</p><template><b>x</b></template></template>")
    page.apply([0, [0, 0, "t", "b"], [1, 0, 0, "t", "y"], ["i", 0, ["i"]]])
    assert page.html == "<template><i></i><p>b</p><template><b>y</b></template></template>"
    page.apply(["i", 0, ["template", ["img", {"src": "/never"}], ["template", "x"]]])
    assert page.evaluate("root.firstChild.content.firstChild.ownerDocument !== document")
    assert page.evaluate("root.firstChild.childNodes.length") == 0


def test_scripts_do_not_run(patched):
    page = patched("<p></p>")
    page.apply(
        [0, "i", 0, ["script", "window.ran = true"], ["script", {"type": "application/json"}, "{}"]]
    )
    assert page.evaluate("window.ran") is None
    assert (
        page.html
        == '<p><script>window.ran = true</script><script type="application/json">{}</script></p>'
    )


def test_own_classes_survive(patched):
    page = patched('<p class="a"></p><p></p>')
    page.evaluate("for (const p of root.children) p.classList.add('live-loading')")
    page.apply([0, "a", "class", "b  c"], [1, "a", "class", "d"])
    assert page.html == '<p class="b  c live-loading"></p><p class="d live-loading"></p>'
    page.apply([0, "r", "class"])
    assert page.evaluate("root.firstChild.className") == "live-loading"


def test_the_token_is_not_touched(patched):
    page = patched("")
    page.evaluate("root.setAttribute('data-live-token', 'mine')")
    page.apply(["a", "data-live-token", "x"], ["r", "data-live-token"])
    assert page.evaluate("root.getAttribute('data-live-token')") == "mine"


def test_fields_whose_names_hide_a_forms_own(patched):
    names = ["id", "children", "remove", "attributes", "dataset", "contains", "matches", "content"]
    names += ["classList", "hasAttribute", "setAttribute", "getAttribute", "ownerDocument"]
    names += ["nodeType", "closest", "querySelectorAll"]
    fields = "".join(f'<input name="{name}">' for name in names)
    page = patched(f"<section><form>{fields}</form><form>{fields}</form><p></p></section>")
    page.apply([0, ["m", 0, 2], ["d", 0], [1, ["a", "class", "x"], ["d", 1, len(names) - 1]]])
    assert page.html == '<section><p></p><form class="x"><input name="id"></form></section>'
    page.apply([0, 1, "i", 1, "text", ["b"], ["input", {"name": "nodeType"}]])
    page.rebuild(["div", ["section", ["p"], ["form", ["input", {"name": "ownerDocument"}], "x"]]])
    page.rebuild(["div", ["section", ["form", {"class": "y"}, ["b"]]]])
    assert page.html == '<section><form class="y"><b></b></form></section>'


def test_names_that_the_dom_methods_refuse(patched, page_errors):
    page_errors.expect("this browser refuses")
    page = patched("<p></p>")
    page.apply(["i", 1, ["svg", ["xml:x", {"": "1"}]], ["b"]], [2, "a", "title", "reached"])
    assert page.evaluate("root.lastChild.title") == "reached"


def test_ignored_subtrees(patched):
    page = patched('<div live-ignore class="a" data-n="1"><p>x</p></div><p>y</p>')
    page.evaluate("root.firstChild.textContent = 'widget'")
    page.apply(
        [0, [0, 0, "t", "z"], ["i", 0, ["b"]], ["a", "class", "b"], ["a", "data-n", "2"]],
        [1, 0, "t", "Y"],
    )
    assert page.html == '<div live-ignore="" class="a" data-n="2">widget</div><p>Y</p>'
    page.apply([0, "r", "live-ignore"])
    assert page.html == '<div class="b" data-n="2"><b></b><p>z</p></div><p>Y</p>'
    page.apply([0, 1, 0, "t", "live"], [0, "a", "class", "c"])
    assert page.html == '<div class="c" data-n="2"><b></b><p>live</p></div><p>Y</p>'
    page.apply([0, "a", "live-ignore", ""], [0, "d", 0])
    assert page.html == '<div class="c" data-n="2" live-ignore=""><b></b><p>live</p></div><p>Y</p>'


def test_three_thousand_levels(patched):
    page = patched("")
    page.evaluate(
        """() => {
          let tree = "x";
          for (let depth = 0; depth < 3000; depth++) tree = ["b", tree];
          patcher.apply(["i", 0, tree]);
        }"""
    )
    assert page.evaluate("root.querySelectorAll('b').length") == 3000
