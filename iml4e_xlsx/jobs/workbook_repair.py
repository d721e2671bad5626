"""Makes a new workbook of a damaged one: with every legible answer, the doubtful cells marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import PROFILE_NAMES, Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.workbook_layout import Layout, layout_of

_ABOUT_EVIDENCE = frozenset({"evidence-unreadable", "not-applicable-without-reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedWorkbook:
    """
    A new workbook as bytes, and the assessment that it was made of.

    `marked_cells` counts the cells with a note; `unplaced_findings` are about answers, sheets or
    files that no cell of the new workbook stands for, so that a person has to look at them.
    """

    data: bytes
    assessment: Assessment
    marked_cells: int
    unplaced_findings: tuple[Finding, ...]


def repair_workbook(
    path: str | Path, reader: WorkbookReader, *, created: datetime | None = None
) -> RepairedWorkbook:
    """
    Make a new workbook with the answers, the language and the id of a returned one.

    Cells of doubtful answers are highlighted, and a note on them says what is doubtful.

    Raises:
        WorkbookReadError: If the file yields no response at all.
        WorkbookWriteError: If a text exceeds what the format can hold.
    """
    return repair_assessment(reader.assess(path), created=created)


def repair_assessment(
    assessment: Assessment, *, created: datetime | None = None
) -> RepairedWorkbook:
    """
    Make a new workbook of what was read in one, as `repair_workbook` does of a file.

    Raises:
        WorkbookWriteError: If a text exceeds what the format can hold.
    """
    notes, unplaced = _collect_notes(assessment)
    response = assessment.response
    data = build_workbook(
        assessment.scheme,
        created=created or datetime.now(UTC),
        response=response,
        identity=response.workbook_id or None,
        notes=notes,
    )
    return RepairedWorkbook(
        data=data, assessment=assessment, marked_cells=len(notes), unplaced_findings=unplaced
    )


def _collect_notes(assessment: Assessment) -> tuple[dict[Cell, str], tuple[Finding, ...]]:
    """Return a note for each doubtful cell, and the findings that belong to none."""
    layout = layout_of(assessment.scheme)
    notes: dict[Cell, str] = {}
    unplaced: list[Finding] = []
    for finding in assessment.findings:
        if finding.severity is Severity.NOTE:  # the answer was read as it was meant
            continue
        cell = _find_cell(finding, assessment.scheme, layout)
        if cell is None:
            unplaced.append(finding)
            continue
        note = f"{finding.message} {finding.action}"
        notes[cell] = f"{notes[cell]}\n{note}" if cell in notes else note
    return notes, tuple(unplaced)


def _find_cell(finding: Finding, scheme: Scheme, layout: Layout) -> Cell | None:
    """Return the input cell of a new workbook that a finding is about, if there is one."""
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
