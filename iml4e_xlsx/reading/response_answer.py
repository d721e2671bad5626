"""
Reads the answers of the parsing process to returned workbooks, and trusts none of them.

A hostile file may have taken that process over: what is not a response to the scheme that it names
is refused, and costs that file alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from iml4e_xlsx.findings.catalogue import make_finding
from iml4e_xlsx.findings.file_traits import FileTraits
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.model import PROFILE_NAMES, Answer, Profile, Response, Scheme
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.reading.response_codec import FOREIGN, NO_RATING, RESPONSE
from iml4e_xlsx.reading.workbook_content import ShownFigures, WorkbookContent
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.worker_answer import (
    AnswerError,
    require_form,
    require_numbers,
    unpack_answer,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.message import unpack_values
from iml4e_xlsx.text.texts import Texts

_MOST_LISTS: Final = 11
_LONGEST_FINDINGS: Final = 2 << 20
"""In characters; findings are about as many as a scheme has statements."""

_FIGURE_TYPES: Final = frozenset({float, type(None)})
_TEXT_TYPES: Final = frozenset({str})
_OPTIONAL_TEXT_TYPES: Final = frozenset({str, type(None)})


def unpack_content(
    data: bytes, source: str, schemes: Schemes, limits: Limits
) -> WorkbookContent | WorkbookReference | None:
    """
    Return the content of a workbook; of one whose scheme is unknown, its reference if it has any.

    Args:
        data: The answer.
        source: The name of the file in places.
        schemes: The schemes that the process was told of.
        limits: What a file may claim.

    Raises:
        FileRefusal: If the answer is that the file was refused.
        AnswerError: If it has another form than the answers of a parsing process.
    """
    return unpack_answer(
        data,
        limits,
        {
            RESPONSE: lambda parts: _AnswerReader(source, schemes).read_content(parts),
            FOREIGN: _read_reference,
        },
        most_lists=_MOST_LISTS,
    )


def _read_reference(parts: list[Any]) -> WorkbookReference | None:
    (names,) = parts
    _require_texts(names)
    return WorkbookReference(*names) if names else None


class _AnswerReader:
    """Reads the parts of one answer."""

    def __init__(self, source: str, schemes: Schemes) -> None:
        self.source = source
        self.schemes = schemes

    def read_content(self, parts: list[Any]) -> WorkbookContent:
        """Return the content; whatever it raises says that the answer is a lie."""
        identity, profile, ratings, evidence, numbers, addresses, *rest = parts
        sheets, targets, estimates, figures, findings = rest
        _require_texts(identity)
        _require_texts(profile)
        _require_texts(sheets)
        *reference, modified = identity
        scheme = self.schemes.find_scheme(WorkbookReference(*reference))
        if scheme is None:
            raise AnswerError("scheme")
        _require_texts(addresses)
        require_numbers(numbers)
        # Of a statement without a score cell, the sheet's number means nothing.
        places = [
            Place(self.source, sheets[number], address) if address else None
            for number, address in zip(numbers, addresses, strict=True)
        ]
        response = Response(
            scheme=scheme.id,
            version=scheme.version,
            profile=Profile(**dict(zip(PROFILE_NAMES, profile, strict=True))),
            answers=self._read_answers(scheme, ratings, evidence, places),
            targets=_read_levels(scheme, targets),
            estimates=_read_levels(scheme, estimates),
            source=self.source,
            workbook_id=reference[3],
            file=FileTraits(modified=datetime.fromisoformat(modified) if modified else None),
        )
        return WorkbookContent(
            scheme=scheme,
            sheets=sheets,
            response=response,
            figures=self._read_figures(scheme, figures),
            findings=self._read_findings(findings, scheme_texts(scheme)),
        )

    def _read_answers(
        self, scheme: Scheme, ratings: list[Any], evidence: list[Any], places: list[Place | None]
    ) -> dict[str, Answer]:
        known = {rating.value for rating in scheme.ratings} | {NO_RATING}
        # True is 1 to a set.
        require_form(set(map(type, ratings)) <= {int, str} and known.issuperset(ratings), "ratings")
        _require_texts(evidence)
        if NO_RATING in ratings:
            ratings = [None if rating == NO_RATING else rating for rating in ratings]
        require_form(
            len(ratings) == len(evidence) == len(places) == len(scheme.statements), "answers"
        )
        answers = map(Answer, scheme.statements, ratings, evidence, places)
        return dict(zip(scheme.statements, answers, strict=True))

    def _read_figures(self, scheme: Scheme, parts: list[Any]) -> dict[str, ShownFigures]:
        figures = {}
        known = {area.code for area in scheme.areas}
        for area, sheet, cell, *numbers in zip(*(parts[at::6] for at in range(6)), strict=True):
            require_form(area in known and set(map(type, numbers)) <= _FIGURE_TYPES, "figures")
            _require_texts([sheet, cell])
            figures[area] = ShownFigures(Place(self.source, sheet, cell), *numbers)
        return figures

    def _read_findings(self, packed: str, texts: Texts) -> list[Finding]:
        require_form(type(packed) is str and len(packed) <= _LONGEST_FINDINGS, "findings")
        findings = []
        for severity, code, sheet, cell, statement, subject, values in json.loads(packed):
            kinds = {type(sheet), type(cell), type(statement), type(subject)}
            require_form(kinds <= _OPTIONAL_TEXT_TYPES, "texts")
            finding = make_finding(
                texts,
                Severity(severity),
                code,
                Place(self.source, sheet, cell),
                statement=statement,
                subject=subject,
                values=unpack_values(values),
            )
            findings.append(finding)
        return findings


def _read_levels(scheme: Scheme, parts: list[Any]) -> dict[str, int]:
    """Return levels by area from a list in which the two alternate."""
    levels = dict(zip(parts[::2], parts[1::2], strict=True))
    require_form(levels.keys() <= {area.code for area in scheme.areas}, "areas")
    require_form(set(map(type, levels.values())) <= {int}, "levels")
    require_form(set(levels.values()) <= {level.number for level in scheme.levels}, "levels")
    return levels


def _require_texts(items: list[Any]) -> None:
    require_form(set(map(type, items)) <= _TEXT_TYPES, "texts")
