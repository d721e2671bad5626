"""Says which teams have too few raters for some statements, and what would help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.texts import Texts

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.scopes import TeamGap

_LISTED: Final = 8


def describe_gap(team_gap: TeamGap, texts: Texts) -> Iterator[str]:
    """Yield what is missing in a team: areas that nobody has, raters, and the way out."""
    gap, team = team_gap.gap, team_gap.team
    if team_gap.unasked:
        areas = list_names(team_gap.unasked, _LISTED)
        yield texts("build.area_of_nobody", count=len(team_gap.unasked), team=team, areas=areas)
    yield texts(
        "build.no_raters" if gap.raters == 1 else "build.too_few_raters",
        count=len(gap.statements),
        team=team,
        total=team_gap.total,
        raters=gap.raters,
        missing=gap.missing,
        names=list_names(list(gap.statements), _LISTED),
    )
    if team_gap.most:
        key = "build.raters_or_limit" if team_gap.enough > team_gap.most else "build.more_raters"
        yield texts(
            key,
            count=team_gap.more_people,
            most=team_gap.most,
            enough=team_gap.enough,
            people=gap.people,
            team=team,
        )
