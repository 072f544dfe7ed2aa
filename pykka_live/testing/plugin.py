"""pytest fixtures. pytest finds them by itself where pykka_live is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pykka_live.actors import ActorSystem
    from pykka_live.testing.client import LiveClient

MARK = "live"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers", f"{MARK}(use_actors=False, verify=True, ...): arguments of the fixture `live`"
    )


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Iterator[LiveClient]:
    """A `LiveClient`, with an actor system of the test's own.

    `@pytest.mark.live(use_actors=True)` gives it arguments. When the test is over, all its views
    have ended; a thread of theirs that has not fails the test.
    """
    # pytest loads this module before Django is set up.
    from pykka_live.testing.client import LiveClient

    options: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers(MARK))):
        if mark.args:
            pytest.fail(
                f"@pytest.mark.{MARK} takes what LiveClient does, by name, such as "
                f"use_actors=True, not {mark.args[0]!r}",
                pytrace=False,
            )
        options.update(mark.kwargs)
    # The database has to be there for as long as the views are.
    for name in ("db", "transactional_db"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    client = LiveClient(**options)
    yield client
    place = client.place
    client.close()
    left = place.end()  # also of clients that the test has not closed
    if left:
        pytest.fail(f"these threads of live views have not ended: {', '.join(left)}", pytrace=False)


@pytest.fixture
def live_system(live: LiveClient) -> ActorSystem:
    """The actor system in which the views of `live` run."""
    return live.place.system
