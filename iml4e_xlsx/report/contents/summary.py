"""The report's summary in sentences, for those who read nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from iml4e_xlsx.analysis.comparison import Comparison
from iml4e_xlsx.model import Area
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.tables.labels import list_short
from iml4e_xlsx.report.tables.table import format_figure, format_percent


def summary(contents: Contents) -> tuple[str, ...]:
    """Return the sentences, the most important first."""
    return tuple(
        sentence
        for part in (_where, _who, _areas, _differences, _disagreement, _way, _since, _open)
        for sentence in part(contents)
    )


def _where(contents: Contents) -> Iterator[str]:
    texts, teams = contents.texts, contents.teams
    if len(teams) == 1:
        overall = teams[0].result.overall
        yield texts(
            "report.one_team",
            team=teams[0].name,
            level=overall.level,
            name=contents.scheme.levels[overall.level].name,
            index=format_figure(overall.index),
            top=contents.scheme.top,
        )
        return
    levels = [team.result.overall.level for team in teams]
    lowest, highest = min(levels), max(levels)
    values = {
        "count": len(teams),
        "lowest": lowest,
        "highest": highest,
        "name": contents.scheme.levels[lowest].name,
        "index": format_figure(_mean([team.result.overall.index for team in teams])),
        "top": contents.scheme.top,
    }
    alike = {2: "report.both_same_level"}.get(len(teams), "report.same_level")
    yield texts(alike if lowest == highest else "report.levels", **values)


def _who(contents: Contents) -> Iterator[str]:
    found = contents.participation
    if found is not None:
        yield contents.texts(
            "report.participation",
            answered=found.answered,
            asked=found.asked,
            rate=format_percent(found.rate),
        )


def _areas(contents: Contents) -> Iterator[str]:
    means = _means(contents.comparison)
    if len(means) > 1 and means[0][0] != means[-1][0]:
        (low, weakest), (high, strongest) = means[0], means[-1]
        yield contents.texts(
            "report.areas",
            strongest=strongest.name,
            high=format_figure(high),
            weakest=weakest.name,
            low=format_figure(low),
        )
    unbalanced = [
        (team.name, contents.scheme.area(area.area).name)
        for team in contents.teams
        for area in team.result.areas
        if area.unbalanced
    ]
    if unbalanced and contents.in_full:
        listed = list_short([f"{area} ({team})" for team, area in unbalanced], contents.texts)
        yield contents.texts("report.unbalanced", areas=listed)


def _differences(contents: Contents) -> Iterator[str]:
    if len(contents.teams) > 1 and contents.comparison.lessons:
        lesson, texts = contents.comparison.lessons[0], contents.texts
        yield texts(
            "report.differences",
            area=lesson.area.name,
            spread=format_figure(lesson.ahead),
            teachers=list_short(lesson.teachers, texts),
            learners=list_short(lesson.learners, texts),
        )


def _disagreement(contents: Contents) -> Iterator[str]:
    items = [(item, page) for page in contents.pages for item in page.agenda.items]
    if items:
        item, page = min(items, key=lambda pair: pair[0].consensus)
        yield contents.texts(
            "report.disagreement",
            team=page.team.name,
            statement=item.statement.id,
            consensus=format_figure(item.consensus),
        )


def _way(contents: Contents) -> Iterator[str]:
    done = [team.result.overall.to_target for team in contents.teams]
    steps = sum(len(list(page.roadmap.steps)) for page in contents.pages)
    mean = _mean(done)
    if mean is not None and steps:
        key = "report.way" if len(done) > 1 else "report.way_of_one"
        yield contents.texts(key, share=format_percent(mean), steps=steps)


def _since(contents: Contents) -> Iterator[str]:
    trends = contents.trends.trends
    if not trends:
        return
    before = _mean([one.points[-2].result.overall.index for one in trends])
    after = _mean([one.points[-1].result.overall.index for one in trends])
    yield contents.texts(
        "report.since",
        count=len(trends),
        before=format_figure(before),
        after=format_figure(after),
        gained=sum(len(one.gained) for one in trends),
        lost=sum(len(one.lost) for one in trends),
    )


def _open(contents: Contents) -> Iterator[str]:
    answered = sum(team.result.overall.answered for team in contents.teams)
    total = sum(team.result.overall.statements for team in contents.teams)
    if answered < total:
        share = format_percent(Fraction(answered, total))
        yield contents.texts("report.open", share=share)


def _means(comparison: Comparison) -> list[tuple[Fraction, Area]]:
    """Return each area's mean index over the teams, the lowest first."""
    found = []
    for one in comparison.areas:
        mean = _mean([result.index for result in one.results])
        if mean is not None:
            found.append((mean, one.area))
    return sorted(found, key=lambda pair: pair[0])


def _mean(values: list[Fraction | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return sum(present, Fraction(0)) / len(present) if present else None
