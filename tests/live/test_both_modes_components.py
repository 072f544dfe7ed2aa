"""The same story, told to a view with components that has threads and to one in place, is answered
alike."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from pykka_live import SessionHandle, create_session_actor
from pykka_live.actors import ActorSystem, Ping
from pykka_live.exceptions import ActorError, ActorStopped
from pykka_live.live import family
from tests.live.components import Board

OFTEN = {"max_restarts": 1000, "max_seconds": 60, "backoff": [0, 0]}
STORIES = 10
LENGTH = 20
IDS = ["a", "b", "c", "d"]

Action = tuple[str | None, str, dict[str, str]]  # for whom, what


def story(seed: int) -> list[Action]:
    """Return what happens."""
    dice = Random(seed)
    return [_action(dice) for _ in range(LENGTH)]


def _action(dice: Random) -> Action:
    text = dice.choice("xyz<&")
    return dice.choice(
        [
            (None, "show", {"ids": ",".join(dice.sample(IDS, dice.randint(0, 4)))}),
            (None, "relabel", {"label": text}),
            (None, "retitle", {"title": text}),
            (None, "show_card", {}),
            (None, "fail", {}),
            (None, "prepare", {"id": dice.choice(IDS)}),
            *((dice.choice([*IDS, "card"]), *each) for each in _asked(dice, text)),
        ]
    )


def _asked(dice: Random, text: str) -> list[tuple[str, dict[str, str]]]:
    return [
        ("add", {}),
        ("fail", {"kind": dice.choice(["ValueError", "SystemExit"])}),
        ("tell", {"text": text}),
        ("send_to", {"id": dice.choice(IDS), "text": text}),
        ("shout", {"text": text}),
        ("nest", {"id": "kid"}),
        ("nobody", {}),
    ]


async def tell(actions: list[Action], name: str) -> list[Any]:
    """Return the answer to each action, and what is shown when all is done that came of it."""
    handle = await create_session_actor(name)
    mounted = await handle.mount(Board)
    told: list[Any] = [mounted.html]
    for component, event, params in actions:
        told.append(await answered(handle, component, event, params))
        await asyncio.to_thread(settle, handle._cell.system)
        shown = await handle.render()
        told.append((shown.version, shown.html))
    await handle.shutdown()
    return told


async def answered(
    handle: SessionHandle, component: str | None, event: str, params: dict[str, str]
) -> Any:
    """Return what an event is answered, or what is raised, and its cause."""
    try:
        if component is None:
            changed: Any = await handle.event(event, params)
        else:
            changed = await handle.component_event(None, component, event, params)
    except ActorError as error:
        return type(error), str(error), repr(error.__cause__)
    return changed.version, changed.html, changed.patches, changed.components


def settle(system: ActorSystem) -> None:
    """Return when no actor has anything left to do."""
    before = None
    while before != (now := [(c.path, c.handled, c.restarts) for c in system.cells()]):
        before = now
        for cell in system.cells():
            while cell.alive:
                with suppress(ActorStopped):
                    cell.request(Ping(), 10)
                if cell.current is None and not len(cell.mailbox):
                    break


@pytest.mark.parametrize("seed", range(STORIES))
async def test_a_story_of_components_is_answered_alike(actors, settings, monkeypatch, seed):
    monkeypatch.setattr(family, "PATIENCE", 10)  # so that none is late, however busy the machine is
    told = []
    for use_actors in (True, False):
        settings.PYKKA_LIVE = {
            "SUPERVISION": {"view": OFTEN, "component": OFTEN},
            "USE_ACTORS": use_actors,
        }
        told.append(await tell(story(seed), f"actors: {use_actors}"))
    for threads, place in zip(*told, strict=True):
        assert place == threads


def test_the_stories_tell_of_everything():
    asked = {(to is None, name) for seed in range(STORIES) for to, name, _ in story(seed)}
    views = {"show", "relabel", "retitle", "show_card", "fail", "prepare"}
    parts = {"add", "fail", "tell", "send_to", "shout", "nest", "nobody"}
    assert asked == {(True, name) for name in views} | {(False, name) for name in parts}
