"""Says in sentences how much of what came back is missing or could not be read, and of whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iml4e_xlsx.analysis.lost_answers import LostAnswers, find_lost_answers
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.tables.labels import shorten_list
from iml4e_xlsx.text.message import message


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a team with what is lost; `team` is empty where it need not be said."""

    name: str
    team: str
    lost: LostAnswers


def reading_sentences(contents: Contents) -> Iterator[str]:
    """Yield what is lost: answers and sheets of the workbooks that count, then whole files."""
    several = len(contents.teams) > 1
    members = [
        _Member(
            member.name,
            team.name if several and team.name != member.name else "",
            find_lost_answers(member.assessment),
        )
        for team in contents.teams
        for member in team.members
    ]
    yield from _count_sentences(
        "unread", [(each, len(each.lost.unread)) for each in members], contents
    )
    yield from _sheet_sentences(members, contents)
    yield from _count_sentences(
        "missing_rows", [(each, len(each.lost.missing)) for each in members], contents
    )
    if contents.failures:
        texts = contents.texts
        sources = [failure.source for failure in contents.failures]
        key = "report.unread_files_anonymous" if contents.anonymous else "report.unread_files"
        yield texts(key, count=len(sources), files=shorten_list(sources, texts))


def _count_sentences(
    key: str, counted: Sequence[tuple[_Member, int]], contents: Contents
) -> Iterator[str]:
    """Yield how many answers are lost in one way, with the number of each member."""
    texts, total = contents.texts, sum(number for _, number in counted)
    if total and contents.anonymous:
        yield texts(f"report.{key}_anonymous", count=total)
    elif total:
        # The number of the only one is that of the sentence.
        is_only = sum(number > 0 for _, number in counted) == 1
        of_key = "report.unread_of_one" if is_only else "report.unread_of"
        people = [
            texts(
                f"{of_key}_team" if member.team else of_key,
                name=member.name,
                team=member.team,
                number=number,
            )
            for member, number in counted
            if number
        ]
        yield texts(f"report.{key}", count=total, people=shorten_list(people, texts))


def _sheet_sentences(members: Sequence[_Member], contents: Contents) -> Iterator[str]:
    """Yield which sheets are missing, in whose workbooks, and how many statements with them."""
    texts = contents.texts
    sheets = [(member, code) for member in members for code in member.lost.areas]
    if not sheets:
        return
    total = sum(sum(member.lost.areas.values()) for member in members)
    names = [
        texts(
            "report.sheet_of_team" if member.team else "report.sheet_of",
            sheet=texts("sheet.area", code=code, short=contents.scheme.area(code).short),
            name=member.name,
            team=member.team,
        )
        for member, code in sheets
    ]
    yield texts(
        "report.missing_sheets_anonymous" if contents.anonymous else "report.missing_sheets",
        count=len(sheets),
        statements=message("report.count_statements", count=total),
        sheets=shorten_list(names, texts),
    )
