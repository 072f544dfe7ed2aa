"""All the tabs of one site, which send at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from benchmarks.server.load import Record, Tab, merged, reset, stop
from benchmarks.server.site import Site

WARM_UP = 0.3  # seconds of each round that do not count
PATIENCE = 20.0  # seconds that each tab of a slow site has for an answer
TRIES = 3  # mounts without an answer, after which there is no hope


@dataclass
class Crowd:
    """The tabs of one site, and what each round measured of them.

    Attributes:
        site: the server.
        tabs: of its pages.
        records: what the tabs have noticed, for each round.
        cpu: the seconds of work for an event, for each round.
        is_slow: whether the last round has needed three times as long as it was to.
    """

    site: Site
    tabs: list[Tab] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    is_slow: bool = False

    async def grow(self, page: str, count: int) -> None:
        """Mount tabs until there are so many; instead of one that gets no answer, another.

        Raises:
            SystemExit: if several get none.
        """
        tries = TRIES
        while len(self.tabs) < count:
            tab = Tab(self.site.framework.dialect(self.site.port, f"/{page}/"))
            try:
                await asyncio.wait_for(tab.mount(), PATIENCE)
            except asyncio.TimeoutError:
                tries -= 1
                if not tries:
                    name = self.site.framework.name
                    raise SystemExit(f"{name}: {TRIES} mounts got no answer") from None
            else:
                self.tabs.append(tab)

    async def play(self, seconds: float) -> None:
        """Let all tabs send for some time, and at least until each was answered."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for tab in self.tabs:
            tab.start()
        await self._answered(min(WARM_UP, seconds))
        start, cpu = loop.time(), self.site.cpu()
        await self._answered(seconds)
        record = merged(self.tabs, loop.time() - start)
        worked = self.site.cpu() - cpu
        await stop(self.tabs)
        self.records.append(record)
        self.cpu.append(worked / len(record.latencies))
        self.is_slow = loop.time() - begin > 3 * (WARM_UP + seconds)

    async def _answered(self, seconds: float) -> None:
        """Record anew, for so long and until each tab was answered."""
        loop = asyncio.get_running_loop()
        reset(self.tabs)
        end = loop.time() + seconds
        await asyncio.sleep(seconds)
        while not all(tab.record.latencies for tab in self.tabs):
            for tab in self.tabs:
                tab.check()
            if loop.time() > end + PATIENCE:
                raise SystemExit(f"{self.site.framework.name}: some tab has no answer")
            await asyncio.sleep(0.1)
