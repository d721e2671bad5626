"""Runs every benchmark and prints the ratios that the project promises."""

from __future__ import annotations

from benchmarks import building, collecting, mailing, reading, reporting, starting

for part in (reading, building, starting, reporting, mailing, collecting):
    part.main()
