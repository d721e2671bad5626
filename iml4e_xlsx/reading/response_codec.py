"""
Packs the content of a workbook as plain lists, which the parsing process answers with.

A finding goes without its sentences: they are made of its code and values where people read them.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from itertools import chain
from typing import Any, Final

from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.reading.workbook_content import ShownFigures, WorkbookContent
from iml4e_xlsx.spreadsheets.codec import pack_message
from iml4e_xlsx.text.message import pack_values

RESPONSE, FOREIGN = "response", "foreign"
"""The first item of an answer, which names the rest of it."""

NO_RATING: Final = ""
"""Stands where a statement has no rating; an empty address where it has no score cell."""


def pack_schemes(schemes: Schemes) -> bytes:
    """
    Return the setup of the parsing process.

    Raises:
        SchemeError: If a scheme cannot be used.
    """
    schemes.check_schemes()
    return pickle.dumps(schemes)


def unpack_schemes(setup: bytes) -> Schemes:
    """Return the schemes of a setup, which came from whoever started the process, not a file."""
    schemes: Schemes = pickle.loads(setup)  # noqa: S301 - nothing of a file is in it
    return schemes


def pack_content(content: WorkbookContent) -> bytes:
    """Return the content of a workbook as bytes."""
    scheme, response = content.scheme, content.response
    modified = response.file.modified
    answers = [response.answers[statement] for statement in scheme.statements]
    numbers = {name: number for number, name in enumerate(content.sheets)}
    places = [answer.place for answer in answers]
    return pack_message(
        [
            RESPONSE,
            [
                scheme.id,
                scheme.version,
                scheme.language,
                response.workbook_id,
                scheme.form,
                modified.isoformat() if modified is not None else "",
            ],
            list(response.profile.values.values()),
            [NO_RATING if answer.rating is None else answer.rating for answer in answers],
            [answer.evidence for answer in answers],
            [numbers[place.sheet] if place and place.sheet is not None else 0 for place in places],
            [place.cell if place else "" for place in places],
            list(content.sheets),
            list(chain.from_iterable(response.targets.items())),
            list(chain.from_iterable(response.estimates.items())),
            _flatten_figures(content.figures),
            _pack_findings(content.findings),
        ]
    )


def pack_reference(reference: WorkbookReference | None) -> bytes:
    """Return the reference of a workbook whose scheme is unknown as bytes."""
    parts = [*astuple(reference)] if reference is not None else []
    return pack_message([FOREIGN, parts])


def _flatten_figures(figures: Mapping[str, ShownFigures]) -> list[Any]:
    return [
        part
        for area, shown in figures.items()
        for part in (
            area,
            shown.place.sheet,
            shown.place.cell,
            shown.level,
            shown.index,
            shown.completeness,
        )
    ]


def _pack_findings(findings: Iterable[Finding]) -> str:
    return json.dumps(
        [
            (
                finding.severity.value,
                finding.code,
                finding.place.sheet,
                finding.place.cell,
                finding.statement,
                finding.subject,
                pack_values(finding.values),
            )
            for finding in findings
        ]
    )
