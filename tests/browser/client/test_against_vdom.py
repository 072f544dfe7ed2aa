"""The browser's DOM is the server's tree: random trees, diffed in Python, patched in Chromium."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pykka_live import vdom

TAGS = [
    *("div", "p", "ul", "li", "span", "table", "tbody", "tr", "td", "form", "textarea", "select"),
    *("option", "input", "template", "pre", "details", "svg", "g", "title"),
    *("math", "mi", "mrow", "x-card"),
]
NAMES = ["id", "live-key", "class", "value", "checked", "selected", "title", "xlink:href", "data-a"]

texts = st.text(alphabet="ab <&\n\u00e9\U0001f600", max_size=3)
attributes = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(["", "a", "b", "c"]), max_size=3
)
leaves = st.one_of(
    texts.map(vdom.Text),
    texts.map(vdom.Comment),
    st.builds(vdom.Element, st.sampled_from(TAGS), attributes, st.just([])),
)


def in_svg(children):
    """HTML inside SVG. (In HTML itself no element's name has a capital.)"""
    return vdom.Element("svg", {}, [vdom.Element("foreignObject", {}, children)])


trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(vdom.Element, st.sampled_from(TAGS), attributes, st.lists(inner, max_size=5)),
        st.lists(inner, max_size=3).map(in_svg),
    ),
    max_leaves=25,
)
roots = st.lists(trees, max_size=6).map(lambda children: vdom.Element("div", {}, children))

# `sign` tells all there is to a node, to compare it with one that is made anew from the same tree.
HELPERS = """() => {
  window.sign = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType === 8) return ["!", node.data];
    const attributes = Array.from(node.attributes, (a) => [a.namespaceURI, a.name, a.value]).sort();
    const home = node.localName === "template" && node.content || node;
    return [node.namespaceURI, node.localName, attributes, Array.from(home.childNodes, sign)];
  };
  window.plain = (node) => {
    if (node.nodeType !== 1) return node.nodeType === 3 ? node.data : ["!", node.data];
    const attributes = Object.fromEntries(Array.from(node.attributes, (a) => [a.name, a.value]));
    const home = node.localName === "template" && node.content || node;
    return [node.localName, attributes, ...Array.from(home.childNodes, plain)];
  };
  window.fresh = () => new PykkaLive.Patcher(document.createElement("div"));
  // Applies each step to one patcher; tells what the DOM is then, and whether it is as if new.
  window.run = (steps) => {
    const patcher = fresh();
    document.body.append(patcher.root);
    const results = steps.map(([kind, data, tree]) => {
      patcher[kind](data);
      const made = fresh();
      made.rebuild(tree);
      const asNew = JSON.stringify(sign(patcher.root)) === JSON.stringify(sign(made.root));
      return [plain(patcher.root), asNew, PykkaLive.fingerprint(patcher.root)];
    });
    patcher.root.remove();
    return results;
  };
}"""
RELAXED = settings(
    max_examples=max(1, settings.default.max_examples // 2),  # each has several pictures
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def chromium(open_page):
    page = open_page("")
    page.evaluate(HELPERS)
    return page


def data(tree):
    return json.loads(vdom.encode_node(tree))


def explicit(node):
    """A tree as the browser tells it."""
    if isinstance(node, vdom.Text):
        return node.data
    if isinstance(node, vdom.Comment):
        return ["!", node.data]
    return [node.tag, dict(node.attrs), *map(explicit, node.children)]


def check(chromium, steps, expected):
    for (found, as_new, _), tree in zip(chromium.evaluate("run", steps), expected, strict=True):
        assert found == explicit(tree)
        assert as_new


@RELAXED
@given(sequence=st.lists(roots, min_size=2, max_size=5))
def test_sequences_of_patches(chromium, sequence):
    old, steps = vdom.Element("div", {}, []), []
    for new in sequence:
        steps.append(["apply", json.loads(vdom.encode(vdom.diff(old, new))), data(new)])
        old = new
    check(chromium, steps, sequence)


@RELAXED
@given(sequence=st.lists(st.tuples(st.booleans(), roots), min_size=2, max_size=5))
def test_rebuilding_between_patches(chromium, sequence):
    old, steps = vdom.Element("div", {}, []), []
    for rebuild, new in sequence:
        patch = json.loads(vdom.encode(vdom.diff(old, new)))
        steps.append(["rebuild", data(new), data(new)] if rebuild else ["apply", patch, data(new)])
        old = new
    check(chromium, steps, [new for _, new in sequence])


keys = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16)


@RELAXED
@given(sequence=st.lists(keys, min_size=2, max_size=5))
def test_keyed_rows_keep_their_nodes(chromium, sequence):
    def rows(names):
        return vdom.Element(
            "div", {}, [vdom.Element("li", {"live-key": k}, [vdom.Text(k)]) for k in names]
        )

    patches = [
        json.loads(vdom.encode(vdom.diff(rows(old), rows(new))))
        for old, new in zip([[], *sequence], sequence, strict=False)
    ]
    found = chromium.evaluate(
        """(patches) => {
          const patcher = fresh();
          let before = new Map();
          return patches.map((patch) => {
            patcher.apply(patch);
            const now = new Map(Array.from(patcher.root.children, (row) => [row.textContent, row]));
            const same = ([name, row]) => !before.has(name) || before.get(name) === row;
            const kept = Array.from(now).every(same);
            before = now;
            return [Array.from(now.keys()), kept];
          });
        }""",
        patches,
    )
    assert found == [[names, True] for names in sequence]


DOCUMENTS = [
    "",
    "plain",
    "<p>a</p>  <p>b</p>",
    "<p>one<p>two<ul><li>a<li>b</ul>",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "<table><tbody><tr><td>x</td></tr></tbody><caption>c</caption></table>",
    "<pre>\n\nx</pre><textarea>\n\n y </textarea>",
    "<svg viewBox='0 0 1 1'><linearGradient id=g /><a xlink:href='#g' xml:lang=de>x</a>"
    "<foreignObject><p>html</p></foreignObject><title><b>t</b></title></svg>",
    "<math><mi>x<b>html</b><mglyph></mglyph></mi><annotation-xml encoding='text/html'><p>q</p>"
    "</annotation-xml><annotation-xml><svg><g></g></svg></annotation-xml></math>",
    "<template><tr><td>x</td></tr><template>inner</template></template>",
    "<select><option selected>a<optgroup label=g><option value=2>b</select>",
    "<video muted><source src=a><track src=b></video><wbr><br><hr><img alt='' src='data:,'>",
    "<p title='a &amp; \"b\" &lt;c&gt;'>&lt;x&gt; &amp;nbsp; &copy; \u00e9 \U0001f600</p>",
    "<!-- comment --><!----><!-- a -- b -->",
    "<div live-on:click.prevent='x' data-a=1 @click=y :b=z></div>",
    '<script type=\'application/json\'>{"a": "</p>"}</script><style>p > b { }</style>',
    "<p>" + "long " * 30_000 + "</p>",
    "<details open><summary>s</summary>x</details><dialog open>d</dialog>",
    "<b>bold<i>both</b>italic</i>",
    "<ruby>x<rt>y<rp>z</ruby><dl><dt>a<dd>b</dl>",
    "<input value=a checked disabled><button type=submit>x</button><meter value=1></meter>",
    "<noscript><p>no</p></noscript>",
    "<x-card some-thing=1><slot></slot></x-card>",
    "a\r\nb\rc\x0cd",
]


def test_fingerprints_of_documents(open_page, page_errors):
    page_errors.expect("Content Security Policy")
    trees = [vdom.parse(document) for document in DOCUMENTS]
    regions = "".join(f"<div class=doc>{inner_html(tree)}</div>" for tree in trees)
    page = open_page(regions)
    found = page.evaluate(
        """Array.from(document.querySelectorAll("body > .doc"), (root) => {
             new PykkaLive.Patcher(root);
             return PykkaLive.fingerprint(root);
           })"""
    )
    wrong = [
        document
        for document, tree, ours in zip(DOCUMENTS, trees, found, strict=True)
        if vdom.fingerprint(tree) != ours
    ]
    assert wrong == []


def inner_html(tree):
    return "".join(vdom.to_html(child) for child in tree.children)


@RELAXED
@given(root=roots)
def test_fingerprints_of_trees(chromium, root):
    [[_, _, found]] = chromium.evaluate("run", [["rebuild", data(root), data(root)]])
    assert found == vdom.fingerprint(root)
