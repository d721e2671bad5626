"""Makes the table of many results: who they are of, and a column for each area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from iml4e_xlsx.findings.finding_groups import count_severities
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.tables.labels import index_cell, level_cell
from iml4e_xlsx.report.tables.table import CellValue, Column, ColumnKind, ResultTable
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts

_FILES_FIRST: Final = 2
_AREAS_NEXT: Final = 1
"""What stands below each row first: the files, then the areas."""


def results_table(assessments: Sequence[Assessment], scheme: Scheme) -> ResultTable:
    """
    Return a row for each result of one scheme: team, respondent and file, then the figures.

    A column that would be empty is not there.
    """
    texts = scheme_texts(scheme)
    names = [_subject_names(assessment) for assessment in assessments]
    # The file of a team's result is its name once more; people without names have their file only.
    heads = (
        Column("team", texts("view.team"), is_name=True),
        Column("respondent", texts("view.respondent"), is_name=True),
        Column(
            "file",
            texts("finding.source"),
            ColumnKind.FILE,
            dispensable=_FILES_FIRST,
            is_name=True,
        ),
    )
    kept = [at for at in range(len(heads)) if any(row[at] for row in names)]
    areas = [
        Column(area.code, area.short, ColumnKind.INDEX, dispensable=_AREAS_NEXT, brief=area.code)
        for area in scheme.areas
    ]
    return ResultTable(
        name="results",
        title=scheme.title,
        note=_note(assessments, scheme, texts),
        columns=(
            *(heads[at] for at in kept),
            Column("level", texts("result.level"), ColumnKind.LEVEL),
            Column("index", texts("result.index"), ColumnKind.INDEX),
            Column("answered", texts("result.answered"), ColumnKind.SHARE),
            *areas,
        ),
        rows=tuple(
            (*(row[at] for at in kept), *_figures(assessment, texts))
            for row, assessment in zip(names, assessments, strict=True)
        ),
        top=scheme.top,
    )


def _note(assessments: Sequence[Assessment], scheme: Scheme, texts: Texts) -> str:
    """Return what the columns of areas have, and how many findings there are."""
    findings = [finding for assessment in assessments for finding in assessment.findings]
    counts = ", ".join(words for _, words in count_severities(findings, texts))
    return "\n".join(filter(None, (texts("view.results_areas", top=scheme.top), counts)))


def _subject_names(assessment: Assessment) -> tuple[str, str, str]:
    """Return whose result it is: team, respondent, and the file if that is not the team's name."""
    response = assessment.response
    team, source = response.profile.team, response.source
    return (team, response.profile.respondent, "" if source == team else source)


def _figures(assessment: Assessment, texts: Texts) -> tuple[CellValue, ...]:
    overall = assessment.result.overall
    areas = (index_cell(area, texts) for area in assessment.result.areas)
    return (
        level_cell(overall, texts),
        index_cell(overall, texts),
        overall.completeness,
        *areas,
    )
