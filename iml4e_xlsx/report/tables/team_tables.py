"""What one team's results say, as views: agenda, roadmap, trend, statements, respondents."""

from __future__ import annotations

from iml4e_xlsx.analysis.team_roadmap import AreaRoadmap, Roadmap, RoadmapStep
from iml4e_xlsx.analysis.team_trend import RatingChange, Trend
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import Agenda, AgendaItem, anonymous_ratings
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.tables.labels import label_columns, list_short, rating_label, short_rating
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
    format_figure,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts


def agenda_table(agenda: Agenda, *, anonymous: bool = False) -> ResultTable:
    """Return the statements that a team should talk about, with everybody's rating."""
    team, texts = agenda.team, scheme_texts(agenda.team.scheme)
    if not agenda.comparable:
        note = texts("view.agenda_single")
    elif not agenda.items:
        note = texts("view.agenda_agreed")
    else:
        note = texts("view.agenda_note", shown=len(agenda.items), count=agenda.disagreed)
    return ResultTable(
        name="agenda",
        title=texts("view.agenda_title", team=team.name),
        note=note,
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("text", ColumnKind.LONG),
            ("consensus", ColumnKind.INDEX),
            ("median", ColumnKind.RATING),
            ("ratings", ColumnKind.TEXT),
        ),
        rows=tuple(
            (
                item.statement.id,
                item.statement.text,
                item.consensus,
                rating_label(item.median, team.scheme, texts),
                _everybody(item, texts, anonymous=anonymous),
            )
            for item in agenda.items
        ),
    )


def _everybody(item: AgendaItem, texts: Texts, *, anonymous: bool) -> str:
    if anonymous:
        return ", ".join(short_rating(rating) for rating in anonymous_ratings(item.ratings))
    parts = [
        texts("view.rated", name=name, rating=short_rating(rating)) for name, rating in item.ratings
    ]
    return ", ".join(parts)


def unsupported_table(agenda: Agenda, *, anonymous: bool = False) -> ResultTable:
    """Return the statements that were rated as fully in place without evidence."""
    texts = scheme_texts(agenda.team.scheme)
    return ResultTable(
        name="unsupported",
        title=texts("view.unsupported_title", team=agenda.team.name),
        note=texts("view.unsupported_note" if agenda.unsupported else "view.unsupported_none"),
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("text", ColumnKind.LONG),
            ("respondents", ColumnKind.TEXT),
        ),
        rows=tuple(
            (
                one.statement.id,
                one.statement.text,
                str(len(one.respondents)) if anonymous else list_short(one.respondents, texts),
            )
            for one in agenda.unsupported
        ),
    )


def roadmap_table(roadmap: Roadmap, team: str) -> ResultTable:
    """Return the steps of a roadmap, in the order in which they unlock levels."""
    texts = scheme_texts(roadmap.scheme)
    notes = [texts("view.roadmap_note") if list(roadmap.steps) else texts("view.roadmap_reached")]
    notes += [
        texts("view.roadmap_goal", area=one.area.name, target=one.target, goal=one.goal)
        for one in roadmap.areas
        if one.goal != one.target
    ]
    if roadmap.without_target:
        areas = ", ".join(roadmap.without_target)
        notes.append(texts("view.roadmap_without_target", areas=areas))
    return ResultTable(
        name="roadmap",
        title=texts("view.roadmap_title", team=team),
        note=" ".join(notes),
        columns=label_columns(
            texts,
            ("step", ColumnKind.COUNT),
            ("area", ColumnKind.TEXT),
            ("statement", ColumnKind.CODE),
            ("statement_level", ColumnKind.LEVEL),
            ("text", ColumnKind.LONG),
            ("now", ColumnKind.RATING),
            ("wanted", ColumnKind.RATING),
            ("change", ColumnKind.TEXT),
            ("action", ColumnKind.LONG),
        ),
        rows=tuple(
            _step_row(number, area, step, roadmap.scheme, texts)
            for number, (area, step) in enumerate(roadmap.steps, start=1)
        ),
    )


def _step_row(
    number: int, area: AreaRoadmap, step: RoadmapStep, scheme: Scheme, texts: Texts
) -> tuple[CellValue, ...]:
    statement = step.statement
    return (
        number,
        area.area.short,
        statement.id,
        statement.level,
        statement.text,
        rating_label(step.rating, scheme, texts),
        scheme.label(step.wanted),
        change_text(area, step, texts),
        statement.improvement,
    )


def change_text(area: AreaRoadmap, step: RoadmapStep, texts: Texts) -> str:
    """Return what a step changes: the area's level if it rises, else its index."""
    if step.raises_level:
        return texts(
            "view.raises_level",
            area=area.area.code,
            before=step.before.level,
            after=step.after.level,
        )
    return texts(
        "view.raises_index",
        area=area.area.code,
        before=format_figure(step.before.index),
        after=format_figure(step.after.index),
    )


def trend_table(trend: Trend) -> ResultTable:
    """Return index and level by area and round."""
    texts = scheme_texts(trend.scheme)
    columns = list(label_columns(texts, ("area", ColumnKind.TEXT)))
    for date in trend.dates:
        columns.append(Column(f"index_{date}", texts("view.index_at", date=date), ColumnKind.INDEX))
        columns.append(Column(f"level_{date}", texts("view.level_at", date=date), ColumnKind.LEVEL))
    rows: list[tuple[CellValue, ...]] = []
    for area in trend.scheme.areas:
        figures = [(one.index, one.level) for one in trend.area_results(area)]
        rows.append((area.name, *(value for pair in figures for value in pair)))
    whole = [(p.result.overall.index, p.result.overall.level) for p in trend.points]
    rows.append((texts("result.overall"), *(value for pair in whole for value in pair)))
    return ResultTable(
        name="trend",
        top=trend.scheme.top,
        title=texts("view.trend_title", team=trend.name),
        note=texts("view.trend_note"),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def changes_table(trend: Trend, *, lost: bool) -> ResultTable:
    """Return the statements that rose, or fell back, since the round before the last."""
    texts = scheme_texts(trend.scheme)
    changes = trend.lost if lost else trend.gained
    what = "lost" if lost else "gained"
    dates = dict(zip(("earlier", "later"), trend.dates[-2:], strict=True))
    return ResultTable(
        name=what,
        title=texts(f"view.{what}_title", team=trend.name),
        note=texts(f"view.{what}_note" if changes else f"view.{what}_none", **dates),
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("text", ColumnKind.LONG),
            ("before", ColumnKind.RATING),
            ("after", ColumnKind.RATING),
        ),
        rows=tuple(_change_row(change, trend.scheme) for change in changes),
    )


def _change_row(change: RatingChange, scheme: Scheme) -> tuple[CellValue, ...]:
    statement = change.statement
    return (
        statement.id,
        statement.text,
        scheme.label(change.before),
        scheme.label(change.after),
    )


def statement_table(
    team: TeamAssessment, area_code: str, *, anonymous: bool = False
) -> ResultTable:
    """Return an area's statements with the team's rating, agreement and evidence."""
    texts, scheme = scheme_texts(team.scheme), team.scheme
    area = scheme.area(area_code)
    rows = []
    for statement in area.statements:
        answer = team.response.answers[statement.id]
        evidence = answer.evidence
        if anonymous and len(team.members) > 1:
            given = (
                member.assessment.response.answers.get(statement.id) for member in team.members
            )
            evidence = "\n".join(sorted(one.evidence for one in given if one and one.evidence))
        rows.append(
            (
                statement.id,
                statement.level,
                statement.text,
                rating_label(answer.rating, scheme, texts),
                team.consensus[statement.id],
                evidence,
            )
        )
    return ResultTable(
        name=f"statements_{area.code}",
        title=area.name,
        note=area.purpose,
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("statement_level", ColumnKind.LEVEL),
            ("text", ColumnKind.LONG),
            ("rating", ColumnKind.RATING),
            ("consensus", ColumnKind.INDEX),
            ("evidence", ColumnKind.LONG),
        ),
        rows=tuple(rows),
    )


def members_table(team: TeamAssessment) -> ResultTable:
    """Return each respondent's own result, and the statements that they left open."""
    texts = scheme_texts(team.scheme)
    rows = []
    for member in team.members:
        overall = member.assessment.result.overall
        missing = member.missing
        rows.append(
            (
                member.name,
                overall.level,
                overall.index,
                overall.completeness,
                list_short(missing, texts) if missing else NO_VALUE,
            )
        )
    return ResultTable(
        name="members",
        title=texts("view.members_title", team=team.name),
        columns=label_columns(
            texts,
            ("respondent", ColumnKind.TEXT),
            ("level", ColumnKind.LEVEL),
            ("index", ColumnKind.INDEX),
            ("answered", ColumnKind.SHARE),
            ("missing", ColumnKind.TEXT),
        ),
        rows=tuple(rows),
    )
