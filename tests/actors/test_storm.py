"""Many children that fail at once: what a restart costs does not grow with their number."""

from __future__ import annotations

from types import SimpleNamespace

from pykka_live.actors import ChildSpec, SupervisedActor
from pykka_live.actors._children import Child, Children
from pykka_live.actors._restarts import Restarts
from pykka_live.actors._timers import Timers

MANY = 300


class Counted(Child):
    """A child that counts how often one is compared with another: a search does that."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return self is other

    __hash__ = object.__hash__


def test_a_restart_is_planned_and_found_without_a_search_among_all_children():
    now = 0.0
    launched = []
    timers = Timers(lambda: now)
    supervisor = SimpleNamespace(_timers=timers, _launch=launched.append)
    restarts = Restarts(supervisor, lambda: now)  # type: ignore[arg-type]
    children = Children()
    specs = (ChildSpec(str(n), SupervisedActor) for n in range(MANY))
    everyone = [Counted(spec, SimpleNamespace(backing_off=False)) for spec in specs]  # type: ignore[arg-type]
    for child in everyone:
        children.add(child)

    for child in everyone:
        restarts.plan([child], 1.0)
    assert launched == []
    now = 1.0
    while (action := timers.pop_due()) is not None:
        action()
    assert launched == everyone
    for child in everyone:
        child.phase = "up"
        restarts.started(child)
        assert not restarts.concern(child)
    # The comparison of the two lists above compares nothing: the elements are identical.
    assert Counted.compared < MANY
