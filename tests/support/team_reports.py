"""Reports to test: teams of four who do not quite agree, and texts that would do harm."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from tests.support.builders import assessment

HOSTILE_TEXTS: Final = {
    "AA-01": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "AA-02": "=cmd|' /C calc'!A0",
    "AA-03": "\x1b[31mred\x1b[0m \x07",
    "AA-04": "x" * 32_000,
    "AA-05": "\u05d3\u05d5\u05d2\u05de\u05d4 \u202e evil",
    "AA-06": "{{ 7 * 7 }} {% raw %} ]]> --> </style></table>",
    "AA-07": "[link](http://example.org) | cell `code`",
}
NAMES: Final = ("Ada <b>", "Ben & Co", 'Cem "x"', "=Dora")


def four_members(
    scheme: Scheme, team: str, date: str, base: int, *, evidence: dict[str, str] | None = None
) -> list[Assessment]:
    """Return four respondents who do not quite agree."""
    assessments = []
    for number, name in enumerate(NAMES):
        ratings: dict[str, RatingValue | None] = {
            id_: max(0, min(3, base + 2 - statement.level + (number + at) % 2))
            for at, (id_, statement) in enumerate(scheme.statements.items())
        }
        ratings[scheme.areas[-1].statements[-1].id] = None
        assessments.append(
            assessment(
                scheme, ratings, team=team, respondent=name, date=date, evidence=evidence,
                targets=dict.fromkeys((area.code for area in scheme.areas), 3),
            )
        )  # fmt: skip
    return assessments
