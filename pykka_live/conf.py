"""The `PYKKA_LIVE` setting: its defaults, its rules, and the validated values that the code reads.

`live_settings()` gives the current values. `find_problems(raw)` lists all that is wrong with a
`PYKKA_LIVE` dictionary; Django's system checks report the same list at start-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

STRATEGIES = ("restart", "stop")
OVERFLOW_POLICIES = ("block", "reject", "drop_oldest")
EVENT_RULES = ("decorated", "public")


@dataclass(frozen=True)
class SupervisionPolicy:
    """What a supervisor does when a child of one kind fails."""

    strategy: str = "restart"
    max_restarts: int = 3
    max_seconds: float = 5.0
    backoff: tuple[float, float] = (0.1, 5.0)


@dataclass(frozen=True)
class LiveSettings:
    """The validated `PYKKA_LIVE` setting. Times are in seconds."""

    supervision: Mapping[str, SupervisionPolicy]
    mailbox: Mapping[str, int]
    overflow: Literal["block", "reject", "drop_oldest"]
    event_timeout: float = 30.0
    mount_timeout: float = 30.0
    reconnect_grace: float = 120.0
    adopt_timeout: float = 30.0
    events: str = "decorated"


@dataclass(frozen=True)
class _Rules:
    """Collects problems while the raw setting is walked."""

    problems: list[str] = field(default_factory=list)

    def section(self, where: str, value: Any, allowed: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.problems.append(f"{where} must be a dictionary, not {value!r}.")
            return {}
        unknown = [key for key in value if key not in allowed]
        for key in unknown:
            self.problems.append(
                f"{where} has the unknown key {key!r}. Allowed are: {', '.join(allowed)}."
            )
        return {key: item for key, item in value.items() if key not in unknown}

    def choice(self, where: str, value: Any, allowed: tuple[str, ...]) -> Any:
        if value not in allowed:
            self.problems.append(
                f"{where} is {value!r}. Allowed are: {', '.join(map(repr, allowed))}."
            )
        return value

    def count(self, where: str, value: Any, minimum: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            self.problems.append(
                f"{where} is {value!r}. It must be a whole number of at least {minimum}."
            )
        return value

    def seconds(self, where: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            self.problems.append(f"{where} is {value!r}. It must be a number of seconds above 0.")
        return value

    def backoff(self, where: str, value: Any) -> Any:
        if (
            not isinstance(value, (list, tuple))
            or len(value) != 2
            or not all(type(item) in (int, float) and item >= 0 for item in value)
            or value[0] > value[1]
        ):
            self.problems.append(
                f"{where} is {value!r}. It must be [minimum, maximum] in seconds, "
                "neither below 0, the minimum not above the maximum."
            )
            return (0.0, 0.0)
        return tuple(value)


def _supervision(rules: _Rules, raw: Any) -> dict[str, SupervisionPolicy]:
    kinds = {
        "session": SupervisionPolicy(backoff=(0.0, 0.0)),
        "view": SupervisionPolicy(),
    }
    raw = rules.section("PYKKA_LIVE['SUPERVISION']", raw, tuple(kinds))
    return {
        kind: policy_from(raw.get(kind, {}), default, f"PYKKA_LIVE['SUPERVISION'][{kind!r}]", rules)
        for kind, default in kinds.items()
    }


def policy_from(
    raw: Any, default: SupervisionPolicy, where: str, rules: _Rules | None = None
) -> SupervisionPolicy:
    """Read one supervision policy.

    Args:
        raw: the dictionary that a user wrote.
        default: the policy that holds where `raw` is silent.
        where: what to call the dictionary in an error.

    Raises:
        ImproperlyConfigured: if no `rules` collect the problems and there are any.
    """
    collecting = rules or _Rules()
    raw = collecting.section(where, raw, ("strategy", "max_restarts", "max_seconds", "backoff"))
    policy = SupervisionPolicy(
        strategy=collecting.choice(
            f"{where}['strategy']", raw.get("strategy", default.strategy), STRATEGIES
        ),
        max_restarts=collecting.count(
            f"{where}['max_restarts']", raw.get("max_restarts", default.max_restarts), 0
        ),
        max_seconds=collecting.seconds(
            f"{where}['max_seconds']", raw.get("max_seconds", default.max_seconds)
        ),
        backoff=collecting.backoff(f"{where}['backoff']", raw.get("backoff", default.backoff)),
    )
    if rules is None and collecting.problems:
        raise ImproperlyConfigured(" ".join(collecting.problems))
    return policy


def _read(raw: Any) -> tuple[LiveSettings, list[str]]:
    rules = _Rules()
    times = ("EVENT_TIMEOUT", "MOUNT_TIMEOUT", "RECONNECT_GRACE", "ADOPT_TIMEOUT")
    raw = rules.section("PYKKA_LIVE", raw, ("SUPERVISION", "MAILBOX", *times, "EVENTS"))
    mailbox = rules.section(
        "PYKKA_LIVE['MAILBOX']", raw.get("MAILBOX", {}), ("session", "view", "OVERFLOW")
    )
    defaults = {"session": 100, "view": 50}
    values = LiveSettings(
        supervision=_supervision(rules, raw.get("SUPERVISION", {})),
        mailbox={
            kind: rules.count(f"PYKKA_LIVE['MAILBOX'][{kind!r}]", mailbox.get(kind, size), 1)
            for kind, size in defaults.items()
        },
        overflow=rules.choice(
            "PYKKA_LIVE['MAILBOX']['OVERFLOW']", mailbox.get("OVERFLOW", "block"), OVERFLOW_POLICIES
        ),
        events=rules.choice("PYKKA_LIVE['EVENTS']", raw.get("EVENTS", "decorated"), EVENT_RULES),
        **{
            name.lower(): rules.seconds(f"PYKKA_LIVE[{name!r}]", raw[name])
            for name in times
            if name in raw
        },
    )
    return values, rules.problems


def find_problems(raw: Any) -> list[str]:
    """List what is wrong with a `PYKKA_LIVE` dictionary, a sentence each that names the key and
    what is allowed."""
    return _read(raw)[1]


@lru_cache(maxsize=1)
def live_settings() -> LiveSettings:
    """Return the validated `PYKKA_LIVE` setting.

    Raises:
        ImproperlyConfigured: if it has a key or a value that is not allowed; the message names all
        of them.
    """
    values, problems = _read(getattr(settings, "PYKKA_LIVE", {}))
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
    return values


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "PYKKA_LIVE":
        live_settings.cache_clear()


setting_changed.connect(_forget, dispatch_uid="pykka_live.conf")
