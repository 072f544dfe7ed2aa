"""The pytest fixtures."""

from __future__ import annotations

from pykka_live.live import painter
from tests.testing.test_examples import run_shop

SHOP = """
import threading
from django.urls import path
from pykka_live import LiveView, event

gate = threading.Event()

class Slow(LiveView):
    template = "<p data-liveview-root @click='wait'>x</p>"

    def terminate(self, reason):
        gate.wait(60)

urlpatterns = [path("slow/", Slow.as_view())]
"""


def test_a_thread_that_is_left_behind_fails_the_test(pytester, monkeypatch):
    result = run_shop(
        pytester,
        monkeypatch,
        SHOP,
        """
        import pytest
        from pykka_live.testing import places

        @pytest.fixture(autouse=True)
        def _impatient(monkeypatch):
            monkeypatch.setattr(places, "TIMEOUT", 0.5)

        @pytest.mark.django_db(transaction=True)
        @pytest.mark.live(use_actors=True)
        def test_it(live):
            live.get("/slow/")
        """,
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*these threads of live views have not ended: */views/*"])


def test_each_test_has_actors_of_its_own(pytester, monkeypatch):
    result = run_shop(
        pytester,
        monkeypatch,
        SHOP,
        """
        import pytest
        from pykka_live.actors import ActorSystem
        from pykka_live.testing import LiveClient

        systems = []

        @pytest.mark.django_db
        @pytest.mark.parametrize("number", range(2))
        def test_it(live, live_system, number):
            assert ActorSystem.default() is live_system
            assert live_system not in systems
            systems.append(live_system)
            LiveClient()  # nobody closes it

        def test_what_was_there_before_is_there_again():
            assert ActorSystem.default() not in systems
            assert [system.state for system in systems] == ["stopped"] * 2

        def test_one_test_has_one_way_to_run(live):
            with pytest.raises(RuntimeError, match="in one way"):
                LiveClient(use_actors=True)
        """,
    )

    result.assert_outcomes(passed=4)


def test_nobody_looks_at_pictures_when_the_test_is_over(live):
    live.get("/counter/")
    live.place.end()

    assert painter._inspectors == ()
