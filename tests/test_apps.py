"""What happens when a project starts."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from pykka_live.apps import LOOKS_FROM_OUTSIDE
from pykka_live.management import commands
from pykka_live.management.operating import OperatorCommand

START = """
import sys
import django
from django.conf import settings

settings.configure(INSTALLED_APPS=["pykka_live", "shop", "plain"])
django.setup()
from pykka_live.live.component import component_class
from pykka_live.rendering.functions import find_function

print(component_class("cart").__module__, find_function("badge").path)
"""

COMPONENTS = """
from pykka_live import LiveComponent, function_component

class Cart(LiveComponent):
    template = "<p></p>"

@function_component(template="<b></b>")
def badge():
    return {}
"""


def start(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START]
    environment = {"PYTHONPATH": f"{path}:{':'.join(sys.path)}"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def app(path: Path, name: str, **modules: str) -> None:
    (path / name).mkdir()
    for module, source in {"__init__": "", **modules}.items():
        (path / name / f"{module}.py").write_text(source)


def test_the_components_of_all_apps_are_known_at_once(tmp_path):
    app(tmp_path, "shop", components=COMPONENTS)
    app(tmp_path, "plain")
    done = start(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "shop.components shop.components.badge\n"


def test_a_module_of_components_that_is_broken_keeps_the_project_from_starting(tmp_path):
    app(tmp_path, "shop", components="import no_such_module")
    app(tmp_path, "plain")
    done = start(tmp_path)
    assert done.returncode == 1
    assert "No module named 'no_such_module'" in done.stderr


ONLY_FOR_SERVERS = ("pykka", "lxml", "prometheus_client", "pykka_live.actors", "pykka_live.live")

ASK = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(INSTALLED_APPS=["pykka_live", "shop"], SECRET_KEY="tests")
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
finally:
    print("loaded", *sys.modules)
"""


def loaded_by(path: Path, *arguments: str) -> set[str]:
    """Run a command where no server is; return the names of all modules that it loads."""
    command = [sys.executable, "-c", ASK, *arguments]
    places = {"XDG_RUNTIME_DIR": str(path), "TMPDIR": str(path)}
    environment = {"PYTHONPATH": f"{path}:{':'.join(sys.path)}", **places}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "No server process of this project is found" in done.stderr
    return set(done.stdout.rpartition("loaded")[2].split())


@pytest.mark.parametrize("arguments", [["actor_tree"], ["actor_trace", "/x"]])
def test_a_command_that_asks_servers_loads_nothing_that_only_they_need(tmp_path, arguments):
    app(tmp_path, "shop", components="import no_such_module")
    loaded = loaded_by(tmp_path, *arguments)
    assert "pykka_live.management.operating" in loaded
    assert loaded.isdisjoint((*ONLY_FOR_SERVERS, "shop.components"))


def test_the_commands_that_ask_servers_are_known():
    names = [module.name for module in iter_modules(commands.__path__)]
    found = {name: import_module(f"{commands.__name__}.{name}").Command for name in names}
    asking = {name for name, command in found.items() if issubclass(command, OperatorCommand)}
    assert asking == LOOKS_FROM_OUTSIDE
