"""The same story, told to a session with threads and to one in place, is answered alike."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from pykka_live import publish
from pykka_live.actors import ActorSystem
from tests.live import troubled
from tests.live.troubled import Troubled
from tests.tab import Tab, ended

pytestmark = pytest.mark.threads  # and it is about the other mode as well

STORIES = 25
LENGTH = 25

RUBBISH = (
    "[",
    "[]",
    "null",
    '{"t":"event"}',
    '{"t":"dance","ref":900}',
    '{"t":"event","ref":901,"view":"one","name":"up","params":{}}',
    '{"t":"event","ref":902,"view":77,"name":"up","params":{}}',
    '{"t":"event","ref":903,"view":1,"name":7,"params":{}}',
)
PLACES = ("render", "info", "on_restore", "terminate")

Action = tuple[Any, ...]


def story(seed: int) -> list[Action]:
    """Return what happens."""
    random = Random(seed)
    rubbish = list(RUBBISH)
    random.shuffle(rubbish)
    actions: list[Action] = []
    for _ in range(LENGTH):
        kind = random.choice(
            ("event", "event", "fail", "plan", "publish", "strange", "rubbish", "rejoin", "leave")
        )
        if kind == "event":
            name, params = random.choice([("up", {}), ("write", {"text": random.choice("abc<&")})])
            actions.append(("event", name, params))
        elif kind == "fail":
            error = random.choice(["ValueError", "KeyError", "SystemExit"])
            actions.append(("event", "fail", {"kind": error}))
        elif kind == "plan":
            errors = [random.choice([ValueError, SystemExit])] * random.randint(1, 2)
            actions.append(("plan", random.choice(PLACES), errors))
        elif kind == "publish":
            actions.append(("publish", str(random.randint(0, 9))))
        elif kind == "strange":
            name, params = random.choice(
                [("nobody", {}), ("mount", {}), ("write", {}), ("write", {"text": [1]}), ("_x", {})]
            )
            actions.append(("event", name, params))
        elif kind == "rubbish" and rubbish:
            actions.append(("rubbish", rubbish.pop()))
        elif kind == "rejoin":
            actions.append(("rejoin", random.choice([0, 0, 1, 1000])))
        elif kind == "leave" and random.random() < 0.2:
            actions.append(("leave",))
    return actions


class Teller(Tab):
    """Tells a story, and keeps all frames that it gets."""

    def __init__(self, name: str, actors: ActorSystem) -> None:
        super().__init__("/troubled/", name=name)
        self.actors = actors
        self.frames: list[dict[str, Any]] = []

    def apply(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        super().apply(frame)

    async def do(self, kind: str, *more: Any) -> None:
        """Let something happen, and wait for what follows from it."""
        if kind == "event":
            name, params = more
            await self.send(t="event", view=self.view, name=name, params=params)
        elif kind == "plan":
            place, errors = more
            troubled.plan[place] = list(errors)
        elif kind == "publish":  # one by one: how many of a burst are drawn as one is up to chance
            publish("news", more[0])
        elif kind == "rubbish":
            assert self.socket is not None
            await self.socket.send_to(text_data=more[0])
        elif kind == "leave":
            sessions = [cell for cell in self.actors.cells() if cell.kind == "session"]
            await self.answer(await self.send(t="leave", view=self.view))
            for session in sessions:
                await ended(session)
        elif kind == "rejoin":
            await self.close(1006)
            await self.connect()
            self.version = max(0, self.version - more[0])
            await self.join()
        # What was sent before is handled before.
        await self.answer(await self.send(t="refresh", view=self.view))


async def tell(
    actions: list[Action], use_actors: bool, actors: ActorSystem
) -> list[dict[str, Any]]:
    """Return all frames that a story leads to, and with them what is shown in the end."""
    troubled.plan.clear()
    teller = Teller(f"{'threads' if use_actors else 'in place':20}", actors)
    await teller.open()
    (session,) = [cell for cell in actors.cells() if cell.kind == "session"]
    assert (session.system is actors) is use_actors
    for action in actions:
        await teller.do(*action)
    frames = [*teller.frames, {"shown": teller.html}]
    sessions = [cell for cell in actors.cells() if cell.kind == "session"]
    await teller.close()
    for session in sessions:
        await ended(session)
    return frames


@pytest.mark.parametrize("seed", range(STORIES))
async def test_a_story_is_answered_alike(actors, settings, monkeypatch, seed):
    settings.PYKKA_LIVE = {
        "SUPERVISION": {"view": {"max_restarts": 10_000, "backoff": [0, 0]}},
    }
    actions = story(seed)
    told = []
    for use_actors in (True, False):
        monkeypatch.setattr(Troubled, "use_actors", use_actors)
        told.append(await tell(actions, use_actors, actors))
    for threads, place in zip(*told, strict=True):
        assert json.dumps(place) == json.dumps(threads)


def test_the_stories_tell_of_everything():
    kinds = {
        action[:2] if action[0] == "event" else action[0]
        for n in range(STORIES)
        for action in story(n)
    }
    names = {kind[1] for kind in kinds if isinstance(kind, tuple)}
    assert {"plan", "publish", "rubbish", "rejoin", "leave"} <= kinds
    assert {"up", "write", "fail", "nobody", "mount", "_x"} <= names
