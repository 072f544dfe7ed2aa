"""The package as it is published: what is in it, and that it installs where nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What is installed must be found without this test's own settings and paths.
UNWANTED = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in UNWANTED}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    """The sources, as they are published."""
    target = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", target, ROOT)
    (found,) = target.glob("*.tar.gz")
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """A Python that has nothing but pip."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(place, with_pip=True)
    return place / ("Scripts" if sys.platform == "win32" else "bin") / "python"


@pytest.fixture(scope="module")
def wheel(sdist, python, tmp_path_factory) -> Path:
    """What is built from the sources; Cython and lxml come for the build alone."""
    target = tmp_path_factory.mktemp("wheel")
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", target, sdist)
    (found,) = target.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pykka_live"}
    for script in ("pykka_live.js", "pykka_live_debug.js"):
        assert f"pykka_live/static/pykka_live/{script}" in names
        assert f"pykka_live/static/pykka_live/{script}.map" in names
    assert "pykka_live/static/pykka_live/pykka_live.d.ts" in names
    assert "pykka_live/static/pykka_live/observer.css" in names
    assert "pykka_live/templates/pykka_live/observer/page.html" in names
    assert "pykka_live/migrations/0001_initial.py" in names
    stubs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pykka_live").rglob("*.pyi")}
    assert {"pykka_live/py.typed", *stubs} <= {*names}
    assert any(name.startswith("pykka_live/_vdom.") and name.endswith(".so") for name in names)
    unwanted = (".c", ".pyx", ".pyc", ".sqlite3")
    assert [name for name in names if name.endswith(unwanted) or "/client/" in name] == []


def test_the_sdist_holds_what_it_takes_to_build_and_test(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "_vdom.pyx",
        "setup.py",
        "LICENSE",
        "pykka_live/_html.pyx",
        "pykka_live/static/pykka_live/client/main.js",
        "pykka_live/static/pykka_live/client/debug/main.js",
        "tests/test_package.py",
        "manage_demo/manage.py",
    ):
        assert name in names, name
    assert [name for name in names if name.endswith((".so", ".c", ".sqlite3"))] == []


def test_it_installs_where_nothing_else_is(wheel, python, tmp_path):
    """What it depends on comes with it."""
    run(python, "-m", "pip", "install", "--quiet", wheel)
    program = (
        "from pykka_live.vdom import parse, diff, encode\n"
        "print(encode(diff(parse('<p>1'), parse('<p>2'))).decode())"
    )
    assert run(python, "-c", program, cwd=tmp_path).strip() == '[0,0,"t","2"]'
    run(python, "-m", "django", "startproject", "site1", cwd=tmp_path)
    settings = tmp_path / "site1/site1/settings.py"
    settings.write_text(
        settings.read_text()
        + "\nINSTALLED_APPS += ['pykka_live']\nASGI_APPLICATION = 'site1.asgi.application'\n"
    )
    assert "no issues" in run(python, "manage.py", "check", cwd=tmp_path / "site1")
