"""Keeps the answers of the teams that were asked for, for every command with `--team`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iml4e_xlsx.cli.voice import current_voice, data_error

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamGroup
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.model import Assessment


def keep_teams(
    outcomes: Sequence[Assessment | Failure], names: Sequence[str]
) -> list[Assessment | Failure]:
    """
    Return the responses of the teams of these names, and the failures, which may be anybody's.

    A team is asked for by its name, whatever the case; by its name with the organisation, where
    several organisations have a team of that name; or by its file, where it has no name.
    """
    from iml4e_xlsx.analysis.teams import group_responses
    from iml4e_xlsx.cli.error_messages import failure_text
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.text.spelling import name_key

    groups = group_responses(each for each in outcomes if not isinstance(each, Failure))
    wanted = {name_key(name): name for name in names}
    chosen = [group for group in groups if _keys_of(group) & {*wanted}]
    found = {key for group in chosen for key in _keys_of(group)}
    absent = [name for key, name in wanted.items() if key not in found]
    if groups and absent:
        # The files of a team that is missing may be among those that could not be read.
        for failure in (each for each in outcomes if isinstance(each, Failure)):
            current_voice().say_error(failure_text(failure))
        teams = tuple(dict.fromkeys(group.name for group in groups))
        raise data_error("no_team", name=absent[0], teams=teams)
    kept = {id(assessment) for group in chosen for assessment in group.assessments}
    return [each for each in outcomes if isinstance(each, Failure) or id(each) in kept]


def _keys_of(group: TeamGroup) -> set[str]:
    from iml4e_xlsx.text.spelling import name_key

    team = group.assessments[0].response.profile.team
    return {name_key(group.name), name_key(team)} - {""}
