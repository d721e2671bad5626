"""Makes a pristine workbook of a damaged one: every legible answer, the doubtful cells marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import PROFILE_NAMES, Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.layout import Layout, layout_of

_ABOUT_EVIDENCE = frozenset({"evidence-unreadable", "not-applicable-without-reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedWorkbook:
    """
    A pristine workbook as bytes, and what was read to make it.

    `placed` counts the cells that are marked; `homeless` are the findings of answers, sheets or
    files that no cell of the workbook stands for, and that a person has to look at.
    """

    data: bytes
    assessment: Assessment
    placed: int
    homeless: tuple[Finding, ...]


def repair_workbook(
    path: str | Path, reader: WorkbookReader, *, created: datetime | None = None
) -> RepairedWorkbook:
    """
    Return a pristine workbook with the answers, the language and the id of a returned one.

    Cells of doubtful answers are highlighted and have a note that says what was found.

    Raises:
        WorkbookReadError: If the file yields no response at all.
        WorkbookWriteError: If a text exceeds what the format can hold.
    """
    assessment = reader.assess(path)
    remarks, homeless = _remarks(assessment)
    response = assessment.response
    data = build_workbook(
        assessment.scheme,
        created=created or datetime.now(UTC),
        response=response,
        identity=response.workbook_id or None,
        remarks=remarks,
    )
    return RepairedWorkbook(
        data=data, assessment=assessment, placed=len(remarks), homeless=homeless
    )


def _remarks(assessment: Assessment) -> tuple[dict[Cell, str], tuple[Finding, ...]]:
    """Return a note for each doubtful cell, and the findings that belong to none."""
    layout = layout_of(assessment.scheme)
    remarks: dict[Cell, str] = {}
    homeless: list[Finding] = []
    for finding in assessment.findings:
        if finding.severity is Severity.NOTE:
            continue
        cell = _cell(finding, assessment.scheme, layout)
        if cell is None:
            homeless.append(finding)
            continue
        said = f"{finding.message} {finding.action}"
        remarks[cell] = f"{remarks[cell]}\n{said}" if cell in remarks else said
    return remarks, tuple(homeless)


def _cell(finding: Finding, scheme: Scheme, layout: Layout) -> Cell | None:
    """Return the input that a finding is about, in a workbook as issued."""
    statement = finding.statement
    if statement is not None and statement in scheme.statements:
        area = layout.area_sheet_of(statement)
        about_evidence = finding.code in _ABOUT_EVIDENCE
        return area.evidence_cell(statement) if about_evidence else area.rating_cell(statement)
    kind, _, name = (finding.subject or "").partition(".")
    if kind == "profile" and name in PROFILE_NAMES:
        return layout.cover.profile_cell(name)
    columns = {"target": layout.summary.TARGET, "estimate": layout.summary.ESTIMATE}
    return layout.summary.figure_cell(name, columns[kind]) if kind in columns else None
