"""Django's own tests of its templates, fetched from its source distribution, and what repeats each
of their renders with ours."""

from __future__ import annotations

import copy
import importlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Engine, Template
from django.template.base import TextNode
from django.template.loader_tags import ExtendsNode
from django.template.loaders.base import Loader
from django.test import RequestFactory
from django.utils.translation import get_language

from tests.rendering import oracle

CACHE = Path(__file__).parents[2] / "build" / "django-tests"
PACKAGE = "template_tests"
WANTED = (f"tests/{PACKAGE}/", "tests/i18n/other/")  # translations that they need
OPEN, CLOSE = "<div data-liveview-root>", "</div>"


def source_tests() -> Path:
    """Return the directory that holds the tests of the Django that is installed; a wheel has none,
    so they are downloaded once."""
    target = CACHE / django.__version__
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            _download(Path(scratch)).rename(target)
    return target


def _download(scratch: Path) -> Path:
    wanted = f"django=={django.__version__}"
    options = ["--quiet", "--no-deps", "--no-binary", "django", "--dest", str(scratch)]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, wanted], check=True)
    (archive,) = scratch.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        members = [member for member in tar if member.name.partition("/")[2].startswith(WANTED)]
        tar.extractall(scratch / "all", members)
    (tests,) = (scratch / "all").glob("*/tests")
    return tests


@contextmanager
def importable(directory: Path) -> Iterator[None]:
    before = set(sys.modules)
    with mock.patch.object(sys, "path", [str(directory), *sys.path]):
        importlib.invalidate_caches()
        yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == PACKAGE:
            del sys.modules[name]


def suite(directory: Path, pattern: str) -> unittest.TestSuite:
    files = sorted(directory.glob(f"{PACKAGE}/{pattern}"))
    names = [".".join(file.relative_to(directory).with_suffix("").parts) for file in files]
    return unittest.TestLoader().loadTestsFromNames(names)


class Shadow:
    """Repeats each render that is made while it is there, with the template made a live region.

    `run` counts the renders that were repeated, `skipped` those that could not be, by reason.
    `mismatches` tells where ours was not what it must be.
    """

    def __init__(self) -> None:
        self.run = 0
        self.skipped: Counter[str] = Counter()
        self.mismatches: list[str] = []
        self._busy = False
        self._seen: dict[int, tuple[Engine, set[Any]]] = {}  # engines are kept: ids are reused

    @contextmanager
    def cast(self) -> Iterator[None]:
        original = Template.render
        shadow = self

        def render(template: Template, context: Context) -> Any:
            if shadow._busy or context.template is not None:
                return original(template, context)
            before = shadow._copy(template, context)
            try:
                return original(template, context)
            finally:
                if before is not None:
                    shadow._busy = True
                    try:
                        shadow._repeat(template, context, before)
                    finally:
                        shadow._busy = False

        with (
            mock.patch.object(Template, "render", render),
            mock.patch.object(Template, "__deepcopy__", lambda self, memo: self, create=True),
        ):
            yield

    def _copy(self, template: Template, context: Context) -> dict[str, Any] | None:
        """Return the values of the context, as rendering may change them; None if that cannot be
        compared."""
        values = context.flatten()
        if context.use_l10n is not None or context.use_tz is not None:
            self.skipped["settings in the context"] += 1
        elif settings.DEBUG and "{% debug" in template.source:
            self.skipped["contexts shown as such"] += 1
        elif any(getattr(value, "__closure__", None) for value in values.values()):
            self.skipped["functions with a state"] += 1
        else:
            for name in ("True", "False", "None"):
                values.pop(name, None)
            if self._is_new(template, values):
                return copy.deepcopy(values)
        return None

    def _is_new(self, template: Template, values: dict[str, Any]) -> bool:
        """Django's tests run twice, for its template cache, which makes no difference here."""
        shown = re.sub("0x[0-9a-f]+", "", repr(values))
        key = (template.source, template.name, get_language(), shown)
        seen = self._seen.setdefault(id(template.engine), (template.engine, set()))[1]
        new = key not in seen
        seen.add(key)
        return new

    def _repeat(self, template: Template, context: Context, values: dict[str, Any]) -> None:
        request = getattr(context, "request", None) or RequestFactory().get("/")
        for way, region in regions(template, values, context.autoescape):
            theirs, ours = copy.deepcopy(values), copy.deepcopy(values)
            self.run += 1
            self._compare(way, region, request, theirs, ours)

    def _compare(
        self, way: str, template: Template, request: HttpRequest, theirs: Any, ours: Any
    ) -> None:
        processed = oracle.processed_values(template.engine, request)
        region = oracle.Region(template)
        for step, names in enumerate(_visits(theirs)):
            with oracle.moment(step):
                wanted = oracle.expected(template, request, _only(theirs, names), processed)
            with oracle.moment(step):
                got = region.render(request, _only(ours, names), processed)
            if not oracle.alike(wanted, got):
                self.mismatches.append(
                    f"{way}, render {step}: {template.source!r} with {theirs!r}\n"
                    f"  expected {oracle.shown(wanted)}\n  got      {oracle.shown(got)}"
                )
                return


def _visits(values: dict[str, Any]) -> list[set[str]]:
    """Which of the values to render with, one after the other: all, all from memory, none, all, all
    but one, all."""
    every = set(values)
    visits = [every, every, set(), every]
    for name in sorted(every)[:3]:
        visits += [every - {name}, every]
    return visits


def _only(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def regions(
    template: Template, values: dict[str, Any], autoescape: bool
) -> Iterator[tuple[str, Template]]:
    """Make a live region of the template: by its text, or, where it extends another, by that one's
    and by including it."""
    engine = copy.copy(template.engine)
    engine.autoescape = autoescape
    if not _extends(template):
        source = f"{OPEN}{template.source}{CLOSE}"
        yield "wrapped", Template(source, template.origin, template.name, engine)
        return
    values["shadowed"] = template
    yield "included", Template(f"{OPEN}{{% include shadowed %}}{CLOSE}", engine=engine)
    root = _root(template, Context(values))
    if root is not None:
        engine.template_loaders = [WrappingLoader(engine, template.engine, root.origin.name)]
        yield "inherited", Template(template.source, template.origin, template.name, engine)


def _extends(template: Template) -> ExtendsNode | None:
    for node in template.nodelist:
        if not isinstance(node, TextNode):
            return node if isinstance(node, ExtendsNode) else None
    return None


def _root(template: Template, context: Context) -> Template | None:
    """The ancestor that extends no other; None where that cannot be told before the render."""
    seen = [template.origin]
    try:
        while node := _extends(template):
            parent = node.parent_name.resolve(context)
            if isinstance(parent, Template):
                return None
            template, origin = template.engine.find_template(parent, skip=seen)
            seen.append(origin)
    except Exception:
        return None
    return template


class WrappingLoader(Loader):
    """Loads what an engine's loaders load, one template of which becomes the live region."""

    def __init__(self, engine: Engine, inner: Engine, root: str) -> None:
        super().__init__(engine)
        self._loaders = inner.template_loaders
        self._root = root

    def get_template_sources(self, template_name: str) -> Iterator[Any]:
        for loader in self._loaders:
            yield from loader.get_template_sources(template_name)

    def get_contents(self, origin: Any) -> str:
        contents: str = origin.loader.get_contents(origin)
        return f"{OPEN}{contents}{CLOSE}" if origin.name == self._root else contents
