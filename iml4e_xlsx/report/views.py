"""What results say, as views: one definition for the terminal, the files and the reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iml4e_xlsx.agenda import Agenda, AgendaItem, without_names
from iml4e_xlsx.comparing import Comparison
from iml4e_xlsx.model import NOT_APPLICABLE, Assessment, RatingValue, Scheme
from iml4e_xlsx.peers import Peers
from iml4e_xlsx.report.data import CSV_COLUMNS, STATEMENT_COLUMNS, area_rows, statement_rows
from iml4e_xlsx.report.view import NONE, CellValue, Column, Kind, View, display
from iml4e_xlsx.roadmap import AreaRoadmap, Roadmap, Step
from iml4e_xlsx.scheme import scheme_texts
from iml4e_xlsx.teams import TeamAssessment
from iml4e_xlsx.texts import Texts
from iml4e_xlsx.trend import Change, Trend

_NAMED = 6
"""So many names stand in a cell; of more only how many there are."""


def rating_label(rating: RatingValue | None, scheme: Scheme, texts: Texts) -> str:
    """Return a rating as people see it, also for none."""
    return texts("view.unanswered") if rating is None else scheme.label(rating)


def named(names: Sequence[str], texts: Texts) -> str:
    """Return names for a cell; of many, the first and how many there are."""
    if len(names) <= _NAMED:
        return ", ".join(names)
    return texts("view.and_more", names=", ".join(names[:3]), count=len(names) - 3)


def _columns(texts: Texts, *columns: tuple[str, Kind]) -> tuple[Column, ...]:
    return tuple(Column(name, texts(f"view.{name}"), kind) for name, kind in columns)


def overview_view(comparison: Comparison) -> View:
    """Return a row for each team: respondents, level, index, completeness, way to the targets."""
    texts = scheme_texts(comparison.scheme)
    rows = []
    for team in comparison.teams:
        overall = team.result.overall
        rows.append(
            (
                team.name,
                len(team.members),
                overall.level,
                overall.index,
                overall.completeness,
                overall.to_target,
                ", ".join(comparison.scheme.area(code).short for code in overall.held_down_by),
            )
        )
    return View(
        name="overview",
        title=texts("view.overview_title"),
        note=texts("view.overview_note"),
        columns=_columns(
            texts,
            ("team", Kind.TEXT),
            ("respondents", Kind.COUNT),
            ("level", Kind.LEVEL),
            ("index", Kind.INDEX),
            ("answered", Kind.SHARE),
            ("to_target", Kind.SHARE),
            ("held_down_by", Kind.TEXT),
        ),
        rows=tuple(rows),
    )


def comparison_views(comparison: Comparison) -> tuple[View, ...]:
    """Return index, level and gap to the target of teams by area."""
    texts = scheme_texts(comparison.scheme)
    kinds = (("index", Kind.INDEX), ("level", Kind.LEVEL), ("gap", Kind.INDEX))
    views = []
    for figure, kind in kinds:
        codes = tuple(
            Column(area.code, area.short if figure == "index" else area.code, kind)
            for area in comparison.scheme.areas
        )
        rows = tuple(
            (team.name, *(getattr(area, figure) for area in team.result.areas))
            for team in comparison.teams
        )
        views.append(
            View(
                name=f"{figure}_by_area",
                title=texts(f"view.{figure}_title"),
                note=texts(f"view.{figure}_note"),
                columns=(*_columns(texts, ("team", Kind.TEXT)), *codes),
                rows=rows,
            )
        )
    return tuple(views)


def difference_view(comparison: Comparison) -> View:
    """Return where teams differ most, and who could teach whom."""
    texts = scheme_texts(comparison.scheme)
    single = len(comparison.teams) == 1
    return View(
        name="differences",
        title=texts("view.differences_title"),
        note=texts("view.differences_single" if single else "view.differences_note"),
        columns=_columns(
            texts,
            ("area", Kind.TEXT),
            ("spread", Kind.INDEX),
            ("highest", Kind.TEXT),
            ("lowest", Kind.TEXT),
        ),
        rows=()
        if single
        else tuple(
            (one.area.name, one.spread, named(one.highest, texts), named(one.lowest, texts))
            if one.spread
            else (one.area.name, one.spread, NONE, NONE)
            for one in comparison.by_spread
        ),
    )


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
        columns=_columns(
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
        return ", ".join(_short(rating) for rating in without_names(item.ratings))
    parts = [texts("view.rated", name=name, rating=_short(rating)) for name, rating in item.ratings]
    return ", ".join(parts)


def _short(rating: RatingValue | None) -> str:
    return NONE if rating is None else str(rating)


def unsupported_view(agenda: Agenda, *, anonymous: bool = False) -> View:
    """Return the statements that were rated as fully in place without evidence."""
    texts = scheme_texts(agenda.team.scheme)
    return View(
        name="unsupported",
        title=texts("view.unsupported_title", team=agenda.team.name),
        note=texts("view.unsupported_note" if agenda.unsupported else "view.unsupported_none"),
        columns=_columns(
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
        columns=_columns(
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
    number: int, area: AreaRoadmap, step: Step, scheme: Scheme, texts: Texts
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


def change_text(area: AreaRoadmap, step: Step, texts: Texts) -> str:
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
    columns = list(_columns(texts, ("area", Kind.TEXT)))
    for point in trend.points:
        columns.append(
            Column(f"index_{point.date}", texts("view.index_at", date=point.date), Kind.INDEX)
        )
        columns.append(
            Column(f"level_{point.date}", texts("view.level_at", date=point.date), Kind.LEVEL)
        )
    rows: list[tuple[CellValue, ...]] = []
    for area in trend.scheme.areas:
        figures = [(one.index, one.level) for one in trend.area(area)]
        rows.append((area.name, *(value for pair in figures for value in pair)))
    whole = [(p.result.overall.index, p.result.overall.level) for p in trend.points]
    rows.append((texts("result.overall"), *(value for pair in whole for value in pair)))
    return View(
        name="trend",
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
    dates = {"earlier": trend.points[-2].date, "later": trend.points[-1].date}
    return View(
        name=what,
        title=texts(f"view.{what}_title", team=trend.name),
        note=texts(f"view.{what}_note" if changes else f"view.{what}_none", **dates),
        columns=_columns(
            texts,
            ("statement", Kind.CODE),
            ("text", Kind.LONG),
            ("before", Kind.RATING),
            ("after", Kind.RATING),
        ),
        rows=tuple(_change_row(change, trend.scheme) for change in changes),
    )


def _change_row(change: Change, scheme: Scheme) -> tuple[CellValue, ...]:
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
        columns=_columns(
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


def spread_view(comparison: Comparison, area_code: str) -> View:
    """Return an area's statements with how many teams gave each rating, for many teams."""
    texts, scheme = scheme_texts(comparison.scheme), comparison.scheme
    area = scheme.area(area_code)
    values: list[RatingValue | None] = [*scheme.scale, NOT_APPLICABLE, None]
    counted = tuple(
        Column(f"rated_{_short(value)}", rating_label(value, scheme, texts), Kind.COUNT)
        for value in values
    )
    rows: tuple[tuple[CellValue, ...], ...] = tuple(
        (
            statement.id,
            statement.level,
            statement.text,
            *(
                sum(
                    team.response.answers[statement.id].rating == value for team in comparison.teams
                )
                for value in values
            ),
        )
        for statement in area.statements
    )
    return View(
        name=f"spread_{area.code}",
        title=area.name,
        note=area.purpose,
        columns=(
            *_columns(
                texts,
                ("statement", Kind.CODE),
                ("statement_level", Kind.LEVEL),
                ("text", Kind.LONG),
            ),
            *counted,
        ),
        rows=rows,
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
        columns=_columns(
            texts,
            ("respondent", Kind.TEXT),
            ("level", Kind.LEVEL),
            ("index", Kind.INDEX),
            ("answered", Kind.SHARE),
            ("missing", Kind.TEXT),
        ),
        rows=tuple(rows),
    )


_TIDY_KINDS = {
    "level": Kind.LEVEL,
    "index": Kind.INDEX,
    "completeness": Kind.SHARE,
    "target": Kind.LEVEL,
    "estimate": Kind.LEVEL,
    "high_level": Kind.LEVEL,
    "high_index": Kind.INDEX,
    "rating": Kind.COUNT,
    "evidence": Kind.LONG,
    "statement": Kind.CODE,
}


def tidy_views(assessments: Sequence[Assessment]) -> tuple[View, ...]:
    """Return the tidy tables as views: one row for each area, and one for each statement."""
    tables = (
        ("areas", CSV_COLUMNS, area_rows),
        ("statements", STATEMENT_COLUMNS, statement_rows),
    )
    texts = scheme_texts(assessments[0].scheme)
    return tuple(
        View(
            name=name,
            title=texts(f"view.tidy_{name}"),
            columns=tuple(Column(c, c, _TIDY_KINDS.get(c, Kind.TEXT)) for c in columns),
            rows=tuple(
                tuple(_tidy(row.get(column)) for column in columns)
                for one in assessments
                for row in rows_of(one)
            ),
        )
        for name, columns, rows_of in tables
    )


def _tidy(value: object) -> CellValue:
    if isinstance(value, bool):
        return str(value).lower()
    assert value is None or isinstance(value, str | int | float)
    return value


def peers_views(peers: Peers) -> tuple[View, ...]:
    """Return a view for each group: median and quartiles by area, and the own place."""
    texts = scheme_texts(peers.scheme)
    views = []
    for group in peers.groups:
        title = texts("view.peers_title", group=group.value or texts("view.peers_all"))
        note = texts("view.peers_note", count=group.count)
        if not group.areas:
            note = texts("view.peers_too_few", fewest=peers.fewest)
        rows: list[tuple[CellValue, ...]] = []
        for area in peers.scheme.areas if group.areas else ():
            found = group.areas[area.code]
            if found is None:
                rows.append((area.name, *(None,) * 6))
                continue
            place = None if found.percentile is None else found.percentile / 100
            rows.append(
                (area.name, found.count, found.lower, found.median, found.upper, found.own, place)
            )
        views.append(
            View(
                name="peers",
                title=title,
                note=note,
                columns=_columns(
                    texts,
                    ("area", Kind.TEXT),
                    ("assessments", Kind.COUNT),
                    ("lower_quartile", Kind.INDEX),
                    ("peer_median", Kind.INDEX),
                    ("upper_quartile", Kind.INDEX),
                    ("own", Kind.INDEX),
                    ("percentile", Kind.SHARE),
                ),
                rows=tuple(rows),
            )
        )
    return tuple(views)


def findings_view(teams: Iterable[TeamAssessment], scheme: Scheme) -> View:
    """Return what was doubtful in the responses behind the results."""
    texts = scheme_texts(scheme)
    rows = [
        (texts(f"finding.severity_{f.severity.value}"), str(f.place), f.message, f.action)
        for team in teams
        for f in team.assessment.findings
    ]
    return View(
        name="findings",
        title=texts("view.findings_title"),
        note=texts("view.findings_note" if rows else "finding.none"),
        columns=_columns(
            texts,
            ("severity", Kind.TEXT),
            ("place", Kind.TEXT),
            ("message", Kind.LONG),
            ("to_do", Kind.LONG),
        ),
        rows=tuple(rows),
    )
