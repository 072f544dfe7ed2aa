"""Django's own template tests: each of their renders comes out of ours as the same tree."""

from __future__ import annotations

import io
import unittest

import pytest
from django.conf import global_settings
from django.test import override_settings

from tests.rendering import django_tests


def django_settings():
    """What Django's own test runner sets."""
    return override_settings(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sites",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.admin.apps.SimpleAdminConfig",
            "django.contrib.staticfiles",
            "template_tests",
        ],
        USE_TZ=False,
        LANGUAGES=global_settings.LANGUAGES,
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
    )


@pytest.mark.django_db  # some of Django 6's ask for a transaction
@pytest.mark.parametrize(
    ("pattern", "tests", "renders"),
    [
        ("syntax_tests/**/test_*.py", 750, 1900),
        ("filter_tests/**/test_*.py", 450, 680),
        ("test_[!l]*.py", 170, 165),
    ],
    ids=["tags", "filters", "engine"],
)
def test_every_render_of_djangos_own_tests_gives_the_same_tree(pattern, tests, renders):
    """The floors are what Django 5.2 has, so that nothing falls silently away."""
    shadow = django_tests.Shadow()
    directory = django_tests.source_tests()
    with django_tests.importable(directory), django_settings(), shadow.cast():
        output = io.StringIO()
        result = unittest.TextTestRunner(output).run(django_tests.suite(directory, pattern))
    assert result.wasSuccessful(), output.getvalue()
    print(f"{result.testsRun} tests, {shadow.run} renders, skipped: {dict(shadow.skipped)}")
    assert not shadow.mismatches, "\n".join(shadow.mismatches)
    assert result.testsRun >= tests
    assert shadow.run >= renders
