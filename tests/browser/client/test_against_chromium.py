"""What the server's parser makes of markup is what Chromium makes of it."""

from __future__ import annotations

import json
from html.entities import html5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pykka_live import vdom

from .conftest import POLICY
from .html5lib_cases import DIRECTORY, cases

# `compare` compares the DOM that Chromium's parser made with the one that the client makes of the
# server's tree, namespaces and all, and tells the fingerprint of the first.
HELPERS = """() => {
  const policy = trustedTypes.createPolicy("judge", { createHTML: (html) => html });
  const sign = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType === 8) return ["!", node.data];
    if (node.nodeType === 7) return ["?", node.target, node.data];
    const attributes = Array.from(node.attributes, (a) => [a.namespaceURI, a.name, a.value]);
    return [node.namespaceURI, node.localName, attributes, inside(node)];
  };
  const inside = (node) => {
    if (node.localName === "selectedcontent") return [];   // the browser fills it
    const home = node.localName === "template" && node.content || node;
    return Array.from(home.childNodes, sign);
  };
  window.compare = (root, tree) => {
    new PykkaLive.Patcher(root);
    const made = new PykkaLive.Patcher(document.createElement(root.localName));
    made.rebuild(tree);
    const [found, expected] = [root, made.root].map((node) => JSON.stringify(inside(node)));
    return [found === expected ? null : found, PykkaLive.fingerprint(root)];
  };
  window.judge = (documents) => JSON.parse(documents).map(([context, html, tree]) => {
    const root = document.createElement(context);
    root.innerHTML = policy.createHTML(html);
    return compare(root, tree);
  });
}"""


@pytest.fixture
def policy():
    """These tests make markup of text themselves."""
    return POLICY.replace("trusted-types 'none'", "trusted-types judge")


@pytest.fixture
def chromium(open_page):
    page = open_page("")
    page.evaluate(HELPERS)
    return page


def as_json(tree):
    return vdom.encode_node(tree).decode()


def differences(chromium, documents):
    """The documents (context, html) that Chromium understands otherwise, each with the server's
    tree and what Chromium makes of it."""
    trees = [vdom.parse(html, context) for context, html in documents]
    asked = [
        f"[{json.dumps(context)},{json.dumps(html)},{as_json(tree)}]"
        for (context, html), tree in zip(documents, trees, strict=True)
    ]
    answers = chromium.evaluate("judge", f"[{','.join(asked)}]")
    return [
        (document, vdom.to_html(tree), found)
        for document, tree, (found, seen) in zip(documents, trees, answers, strict=True)
        if found is not None or seen != vdom.fingerprint(tree)
    ]


# -- what templates contain -----------------------------------------------------------------------

CONTEXTS = ["div", "table", "tbody", "select"]
ORDINARY = [
    "<tr><td>1<td>2<tr><th>3",
    "<table><tr><td>1</table><table><td>2</table><table><col><tr></table>",
    "<table><caption>a<p>b</caption><colgroup><col span=2><thead><th>c<tfoot><tr><td>d<tbody><td>e",
    "<table>\n <tr>\n  <td> 1 </td>\n </tr>\n</table>",
    "<table>a<tr>b<td>c</td>d</tr>e</table>f",
    "<table><form><tr><td><input type=hidden><td><input></form></table>",
    "<p>a<div>b</div><p>c<ul><li>d</ul><p>e<table></table><p>f<hr><p>g<pre>h</pre><p>i<h1>j</h1>k",
    "<p>a<details><summary>b</summary>c</details><p>d<figure>e<figcaption>f</figure><p>g<form>h",
    "<ul><li>a<li>b<ol><li>c</ol><li>d</ul><dl><dt>a<dd>b<dt>c<dd>d</dl><menu><li>e</menu>",
    "<ruby>a<rp>(</rp><rt>b<rp>)</rp></ruby><ruby>c<rb>d<rtc>e<rt>f<rt>g</ruby>",
    "<br/><hr><img alt=''><input disabled><wbr><area><embed><col><link><meta><param><source>",
    "<div/>a<span/>b<x-card/>c",
    "<x-card some-thing=1 :b=2 live-on:click.prevent=c><slot name=d></slot></x-card>",
    "<svg viewBox='0 0 1 1' CLASS=x><lineargradient id=g /><a xlink:href='#g'>a</a></svg>b",
    "<svg><foreignobject><p>a<p>b</foreignobject><title><b>c</b></title><desc><i>d</desc></svg>e",
    "<svg><style>a<b/></style><script>c&amp;d</script><![CDATA[e<f>&amp;]]><p>out",
    "<math><mi>x</mi><mo>&lt;</mo><mtext><b>y</b></mtext><annotation-xml definitionurl=a encoding="
    "text/html><p>z</annotation-xml><mglyph/><malignmark/></math>",
    "<pre>\na</pre><pre>\n\nb</pre><listing>\nc</listing><textarea>\n\nd</textarea><pre><b>\n</b></pre>",
    "<textarea><b>&lt;&amp;</textarea><title><i>&copy</title>",
    "<template><tr><td>1</td></tr></template><template><li>a<template>b</template></template>",
    "<template><col></template><template>a<tr></template><table><template><td>c</template></table>",
    "<script type='text/x'><!-- <script>a</script> --> b</script><style>a > b { }</style>c",
    "<noscript><p>a</p></noscript><xmp><b></xmp><noembed><b></noembed><noframes><b></noframes>",
    "<p title=\"a&amp;'b\" data-a='\"' data-b=c&d=e&copy=f&amp;g disabled checked='' A=1 a=2>a",
    "a&nbsp;b &lt;c&gt; &#65;&#x42;&#x80;&#0; &copy &notit; &bogus; & &# &amp",
    "<b>1<p>2</b>3</p>4<a>5<a>6</a><nobr>7<nobr>8<font color=red><p>9</font>",
    "<b><i><u><s>1<div>2</b>3</i>4</u>5</div>6",
    "<select><option>a<option selected>b<optgroup><option>c<hr><optgroup><option>d</select>",
    "<select><button><selectedcontent></selectedcontent></button><option><b>a</b></select>",
    "<select><div><option>a</div><p>b<input><select>c",
    "<option>a<option>b<optgroup><option>c</optgroup><hr><option><span>d",
    "<button>a<button>b</button><form>c<form>d</form>e<label><input>f</label><fieldset><legend>g",
    "<object><b>a</object>b<marquee><i>c</marquee>d<applet></applet>",
    "<h1>a<h2>b</h1>c<address>d<section>e</address><main>f<search>g</search><dialog>h</dialog>",
    "<!doctype html><html a=1><head><title>a</title></head><body b=2>c</body></html>",
    "<!-- a --><!----><!--><!---><!--b--!><!c></d></ e></><f<!-- g --",
    "<video controls muted><source><track>a</video><picture><source><img></picture>",
    "<image alt=a></p></br></div>a\r\nb\rc\fd<p><a><plaintext>e</plaintext>",
    f"<{'x-' * 100}y {'a' * 300}=1 {'A' * 300}=2 {'b' * 79}=3>a</{'x-' * 100}z></{'X-' * 100}y>b",
]


def test_what_templates_contain(chromium):
    documents = [(context, html) for context in CONTEXTS for html in ORDINARY]
    assert differences(chromium, documents) == []


def test_all_entities(chromium):
    ends = ["", ";", "x", "=", "1", " ", "&"]
    names = sorted({name.rstrip(";") for name in html5})
    documents = [
        ("div", "|".join(f"&{name}{end}" for end in ends)
         + "".join(f"<p a='&{name}{end}' b=&{name}{end}>" for end in ends))
        for name in names
    ]  # fmt: skip
    assert differences(chromium, documents) == []


def test_numeric_references(chromium):
    edges = (0xD7FF, 0xE000, 0xFDD0, 0xFFFF, 0x10000, 0x10FFFF, 2**31, 2**32 + 65, 10**40)
    numbers = [*range(0x180), *(edge + step for edge in edges for step in (-1, 0, 1))]
    forms = ("&#%d;", "&#x%x;", "&#X%X", "&#%dx", "&#0%d=")
    documents = [
        ("div", "".join(f"{form % number}<p a={form % number}>" for form in forms))
        for number in numbers
    ]
    assert differences(chromium, documents) == []


# -- the cases of html5lib-tests ------------------------------------------------------------------


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="the cases are put into the venv by `make test`")
@pytest.mark.parametrize("has_errors", [False, True], ids=["without errors", "with errors"])
@pytest.mark.parametrize("parent", CONTEXTS)
def test_what_html5lib_tests_contain(chromium, page_errors, parent, has_errors):
    """The trees of `vdom.parse` and those of Chromium, of each case as inner HTML of an element.

    Cases that are whole pages are taken for every element, fragments for the one that they name.
    99 % have to be equal, be they with parse errors or without.
    """
    page_errors.expect("<svg> attribute")
    documents = [
        (parent, case.html)
        for case in cases()
        if case.has_errors == has_errors and case.context in (None, parent) and case.with_scripts
    ]
    assert len(documents) > 150
    found = differences(chromium, documents)
    assert len(found) <= len(documents) // 100, found


# -- generated markup -----------------------------------------------------------------------------

# Left out is what Chromium does otherwise than the standard says: it makes nodes of their own of
# <?names> and has other rules for search, and for formatting elements with an `is` attribute.
BLOCKS = (
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure "
    "footer header hgroup main menu nav ol p section summary ul li dd dt h1 h2 pre listing form"
)
VOCABULARIES = {
    "blocks": BLOCKS,
    "formatting": "a b big code em font i nobr s small strike strong tt u p div table td button",
    "tables": "table table caption colgroup col tbody thead tfoot tr tr td th td form input b p",
    "choices": "select select option optgroup hr button input textarea keygen div p span table td",
    "foreign": "svg svg math g path title desc foreignobject clippath mi mo mtext annotation-xml "
    "mglyph malignmark semantics p b font style script textarea x-card",
    "templates": "template template table tbody tr td col caption select option svg div li style",
    "raw": "script style title textarea xmp iframe noembed noframes noscript plaintext p svg b",
    "media": "object applet marquee video audio canvas picture img embed area source track p b",
    "rest": "ruby rb rt rp rtc br wbr image html head body frameset frame base link meta x-card",
}
ATTRIBUTES = [
    *[""] * 12,
    *(" class=a", " class='a b'", " A=1 a=2", ' title="a&amp;b&copy=c&lt"', " disabled"),
    *(" type=hidden", " TYPE=HIDDEN", " color=red", " viewbox='0 0 1 1'", " xlink:title=a", "/"),
    *(" encoding=text/html", " xml:lang=en xmlns:xlink=b", " definitionurl=a", " a=b/"),
]
CONTENT = [
    *("a", "b ", " ", "\n", "\n\nc", "\t", "é", "\U0001f600", "&amp;", "&lt", "&notit;", "&#0;"),
    *(
        "<!--c-->",
        "<!-->",
        "<!--a--!>",
        "<!d>",
        "<![CDATA[z<b>]]>",
        "]]>",
        "</>",
        "</ a>",
        "<",
        "&",
    ),
    *("<!doctype html>", "<!--", "</p>", "</br>", "</script>"),
]


def document(random):
    """A context and some markup, whose tags need not match."""
    names = random.sample(sorted(VOCABULARIES), random.choice([1, 2]))
    tags = " ".join(VOCABULARIES[name] for name in names).split()
    makers = (
        lambda: f"<{random.choice(tags)}{random.choice(ATTRIBUTES)}>",
        lambda: f"</{random.choice(tags)}>",
        lambda: random.choice(CONTENT),
    )
    kinds = random.choices(makers, weights=[5, 3, 2], k=random.randint(1, 14))
    return random.choice(CONTEXTS), "".join(make() for make in kinds)


@given(random=st.randoms(use_true_random=True))
@settings(
    max_examples=max(1, settings.default.max_examples * 15 // 100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_generated_markup(chromium, random):
    found = differences(chromium, [document(random) for _ in range(200)])
    assert sorted(found, key=lambda difference: len(difference[0][1])) == []


# -- where the browser understands something else -------------------------------------------------

UNLIKE = [
    # What stands around the region takes part: neither forms nor links can be nested.
    ("<form>{}</form>", "<form><input name=a></form>b"),
    ("<a>{}</a>", "a<a>b</a>c"),
    # The tree holds what markup cannot express: a link that a table has kept out of a link.
    ("{}", "<a><table><a>b</table>"),
    # Browsers put what is nested too deeply beside each other.
    ("{}", "<div>" * 600 + "a"),
    # A shadow root is no part of the tree, and its template is none of the DOM.
    ("{}", "<div><template shadowrootmode=open>a</template>b</div>"),
]


@pytest.mark.parametrize(("around", "html"), UNLIKE)
def test_what_the_browser_made_otherwise_is_noticed_and_rebuilt(live, server, around, html):
    tree = vdom.parse(html)
    root = vdom.Element("div", {"data-liveview-root": ""}, tree.children)
    server.joined = {"tree": json.loads(as_json(root))}
    page = live(vdom.to_html(tree, inner=True), around=around)
    assert server.wait_for("join")["fingerprint"] != vdom.fingerprint(tree)
    page.evaluate(HELPERS)
    compared = page.evaluate(
        "(tree) => compare(document.querySelector('[data-liveview-root]'), JSON.parse(tree))",
        as_json(tree),
    )
    assert compared == [None, vdom.fingerprint(tree)]
