"""Makes workbooks to measure with: the official scheme with every statement rated."""

from __future__ import annotations

from datetime import UTC, datetime

from iml4e_xlsx.model import Answer, Profile, Response, Scheme
from iml4e_xlsx.workbook.builder import blank_response

CREATED = datetime(2026, 11, 23, tzinfo=UTC)


def fill_response(scheme: Scheme) -> Response:
    """Return a complete response with evidence for every second statement."""
    blank = blank_response(
        scheme,
        profile=Profile(
            organisation="Example", team="Team", respondent="Ada", role="Lead", date="2026-11-23"
        ),
        targets={area.code: scheme.top for area in scheme.areas},
    )
    answers = {
        id_: Answer(
            statement=id_,
            rating=scheme.scale[number % len(scheme.scale)],
            evidence="see the team's documentation" if number % 2 else "",
        )
        for number, id_ in enumerate(scheme.statements)
    }
    return Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=blank.profile,
        answers=answers,
        targets=blank.targets,
    )
