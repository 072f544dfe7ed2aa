"""Whatever a frame holds, the page is the server's tree again after the refresh that follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Error

from pykka_live import vdom

from .test_against_vdom import HELPERS, RELAXED, data, explicit
from .test_prototypes import EVIL, PURE, UNTOUCHED, WATCH

# Paths of the view do not lead below a component's place, so it stands where they hardly come.
LIVE = (
    '<p id="a">x<b live-key="k">y</b></p><ul><li id="l">1</li><li>2</li></ul><input value="1">'
    "<select><option>1</option><option>2</option></select><template><i>t</i></template>x"
    '<div contenteditable="">e</div><svg><text>s</text></svg><textarea>u</textarea><!--c--><hr>{}'
)
WHOLE = LIVE.format('<section live-component="c"><i>z</i></section>')
VIEW = vdom.parse(LIVE.format('<section live-component="c"></section>'))
COMPONENT = ["section", ["i", "z"]]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 12), st.floats(), st.text(max_size=3),
    st.sampled_from([*"tarimds!", *EVIL, "p", "id", "class", "value", "live-component", "c"]),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.sampled_from([*EVIL, "id", "x"]), inner)
    ),
    max_leaves=12,
)
nodes = st.sampled_from(
    [
        "x",
        ["b", {"id": "a"}, "y"],
        ["section", {"live-component": "c"}],
        ["section", {"live-component": "other"}],
        ["select", ["template", ["svg", ["p"]]]],
        [1, ["i", 0], "x", "y"],
        ["!", "x"],
    ]
)
numbers, indexes = st.integers(0, 9), st.integers(0, 13)
# What looks like a patch, and seldom fits.
patches = st.builds(
    lambda path, operation: [*path, *operation],
    st.lists(numbers, max_size=2),
    st.one_of(
        st.tuples(st.just("t"), scalars),
        st.tuples(st.sampled_from("ar"), scalars, scalars),
        st.tuples(st.just("i"), indexes, nodes, nodes | anything),
        st.tuples(st.sampled_from("dm"), indexes, indexes, numbers),
        st.tuples(st.just("s"), nodes | anything),
        st.tuples(anything, anything),
    ),
)
ATTACK = """([rubbish, view, component]) => {
  const patcher = fresh();
  document.body.append(patcher.root);
  const refresh = () => {
    patcher.rebuild(view);
    patcher.rebuild(component, 1, "c");
    return plain(patcher.root);
  };
  const before = refresh();
  for (const patch of rubbish) {
    try {
      patcher.apply(patch);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  const after = refresh();
  patcher.root.remove();
  return [before, after];
}"""


@pytest.fixture
def chromium(open_page, page_errors):
    page_errors.expect("this browser refuses")
    page = open_page("")
    page.evaluate(HELPERS)
    page.evaluate(WATCH)
    return page


@RELAXED
@given(rubbish=st.lists(patches | anything, min_size=1, max_size=6))
def test_after_any_patches_a_refresh_gives_the_tree(chromium, rubbish):
    found = chromium.evaluate(ATTACK, [rubbish, data(VIEW), COMPONENT])
    assert found == [explicit(vdom.parse(WHOLE))] * 2
    assert chromium.evaluate(UNTOUCHED) == PURE


def test_a_move_to_a_place_that_is_not_there_moves_nothing(patched):
    page = patched("<i></i><b></b>")
    with pytest.raises(Error, match="no 1 children at 9"):
        page.apply(["m", 0, 9])
    page.apply(["m", 0, 1], ["d", 0])
    assert page.html == "<i></i>"


PLACE = ["section", {"live-component": "c"}]


@pytest.mark.parametrize(
    "patch",
    [
        ["i", 1, PLACE],
        ["i", 0, PLACE, PLACE],
        ["i", 1, ["b", PLACE[1]]],
        [["i", 1, PLACE], ["d", 1]],
    ],
    ids=["again", "twice", "another", "gone"],
)
def test_a_component_whose_place_came_without_the_end_of_the_other_is_refreshed(patched, patch):
    page = patched('<section live-component="c"><i>z</i></section>')
    page.apply(patch)
    page.rebuild(["div", PLACE])
    page.evaluate("tree => patcher.rebuild(tree, 1, 'c')", COMPONENT)
    assert page.html == '<section live-component="c"><i>z</i></section>'


def test_a_place_never_turns_into_another_element(patched):
    page = patched('<section live-component="c"><i>z</i></section><p></p>')
    for patch in [[0, "r", "live-component"], [1, "a", "live-component", "c"]]:
        with pytest.raises(Error, match="no attribute live-component"):
            page.apply(patch)
