"""Findings of an assessment, and changes to the parts of a workbook file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Assessment, RatingValue, Scheme

_USUAL_CODES = {"profile-missing", "figures-differ", "figures-without-ratings"}
"""Codes that workbooks without a profile have, and those that openpyxl saved."""


def findings_with(assessment: Assessment, code: str) -> list[Finding]:
    """Return the findings of an assessment that have a code."""
    return [finding for finding in assessment.findings if finding.code == code]


def codes_of(assessment: Assessment) -> set[str]:
    """Return the codes of the findings, without those that each workbook of a test has."""
    return {finding.code for finding in assessment.findings} - _USUAL_CODES


def ratings_of(assessment: Assessment) -> dict[str, RatingValue | None]:
    """Return the rating of each statement."""
    return {id_: answer.rating for id_, answer in assessment.response.answers.items()}


def rated(scheme: Scheme) -> dict[str, Any]:
    """Return a rating for each statement, in turn from 0 to 3."""
    return {id_: number % 4 for number, id_ in enumerate(scheme.statements)}


def sheet_part(path: Path, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    names = openpyxl.load_workbook(path).sheetnames
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def change_part(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode())
    assert changed != parts[part].decode()
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
