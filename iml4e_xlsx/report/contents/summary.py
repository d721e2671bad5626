"""Sums up a report in sentences, for those who read nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from iml4e_xlsx.analysis.comparison import AreaComparison, Comparison
from iml4e_xlsx.analysis.team_trend import Trend
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import AGREED, list_left_out_ratings
from iml4e_xlsx.model import AreaResult
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.contents.reading_quality import reading_sentences
from iml4e_xlsx.report.tables.labels import shorten_list
from iml4e_xlsx.report.tables.standing import mark_open, next_step_text, spread_text
from iml4e_xlsx.report.tables.table import format_figure, format_percent
from iml4e_xlsx.scheme.forms import is_part
from iml4e_xlsx.scoring import compare_ways
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.texts import Texts

_PAIR = 2


def summary_sentences(contents: Contents) -> tuple[str, ...]:
    """Return the sentences, the most important first."""
    parts = (
        _level_sentences,
        _median_sentences,
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
    teams = contents.teams
    scheme = contents.scheme
    if scheme.whole is not None:
        yield contents.texts(
            "report.part" if is_part(scheme) else "report.form",
            areas=", ".join(area.short for area in scheme.areas),
            form=scheme.form,
            count=len(scheme.statements),
            total=len(scheme.whole.statements),
        )
        return
    if len(teams) == 1:
        yield _describe_team(teams[0], contents)
        return
    assessed = [team for team in teams if team.result.overall.is_assessed]
    placed = [team for team in assessed if team.result.overall.level is not None]
    if len(placed) == 1:
        yield _describe_team(placed[0], contents)
    elif placed:
        yield _describe_levels(placed, contents)
    if len(placed) < len(assessed):
        names = [team.name for team in assessed if team not in placed]
        without = shorten_list(names, contents.texts)
        yield contents.texts("report.teams_without", count=len(names), teams=without)
    if not assessed and len(teams) == _PAIR:
        yield contents.texts("report.both_open")
    elif not assessed:
        yield contents.texts("report.all_open", count=len(teams))
    if len(assessed) < len(teams):
        listed = [
            contents.texts("report.open_in", team=team.name, areas=_open_areas(team, contents))
            for team in teams
            if not team.result.overall.is_assessed
        ]
        yield contents.texts("report.open_areas", teams=shorten_list(listed, contents.texts))


def _median_sentences(contents: Contents) -> Iterator[str]:
    if any(team.takes_lower_rating for team in contents.teams):
        yield contents.texts("view.lower_of_two")


def _describe_team(team: TeamAssessment, contents: Contents) -> str:
    """Return the headline about one team; the bounds of its index as long as areas are open."""
    texts, overall, top = contents.texts, team.result.overall, contents.scheme.top
    if overall.level is None:
        if not overall.answered:
            return texts("report.one_team_blank", team=team.name)
        if overall.is_assessed:
            return texts("report.one_team_without", team=team.name)
        return texts(
            "report.one_team_open",
            team=team.name,
            areas=_open_areas(team, contents),
            low=format_figure(overall.low.index),
            high=format_figure(overall.high.index),
            top=top,
        )
    return texts(
        "report.one_team",
        team=team.name,
        level=overall.level,
        name=contents.scheme.levels[overall.level].name,
        spread=spread_text(team.result.areas, contents.scheme, texts),
        index=format_figure(overall.index),
        top=top,
    )


def _describe_levels(placed: Sequence[TeamAssessment], contents: Contents) -> str:
    """Return the headline about several teams, each with an overall level."""
    levels = [level for team in placed if (level := team.result.overall.level) is not None]
    lowest, highest = min(levels), max(levels)
    if len(placed) < len(contents.teams):
        key = "report.some_levels" if lowest < highest else "report.some_same_level"
    elif lowest < highest:
        key = "report.levels"
    else:
        key = "report.both_same_level" if len(placed) == _PAIR else "report.same_level"
    return contents.texts(
        key,
        count=len(placed),
        total=len(contents.teams),
        lowest=lowest,
        highest=highest,
        name=contents.scheme.levels[lowest].name,
        spread=_count_by_level((area for team in placed for area in team.result.areas), contents),
        index=format_figure(_mean_value([team.result.overall.index for team in placed])),
        top=contents.scheme.top,
    )


def _count_by_level(areas: Iterable[AreaResult], contents: Contents) -> str:
    """Return how many areas are at each level, the lowest first."""
    counts = Counter(area.level for area in areas if area.level is not None)
    parts = [
        contents.texts("report.spread_others", count=count, level=level)
        for level, count in sorted(counts.items())
    ]
    return ", ".join(parts)


def _open_areas(team: TeamAssessment, contents: Contents) -> str:
    """Return the names of a team's areas without any answer."""
    codes = team.result.overall.not_assessed
    if len(codes) == len(contents.scheme.areas):
        return contents.texts("report.every_area")
    return shorten_list([contents.scheme.area(code).short for code in codes], contents.texts)


def _participation_sentences(contents: Contents) -> Iterator[str]:
    participation = contents.participation
    if participation is not None:
        yield contents.texts(
            "report.participation",
            answered=participation.answer_count,
            count=participation.people_count,
            rate=format_percent(participation.rate),
        )
        if participation.decline_count:
            yield contents.texts("report.declined", count=participation.decline_count)
        if participation.closed:
            yield contents.texts("report.round_closed", day=participation.closed)


def _area_sentences(contents: Contents) -> Iterator[str]:
    means = _area_means(contents.comparison)
    if len(means) > 1 and means[0][0] != means[-1][0]:
        lowest, highest = (
            [area for mean, area in means if mean == bound] for bound in (means[0][0], means[-1][0])
        )
        yield contents.texts(
            "report.areas",
            strongest=shorten_list([area.area.short for area in highest], contents.texts),
            high=_mean_text(means[-1][0], highest, contents),
            weakest=shorten_list([area.area.short for area in lowest], contents.texts),
            low=_mean_text(means[0][0], lowest, contents),
        )
    if contents.is_detailed:
        yield from _standing_sentences(contents)


def _standing_sentences(contents: Contents) -> Iterator[str]:
    """Yield what holds levels down, with statements, and where no level or target is possible."""
    texts = contents.texts
    found = [(team, area) for team in contents.teams for area in team.result.areas]
    holding, weak, without, others = [], [], [], []
    for team, area in found:
        name = _area_name(team, area, contents)
        statements = shorten_list(mark_open(area.held_down_by, area, texts), texts)
        if area.area in team.result.overall.held_down_by and area.steps_to_next:
            step = next_step_text(area, texts)
            holding.append(texts("report.holding_area", area=name, next=step))
        if area.gap_below:
            weak.append(texts("report.gap_area", area=name, statements=statements))
        if not area.applies:
            without.append(name)
        if area.effective_target not in (None, area.target):
            levels = {"target": area.target or 0, "level": area.effective_target or 0}
            others.append(texts("report.target_other_area", area=name, **levels))
    for key, areas in (
        ("report.holding", holding),
        ("report.gap_below", weak),
        ("report.not_applying", without),
        ("report.target_other", others),
    ):
        if areas:
            yield texts(key, areas=shorten_list(areas, texts))


def _area_name(team: TeamAssessment, area: AreaResult, contents: Contents) -> str:
    """Return an area's name, of several teams with the team's."""
    short = contents.scheme.area(area.area).short
    if len(contents.teams) == 1:
        return short
    return contents.texts("report.of_team", area=short, team=team.name)


def _difference_sentences(contents: Contents) -> Iterator[str]:
    if len(contents.teams) > 1 and contents.comparison.lessons:
        lesson, texts = contents.comparison.lessons[0], contents.texts
        yield texts(
            "report.differences",
            area=lesson.area.short,
            spread=format_figure(lesson.ahead),
            teachers=shorten_list(lesson.teachers, texts),
            learners=shorten_list(lesson.learners, texts),
        )


def _disagreement_sentences(contents: Contents) -> Iterator[str]:
    texts = contents.texts
    left_out = [(team.name, list_left_out_ratings(team)) for team in contents.teams]
    if any(ids for _, ids in left_out):
        yield _list_disputed("report.applicability_disputed", left_out, texts)
    disputed = [
        (value, team.name, id_)
        for team in contents.teams
        for id_, value in team.consensus.items()
        if value is not None and value < AGREED
    ]
    if disputed:
        consensus, name, id_ = min(disputed, key=lambda each: each[0])
        yield texts(
            "report.disagreement_next"
            if any(ids for _, ids in left_out)
            else "report.disagreement",
            team=name,
            statement=id_,
            consensus=format_figure(consensus),
        )
    minority = [
        (team.name, [id_ for id_ in team.applicability_disputes if id_ not in ids])
        for team, (_, ids) in zip(contents.teams, left_out, strict=True)
    ]
    if any(ids for _, ids in minority):
        yield _list_disputed("report.applicability_minority", minority, texts)


def _list_disputed(key: str, disputed: Iterable[tuple[str, Sequence[str]]], texts: Texts) -> str:
    """Return the sentence about the disputed statements of those teams that have any."""
    of_teams = [(name, ids) for name, ids in disputed if ids]
    listed = [
        texts("report.disputed_in", team=name, statements=shorten_list(ids, texts))
        for name, ids in of_teams
    ]
    count = sum(len(ids) for _, ids in of_teams)
    return texts(key, count=count, statements=shorten_list(listed, texts))


def _target_sentences(contents: Contents) -> Iterator[str]:
    results = [team.result for team in contents.teams]
    if any(area.has_unknown_way for result in results for area in result.areas):
        return  # nobody knows how long the way is in an open area
    ways = [result.overall.way for result in results if result.overall.way is not None]
    if not ways:
        return
    steps, required = sum(way.steps for way in ways), sum(way.required for way in ways)
    if steps:
        key = "report.way" if len(results) > 1 else "report.way_of_one"
        share = format_percent(Fraction(required - steps, required))
        yield contents.texts(key, share=share, count=steps)
    else:
        yield contents.texts("report.targets_reached")
    yield from _list_partly_aimed(contents)


def _list_partly_aimed(contents: Contents) -> Iterator[str]:
    """Yield of which teams the way is that of some areas: it looks like that of the whole."""
    texts, total = contents.texts, len(contents.scheme.areas)
    counted = [(team.name, team.result.target_count) for team in contents.teams]
    listed = [
        texts("report.targets_of_team", team=name, count=count, total=total)
        for name, count in counted
        if 0 < count < total
    ]
    if listed:
        yield texts("report.targets_in_some", teams=shorten_list(listed, texts))


def _trend_sentences(contents: Contents) -> Iterator[str]:
    trends = contents.trends.trends
    # A mean over other teams than before would rise or fall by the teams that are left out.
    measured = [trend for trend in trends if None not in _last_indices(trend)]
    if measured:
        before, after = zip(*map(_last_indices, measured), strict=True)
        yield contents.texts(
            "report.since",
            count=len(measured),
            before=format_figure(_mean_value(before)),
            after=format_figure(_mean_value(after)),
            **_count_changes(measured),
        )
    yield from _way_changes(contents)
    others = [trend for trend in trends if trend not in measured]
    if others:
        yield contents.texts("report.since_open", count=len(others), **_count_changes(others))


def _way_changes(contents: Contents) -> Iterator[str]:
    """Yield how far the way to today's targets was done in the round before, and is now."""
    pairs = []
    for trend in contents.trends.trends:
        before, after = (point.result for point in trend.points[-2:])
        pair = compare_ways(after, before, trend.scheme.thresholds)
        # The way over some of today's areas would not be what the table says of the team.
        if pair is not None and pair[1] == after.overall.way:
            pairs.append((trend.name, *pair))
    if pairs and contents.is_detailed:
        listed = [
            contents.texts(
                "report.way_of_team",
                team=name,
                before=format_percent(then.share),
                after=format_percent(now.share),
            )
            for name, then, now in pairs
        ]
        yield contents.texts("report.way_since", teams=shorten_list(listed, contents.texts))


def _last_indices(trend: Trend) -> tuple[Fraction | None, Fraction | None]:
    """Return the overall index of the last round but one, and of the last."""
    before, after = (point.result.overall.index for point in trend.points[-2:])
    return before, after


def _count_changes(trends: Sequence[Trend]) -> dict[str, Message]:
    return {
        "gained": message("report.gained", count=sum(len(each.rating_gains) for each in trends)),
        "lost": message("report.lost", count=sum(len(each.rating_losses) for each in trends)),
    }


def _completeness_sentences(contents: Contents) -> Iterator[str]:
    answered = sum(team.result.overall.answered for team in contents.teams)
    total = sum(team.result.overall.statements for team in contents.teams)
    if 0 < answered < total:
        share = format_percent(Fraction(answered, total))
        if contents.smallest_group > 1:
            yield contents.texts("report.open_fewest", share=share, fewest=contents.smallest_group)
        else:
            yield contents.texts("report.open", share=share)


def _mean_text(mean: Fraction, areas: Sequence[AreaComparison], contents: Contents) -> str:
    """Return a mean index; said to be provisional if statements of the areas are open."""
    figure = format_figure(mean)
    results = [result for area in areas for result in area.results]
    if any(result.is_assessed and result.provisional for result in results):
        return contents.texts("report.so_far", index=figure)
    return figure


def _area_means(comparison: Comparison) -> list[tuple[Fraction, AreaComparison]]:
    """Return each area with its mean index over the teams that assessed it, the lowest first."""
    means = []
    for area in comparison.areas:
        mean = _mean_value([result.index for result in area.results])
        if mean is not None:
            means.append((mean, area))
    return sorted(means, key=lambda pair: pair[0])


def _mean_value(values: Iterable[Fraction | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return sum(present, Fraction(0)) / len(present) if present else None
