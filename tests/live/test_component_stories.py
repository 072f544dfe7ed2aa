"""Stories of a page with components: whatever happens, and in whatever order it is told, the tab
shows what the page's state is."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from pykka_live import vdom
from pykka_live.live import family
from pykka_live.rendering import compose
from tests.tab import Tab, until

OFTEN = {"max_restarts": 1000, "max_seconds": 60, "backoff": [0, 0]}
IDS = ["a", "b", "c", "d/é", "e 'x'", "f" * 60]


class TallyModel:
    """What a `Tally` is to show."""

    def __init__(self, label: str) -> None:
        self.label, self.count, self.said, self.inner = label, 0, "", ""

    @property
    def heading(self) -> str:
        return f"{self.label}: {self.count}" + (f" ({self.said})" if self.said else "")


class Story:
    """Does to a board what its dice say, and to a model of it the same."""

    def __init__(self, tab: Tab, seed: int) -> None:
        self.tab = tab
        self.dice = random.Random(seed)
        self.title, self.label = "Board", "tally"
        self.ids = ["a", "b"]
        self.tallies = {id: TallyModel("tally") for id in self.ids}
        self.refs: list[int] = []
        self.last: list[Any] = []  # what was sent since the page was what it should be
        self.told = 0

    # The model

    def below(self, id: str) -> list[str]:
        inner = self.tallies[id].inner
        return [id, *self.below(inner)] if inner else [id]

    def shown(self) -> list[str]:
        return [each for id in self.ids for each in self.below(id)]

    def expected(self) -> list[str]:
        return [self.title, *(self.tallies[id].heading for id in self.shown())]

    # What happens

    async def send(self, name: str, component: str | None = None, **params: Any) -> None:
        which = {} if component is None else {"c": component}
        frame = {"t": "event", "view": self.tab.view, "name": name, "params": params, **which}
        self.last.append((name, component, params))
        self.refs.append(await self.tab.send(**frame))

    def anybody(self) -> str:
        return self.dice.choice(self.shown() or [""])

    async def add(self) -> None:
        if id := self.anybody():
            self.tallies[id].count += 1
            await self.send("add", id)

    async def fail(self) -> None:
        await self.send("fail", self.anybody() or None)

    async def fail_view(self) -> None:
        await self.send("fail")

    async def relabel(self) -> None:
        self.label = self.dice.choice(["one", "two", "three"])
        for id in self.ids:
            self.tallies[id].label = self.label
        await self.send("relabel", label=self.label)

    async def retitle(self) -> None:
        self.title = self.dice.choice(["A", "B", "C"])
        await self.send("retitle", title=self.title)

    async def shout(self) -> None:
        if id := self.anybody():
            self.told += 1
            for other, tally in self.tallies.items():
                if other != id:
                    tally.said += f"<{self.told}>"
            await self.send("shout", id, text=f"<{self.told}>")

    async def show(self) -> None:
        ids = self.dice.sample(IDS, self.dice.randint(0, len(IDS)))
        for id in set(self.ids) - set(ids):
            for each in self.below(id):
                del self.tallies[each]
        for id in ids:
            tally = self.tallies.setdefault(id, TallyModel(self.label))
            tally.label = self.label
        self.ids = ids
        await self.send("show", ids=",".join(ids))

    async def nest(self) -> None:
        if not (id := self.anybody()):
            return
        tally = self.tallies[id]
        if tally.inner:
            for each in self.below(tally.inner):
                del self.tallies[each]
            tally.inner = ""
        else:
            tally.inner = f"{id}{self.dice.choice('nm')}"
            self.tallies[tally.inner] = TallyModel("inner")
        await self.send("nest", id, id=tally.inner)

    async def prepare(self) -> None:
        free = [id for id in IDS if id not in self.tallies]
        if free:
            id = self.dice.choice(free)
            self.tallies[id] = TallyModel(self.label)
            await self.send("prepare", id=id)

    async def refresh(self) -> None:
        id = self.dice.choice([None, *self.shown()])
        which = {} if id is None else {"c": id}
        self.refs.append(await self.tab.send(t="refresh", view=self.tab.view, **which))

    async def lose(self) -> None:
        """Lose the socket, and come back: as a tab that knows everything, something or nothing."""
        await self.settled()
        await self.tab.close(1006)
        await self.tab.connect()
        known = {id: v for id, v in self.tab.versions.items() if self.dice.random() < 0.7}
        given = self.dice.choice([{}, {"c": known}, {"v": 10**6}, {"c": {"a": 77, "zz": 1}}])
        joined = await self.tab.join(**given)
        assert joined["t"] == "joined", joined

    async def settled(self) -> None:
        """Wait until the tab shows what the model does."""
        try:
            for ref in self.refs:
                await self.tab.answered(ref)
            while headings(self.tab) != self.expected():
                await self.tab.receive()
        except asyncio.TimeoutError:
            assert (headings(self.tab), self.tab.got) == (self.expected(), self.refs), self.last
        self.refs, self.last = [], []

    async def tell(self) -> None:
        """Some things that do not wait for each other, then one that many depend on."""
        for _ in range(self.dice.randint(0, 5)):
            await self.dice.choice([self.add, self.add, self.retitle, self.relabel, self.fail])()
        await self.dice.choice(
            [
                *[self.show] * 3,
                *[self.nest] * 2,
                *(self.shout, self.prepare, self.refresh, self.fail_view, self.lose),
            ]
        )()
        if self.dice.random() < 0.3:
            await self.refresh_view()
        await self.settled()

    async def refresh_view(self) -> None:
        self.refs.append(await self.tab.send(t="refresh", view=self.tab.view))


class PatientTab(Tab):
    """Remembers which answers it has got."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.got: set[int] = set()

    async def receive(self) -> dict[str, Any]:
        frame = await super().receive()
        self.got.add(frame.get("ref") or 0)
        return frame

    async def answered(self, ref: int) -> None:
        while ref not in self.got:
            await self.receive()


def headings(tab: Tab) -> list[str]:
    """Return the title and the headings that a tab shows, as they stand on the page."""
    found, waiting = [], [tab.page]
    while waiting:
        node = waiting.pop()
        if isinstance(node, vdom.Element):
            if node.tag in ("h1", "h2"):
                found.append("".join(child.data for child in node.children))
            waiting += reversed(node.children)
    return found


def the_record(actors: Any) -> Any:
    (cell,) = [cell for cell in actors.cells() if cell.kind == "view"]
    return cell.data["view"]


@pytest.mark.parametrize("patience", [0.5, 0.0])
@pytest.mark.parametrize("seed", range(5))
async def test_the_tab_shows_the_state_of_the_page(actors, settings, monkeypatch, seed, patience):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": OFTEN, "component": OFTEN}}
    monkeypatch.setattr(family, "PATIENCE", patience)
    tab = PatientTab("/board/")
    await tab.open()
    story = Story(tab, seed)
    for _ in range(25):
        await story.tell()

    record = the_record(actors)
    await until(lambda: set(record.components) == set(story.tallies))
    trees = {id: each.picture for id, each in record.components.items()}
    assert vdom.to_html(tab.page) == vdom.to_html(compose(record.picture, trees))
    await tab.close()
