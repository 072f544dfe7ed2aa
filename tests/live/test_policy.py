"""A view's own supervision policy: read together with the settings, and refused where it is
wrong."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from pykka_live import LiveView
from pykka_live.conf import SupervisionPolicy
from pykka_live.live.policy import policy_of, spec_options


class Together(LiveView):
    supervision = {"scope": "one_for_all", "max_restarts": 9}


class Once(LiveView):
    supervision = {"strategy": "stop"}


class Careful(LiveView):
    supervision = {"strategy": {ValueError: "resume", MemoryError: "escalate"}}


@pytest.mark.parametrize(
    ("supervision", "words"),
    [
        ({"strategy": "never"}, r"Odd\.supervision\['strategy'\] is 'never'.*'escalate'"),
        ({"strategies": "stop"}, r"Odd\.supervision has the unknown key 'strategies'"),
        ({"strategy": {int: "stop"}}, r"Odd\.supervision\['strategy'\].*exception classes"),
        ({"strategy": "stop", "scope": "one_for_all"}, r"Odd\.supervision\['scope'\].*'stop'"),
        (["restart"], r"Odd\.supervision must be a dictionary"),
    ],
)
def test_a_mistake_is_refused_where_it_is_written_and_names_the_class(supervision, words):
    with pytest.raises(ImproperlyConfigured, match=rf"{__name__}.*{words}"):
        type("Odd", (LiveView,), {"supervision": supervision, "__module__": __name__})


def test_where_a_view_is_silent_the_settings_hold(settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"max_seconds": 60, "backoff": [1, 2]}}}
    assert policy_of(Together) == SupervisionPolicy("restart", "one_for_all", 9, 60, (1, 2))
    assert policy_of(None) == SupervisionPolicy(max_seconds=60, backoff=(1, 2))


def test_a_scope_of_the_settings_gives_way_to_a_view_that_is_not_restarted(settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"scope": "one_for_all"}}}
    assert policy_of(Once).scope == "one_for_one"
    assert policy_of(Careful).scope == "one_for_all"


def test_a_scope_of_a_view_that_the_settings_do_not_restart_is_refused_by_the_urlconf(settings):
    Together.as_view()
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"strategy": "stop"}}}
    with pytest.raises(ImproperlyConfigured, match=r"Together\.supervision\['scope'\].*'stop'"):
        Together.as_view()


def test_wrong_settings_are_left_to_the_system_checks(settings):
    settings.PYKKA_LIVE = {"EVENTS": "all"}
    assert callable(Careful.as_view())
    assert [message.id for message in run_checks(tags=["pykka_live"])] == ["pykka_live.E001"]


def test_the_urlconf_cannot_give_a_policy():
    with pytest.raises(TypeError, match="set it in a subclass"):
        Together.as_view(supervision={})


def test_a_policy_becomes_the_options_of_the_actor(settings):
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": 7}
    options = spec_options(policy_of(Careful))
    backoff = options.pop("backoff")
    assert (backoff.min, backoff.max) == (0.1, 5.0)
    assert options == {
        "strategy": {ValueError: "resume", MemoryError: "escalate"},
        "scope": "one_for_one",
        "max_restarts": 3,
        "max_seconds": 5.0,
        "stuck_timeout": 7,
    }
