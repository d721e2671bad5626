"""Chooses teams of a round by their names, and names the files of their own reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import click

from iml4e_xlsx.cli.team_choice import find_teams, no_team_error
from iml4e_xlsx.cli.voice import F, current_voice, data_error

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.round_results import RoundResults, RoundTeam


class NamedTeam(Protocol):
    """A team with the name by which it is listed, and that in the roster."""

    @property
    def name(self) -> str:
        """Return the name by which it is listed, with the organisation where that is needed."""

    @property
    def plain_name(self) -> str:
        """Return the name alone."""


T = TypeVar("T", bound=NamedTeam)


def round_team_option(command: F) -> F:
    """Add `--team` to a command about a round's results."""
    return click.option(
        "--team",
        "teams",
        multiple=True,
        metavar="NAME",
        help="Use this team only: nothing of the others is written. Can be repeated.",
    )(command)


def keep_round_teams(results: RoundResults, names: Sequence[str]) -> RoundResults:
    """
    Return the results of the teams of these names; all results if there are no names.

    A team is asked for as in other commands: by the name that they list, or by that in the roster,
    which may be several organisations'.
    """
    if not names:
        return results
    teams = [team for name in names for team in find_round_teams(results.teams, name)]
    chosen = results.of_teams(teams)
    if not chosen.assessments:
        unanswered = ", ".join(dict.fromkeys(team.name for team in teams))
        raise data_error("no_team_answered", teams=unanswered)
    return chosen


def find_round_teams(teams: Sequence[T], name: str) -> list[T]:
    """Return the teams of a name; an error that lists all teams if there is none."""
    meant = find_teams(teams, name, lambda team: (team.name, team.plain_name))
    if not meant:
        raise no_team_error(name, [team.name for team in teams])
    return meant


def name_files(teams: Sequence[RoundTeam], suffix: str) -> dict[tuple[str, str], str]:
    """Return the name of each team's file, by the team's key: like those of workbooks."""
    from iml4e_xlsx.model import Profile
    from iml4e_xlsx.roster.file_names import file_names

    profiles = [Profile(organisation=team.organisation, team=team.plain_name) for team in teams]
    names = [name.removesuffix(".xlsx") + suffix for name in file_names(profiles)]
    return {team.key: name for team, name in zip(teams, names, strict=True)}


def say_left_out(results: RoundResults) -> None:
    """Say which teams get no report of their own, and why."""
    voice = current_voice()
    unanswered = [team.name for team in results.teams if not team.has_answered]
    if unanswered:
        voice.say("teams_unanswered", teams=", ".join(unanswered))
    teamless = sum(not person.team.strip() for person in results.asked)
    if teamless:
        voice.say("people_without_team", count=teamless)
