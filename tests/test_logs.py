"""What log records tell of their whereabouts."""

from __future__ import annotations

import logging
import logging.config

import pytest

from pykka_live import LiveView, create_session_actor, event
from pykka_live.logs import own_logger
from pykka_live.observability import LiveFilter

NOWHERE = {"path": "", "session": "", "view": "", "event": "", "ref": None, "duration": None}


def record(**values: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "shop", "msg": "hello", **values})
    assert LiveFilter().filter(made) is True
    return made


def told(made: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(made, name) for name in NOWHERE}


def test_outside_of_actors_nothing_is_known() -> None:
    assert told(record()) == NOWHERE


def test_what_a_record_has_it_keeps() -> None:
    path = "/sessions/3f/views/1b"
    given = {"path": path, "view": "a.B", "event": "up", "ref": 0, "duration": 0.5}
    assert told(record(**given)) == {**given, "session": "3f"}
    assert told(record(path="/sessions/3f", session="mine"))["session"] == "mine"


@pytest.mark.parametrize("path", ["", "/", "/caretaker", "/sessions", None, 7])
def test_a_path_outside_of_sessions_has_none(path: object) -> None:
    assert record(path=path).session == ""  # type: ignore[attr-defined]


def test_configuring_the_log_leaves_our_records_complete(caplog: pytest.LogCaptureFixture) -> None:
    logger = own_logger("pykka_live.test_logs")
    again = own_logger("pykka_live.test_logs")
    level = {"level": "INFO"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "loggers": {"pykka_live": level, "pykka_live.test_logs": level},
        }
    )
    assert again is logger
    assert len(logger.filters) == 1
    logger.warning("something")
    assert told(caplog.records[-1]) == NOWHERE


class Shop(LiveView):
    template = "<p data-liveview-root></p>"

    @event
    def buy(self) -> None:
        logging.getLogger("shop").warning("bought")


async def test_a_record_of_a_handler_tells_which(
    actors: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(LiveFilter())
    handle = await create_session_actor("test")
    mounted = await handle.mount(Shop)
    await handle.event("buy")
    [bought] = [each for each in caplog.records if each.getMessage() == "bought"]
    assert told(bought) == {
        "path": f"/sessions/{handle._driver._cell.spec.id.split('/')[1]}/views/{mounted.view_id}",
        "session": handle._driver._cell.spec.id.split("/")[1],
        "view": f"{__name__}.Shop",
        "event": "buy",
        "ref": None,
        "duration": None,
    }
