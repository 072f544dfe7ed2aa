"""Builds what pyproject.toml cannot express: the Cython extensions and the browser's scripts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
STATIC = Path("pykka_live/static/pykka_live")
SCRIPTS = {"pykka_live.js": "client/main.js", "pykka_live_debug.js": "client/debug/main.js"}

_IMPORT = re.compile(
    r"^import\s*(?:\{[^}]*\}\s*from\s*)?[\"']\./([\w-]+)\.js[\"'];?\n", re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_FOR_READERS = re.compile(
    r"^[ \t]*(?:/\*\*(?:.|\n)*?\*/\n|//.*\n)|^[ \t]+|^\n|[ ]{2,}//.*$", re.MULTILINE
)


def join_modules(entry: Path) -> str:
    """Join an ES module and all that it imports into one classic script.

    The modules keep to what this understands: relative imports of names, exports in front of a
    declaration, and top-level names that are unique over all modules. Indentation and comments stay
    behind, be they on lines of their own or after code and two blanks.
    """
    ordered: dict[Path, str] = {}

    def visit(path: Path) -> None:
        if path in ordered:
            return
        source = path.read_text(encoding="utf-8")
        for name in _IMPORT.findall(source):
            visit(path.with_name(f"{name}.js"))
        ordered[path] = _EXPORT.sub("", _IMPORT.sub("", source)).strip()

    visit(entry)
    joined = "\n".join(_FOR_READERS.sub("", source) for source in ordered.values())
    return f'(() => {{\n"use strict";\n{joined}\n}})();\n'


class BuildPackage(build_py):
    """Adds the joined scripts to the package."""

    def run(self) -> None:
        super().run()
        root = HERE if self.editable_mode else Path(self.build_lib)
        (root / STATIC).mkdir(parents=True, exist_ok=True)
        for name, entry in SCRIPTS.items():
            joined = join_modules(HERE / STATIC / entry)
            (root / STATIC / name).write_text(joined, encoding="utf-8")


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
