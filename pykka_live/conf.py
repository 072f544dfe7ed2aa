"""The `PYKKA_LIVE` setting: its defaults, its rules, and the validated values that the code reads.

`live_settings()` gives the current values. `find_problems(raw)` lists all that is wrong with a
`PYKKA_LIVE` dictionary; Django's system checks report the same list at start-up.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

STRATEGIES = ("restart", "stop", "resume", "escalate")
SESSION_STRATEGIES = ("restart", "stop")
SCOPES = ("one_for_one", "one_for_all", "rest_for_one")
OVERFLOW_POLICIES = ("block", "reject", "drop_oldest")
EVENT_RULES = ("decorated", "public")

MAX_SECONDS = 10**9
"""The longest time that can be set, some 30 years: beyond all use, and within what clocks, locks
and event loops can count."""

# A session is its tab's own: it can neither fail into another one nor take one with it.
_SESSION_HINT = "Sessions never affect each other."

Strategy = str | Mapping[type[BaseException], str]


@dataclass(frozen=True)
class SupervisionPolicy:
    """What a supervisor does when a child of one kind fails."""

    strategy: Strategy = "restart"
    scope: str = "one_for_one"
    max_restarts: int = 3
    max_seconds: float = 5.0
    backoff: tuple[float, float] = (0.1, 5.0)


@dataclass(frozen=True)
class MetricsSettings:
    """Where metrics are served besides the project's own URLs, and who may read them.

    Attributes:
        port: of TCP; None: there is no such port
        address: the IP address at which it is
        token: what a scraper has to bear, here and there; None: nothing
    """

    port: int | None = None
    address: str = "127.0.0.1"
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LiveSettings:
    """The validated `PYKKA_LIVE` setting. Times are in seconds."""

    supervision: Mapping[str, SupervisionPolicy]
    mailbox: Mapping[str, int]
    overflow: Literal["block", "reject", "drop_oldest"]
    session_ttl: float = 3600.0
    cleanup_interval: float = 60.0
    health_interval: float = 30.0
    health_timeout: float = 5.0
    stuck_timeout: float | None = 300.0
    event_timeout: float = 30.0
    mount_timeout: float = 30.0
    reconnect_grace: float = 120.0
    adopt_timeout: float = 30.0
    use_actors: bool = True
    events: str = "decorated"
    metrics: MetricsSettings = MetricsSettings()


_TIMES = (
    "SESSION_TTL",
    "CLEANUP_INTERVAL",
    "HEALTH_INTERVAL",
    "HEALTH_TIMEOUT",
    "STUCK_TIMEOUT",
    "EVENT_TIMEOUT",
    "MOUNT_TIMEOUT",
    "RECONNECT_GRACE",
    "ADOPT_TIMEOUT",
)
_MAY_BE_NONE = ("STUCK_TIMEOUT",)
_TOKEN = re.compile(r"[!-~]{8,}")


@dataclass(frozen=True)
class _Rules:
    """Collects problems while the raw setting is walked."""

    problems: list[str] = field(default_factory=list)

    def section(
        self, where: str, value: Any, allowed: tuple[str, ...], hint: str = ""
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.problems.append(f"{where} must be a dictionary, not {value!r}.")
            return {}
        unknown = [key for key in value if key not in allowed]
        for key in unknown:
            problem = f"{where} has the unknown key {key!r}. Allowed are: {', '.join(allowed)}."
            self.problems.append(f"{problem} {hint}".rstrip())
        return {key: item for key, item in value.items() if key not in unknown}

    def choice(self, where: str, value: Any, allowed: tuple[str, ...], hint: str = "") -> Any:
        if value not in allowed:
            problem = f"{where} is {value!r}. Allowed are: {', '.join(map(repr, allowed))}."
            self.problems.append(f"{problem} {hint}".rstrip())
        return value

    def strategy(self, where: str, value: Any, allowed: tuple[str, ...], hint: str) -> Any:
        if not isinstance(value, Mapping):
            hint = f"Or a dictionary that maps exception classes to these words. {hint}".rstrip()
            return self.choice(where, value, allowed, hint)
        for cls, word in value.items():
            if not (isinstance(cls, type) and issubclass(cls, BaseException)):
                self.problems.append(
                    f"{where} has the key {cls!r}. Allowed are exception classes, each with one of "
                    f"{', '.join(map(repr, allowed))}."
                )
            else:
                self.choice(f"{where}[{cls.__name__}]", word, allowed, hint)
        return value

    def flag(self, where: str, value: Any) -> Any:
        if not isinstance(value, bool):
            self.problems.append(f"{where} is {value!r}. It must be True or False.")
        return value

    def count(self, where: str, value: Any, minimum: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            self.problems.append(
                f"{where} is {value!r}. It must be a whole number of at least {minimum}."
            )
        return value

    def port(self, where: str, value: Any) -> Any:
        if value is not None and (type(value) is not int or not 0 < value < 65536):
            self.problems.append(
                f"{where} is {_shown(value)}. It must be a whole number from 1 to 65535, or None."
            )
        return value

    def address(self, where: str, value: Any) -> Any:
        try:
            if not isinstance(value, str):
                raise ValueError
            ipaddress.ip_address(value)
        except ValueError:
            self.problems.append(
                f"{where} is {_shown(value)}. It must be an IP address, such as '127.0.0.1' or "
                "'0.0.0.0' or '::'."
            )
        return value

    def token(self, where: str, value: Any) -> Any:
        # What is wrong with a secret is told without telling the secret.
        if value is not None and not (isinstance(value, str) and _TOKEN.fullmatch(value)):
            self.problems.append(
                f"{where} must be a text of at least 8 ASCII letters, digits and punctuation "
                "marks without spaces, or None."
            )
        return value

    def seconds(self, where: str, value: Any, none: bool = False) -> Any:
        if none and value is None:
            return value
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 < value <= MAX_SECONDS:
            also = ", or None" if none else ""
            self.problems.append(
                f"{where} is {_shown(value)}. It must be a number of seconds above 0 and not above "
                f"{MAX_SECONDS}{also}."
            )
        return value

    def backoff(self, where: str, value: Any) -> Any:
        if (
            not isinstance(value, (list, tuple))
            or len(value) != 2
            or not all(type(item) in (int, float) and 0 <= item <= MAX_SECONDS for item in value)
            or value[0] > value[1]
            or (value[1] > 0 and value[0] == 0)
        ):
            self.problems.append(
                f"{where} is {_shown(value)}. It must be [minimum, maximum] in seconds, "
                f"both above 0 and not above {MAX_SECONDS}, the minimum not above the maximum; "
                "or [0, 0], to wait not at all."
            )
            return (0.0, 0.0)
        return tuple(value)

    def scope(self, where: str, raw: Mapping[str, Any], default: SupervisionPolicy) -> Any:
        """Read a scope. It means something only where the strategy restarts: to one that does not,
        a scope that is merely inherited gives way."""
        strategy = raw.get("strategy", default.strategy)
        idle = strategy in ("stop", "escalate")
        if "scope" not in raw:
            return "one_for_one" if idle else default.scope
        scope = self.choice(f"{where}['scope']", raw["scope"], SCOPES)
        if idle and scope in SCOPES and scope != "one_for_one":
            self.problems.append(
                f"{where}['scope'] is {scope!r}, but the strategy is {strategy!r}. A scope says "
                "what is restarted together, so it needs the strategy 'restart' or 'resume', or a "
                "dictionary."
            )
        return scope


def _shown(value: Any) -> str:
    # Python refuses to write out an integer of thousands of digits.
    try:
        return f"{value!r:.200}"
    except ValueError:
        return "a number with thousands of digits"


def _supervision(rules: _Rules, raw: Any) -> dict[str, SupervisionPolicy]:
    kinds = {
        "session": SupervisionPolicy(backoff=(0.0, 0.0)),
        "view": SupervisionPolicy(),
        "component": SupervisionPolicy(),
    }
    raw = rules.section("PYKKA_LIVE['SUPERVISION']", raw, tuple(kinds))
    return {
        kind: _policy(
            rules,
            raw.get(kind, {}),
            default,
            f"PYKKA_LIVE['SUPERVISION'][{kind!r}]",
            is_session=kind == "session",
        )
        for kind, default in kinds.items()
    }


def _policy(
    rules: _Rules, raw: Any, default: SupervisionPolicy, where: str, is_session: bool = False
) -> SupervisionPolicy:
    keys = tuple(SupervisionPolicy.__dataclass_fields__)
    words: tuple[str, ...] = STRATEGIES
    hint = ""
    if is_session:
        keys = tuple(key for key in keys if key != "scope")
        words, hint = SESSION_STRATEGIES, _SESSION_HINT
    raw = rules.section(where, raw, keys, hint)
    return SupervisionPolicy(
        strategy=rules.strategy(
            f"{where}['strategy']", raw.get("strategy", default.strategy), words, hint
        ),
        scope=rules.scope(where, raw, default),
        max_restarts=rules.count(
            f"{where}['max_restarts']", raw.get("max_restarts", default.max_restarts), 0
        ),
        max_seconds=rules.seconds(
            f"{where}['max_seconds']", raw.get("max_seconds", default.max_seconds)
        ),
        backoff=rules.backoff(f"{where}['backoff']", raw.get("backoff", default.backoff)),
    )


def _metrics(rules: _Rules, raw: Any) -> MetricsSettings:
    where = "PYKKA_LIVE['METRICS']"
    raw = rules.section(where, raw, ("PORT", "ADDRESS", "TOKEN"))
    return MetricsSettings(
        port=rules.port(f"{where}['PORT']", raw.get("PORT")),
        address=rules.address(f"{where}['ADDRESS']", raw.get("ADDRESS", "127.0.0.1")),
        token=rules.token(f"{where}['TOKEN']", raw.get("TOKEN")),
    )


def policy_from(raw: Any, default: SupervisionPolicy, where: str) -> SupervisionPolicy:
    """Read the supervision policy of one view or component.

    Args:
        raw: the dictionary that a user wrote.
        default: the policy that holds where `raw` is silent.
        where: what to call the dictionary in an error.

    Raises:
        ImproperlyConfigured: naming all that is wrong.
    """
    rules = _Rules()
    policy = _policy(rules, raw, default, where)
    if rules.problems:
        raise ImproperlyConfigured(" ".join(rules.problems))
    return policy


def _read(raw: Any) -> tuple[LiveSettings, list[str]]:
    rules = _Rules()
    raw = rules.section(
        "PYKKA_LIVE", raw, ("SUPERVISION", "MAILBOX", *_TIMES, "USE_ACTORS", "EVENTS", "METRICS")
    )
    mailbox = rules.section(
        "PYKKA_LIVE['MAILBOX']",
        raw.get("MAILBOX", {}),
        ("session", "view", "component", "OVERFLOW"),
    )
    defaults = {"session": 100, "view": 50, "component": 20}
    values = LiveSettings(
        supervision=_supervision(rules, raw.get("SUPERVISION", {})),
        mailbox={
            kind: rules.count(f"PYKKA_LIVE['MAILBOX'][{kind!r}]", mailbox.get(kind, size), 1)
            for kind, size in defaults.items()
        },
        overflow=rules.choice(
            "PYKKA_LIVE['MAILBOX']['OVERFLOW']", mailbox.get("OVERFLOW", "block"), OVERFLOW_POLICIES
        ),
        use_actors=rules.flag("PYKKA_LIVE['USE_ACTORS']", raw.get("USE_ACTORS", True)),
        events=rules.choice("PYKKA_LIVE['EVENTS']", raw.get("EVENTS", "decorated"), EVENT_RULES),
        metrics=_metrics(rules, raw.get("METRICS", {})),
        **{
            name.lower(): rules.seconds(
                f"PYKKA_LIVE[{name!r}]", raw[name], none=name in _MAY_BE_NONE
            )
            for name in _TIMES
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
