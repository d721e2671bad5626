"""Sums up a report in sentences, for those who read nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from iml4e_xlsx.analysis.comparison import Comparison
from iml4e_xlsx.model import Area
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.contents.reading_quality import reading_sentences
from iml4e_xlsx.report.tables.labels import shorten_list
from iml4e_xlsx.report.tables.table import format_figure, format_percent
from iml4e_xlsx.text.message import message

_PAIR = 2


def summary_sentences(contents: Contents) -> tuple[str, ...]:
    """Return the sentences, the most important first."""
    parts = (
        _level_sentences,
        reading_sentences,
        _participation_sentences,
        _area_sentences,
        _difference_sentences,
        _disagreement_sentences,
        _target_sentences,
        _trend_sentences,
        _completeness_sentences,
    )
    return tuple(sentence for part in parts for sentence in part(contents))


def _level_sentences(contents: Contents) -> Iterator[str]:
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
    if lowest < highest:
        key = "report.levels"
    else:
        key = "report.both_same_level" if len(teams) == _PAIR else "report.same_level"
    yield texts(
        key,
        count=len(teams),
        lowest=lowest,
        highest=highest,
        name=contents.scheme.levels[lowest].name,
        index=format_figure(_mean_value([team.result.overall.index for team in teams])),
        top=contents.scheme.top,
    )


def _participation_sentences(contents: Contents) -> Iterator[str]:
    participation = contents.participation
    if participation is not None:
        yield contents.texts(
            "report.participation",
            answered=participation.answer_count,
            count=participation.people_count,
            rate=format_percent(participation.rate),
        )


def _area_sentences(contents: Contents) -> Iterator[str]:
    means = _area_means(contents.comparison)
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
    if unbalanced and contents.is_detailed:
        areas = shorten_list([f"{area} ({team})" for team, area in unbalanced], contents.texts)
        yield contents.texts("report.unbalanced", areas=areas)


def _difference_sentences(contents: Contents) -> Iterator[str]:
    if len(contents.teams) > 1 and contents.comparison.lessons:
        lesson, texts = contents.comparison.lessons[0], contents.texts
        yield texts(
            "report.differences",
            area=lesson.area.name,
            spread=format_figure(lesson.ahead),
            teachers=shorten_list(lesson.teachers, texts),
            learners=shorten_list(lesson.learners, texts),
        )


def _disagreement_sentences(contents: Contents) -> Iterator[str]:
    items = [(item, page) for page in contents.pages for item in page.agenda.items]
    if items:
        item, page = min(items, key=lambda pair: pair[0].consensus)
        yield contents.texts(
            "report.disagreement",
            team=page.team.name,
            statement=item.statement.id,
            consensus=format_figure(item.consensus),
        )


def _target_sentences(contents: Contents) -> Iterator[str]:
    done = [team.result.overall.to_target for team in contents.teams]
    steps = sum(len(list(page.roadmap.steps)) for page in contents.pages)
    mean = _mean_value(done)
    if mean is not None and steps:
        key = "report.way" if len(done) > 1 else "report.way_of_one"
        yield contents.texts(key, share=format_percent(mean), count=steps)


def _trend_sentences(contents: Contents) -> Iterator[str]:
    trends = contents.trends.trends
    if not trends:
        return
    before = _mean_value([trend.points[-2].result.overall.index for trend in trends])
    after = _mean_value([trend.points[-1].result.overall.index for trend in trends])
    yield contents.texts(
        "report.since",
        count=len(trends),
        before=format_figure(before),
        after=format_figure(after),
        gained=message("report.gained", count=sum(len(trend.rating_gains) for trend in trends)),
        lost=message("report.lost", count=sum(len(trend.rating_losses) for trend in trends)),
    )


def _completeness_sentences(contents: Contents) -> Iterator[str]:
    answered = sum(team.result.overall.answered for team in contents.teams)
    total = sum(team.result.overall.statements for team in contents.teams)
    if answered < total:
        share = format_percent(Fraction(answered, total))
        yield contents.texts("report.open", share=share)


def _area_means(comparison: Comparison) -> list[tuple[Fraction, Area]]:
    """Return each area's mean index over the teams, the lowest first."""
    means = []
    for area in comparison.areas:
        mean = _mean_value([result.index for result in area.results])
        if mean is not None:
            means.append((mean, area.area))
    return sorted(means, key=lambda pair: pair[0])


def _mean_value(values: list[Fraction | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return sum(present, Fraction(0)) / len(present) if present else None
