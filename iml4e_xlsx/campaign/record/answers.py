"""The answers in files that came back, as they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.record.schema import answers
from iml4e_xlsx.model import NOT_APPLICABLE, Answer, RatingValue, Response

_MOST_VALUES: Final = 500
"""So many values a question to the database names; SQLite has taken 999 for ever."""


def load_responses(tx: Transaction, given: Sequence[ReturnedFile]) -> list[Response]:
    """Return the responses of files that were read, with the answers that were given."""
    found: dict[int, dict[str, Answer]] = {one.id: {} for one in given}
    wanted = list(found)
    for start in range(0, len(wanted), _MOST_VALUES):
        some = wanted[start : start + _MOST_VALUES]
        for row in tx.connection.execute(sa.select(answers).where(answers.c.returned.in_(some))):
            rating: RatingValue | None = row.rating if row.applicable else NOT_APPLICABLE
            found[row.returned][row.statement] = Answer(
                statement=row.statement, rating=rating, evidence=row.evidence
            )
    return [_response(one, found[one.id]) for one in given]


def _response(one: ReturnedFile, given: Mapping[str, Answer]) -> Response:
    return Response(
        scheme=one.scheme,
        version=one.version,
        profile=one.profile,
        answers=dict(given),
        targets=one.targets,
        estimates=one.estimates,
        source=one.source,
        workbook_id=one.workbook_id,
    )
