"""Finds the teams that were asked for by name, and keeps their answers for `--team`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from iml4e_xlsx.cli.voice import current_voice, data_error
from iml4e_xlsx.text.spelling import quote_value

if TYPE_CHECKING:
    import click

    from iml4e_xlsx.analysis.teams import TeamGroup
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.model import Assessment

T = TypeVar("T")


def find_teams(teams: Sequence[T], name: str, names_of: Callable[[T], tuple[str, str]]) -> list[T]:
    """
    Return the teams of a name, whatever the case.

    `names_of` returns the name by which a team is listed, and that in its profile. A listed name is
    meant before any other, so that each team can be singled out; else the name in the profile means
    the teams of all organisations.
    """
    from iml4e_xlsx.text.spelling import name_key

    wanted = name_key(name)
    for place in range(2):
        found = [team for team in teams if wanted and name_key(names_of(team)[place]) == wanted]
        if found:
            return found
    return []


def keep_teams(
    outcomes: Sequence[Assessment | Failure], names: Sequence[str], *, anonymous: bool = False
) -> list[Assessment | Failure]:
    """
    Return the responses of the teams of these names, and the failures, which may be anybody's.

    A team is asked for by the name that the commands list: with the organisation, where several
    organisations have a team of that name; its file, where it has no name. If `anonymous`, the
    error about a name that there is not names no such file.
    """
    from iml4e_xlsx.analysis.teams import group_responses
    from iml4e_xlsx.cli.error_messages import failure_text
    from iml4e_xlsx.findings.failure import Failure

    groups = group_responses(each for each in outcomes if not isinstance(each, Failure))
    chosen = {name: find_teams(groups, name, _group_names) for name in names}
    absent = [name for name, found in chosen.items() if not found]
    if groups and absent:
        # The files of a team that is missing may be among those that could not be read.
        for failure in (each for each in outcomes if isinstance(each, Failure)):
            current_voice().say_error(failure_text(failure))
        listed = [group for group in groups if _group_names(group)[1].strip() or not anonymous]
        raise no_team_error(absent[0], [group.name for group in listed])
    found = (group for teams in chosen.values() for group in teams)
    kept = {id(assessment) for group in found for assessment in group.assessments}
    return [each for each in outcomes if isinstance(each, Failure) or id(each) in kept]


def no_team_error(name: str, teams: Sequence[str]) -> click.ClickException:
    """Make the error of a team's name that there is not, with those that there are, if any."""
    name = quote_value(name)
    if not teams:
        return data_error("no_team_named", name=name)
    return data_error("no_team", name=name, teams=tuple(dict.fromkeys(teams)))


def _group_names(group: TeamGroup) -> tuple[str, str]:
    return group.name, group.assessments[0].response.profile.team
