"""Makes documents of a scheme, and of the cells of its workbook, for other programs."""

from __future__ import annotations

from typing import Any

from iml4e_xlsx.model import PROFILE_NAMES, Area, Guidance, Publication, Scheme, Statement
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.workbook_layout import Layout


def scheme_document(scheme: Scheme) -> dict[str, Any]:
    """Return the document of `iml4e scheme show --format json`."""
    return {
        "id": scheme.id,
        "version": scheme.version,
        "language": scheme.language,
        "languages": list(scheme.languages),
        "title": scheme.title,
        "instruction": scheme.instruction,
        "levels": [
            {"number": level.number, "name": level.name, "description": level.description}
            for level in scheme.levels
        ],
        "ratings": [
            {"value": rating.value, "label": rating.label, "meaning": rating.meaning}
            for rating in scheme.ratings
        ],
        "thresholds": {
            "reached_above": float(scheme.thresholds.reached_above),
            "passed_above": float(scheme.thresholds.passed_above),
        },
        "areas": [
            {
                "code": area.code,
                "name": area.name,
                "attested": area.attested,
                "purpose": area.purpose,
                "statements": [_statement_entry(statement, area) for statement in area.statements],
            }
            for area in scheme.areas
        ],
        "sources": {source.key: _source_entry(source) for source in scheme.sources},
    }


def _statement_entry(statement: Statement, area: Area) -> dict[str, Any]:
    return {
        "id": statement.id,
        "level": statement.level,
        "topic": area.topics[statement.topic],
        "text": statement.text,
        "guidance": _guidance_entry(statement.guidance),
        "evidence": list(statement.evidence),
        "improvement": statement.improvement,
        "anchor": statement.anchor,
        "joined": statement.joined,
        "references": {
            source: list(statement.loci(source))
            for source in dict.fromkeys(r.source for r in statement.references)
        },
    }


def _guidance_entry(guidance: Guidance) -> dict[str, Any]:
    return {
        "note": guidance.note,
        "steps": {str(value): text for value, text in guidance.steps.items()},
        "not_applicable": guidance.not_applicable,
    }


def _source_entry(source: Publication) -> dict[str, Any]:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "loci": [
            {"key": locus.key, "title": locus.title, "since": locus.since, "url": locus.url}
            for locus in source.loci
        ],
    }


def layout_document(scheme: Scheme, layout: Layout) -> dict[str, Any]:
    """Return the document of `iml4e layout`: where every input and figure stands."""
    summary = layout.summary
    figures = {
        "level": summary.LEVEL,
        "index": summary.INDEX,
        "completeness": summary.COMPLETENESS,
    }
    return {
        "scheme": {"id": scheme.id, "version": scheme.version, "language": scheme.language},
        "score_cells": {
            id_: _cell_entry(layout.areas[s.area].rating_cell(id_))
            for id_, s in scheme.statements.items()
        },
        "evidence_cells": {
            id_: _cell_entry(layout.areas[s.area].evidence_cell(id_))
            for id_, s in scheme.statements.items()
        },
        "target_cells": {
            area.code: _cell_entry(summary.figure_cell(area.code, summary.TARGET))
            for area in scheme.areas
        },
        "estimate_cells": {
            area.code: _cell_entry(summary.figure_cell(area.code, summary.ESTIMATE))
            for area in scheme.areas
        },
        "profile_cells": {
            field: _cell_entry(layout.cover.profile_cell(field)) for field in PROFILE_NAMES
        },
        "summary_cells": {
            key: {name: _cell_entry(summary.figure_cell(key, col)) for name, col in figures.items()}
            for key in (*(area.code for area in scheme.areas), OVERALL)
        },
    }


def _cell_entry(cell: Cell) -> dict[str, str]:
    return {"sheet": cell.sheet, "cell": cell.a1}
