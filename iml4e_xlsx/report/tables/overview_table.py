"""Makes the table of teams at a glance, with what their figures rest on."""

from __future__ import annotations

from collections.abc import Iterator

from iml4e_xlsx.analysis.comparison import Comparison
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import Result, is_open
from iml4e_xlsx.report.tables.labels import (
    at_most_text,
    index_cell,
    label_columns,
    level_cell,
    missing_figure,
    open_figure,
    shorten_list,
)
from iml4e_xlsx.report.tables.table import (
    CellValue,
    ColumnKind,
    OpenFigure,
    ResultTable,
    WordedShare,
    format_percent,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts


def overview_table(comparison: Comparison) -> ResultTable:
    """Return a row for each team: respondents, level, index, completeness, way to the targets."""
    texts = scheme_texts(comparison.scheme)
    is_form = any(team.result.overall.is_about for team in comparison.teams)
    note = texts("view.overview_note_form" if is_form else "view.overview_note")
    if any(team.takes_lower_rating for team in comparison.teams):
        note = f"{note} {texts('view.lower_of_two')}"
    note = " ".join((note, *_team_notes(comparison, texts)))
    rows = []
    for team in comparison.teams:
        overall = team.result.overall
        rows.append(
            (
                team.name,
                len(team.members),
                level_cell(overall, texts),
                index_cell(overall, texts),
                overall.completeness,
                _way_cell(team.result, texts),
                team.result.target_count or None,
                ", ".join(comparison.scheme.area(code).short for code in overall.held_down_by),
            )
        )
    return ResultTable(
        name="overview",
        top=comparison.scheme.top,
        title=texts("view.overview_title"),
        note=note,
        columns=label_columns(
            texts,
            ("team", ColumnKind.TEXT),
            ("respondents", ColumnKind.COUNT),
            ("level", ColumnKind.LEVEL),
            ("index", ColumnKind.INDEX),
            ("answered", ColumnKind.SHARE),
            ("way_to_target", ColumnKind.SHARE),
            ("areas_with_target", ColumnKind.COUNT),
            ("held_down_by", ColumnKind.TEXT),
            for_programs={"areas_with_target"},
        ),
        rows=tuple(rows),
    )


def _team_notes(comparison: Comparison, texts: Texts) -> Iterator[str]:
    """Yield what the figures of some teams rest on: open statements, one person, other targets."""
    most = [(team.name, at_most_text(team.result.overall, texts)) for team in comparison.teams]
    provisional = [
        texts("view.overview_at_most", team=name, most=text) for name, text in most if text
    ]
    if provisional:
        yield texts("view.overview_provisional", teams=tuple(provisional))
    counts = [(team, _count_rated_by_one(team)) for team in comparison.teams]
    for team, count in counts:
        if count:
            people = len(team.members)
            yield texts("view.overview_rated_by_one", team=team.name, count=count, people=people)
    for team in comparison.teams:
        different = [each for each in team.findings if each.code == "targets-differ"]
        if different and not team.is_whole:  # whose target which one is might be found out
            areas = [
                texts("view.overview_targets", area=each.values["area"], levels=each.found)
                for each in different
            ]
            listed = shorten_list(areas, texts)
            yield texts("view.overview_targets_differ", team=team.name, areas=listed)


def _count_rated_by_one(team: TeamAssessment) -> int:
    """Return how many statements of a team of several only one person has rated."""
    if len(team.members) == 1 or team.is_whole:
        return 0
    return sum(
        sum(rating is not None and not is_open(rating) for _, rating in team.ratings(id_)) == 1
        for id_ in team.scheme.statements
    )


def _way_cell(result: Result, texts: Texts) -> CellValue:
    """Return the way to the targets; a word if an area with one is open, or none applies."""
    aimed = [area for area in result.areas if area.target is not None]
    count, total = len(aimed), len(result.areas)

    def say_of_areas(share: str) -> str:
        if count == total:
            return share
        return texts("view.share_of_areas", share=share, count=count, total=total)

    if any(area.has_unknown_way for area in aimed):
        return OpenFigure(say_of_areas(open_figure(texts)))
    if aimed and not any(area.applies for area in aimed):
        return OpenFigure(say_of_areas(missing_figure(aimed[0], texts)))
    share = result.overall.way_to_target
    return None if share is None else WordedShare(share, say_of_areas(format_percent(share)))
