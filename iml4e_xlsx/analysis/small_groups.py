"""
Joins teams that are too small to be shown, so that every figure is of enough people.

The teams are parted once for all rounds: each part has enough people in every round in which it
is shown. What is shown are whole parts, so that the difference of any two figures is of whole
parts as well: nobody finds a small team by subtraction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from iml4e_xlsx.analysis.answer_selection import is_blank, select_answers, select_versions
from iml4e_xlsx.analysis.rounds import GAP_DAYS, split_rounds
from iml4e_xlsx.analysis.teams import align_versions, team_key
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.model import Answer, Assessment, Response
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.spelling import name_key

FEWEST_WITHOUT_NAMES: Final = 5
"""The smallest group that is shown where names are left out; what works councils ask for first."""

_Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTeams:
    """Teams that are shown as one: the keys of each, of organisation and name, and its name."""

    keys: frozenset[tuple[str, str]]
    name: str


def join_small_groups(
    rounds: Sequence[Sequence[Assessment]], fewest: int, chosen: JoinedTeams | None = None
) -> list[list[Assessment]]:
    """
    Return the responses of all rounds with a common team for those of small teams.

    A team that is small in one round is joined in all of them: the figures of another report may
    have it joined there. Joined teams that are still too few take the smallest other team in; if
    there is none, they are left out. What too few have rated is left open.

    Args:
        rounds: The responses of each round, oldest round first.
        fewest: How many people a group has at least; 1 joins nothing.
        chosen: The teams that are joined besides, because of who has not answered.

    Raises:
        ReportError: If no group has enough people in the last round.
    """
    if fewest <= 1:
        return [list(each) for each in rounds]
    parts = _counted_parts(rounds)
    sizes = [{key: len(members) for key, members in part.items()} for part in parts]
    joined, name = choose_joined(sizes, fewest), _joined_name(parts)
    if chosen is not None:
        name = chosen.name
        joined |= {key for part in parts for key in part if key[1:3] in chosen.keys}
    shown = [_show_part(part, joined, name, fewest) for part in parts]
    if not shown or not shown[-1]:
        raise too_small(fewest, sum(sizes[-1].values()) if sizes else 0)
    return shown


def too_small(fewest: int, count: int) -> ReportError:
    """Return the error that no group is large enough, since so many have answered in all."""
    return ReportError(ReportErrorCode.GROUPS_TOO_SMALL, fewest=fewest, count=count)


def join_asked_teams(
    asked: Mapping[tuple[str, str], int],
    assessments: Sequence[Assessment],
    fewest: int,
    other_teams: str,
) -> JoinedTeams:
    """
    Choose the teams of a round that are shown as one, by who was asked and who has answered.

    All that is shown of a round goes by this choice: it would be found by subtraction otherwise.
    A team of which nobody has answered keeps its name if enough of it were asked.

    Args:
        asked: How many people of each team were asked, by its key.
        assessments: The responses of the round.
        fewest: How many people a group has at least.
        other_teams: What the teams are called together, unless a team is called so.
    """
    (part,) = _counted_parts([assessments])
    answered = Counter[tuple[str, str]]()
    for key, members in part.items():
        answered[key[1], key[2]] += len(members)
    sizes = [dict(_part_teamless(counts)) for counts in (answered, asked)]
    joined = {(key[1], key[2]) for key in choose_joined(sizes, fewest)}
    taken = {team for _, team in (*asked, *answered)}
    return JoinedTeams(keys=frozenset(joined), name=_find_free_name(other_teams, taken))


def _part_teamless(counts: Mapping[tuple[str, str], int]) -> Iterator[tuple[_Key, int]]:
    """Yield teams with their sizes; whoever has none is alone."""
    for (organisation, team), count in counts.items():
        if team:
            yield ("", organisation, team), count
        else:
            yield from ((("", organisation, team, str(number)), 1) for number in range(count))


def keep_large_groups(
    assessments: Sequence[Assessment], fewest: int, hidden: Collection[tuple[str, str]]
) -> list[Assessment]:
    """
    Return what of a previous round is shown: teams that were groups of their own, as they are now.

    A team that was joined in that round, or is now, has no figures of its own in a report of it.

    Args:
        assessments: The responses of the round.
        fewest: How many people a group has at least.
        hidden: The keys of teams, of organisation and name, that are joined in the present round.
    """
    (part,) = _counted_parts([assessments])
    joined = choose_joined([{key: len(members) for key, members in part.items()}], fewest)
    return [
        member
        for key, members in part.items()
        if key not in joined and key[1:3] not in hidden
        for member in open_rare(members, fewest)
    ]


def join_small_teams(
    assessments: Iterable[Assessment], fewest: int, *, gap_days: int = GAP_DAYS
) -> list[Assessment]:
    """
    Return responses whose rounds are told by their dates, with a common team for small teams.

    A response without a date counts with the others of its team, as of now: figures with it and
    without it would tell what it says.

    Args:
        assessments: The responses.
        fewest: How many people a group has at least; 1 joins nothing.
        gap_days: See `split_rounds`.

    Raises:
        ReportError: If no group has enough people.
    """
    shown = list(assessments)
    while fewest > 1:
        rounds, undated = split_rounds(_date_undated(shown), gap_days=gap_days)
        parts = [each.assessments for each in rounds]
        kept = join_small_groups([*parts, undated] if undated else parts, fewest)
        before, shown = shown, [each for part in kept for each in part]
        # What was left out may have been the bridge between two halves of a round.
        if len(shown) == len(before):
            break
    return shown


def choose_joined(sizes: Sequence[Mapping[_Key, int]], fewest: int) -> frozenset[_Key]:
    """
    Choose the teams that are shown as one, by how many people each has in each round.

    Those of a scheme join with each other only, since no figure is of two schemes.
    """
    joined: set[_Key] = set()
    for scheme in sorted({key[0] for of_round in sizes for key in of_round}):
        own = [
            {key: count for key, count in of_round.items() if key[0] == scheme}
            for of_round in sizes
        ]
        joined |= _choose_of_scheme(own, fewest)
    return frozenset(joined)


def _choose_of_scheme(sizes: Sequence[Mapping[_Key, int]], fewest: int) -> set[_Key]:
    joined = {key for of_round in sizes for key, count in of_round.items() if count < fewest}
    for of_round in sizes:
        while 0 < sum(of_round.get(key, 0) for key in joined) < fewest:
            others = [(count, key) for key, count in of_round.items() if key not in joined]
            if not others:  # all of the round are too few, and nothing is shown of it
                break
            joined.add(min(others)[1])
    # Another round may have too few of those that were joined for this one; it is left out then.
    return joined


def _date_undated(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Give each response without a date that of the last one of its team."""
    latest: dict[_Key, str] = {}
    for each in assessments:
        key = team_key(each)
        latest[key] = max(latest.get(key, ""), each.response.profile.date)
    last = max(latest.values(), default="")
    return [
        each
        if each.response.profile.date
        else _replace_profile(each, date=latest[team_key(each)] or last)
        for each in assessments
    ]


def _counted_parts(
    rounds: Sequence[Sequence[Assessment]],
) -> list[dict[_Key, list[Assessment]]]:
    """Return the responses that count of each team in each round, all of the newest version."""
    selected = [select_answers(each).answers for each in rounds]
    aligned = iter(align_versions(each for part in selected for each in part))
    parts = []
    for part in selected:
        teams: dict[_Key, list[Assessment]] = defaultdict(list)
        for _ in part:
            assessment = next(aligned)
            teams[team_key(assessment)].append(assessment)
        counted = {key: select_versions(members)[0] for key, members in teams.items()}
        parts.append(
            {
                key: answers
                for key, members in counted.items()
                if (answers := [each for each in members if not is_blank(each)])
            }
        )
    return parts


def _joined_name(parts: Sequence[Mapping[_Key, Sequence[Assessment]]]) -> str:
    """Return a name for the teams that are shown as one, which no team has."""
    taken = {key[2] for part in parts for key in part}
    some = next((members[0] for part in parts for members in part.values()), None)
    name = "" if some is None else scheme_texts(some.scheme)("view.other_teams")
    return _find_free_name(name, taken)


def _find_free_name(name: str, taken: Collection[str]) -> str:
    while name and name_key(name) in taken:
        name += " *"
    return name


def _show_part(
    part: Mapping[_Key, Sequence[Assessment]], joined: Collection[_Key], name: str, fewest: int
) -> list[Assessment]:
    """Return what is shown of a round: large teams, and the others as one if they are enough."""
    groups = [list(members) for key, members in part.items() if key not in joined]
    for scheme in sorted({key[0] for key in part}):
        others = [
            _replace_profile(member, team=name, organisation="")
            for key, members in part.items()
            if key in joined and key[0] == scheme
            for member in members
        ]
        if len(others) >= fewest:
            groups.append(others)
    shown = [member for group in groups for member in open_rare(group, fewest)]
    return [_strip_name(each, f"response-{number}") for number, each in enumerate(shown, start=1)]


def open_rare(members: Sequence[Assessment], fewest: int) -> list[Assessment]:
    """
    Leave open in a group what too few of its members have rated, and estimates of too few.

    They may not have been asked for it, or have left it open: the figure is that of the others.
    """
    ratings, unknown = Counter[str](), Counter[str]()
    for member in members:
        ratings.update(member.response.estimates)
        for id_, answer in member.response.answers.items():
            if answer.rating is not None:
                (unknown if answer.is_open else ratings)[id_] += 1
    # Where nobody has rated, the figure is that of those who do not know.
    rare = {id_ for id_ in unknown | ratings if (ratings[id_] or unknown[id_]) < fewest}
    return [_open_statements(member, rare) for member in members] if rare else list(members)


def _open_statements(assessment: Assessment, ids: Collection[str]) -> Assessment:
    """Leave statements, and estimates of areas, open; `ids` are those of either."""
    answers = {
        id_: Answer(statement=id_) if id_ in ids else answer
        for id_, answer in assessment.response.answers.items()
    }
    estimates = {
        code: level for code, level in assessment.response.estimates.items() if code not in ids
    }
    response = replace(assessment.response, answers=answers, estimates=estimates)
    result = score(response, assessment.scheme)
    return replace(assessment, response=response, result=result)


def _replace_profile(assessment: Assessment, **values: str) -> Assessment:
    profile = replace(assessment.response.profile, **values)
    return _replace_response(assessment, replace(assessment.response, profile=profile))


def _strip_name(assessment: Assessment, source: str) -> Assessment:
    """Take the name from a response: two people of joined teams may be called alike."""
    profile = replace(assessment.response.profile, respondent="")
    bare = replace(assessment.response, profile=profile, source=source, workbook_id="")
    return _replace_response(assessment, bare)


def _replace_response(assessment: Assessment, response: Response) -> Assessment:
    result = replace(assessment.result, response=response)
    return replace(assessment, response=response, result=result)
