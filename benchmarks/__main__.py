"""Prints the ratios that the project holds itself to."""

from __future__ import annotations

from benchmarks import building, reading, starting

for part in (reading, building, starting):
    part.main()
