"""The examples of docs/testing.md are tests that pass."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/testing.md"

SETTINGS = """
SECRET_KEY = "x"
ROOT_URLCONF = "shop"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = ["django.contrib.contenttypes", "pykka_live"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
"""
URLS = """
from django.urls import path
urlpatterns = [path("counter/", Counter.as_view())]
"""


def _plugin() -> list[str]:
    """Return what loads the fixtures where pykka_live was installed before it had them."""
    from importlib.metadata import entry_points

    names = {entry.value for entry in entry_points(group="pytest11")}
    return [] if "pykka_live.testing.plugin" in names else ["-p", "pykka_live.testing.plugin"]


PLUGIN = _plugin()


def run_shop(pytester, monkeypatch, shop, tests):
    """Run tests in a project that has nothing to do with this one."""
    pytester.makepyfile(shop=shop, shop_settings=SETTINGS, test_shop=tests)
    pytester.makeini("[pytest]\nDJANGO_SETTINGS_MODULE = shop_settings\npythonpath = .\n")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers", *PLUGIN)


def test_they_pass_where_they_are_copied_to(pytester, monkeypatch):
    blocks = re.findall(r"^```python( test)?\n(.*?)^```", DOCUMENT.read_text(), re.M | re.S)
    views = [source for test, source in blocks if not test]
    tests = [source for test, source in blocks if test]
    result = run_shop(pytester, monkeypatch, "\n".join(views) + URLS, "\n\n".join(tests))

    result.assert_outcomes(passed=len(re.findall(r"def test_", "".join(tests))))
