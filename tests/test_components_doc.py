"""The examples of docs/components.md are a site whose tests pass."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.template import Context, Template, engines
from django.utils.functional import SimpleLazyObject

from pykka_live.conf import find_problems
from pykka_live.live.visitor import own_request
from pykka_live.vdom import parse
from tests.rendering.gathered import gathering
from tests.testing.test_examples import run_shop

DOCUMENT = Path(__file__).parents[1] / "docs/components.md"


def blocks(language: str) -> list[str]:
    """Return the examples of a language; "django ambiguous" is one."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT.read_text(), re.M | re.S)


@pytest.mark.parametrize("mode", ["in place", "with actors"])
def test_they_pass_where_they_are_copied_to(pytester, monkeypatch, mode):
    tests = "\n\n".join(blocks("python test"))
    if mode == "with actors":
        tests = (
            "import pytest\n"
            "pytestmark = [pytest.mark.live(use_actors=True),"
            " pytest.mark.django_db(transaction=True)]\n" + tests
        )
    result = run_shop(pytester, monkeypatch, "\n".join(blocks("python")), tests)

    result.assert_outcomes(passed=len(re.findall(r"^def test_", tests, re.M)))


def test_the_settings_are_allowed():
    [source] = [each for each in blocks("python") if "PYKKA_LIVE" in each]
    values: dict = {}
    exec(source, values)
    assert find_problems(values["PYKKA_LIVE"]) == []


def test_a_middlewares_user_is_looked_up_in_each_components_own_session(rf):
    [source] = blocks("python lazy")
    names = {"SimpleLazyObject": SimpleLazyObject, "find_member": lambda session: session}
    exec(f"def middleware(request):\n{textwrap.indent(source, '    ')}", names)
    request = rf.get("/")
    request.session = SessionStore("k" * 32)
    names["middleware"](request)
    own = own_request(request, "k" * 32)

    assert own.user == own.session
    assert request.user == request.session != own.session


def test_a_form_can_send_elsewhere():
    [source] = blocks("html")
    html = engines["django"].from_string(source).render({})
    assert "live-on:submit" in repr(parse(html).children)


def placed(language):
    """What the one example of a language places: the ids, and what is in which slot."""
    [source] = blocks(language)
    with gathering() as noted:
        Template("{% load pykka_live %}" + source).render(Context({"product": {"pk": 7}}))
    return {id: slots for _, id, _, slots in noted.placed}


def test_the_tag_places_a_component_and_fills_slots():
    found = placed("django")

    assert list(found) == ["7", "news"]
    assert "default slot" in found["news"]["default"]
    assert "Close" in found["news"]["footer"]


def test_an_end_tag_is_that_of_the_last_which_has_not_said_that_it_has_none():
    ambiguous, settled = placed("django ambiguous"), placed("django settled")

    assert "Whose?" in ambiguous["i"]["default"]
    assert not ambiguous["o"]
    assert not settled["i"]
    assert "Whose?" in settled["o"]["default"]
    assert 'live-component="i"' in settled["o"]["default"]


def test_links_lead_somewhere():
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", DOCUMENT.read_text()):
        target = DOCUMENT.parent / link if link else DOCUMENT
        assert target.exists(), link
        headings = [
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", target.read_text(), re.M)
        ]
        assert not anchor or anchor in headings, f"{link}#{anchor}"
