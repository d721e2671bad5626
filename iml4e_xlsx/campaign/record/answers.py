"""Loads the answers in files that came back, as they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.record.schema import answers
from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, Answer, RatingValue, Response

_MOST_VALUES: Final = 500
"""So many values a question to the database names; SQLite has taken 999 for ever."""


def load_responses(tx: Transaction, returned_files: Sequence[ReturnedFile]) -> list[Response]:
    """Return the responses of files that were read, with the answers that were given."""
    answers_by_file: dict[int, dict[str, Answer]] = {
        returned_file.id: {} for returned_file in returned_files
    }
    ids = list(answers_by_file)
    for start in range(0, len(ids), _MOST_VALUES):
        some = ids[start : start + _MOST_VALUES]
        for row in tx.connection.execute(sa.select(answers).where(answers.c.returned.in_(some))):
            answers_by_file[row.returned][row.statement] = Answer(
                statement=row.statement, rating=_restore_rating(row), evidence=row.evidence
            )
    return [
        _make_response(returned_file, answers_by_file[returned_file.id])
        for returned_file in returned_files
    ]


def _restore_rating(row: sa.Row[Any]) -> RatingValue | None:
    if row.unknown:
        return DONT_KNOW
    rating: RatingValue | None = row.rating if row.applicable else NOT_APPLICABLE
    return rating


def _make_response(returned_file: ReturnedFile, file_answers: Mapping[str, Answer]) -> Response:
    return Response(
        scheme=returned_file.scheme,
        version=returned_file.version,
        profile=returned_file.profile,
        answers=dict(file_answers),
        targets=returned_file.targets,
        estimates=returned_file.estimates,
        source=returned_file.source,
        workbook_id=returned_file.workbook_id,
    )
