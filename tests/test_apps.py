"""What happens when a project starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
