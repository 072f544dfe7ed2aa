"""Live, server-rendered Django pages in Python alone, run by supervised Pykka actors."""

from __future__ import annotations

__all__: list[str] = []
