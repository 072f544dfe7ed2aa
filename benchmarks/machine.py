"""The machine that measures: what it is, what runs on it, and how busy others keep it."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic

SERVED = ("channels", "uvicorn", "uvloop", "httptools", "websockets")  # under each site
NODE_MODULES = Path(sys.prefix) / "node_modules"  # where `make bench` puts what is npm's
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = (3, 4)  # the columns of /proc/stat in which nothing works


class Meanwhile:
    """What others have done on the machine since this was made."""

    def __init__(self) -> None:
        self._start = monotonic()
        self._all, self._own = all_work(), own_work()

    def share(self) -> float:
        """Return the part of the machine's time that went to none of our processes.

        A child counts from when it has ended, with all that it has worked.
        """
        spent = (monotonic() - self._start) * (os.cpu_count() or 1)
        work = (all_work() - self._all) - (own_work() - self._own)
        return max(0.0, min(1.0, work / spent)) if spent else 0.0


def all_work() -> float:
    """Return the seconds that all cores have worked, or that another machine took of them."""
    try:
        fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]
    except OSError:
        return own_work()
    return sum(int(field) for n, field in enumerate(fields) if n not in IDLE) / TICKS


def own_work() -> float:
    """Return the seconds that this process has worked, and its children that have ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, who))


def installed_version(package: str) -> str | None:
    """Return the version of a distribution, or of a package of npm's; None if there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        about = NODE_MODULES / package / "package.json"
        return str(json.loads(about.read_text())["version"]) if about.exists() else None


def is_installed(package: str) -> bool:
    """Tell whether there is such a distribution, or package of npm's."""
    return installed_version(package) is not None


def software(packages: Sequence[str]) -> str:
    """Return the versions of Python, Django and ours, and of the packages."""
    found = [f"Python {platform.python_version()}"]
    for name in ("pykka_live", "Django", *packages):
        number = installed_version(name)
        found.append(f"{name} {number}" if number else f"no {name}")
    return ", ".join(found)


def processor() -> str:
    """Return the processor's name."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.machine()
