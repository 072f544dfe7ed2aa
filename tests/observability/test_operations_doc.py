"""The examples of `docs/operations.md` that listen do what is said of them."""

from __future__ import annotations

import json
import logging
import logging.config
import re
from pathlib import Path
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor, event
from pykka_live.live import spans
from pykka_live.observability import detach

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


class Shop(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"
    count = 0

    @event
    def buy(self) -> None:
        self.count += 1
        logging.getLogger("shop").warning("bought")


def example(about: str) -> dict[str, Any]:
    """Run the example that contains a text; return its names."""
    [source] = [
        block
        for block in re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
        if about in block
    ]
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, "example", "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def names():
    """The example of tracing."""
    names = example("attach(trace)")
    yield names
    detach(names["trace"])
    detach(names["log_slow_events"])
    assert spans.LISTENERS == {}


async def test_the_example_of_tracing_traces(actors, names):
    handle = await create_session_actor("test")
    await handle.mount(Shop)
    await handle.event("buy")
    assert names["tracer"] == {
        "open": [],
        "done": ["2 render  ok", "1 mount mount ok", "2 render  ok", "1 event buy ok"],
    }


async def test_the_example_of_json_logs_ours_and_the_users(actors, capsys, restored_logging):
    logging.config.dictConfig(example("JSONFormatter")["LOGGING"])
    handle = await create_session_actor("test")
    mounted = await handle.mount(Shop)
    await handle.event("buy")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [bought] = [each for each in lines if each["logger"] == "shop"]
    [opened] = [each for each in lines if each.get("event") == "session_opened"]
    assert bought["text"] == "bought"
    assert (bought["event"], bought["view"]) == ("buy", f"{__name__}.Shop")
    assert bought["path"].endswith(mounted.view_id)
    assert bought["session"] == opened["session"]
    [view] = [each for each in lines if each.get("event") == "view_mounted"]
    assert view["duration"] > 0


@pytest.fixture
def restored_logging():
    """Have the root's handlers as before, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
