"""What one team's results say, as views: agenda, roadmap, trend, statements, respondents."""

from __future__ import annotations

from iml4e_xlsx.analysis.team_roadmap import AreaRoadmap, Roadmap, RoadmapStep
from iml4e_xlsx.analysis.team_trend import RatingChange, Trend
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import Agenda, AgendaItem, anonymous_ratings
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.tables.labels import columns_of, named, rating_label, short
from iml4e_xlsx.report.tables.table import NONE, CellValue, Column, Kind, View, display
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts


def agenda_view(agenda: Agenda, *, anonymous: bool = False) -> View:
    """Return the statements that a team should talk about, with everybody's rating."""
    team, texts = agenda.team, scheme_texts(agenda.team.scheme)
    if not agenda.comparable:
        note = texts("view.agenda_single")
    elif not agenda.items:
        note = texts("view.agenda_agreed")
    else:
        note = texts("view.agenda_note", shown=len(agenda.items), count=agenda.disagreed)
    return View(
        name="agenda",
        title=texts("view.agenda_title", team=team.name),
        note=note,
        columns=columns_of(
            texts,
            ("statement", Kind.CODE),
            ("text", Kind.LONG),
            ("consensus", Kind.INDEX),
            ("median", Kind.RATING),
            ("ratings", Kind.TEXT),
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
        return ", ".join(short(rating) for rating in anonymous_ratings(item.ratings))
    parts = [texts("view.rated", name=name, rating=short(rating)) for name, rating in item.ratings]
    return ", ".join(parts)


def unsupported_view(agenda: Agenda, *, anonymous: bool = False) -> View:
    """Return the statements that were rated as fully in place without evidence."""
    texts = scheme_texts(agenda.team.scheme)
    return View(
        name="unsupported",
        title=texts("view.unsupported_title", team=agenda.team.name),
        note=texts("view.unsupported_note" if agenda.unsupported else "view.unsupported_none"),
        columns=columns_of(
            texts, ("statement", Kind.CODE), ("text", Kind.LONG), ("respondents", Kind.TEXT)
        ),
        rows=tuple(
            (
                one.statement.id,
                one.statement.text,
                str(len(one.respondents)) if anonymous else named(one.respondents, texts),
            )
            for one in agenda.unsupported
        ),
    )


def roadmap_view(roadmap: Roadmap, team: str) -> View:
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
    return View(
        name="roadmap",
        title=texts("view.roadmap_title", team=team),
        note=" ".join(notes),
        columns=columns_of(
            texts,
            ("step", Kind.COUNT),
            ("area", Kind.TEXT),
            ("statement", Kind.CODE),
            ("statement_level", Kind.LEVEL),
            ("text", Kind.LONG),
            ("now", Kind.RATING),
            ("wanted", Kind.RATING),
            ("change", Kind.TEXT),
            ("action", Kind.LONG),
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
        before=display(step.before.index),
        after=display(step.after.index),
    )


def trend_view(trend: Trend) -> View:
    """Return index and level by area and round."""
    texts = scheme_texts(trend.scheme)
    columns = list(columns_of(texts, ("area", Kind.TEXT)))
    for date in trend.dates:
        columns.append(Column(f"index_{date}", texts("view.index_at", date=date), Kind.INDEX))
        columns.append(Column(f"level_{date}", texts("view.level_at", date=date), Kind.LEVEL))
    rows: list[tuple[CellValue, ...]] = []
    for area in trend.scheme.areas:
        figures = [(one.index, one.level) for one in trend.area(area)]
        rows.append((area.name, *(value for pair in figures for value in pair)))
    whole = [(p.result.overall.index, p.result.overall.level) for p in trend.points]
    rows.append((texts("result.overall"), *(value for pair in whole for value in pair)))
    return View(
        name="trend",
        top=trend.scheme.top,
        title=texts("view.trend_title", team=trend.name),
        note=texts("view.trend_note"),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def changes_view(trend: Trend, *, lost: bool) -> View:
    """Return the statements that rose, or fell back, since the round before the last."""
    texts = scheme_texts(trend.scheme)
    changes = trend.lost if lost else trend.gained
    what = "lost" if lost else "gained"
    dates = dict(zip(("earlier", "later"), trend.dates[-2:], strict=True))
    return View(
        name=what,
        title=texts(f"view.{what}_title", team=trend.name),
        note=texts(f"view.{what}_note" if changes else f"view.{what}_none", **dates),
        columns=columns_of(
            texts,
            ("statement", Kind.CODE),
            ("text", Kind.LONG),
            ("before", Kind.RATING),
            ("after", Kind.RATING),
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


def statement_view(team: TeamAssessment, area_code: str, *, anonymous: bool = False) -> View:
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
    return View(
        name=f"statements_{area.code}",
        title=area.name,
        note=area.purpose,
        columns=columns_of(
            texts,
            ("statement", Kind.CODE),
            ("statement_level", Kind.LEVEL),
            ("text", Kind.LONG),
            ("rating", Kind.RATING),
            ("consensus", Kind.INDEX),
            ("evidence", Kind.LONG),
        ),
        rows=tuple(rows),
    )


def members_view(team: TeamAssessment) -> View:
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
                named(missing, texts) if missing else NONE,
            )
        )
    return View(
        name="members",
        title=texts("view.members_title", team=team.name),
        columns=columns_of(
            texts,
            ("respondent", Kind.TEXT),
            ("level", Kind.LEVEL),
            ("index", Kind.INDEX),
            ("answered", Kind.SHARE),
            ("missing", Kind.TEXT),
        ),
        rows=tuple(rows),
    )
