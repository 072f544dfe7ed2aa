"""Random supervision trees, as Hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.actors.lives import Spec

words = st.sampled_from(["restart", "restart", "always", "stop", "resume", "escalate"])
by_class = st.lists(
    st.tuples(
        st.sampled_from(["Crash", "Oops", "SystemExit", "Exception", "RestartsExceeded"]),
        st.sampled_from(["restart", "stop", "resume", "escalate"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda pair: pair[0],
).map(tuple)
strategies = words | by_class
tops = st.sampled_from(["restart", "always"])
scopes = st.sampled_from(["one_for_one", "one_for_all", "rest_for_one"])
limits = st.sampled_from([(20, 5.0), (3, 5.0), (20, 5.0), (1, 2.0), (2, 10.0), (0, 5.0)])
errors = st.sampled_from(["Crash", "Oops", "SystemExit"])
afters = st.sampled_from(["say", "fail", "end"])
plans = st.lists(
    st.sampled_from(["ok", "gate", "fail", "gate fail", "unmade"]), min_size=1, max_size=3
)
first_plans = st.sampled_from([["ok"], ["ok"], ["ok"], ["gate"], ["gate fail"], ["unmade"]])
numbers = st.integers(0, 11)
rarely = st.sampled_from([False, False, False, True])


@st.composite
def specs(draw: Any, id: str, depth: int) -> Spec:
    """A worker, or a supervisor of at most so many storeys."""
    children = None
    if depth and (depth == 3 or draw(st.integers(0, 2)) == 2):
        children = tuple(
            draw(specs(id, depth - 1)) for id in "abcd"[: draw(st.sampled_from([2, 3, 1, 4, 0]))]
        )
    strategy = draw(strategies if depth < 3 else tops)
    more: dict[str, Any] = {}
    if children is not None:
        more = {
            "intensity": draw(limits),
            "counts": draw(st.sampled_from(["supervisor", "supervisor", "child"])),
            "together": draw(rarely),
            "max_children": draw(st.sampled_from([None, None, 4])),
        }
    return Spec(
        id,
        children,
        strategy=strategy,
        scope="one_for_one" if strategy == "stop" else draw(scopes),
        limits=(20, 5.0) if depth == 3 else draw(limits) if draw(st.booleans()) else None,
        backoff=draw(st.booleans()),
        shutdown=draw(st.sampled_from([None, 9.0 if children is None else 5.0 + depth])),
        stuck=children is None and draw(st.booleans()),
        keep=draw(st.booleans()),
        **more,
    )
