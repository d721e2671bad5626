"""Versions of schemes: the first official one, and two of a small scheme that differ a little."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.builders import scheme_fields, write_scheme

FIRST_OFFICIAL = Path(__file__).parent.parent / "data" / "schemes" / "iml4e-mlops-1.0.0"
"""The official scheme as it was in its version 1.0.0, which older files were made with."""

OLD = """
| AA | 1 | AA-01 |
| AA | 1 | AA-02 |
| AA | 2 | AA-03 |
| AA | 2 | AA-04 |
"""


def newer_version(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the next version: one statement dropped, one added, one reworded, one moved."""
    (area,) = fields["areas"]
    statements = {statement["id"]: statement for statement in area["statements"]}
    del statements["AA-02"]
    statements["AA-05"] = {**statements["AA-01"], "id": "AA-05", "text": "A practice that is new."}
    statements["AA-01"]["text"] = "The first practice is carried out, in other words."
    statements["AA-04"]["level"] = 1
    fields["areas"] = [{**area, "statements": list(statements.values())}]
    return {**fields, "version": "1.10.0"}


def write_versions(folder: Path) -> tuple[Path, Path]:
    """Write the scheme in two versions; 1.10.0 is newer than 1.9.0. Return their folders."""
    old = {**scheme_fields(OLD, top=2), "version": "1.9.0"}
    write_scheme(folder / "old", old)
    write_scheme(folder / "new", newer_version({**scheme_fields(OLD, top=2)}))
    return folder / "old", folder / "new"
