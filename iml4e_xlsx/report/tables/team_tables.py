"""Makes the tables of one team: agenda, roadmap, trend, statements, respondents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from iml4e_xlsx.analysis.team_roadmap import AreaRoadmap, Roadmap, RoadmapStep
from iml4e_xlsx.analysis.team_trend import RatingChange, Trend
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import (
    Agenda,
    anonymous_ratings,
    list_left_out_ratings,
)
from iml4e_xlsx.model import AreaResult, OverallResult, RatingValue, Scheme
from iml4e_xlsx.report.tables.labels import (
    index_cell,
    label_columns,
    level_cell,
    rating_label,
    short_rating,
    shorten_list,
)
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    CellValue,
    Column,
    ColumnKind,
    Phrase,
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
        note = texts("view.agenda_note", count=len(agenda.items), total=agenda.disagreed)
        disputed = [item.statement.id for item in agenda.items if item.disputes_applicability]
        if disputed:
            note = f"{note} {_applicability_note(team, disputed, texts)}"
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
                list_ratings(item.ratings, team.scheme, texts, anonymous=anonymous),
            )
            for item in agenda.items
        ),
    )


def list_ratings(
    ratings: Sequence[tuple[str, RatingValue | None]],
    scheme: Scheme,
    texts: Texts,
    *,
    anonymous: bool = False,
) -> str:
    """Return who rated a statement how; without names, in an order that tells nothing."""
    if anonymous:
        return ", ".join(short_rating(rating, scheme) for rating in anonymous_ratings(ratings))
    parts = (
        texts("view.rated", name=name, rating=short_rating(rating, scheme))
        for name, rating in ratings
    )
    return Phrase(", ".join(parts))


def applicability_table(team: TeamAssessment) -> ResultTable:
    """Return the statements that some call n/a and others rate, with who said what."""
    texts = scheme_texts(team.scheme)
    return ResultTable(
        name="applicability",
        title=texts("view.applicability_title", team=team.name),
        note=_applicability_note(team, team.applicability_disputes, texts),
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("text", ColumnKind.LONG),
            ("median", ColumnKind.RATING),
            ("ratings", ColumnKind.TEXT),
        ),
        rows=tuple(
            (
                id_,
                team.scheme.statements[id_].text,
                rating_label(team.response.answers[id_].rating, team.scheme, texts),
                list_ratings(team.ratings(id_), team.scheme, texts),
            )
            for id_ in team.applicability_disputes
        ),
    )


def _applicability_note(team: TeamAssessment, disputed: Iterable[str], texts: Texts) -> str:
    """Return what becomes of the ratings of statements that some call n/a: of all, or of some."""
    is_any_left_out = not set(list_left_out_ratings(team)).isdisjoint(disputed)
    return texts("view.agenda_applicability" if is_any_left_out else "view.agenda_minority")


def evidence_gap_table(agenda: Agenda, *, anonymous: bool = False) -> ResultTable:
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
                item.statement.id,
                item.statement.text,
                str(len(item.respondents)) if anonymous else shorten_list(item.respondents, texts),
            )
            for item in agenda.unsupported
        ),
    )


def unknown_answer_table(agenda: Agenda, *, anonymous: bool = False) -> ResultTable:
    """Return the statements that somebody does not know about, with who that is."""
    texts = scheme_texts(agenda.team.scheme)
    return ResultTable(
        name="questions",
        title=texts("view.questions_title", team=agenda.team.name),
        note=texts("view.questions_note"),
        columns=label_columns(
            texts,
            ("statement", ColumnKind.CODE),
            ("text", ColumnKind.LONG),
            ("median", ColumnKind.RATING),
            ("respondents", ColumnKind.TEXT),
        ),
        rows=tuple(
            (
                item.statement.id,
                item.statement.text,
                rating_label(
                    agenda.team.response.answers[item.statement.id].rating,
                    agenda.team.scheme,
                    texts,
                ),
                str(len(item.respondents)) if anonymous else shorten_list(item.respondents, texts),
            )
            for item in agenda.unknown_answers
        ),
    )


def roadmap_table(roadmap: Roadmap, team: str) -> ResultTable:
    """Return the steps of a roadmap, area by area, in each as they unlock its levels."""
    texts = scheme_texts(roadmap.scheme)
    return ResultTable(
        name="roadmap",
        title=texts("view.roadmap_title", team=team),
        note=" ".join(_roadmap_notes(roadmap, texts)),
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


def _roadmap_notes(roadmap: Roadmap, texts: Texts) -> Iterator[str]:
    """Yield what the steps are, and for which areas there are none or other ones, and why."""
    if list(roadmap.steps):
        yield texts("view.roadmap_note")
        yield texts("view.roadmap_count", count=roadmap.rating_steps)
    elif roadmap.areas and not roadmap.not_assessed and not roadmap.not_applying:
        yield texts("view.roadmap_reached")
    elif roadmap.areas:
        reached = [area.area.short for area in roadmap.areas]
        yield texts("view.roadmap_reached_in", count=len(reached), areas=", ".join(reached))
    for area in roadmap.areas:
        if area.effective_target != area.target:  # no statement of the target's level applies
            yield texts(
                "view.roadmap_goal",
                area=area.area.short,
                target=area.target,
                effective_target=area.effective_target,
            )
    if roadmap.not_assessed:
        areas = [roadmap.scheme.area(code).short for code in roadmap.not_assessed]
        yield texts("view.roadmap_open", count=len(areas), areas=", ".join(areas))
    if roadmap.not_applying:
        areas = [roadmap.scheme.area(code).short for code in roadmap.not_applying]
        yield texts("view.roadmap_not_applying", count=len(areas), areas=", ".join(areas))
    if roadmap.without_target:
        areas = [roadmap.scheme.area(code).short for code in roadmap.without_target]
        yield texts("view.roadmap_without_target", areas=", ".join(areas))


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
        change_text(step, texts),
        statement.improvement,
    )


def change_text(step: RoadmapStep, texts: Texts) -> str:
    """Return what a step changes in its area: the level if it rises, else the index."""
    if step.raises_level:
        before, after = str(step.before.level), str(step.after.level)
        return Phrase(texts("view.raises_level", before=before, after=after))
    before, after = format_figure(step.before.index), format_figure(step.after.index)
    return Phrase(texts("view.raises_index", before=before, after=after))


def trend_table(trend: Trend, rounds: Sequence[str] = ()) -> ResultTable:
    """Return index and level by area and round; of all these rounds, or of those of the team."""
    texts = scheme_texts(trend.scheme)
    columns = list(label_columns(texts, ("area", ColumnKind.TEXT)))
    rows: list[list[CellValue]] = [[area.short] for area in trend.scheme.areas]
    rows.append([texts("result.overall")])
    points = dict(zip(trend.rounds, trend.points, strict=True))
    # By the name of the round, not the team's own date: teams would have columns of their own.
    for name in rounds or trend.rounds:
        columns.append(Column(f"index_{name}", texts("view.index_at", date=name), ColumnKind.INDEX))
        columns.append(Column(f"level_{name}", texts("view.level_at", date=name), ColumnKind.LEVEL))
        point = points.get(name)
        results: list[AreaResult | OverallResult] = []
        if point is not None:
            results = [*point.result.areas, point.result.overall]
        for row, result in zip_longest(rows, results):
            known = result is not None
            row.append(index_cell(result, texts) if known else None)
            row.append(level_cell(result, texts) if known else None)
    return ResultTable(
        name="trend",
        top=trend.scheme.top,
        title=texts("view.trend_title", team=trend.name),
        note=texts("view.trend_note"),
        columns=tuple(columns),
        rows=tuple(map(tuple, rows)),
    )


def changes_table(trend: Trend, *, lost: bool) -> ResultTable:
    """Return the statements that rose, or fell back, since the round before the last."""
    texts = scheme_texts(trend.scheme)
    changes = trend.rating_losses if lost else trend.rating_gains
    name = "lost" if lost else "gained"
    dates = dict(zip(("earlier", "later"), trend.rounds[-2:], strict=True))
    return ResultTable(
        name=name,
        title=texts(f"view.{name}_title", team=trend.name),
        note=texts(f"view.{name}_note" if changes else f"view.{name}_none", **dates),
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


def team_evidence(team: TeamAssessment, statement_id: str) -> list[tuple[str, str]]:
    """Return the evidence that members gave for a statement, each with the member's name."""
    answers = [
        (member.name, member.assessment.response.answers.get(statement_id))
        for member in team.members
    ]
    return [(name, answer.evidence) for name, answer in answers if answer and answer.evidence]


def statement_table(
    team: TeamAssessment, area_code: str, *, anonymous: bool = False
) -> ResultTable:
    """
    Return an area's statements with the team's rating, agreement and evidence.

    Without names there is no evidence either: it is free text, a link or a person.
    """
    texts, scheme = scheme_texts(team.scheme), team.scheme
    area = scheme.area(area_code)
    rows = []
    for statement in area.statements:
        said = list_ratings(team.ratings(statement.id), team.scheme, texts, anonymous=anonymous)
        answer = team.response.answers[statement.id]
        rows.append(
            (
                statement.id,
                statement.level,
                statement.text,
                rating_label(answer.rating, scheme, texts),
                team.consensus[statement.id],
                said if team.disputes_applicability(statement.id) else None,
                *(() if anonymous else (answer.evidence,)),
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
            ("applicability", ColumnKind.TEXT),
            *(() if anonymous else (("evidence", ColumnKind.LONG),)),
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
                level_cell(overall, texts),
                index_cell(overall, texts),
                overall.completeness,
                shorten_list(missing, texts) if missing else NO_VALUE,
            )
        )
    return ResultTable(
        name="members",
        title=texts("view.members_title", team=team.name),
        note=texts("view.lower_of_two") if team.takes_lower_rating else "",
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
