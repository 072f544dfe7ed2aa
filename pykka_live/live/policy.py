"""How a session, its views and their components are supervised: what the settings say, and what a
class says otherwise."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pykka_live.actors import Backoff
from pykka_live.conf import SupervisionPolicy, live_settings, policy_from


def check_policy(cls: Any) -> None:
    """Refuse a view or a component whose own policy is wrong in itself, whatever the settings are.

    Raises:
        ImproperlyConfigured: naming the class, the key and what is allowed.
    """
    policy_from(cls.supervision, SupervisionPolicy(), _name(cls))


def policy_of(cls: Any, kind: str = "view") -> SupervisionPolicy:
    """Return the policy of a view or a component: its own, and where that is silent that of the
    settings.

    Args:
        cls: the class; or None, if it cannot be found.
        kind: `view` or `component`.

    Raises:
        ImproperlyConfigured: if the two cannot go together.
    """
    policy = live_settings().supervision[kind]
    if cls is None or cls.supervision == {}:
        return policy
    return policy_from(cls.supervision, policy, _name(cls))


def spec_options(policy: SupervisionPolicy) -> dict[str, Any]:
    """Return the options of a `ChildSpec` that follow a policy and the settings."""
    return {
        "strategy": policy.strategy,
        "scope": policy.scope,
        "max_restarts": policy.max_restarts,
        "max_seconds": policy.max_seconds,
        "backoff": _backoff(*policy.backoff),
        "stuck_timeout": live_settings().stuck_timeout,
    }


_backoff = lru_cache(maxsize=64)(Backoff)  # one for all that have the same


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}.supervision"
