"""With components, too, the browser's DOM is what the trees make together: random scenes, diffed in
Python, patched in Chromium."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live import vdom

from .test_against_vdom import HELPERS, RELAXED, data, explicit

VIEW = None
TAGS = {"a": "div", "b": "li", "c": "p", "d": "x-card", "e": "div"}

SNAPSHOTS = """() => {
  // The nodes of each component, without those of the components inside it.
  const own = (node, into, found) => {
    const id = node.nodeType === 1 && node.getAttribute("live-component");
    const nodes = id ? [] : into;
    if (id) found.set(id, nodes);
    nodes.push(node);
    const home = node.localName === "template" && node.content || node;
    for (const child of home.childNodes) own(child, nodes, found);
    return found;
  };
  const snapshot = () => own(patcher.root, [], new Map());
  // Each round is [parts, ids that keep their roots, ids that keep all, the whole tree].
  window.play = (rounds) => {
    window.patcher = fresh();
    document.body.append(patcher.root);
    const results = rounds.map(([parts, kept, same, tree]) => {
      const before = snapshot();
      patcher.together(() => parts.forEach(([kind, data, id]) => {
        patcher[kind](data, undefined, id ?? undefined);
      }));
      const after = snapshot();
      const lost = kept.filter((id) => before.get(id)[0] !== after.get(id)[0]);
      const differ = (id) => before.get(id).some((node, n) => node !== after.get(id)[n]);
      lost.push(...same.filter(differ));
      const made = fresh();
      made.rebuild(tree);
      const asNew = JSON.stringify(sign(patcher.root)) === JSON.stringify(sign(made.root));
      const known = Array.from(patcher.shown.keys()).filter(Boolean).sort();
      return [plain(patcher.root), asNew, lost, known];
    });
    patcher.root.remove();
    return results;
  };
}"""

texts = st.text(alphabet="ab <", min_size=1, max_size=2)
attributes = st.dictionaries(
    st.sampled_from(["id", "live-key", "class", "title"]), st.sampled_from("abc"), max_size=2
)
plain_nodes = st.recursive(
    st.one_of(texts.map(vdom.Text), texts.map(vdom.Comment)),
    lambda inner: st.builds(
        vdom.Element,
        st.sampled_from(["div", "p", "li", "x-card", "template"]),
        attributes,
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)


def place(name, tags=TAGS):
    return vdom.Element(tags[name], {"live-component": name})


@st.composite
def owned(draw, tag, names, tags=TAGS):
    """The tree of the view, or of a component, in which these components have their places."""
    children = draw(st.lists(plain_nodes, max_size=4))
    for name in draw(st.permutations(names)):
        node = place(name, tags)
        if draw(st.integers(0, 2)) == 0:
            wrapper = draw(st.sampled_from(["div", "li", "template"]))
            node = vdom.Element(wrapper, draw(attributes), [*draw(st.lists(plain_nodes)), node])
        children.insert(draw(st.integers(0, len(children))), node)
    return vdom.Element(tag, draw(attributes) if tag != "view" else {}, children)


def view(names, tags=TAGS):
    return owned("view", names, tags).map(lambda tree: vdom.Element("div", {}, tree.children))


def places(node):
    """The names of the components that have a place in a tree."""
    if not isinstance(node, vdom.Element):
        return []
    here = node.get("live-component")
    return [here] if here else [name for child in node.children for name in places(child)]


def shown(trees, owner=VIEW):
    """The names of the components that are shown, parents first."""
    if owner not in trees:
        return []
    inner = places(trees[owner])
    return inner + [name for child in inner for name in shown(trees, child)]


def composed(trees, node):
    if not isinstance(node, vdom.Element):
        return node
    name = node.get("live-component")
    attrs = dict(node.attrs)
    if name in trees and name is not None:
        node = trees[name]
        attrs |= node.attrs
    return vdom.Element(node.tag, attrs, [composed(trees, child) for child in node.children])


def update(trees, owner, new, rebuild):
    if rebuild or owner not in trees:
        return ["rebuild", data(new), owner]
    return ["apply", json.loads(vdom.encode(vdom.diff(trees[owner], new))), owner]


class Play:
    """What is to be seen, round by round."""

    def __init__(self):
        self.trees = {VIEW: vdom.Element("div", {}, [])}
        self.rounds = []
        self.expected = []

    def go_on(self, parts, trees):
        """`trees` is what is shown after these parts."""
        before = set(shown(self.trees))
        names = [*shown(trees)]
        trees = {owner: trees[owner] for owner in [VIEW, *names] if owner in trees}
        kept = [n for n in names if n in before and _tag(trees, n) == _tag(self.trees, n)]
        same = [n for n in kept if trees.get(n) == self.trees.get(n)]
        whole = composed(trees, trees[VIEW])
        self.rounds.append([parts, kept, same, data(whole)])
        self.expected.append([explicit(whole), True, [], sorted(names)])
        self.trees = trees

    def check(self, chromium):
        found = chromium.evaluate("play", self.rounds)
        for one, expected in zip(found, self.expected, strict=True):
            assert one == expected


def _tag(trees, name):
    def tags(node):
        if isinstance(node, vdom.Element):
            if node.get("live-component") == name:
                yield node.tag
            for child in node.children:
                yield from tags(child)

    return next(tag for tree in trees.values() for tag in tags(tree))


@pytest.fixture
def chromium(open_page):
    page = open_page("")
    page.evaluate(HELPERS)
    page.evaluate(SNAPSHOTS)
    return page


@RELAXED
@given(draws=st.data())
def test_one_after_the_other(chromium, draws):
    """Each round changes the view or one component; those that come are empty at first."""
    play = Play()
    for _ in range(draws.draw(st.integers(2, 9))):
        here = shown(play.trees)
        owner = draws.draw(st.sampled_from([VIEW, *here, *here]))
        its = places(play.trees[owner]) if owner in play.trees else []
        free = [name for name in TAGS if name in its or name not in here]
        names = draws.draw(st.lists(st.sampled_from(free), unique=True)) if free else []
        new = draws.draw(view(names) if owner is VIEW else owned(TAGS[owner], names))
        part = update(play.trees, owner, new, draws.draw(st.booleans()))
        play.go_on([part], play.trees | {owner: new})
    play.check(chromium)


@st.composite
def scenes(draw):
    """All trees of a page. A component may stand in the view, in another one, or nowhere."""
    tags = dict(TAGS)
    if draw(st.integers(0, 3)) == 0:
        tags[draw(st.sampled_from("abcde"))] = "span"
    order = draw(st.permutations("abcde"))
    owner_of = {}
    for index, name in enumerate(order):
        owner_of[name] = draw(st.sampled_from(["nowhere", VIEW, VIEW, *order[:index]]))
    trees = {}
    for owner in [VIEW, *order]:
        names = [name for name in order if owner_of[name] == owner]
        trees[owner] = draw(view(names, tags) if owner is VIEW else owned(tags[owner], names, tags))
    names = shown(trees)
    return {owner: trees[owner] for owner in [VIEW, *names]}


@RELAXED
@given(sequence=st.lists(scenes(), min_size=2, max_size=5), draws=st.data())
def test_all_in_one_batch(chromium, sequence, draws):
    """What was shown and is shown goes on, wherever its place is; only what is new comes whole."""
    play = Play()
    for trees in sequence:
        old = play.trees
        here = shown(old)
        parts = []
        for owner in [VIEW, *shown(trees)]:
            kept = owner is VIEW or (owner in here and _tag(old, owner) == _tag(trees, owner))
            before = old if kept else {}
            parts.append(update(before, owner, trees[owner], draws.draw(st.integers(0, 3)) == 0))
        play.go_on(parts, trees)
    play.check(chromium)
