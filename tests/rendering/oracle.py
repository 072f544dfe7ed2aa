"""What a live region must look like: Django's own rendering, parsed as a whole."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.core.cache import caches
from django.http import HttpRequest
from django.template import Engine, RequestContext, Template
from django.template.backends.django import Template as BackendTemplate
from django.test import RequestFactory
from django.utils import timezone, translation

from pykka_live.rendering import LiveTemplate
from pykka_live.vdom import Element, Node, apply, diff, parse_region, to_html
from tests.rendering.gathered import gathering
from tests.rendering.world import World, clock, recorded

Outcome = Element | type[BaseException]


def processed_values(engine: Engine, request: HttpRequest) -> dict[str, Any]:
    """What the context processors give, asked once: a CSRF token is another each time."""
    values: dict[str, Any] = {}
    for processor in engine.template_context_processors:
        values.update(processor(request))
    return values


def expected(
    template: Template,
    request: HttpRequest,
    values: Mapping[str, Any],
    processed: dict[str, Any],
) -> Outcome:
    """Return the tree of Django's own output, or the type of what Django raises."""
    context = RequestContext(request, autoescape=template.engine.autoescape)
    context.push({**processed, **values})  # what is given at once gives way to the processors

    def render() -> Element:
        return parse_region(str.__str__(template.render(context)))[1]

    return outcome(render)


def outcome(render: Callable[[], Element]) -> Outcome:
    try:
        return render()
    except Exception as error:
        return type(error)


class Region:
    """One live region over time: its renderer, and the last picture that it gave."""

    def __init__(self, template: Template) -> None:
        self._renderer = LiveTemplate(BackendTemplate(template, None)).renderer()
        self._last: Element | None = None
        self._last_html = ""

    @property
    def has_fallen_back(self) -> bool:
        return self._renderer.has_fallen_back

    def render(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Outcome:
        """Render once more; what was rendered before must not change by that, and the patches
        between the two must lead from the one to the other."""
        current = outcome(lambda: self._renderer.render(request, values, processed))
        if isinstance(current, Element):
            assert_plain(current)
            if self._last is not None:
                assert to_html(self._last) == self._last_html, "the last tree has changed"
            if self._last is not None and self._last.tag == current.tag:
                patched = apply(self._last, diff(self._last, current))
                assert patched == current, "the patches do not lead to the new tree"
            self._last, self._last_html = current, to_html(current)
        return current


def assert_plain(node: Node) -> None:
    """Whatever was safe or lazy in the template is a plain string in the tree."""
    if isinstance(node, Element):
        strings = [node.tag, *node.attrs, *node.attrs.values()]
        for child in node.children:
            assert_plain(child)
    else:
        strings = [node.data]  # type: ignore[attr-defined]
    assert all(type(string) is str for string in strings), node


@contextmanager
def moment(number: int) -> Iterator[None]:
    """Fix what a render finds by chance: the time of day, and random numbers."""
    state = random.getstate()
    random.seed(number)
    frozen = datetime.datetime(2024, 2, 28, 23, 59, 58) + number * datetime.timedelta(hours=7)

    class Everything(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, datetime.datetime)

    class Clock(datetime.datetime, metaclass=Everything):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return frozen.replace(tzinfo=tz)

    module = SimpleNamespace(**{**vars(datetime), "datetime": Clock})
    with (
        mock.patch("django.template.defaulttags.datetime", Clock),
        mock.patch("django.utils.timesince.datetime", module),
    ):
        yield
    random.setstate(state)


def alike(one: Outcome, other: Outcome) -> bool:
    if isinstance(one, Element) and isinstance(other, Element):
        return one == other and hash(one) == hash(other)
    return one is other


def shown(value: Outcome) -> str:
    return to_html(value) if isinstance(value, Element) else f"raises {value.__name__}"


def engine(templates: Mapping[str, str]) -> Engine:
    loaders = [
        ("django.template.loaders.cached.Loader", [(f"{LOCMEM}.Loader", dict(templates))]),
    ]
    libraries = {"tags": "tests.rendering.tags", **LIBRARIES}
    builtins = ["tests.rendering.tags", COMPONENTS, *LIBRARIES.values()]
    return Engine(loaders=loaders, libraries=libraries, builtins=builtins)


COMPONENTS = "pykka_live.templatetags.pykka_live"
LOCMEM = "django.template.loaders.locmem"
LIBRARIES = {
    name: f"django.templatetags.{name}" for name in ("cache", "i18n", "l10n", "static", "tz")
}


def follow(source: str, statements: Sequence[str], templates: Mapping[str, str]) -> None:
    """Hold ours against Django after each statement that changes the context, with a second look
    at the end.

    Names of the context that begin with `_` tell how to render: `_language`, `_timezone` and
    `_clock`, which the world's clock is set to.
    """
    if "data-liveview-root" not in source and "{% extends" not in source:
        source = f"<main data-liveview-root>{source}</main>"
    names = engine(templates)
    request = RequestFactory().get("/path/?q=1")
    processed = processed_values(names, request)
    oracle_template = Template(source, engine=engine(templates))
    region = Region(Template(source, engine=names))
    theirs, ours = World(), World()
    caches["default"].clear()
    for number, statement in enumerate([*statements, "pass"]):
        theirs.do(statement)
        ours.do(statement)
        with (
            moment(number),
            _told_by(theirs),
            recorded() as their_calls,
            gathering() as wanted_places,
        ):
            wanted = expected(oracle_template, request, theirs.values, processed)
        with moment(number), _told_by(ours), recorded() as our_calls, gathering() as places:
            got = region.render(request, dict(ours.values), processed)
        if region.has_fallen_back and our_calls != their_calls:
            return  # what calls something was rendered twice, so all that follows may differ
        assert alike(wanted, got), (
            f"{source}\n  {'; '.join(statements[: number + 1])}\n"
            f"  expected {shown(wanted)}\n  got      {shown(got)}"
        )
        assert wanted_places.account() == places.account(), (
            f"{source}\n  {'; '.join(statements[: number + 1])}\n"
            f"  places expected {wanted_places.account()}\n"
            f"  places got      {places.account()}"
        )
        assert their_calls == our_calls, (
            f"{source}\n  {'; '.join(statements[: number + 1])}\n"
            f"  calls expected {their_calls}\n  calls got      {our_calls}"
        )


@contextmanager
def _told_by(world: World) -> Iterator[None]:
    values = world.values
    clock["now"] = values.get("_clock", 0)
    with (
        mock.patch.object(caches["default"], "key_prefix", str(id(world))),  # a cache of its own
        translation.override(values.get("_language", "en")),
        timezone.override(values.get("_timezone", "UTC")),
    ):
        yield
