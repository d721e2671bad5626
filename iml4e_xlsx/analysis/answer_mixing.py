"""
Mixes the answers within each team, so that no row is what one person has answered.

Results of a team are made statement by statement: they are the same as before. Who knows some of
a colleague's ratings finds none of the others by them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.model import PERSONAL_FIELDS, Answer, Assessment, Response
from iml4e_xlsx.scoring import score

ERASED_EVIDENCE: Final = "…"
"""What stands for evidence, which is free text, a link or a person."""


def mix_answers(assessments: Iterable[Assessment], date: str) -> list[Assessment]:
    """
    Return as many responses for each team as have answered, with its answers in a random order.

    Each is of the team's form, with its targets, and of one date for all, as ISO 8601. Names,
    workbooks, estimates and the texts of evidence are left out.
    """
    teams = group_by_team(assessments)
    mixed = [response for team in teams for response in _mix_team(team, date)]
    secrets.SystemRandom().shuffle(mixed)
    return mixed


def _mix_team(team: TeamAssessment, date: str) -> Iterator[Assessment]:
    members = [member.assessment.response for member in team.members]
    rows: list[dict[str, Answer]] = [{} for _ in members]
    for id_ in team.scheme.statements:
        answers = [_bare_answer(member, id_) for member in members]
        secrets.SystemRandom().shuffle(answers)
        for row, answer in zip(rows, answers, strict=True):
            row[id_] = answer
    profile = replace(team.response.profile, **dict.fromkeys(PERSONAL_FIELDS, ""), date=date)
    for row in rows:
        response = Response(
            scheme=team.scheme.id,
            version=team.scheme.version,
            profile=profile,
            answers=row,
            targets=team.response.targets,
            source=f"response-{secrets.token_hex(8)}",
        )
        result = score(response, team.scheme)
        yield Assessment(scheme=team.scheme, response=response, result=result, findings=())


def _bare_answer(response: Response, statement: str) -> Answer:
    answer = response.answers.get(statement)
    if answer is None:
        return Answer(statement=statement)
    # That there was evidence is of use: a rating with it is not one that nobody can show.
    evidence = ERASED_EVIDENCE if answer.evidence else ""
    return Answer(statement=statement, rating=answer.rating, evidence=evidence)
