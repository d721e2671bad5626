"""Shows results, findings, schemes and tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.finding_groups import FindingGroup, count_severities, group_findings
from iml4e_xlsx.model import (
    Area,
    AreaResult,
    Assessment,
    OverallResult,
    Scheme,
)
from iml4e_xlsx.report.formats.terminal_table import (
    TerminalTable,
    indent_text,
    show_table,
    spell_cell,
    spell_text,
)
from iml4e_xlsx.report.tables.labels import at_most_text, index_text, level_text
from iml4e_xlsx.report.tables.results_table import results_table
from iml4e_xlsx.report.tables.standing import (
    BELOW,
    PASSED,
    REACHED,
    SKIPPED,
    LevelBar,
    area_remark,
    level_bars,
)
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    Column,
    ColumnKind,
    ResultTable,
    format_figure,
    format_percent,
    format_value,
    select_for_people,
)
from iml4e_xlsx.report.tables.team_tables import applicability_table, members_table
from iml4e_xlsx.scheme.forms import is_part
from iml4e_xlsx.text.character_fallbacks import encodable_name, encodable_text
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.texts import Texts

_IN_FULL = 4
"""Up to this many results each have a table of their own; more share one, a row each."""

_BARS = 3
"""The place of the column of bars."""

_REMARK = 36
"""What the remarks of areas need beside the figures: in less room they take many lines."""

_PARTS = 4
_BAR_LOOKS = {PASSED: "green", REACHED: "yellow", BELOW: "red", SKIPPED: "dim"}
_SEVERITY_LOOK = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "dim",
}


def show_outcomes(console: Console, outcomes: Sequence[Assessment | Failure]) -> None:
    """Show results as tables, then the failures."""
    assessments = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]
    if len(assessments) > _IN_FULL:
        for scheme in dict.fromkeys(assessment.scheme for assessment in assessments):
            same = [assessment for assessment in assessments if assessment.scheme is scheme]
            show_tables(console, [results_table(same, scheme)], scheme_texts(scheme))
    else:
        with_bars = {id(one) for one in assessments if _show_result(console, one)}
        for scheme in dict.fromkeys(assessment.scheme for assessment in assessments):
            same = [assessment for assessment in assessments if assessment.scheme is scheme]
            has_bars = any(id(assessment) in with_bars for assessment in same)
            _explain(console, scheme, same, has_bars=has_bars)
    _show_failures(console, outcomes)


def show_teams(
    console: Console, teams: Sequence[TeamAssessment], failures: Sequence[Failure] = ()
) -> None:
    """Show results of teams and the failures, then each respondent's own and the n/a in dispute."""
    show_outcomes(console, [*(team.assessment for team in teams), *failures])
    show_tables(console, [members_table(team) for team in teams if len(team.members) > 1])
    disputed = [team for team in teams if team.applicability_disputes]
    show_tables(console, [applicability_table(team) for team in disputed])


def _show_failures(console: Console, outcomes: Sequence[Assessment | Failure]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            console.print(spell_text(console, outcome.message, "red"))


def _show_result(console: Console, assessment: Assessment) -> bool:
    """
    Show one result: who, a row for each area, the whole, and how many findings there are.

    Returns:
        Whether bars are among it, which are to be explained.
    """
    scheme, result = assessment.scheme, assessment.result
    texts = scheme_texts(scheme)
    columns = [
        Column("area", texts("result.area")),
        Column("level", texts("result.level"), ColumnKind.LEVEL),
        Column("index", texts("result.index"), ColumnKind.INDEX),
        Column("bar", _head_bars(scheme, texts), ColumnKind.CODE),
        Column("target", texts("result.target"), ColumnKind.LEVEL),
        Column("answered", texts("result.answered"), ColumnKind.SHARE),
        Column("remark", texts("result.remark"), ColumnKind.LONG, comfort=_REMARK),
    ]
    rows = [_area_row(area, scheme, texts) for area in result.areas]
    rows.append(_overall_row(result.overall, scheme, texts))
    if not any(row[_BARS].plain for row in rows):
        columns.pop(_BARS)
        for row in rows:
            row.pop(_BARS)
    for row in rows:
        for cell in row:
            cell.plain = encodable_text(cell.plain, console.encoding)
    console.print(Text(), _title_line(console, assessment, texts), sep="\n")
    bars = [at for at, column in enumerate(columns) if column.name == "bar"]
    table = TerminalTable(columns=columns, rows=rows, droppable=bars, ends_in_whole=True)
    layout = show_table(console, table, texts)
    if bars and _BARS not in layout.widths:  # below the table there is room for them
        beside = [[row[0], row[_BARS]] for row in rows if row[_BARS].plain]
        below = TerminalTable(columns=[columns[0], columns[_BARS]], rows=beside)
        layout = show_table(console, below, texts)
        bars = [1]
    if assessment.findings:
        console.print(_finding_counts(assessment.findings, texts))
    return any(at in layout.widths for at in bars)


def _explain(
    console: Console, scheme: Scheme, assessments: Sequence[Assessment], *, has_bars: bool
) -> None:
    """Say once what levels and bars mean, where there are some."""
    texts, bounds = scheme_texts(scheme), scheme.thresholds
    areas = [area for assessment in assessments for area in assessment.result.areas]
    keys = ["stairs"] if any(area.level is not None for area in areas) else []
    if has_bars:
        keys.append("bars")
        if console.is_terminal and any(area.effective_target for area in areas):
            keys.append("bars_target")  # what is no terminal shows no line below
    marks = {
        "reached": format_percent(bounds.reached_above),
        "passed": format_percent(bounds.passed_above),
    }
    if keys:
        console.print()
    for key in keys:
        console.print(indent_text(spell_text(console, texts(f"result.{key}", **marks), "dim"), 0))


def _title_line(console: Console, assessment: Assessment, texts: Texts) -> Text:
    profile, source = assessment.response.profile, assessment.response.source
    who = [profile.organisation, profile.team, profile.respondent, profile.date]
    names = [encodable_name(part, console.encoding) for part in who if part]
    between = encodable_text(" · ", console.encoding)
    title = Text(between.join(names) or texts("result.no_profile"), style="bold")
    if source != profile.team:  # the result of a team has no file of its own
        title.append(f"   {encodable_name(source, console.encoding)}", style="dim")
    if scheme := assessment.scheme.whole:
        part = is_part(assessment.scheme)
        form = texts(
            "result.part" if part else "result.form",
            areas=", ".join(area.short for area in assessment.scheme.areas),
            form=assessment.scheme.form,
            count=len(assessment.scheme.statements),
            total=len(scheme.statements),
        )
        title.append(f"\n{encodable_text(form, console.encoding)}", style="dim")
    return title


def _area_row(area: AreaResult, scheme: Scheme, texts: Texts) -> list[Text]:
    style = "bold red" if area.is_below_target else "bold" if area.is_assessed else "dim"
    return [
        Text(scheme.area(area.area).short),
        Text(level_text(area, texts), style=style),
        Text(index_text(area, texts), style="" if area.is_assessed else "dim"),
        _draw_bars(level_bars(area, scheme), scheme),
        Text(NO_VALUE if area.target is None else str(area.target)),
        Text(format_percent(area.completeness)),
        Text(area_remark(area, texts), style="dim"),
    ]


def _head_bars(scheme: Scheme, texts: Texts) -> str:
    """Return the short name of each level above its bar."""
    names = (texts("result.bar", level=level.number) for level in scheme.levels[1:])
    return " ".join(name.ljust(_PARTS) for name in names).rstrip()


def _draw_bars(bars: Sequence[LevelBar], scheme: Scheme) -> Text:
    """Return a bar of four parts for each level; the mark where their row breaks."""
    drawn = Text()
    is_broken = False
    for bar in bars:
        if drawn:
            drawn.append("┃" if is_broken else " ")
        parts = _count_parts(bar, scheme)
        cells = "·" * _PARTS if bar.state == SKIPPED else "█" * parts + "░" * (_PARTS - parts)
        look = "dim" if bar.is_locked else _BAR_LOOKS[bar.state]
        drawn.append(cells, style=f"{look} underline" if bar.is_target else look)
        is_broken = bar.is_break
    return drawn


def _count_parts(bar: LevelBar, scheme: Scheme) -> int:
    """Count the filled parts: the third and the fourth mean that a bound is exceeded."""
    if bar.state in (PASSED, REACHED):
        return _PARTS if bar.state == PASSED else _PARTS - 1
    if not bar.share:
        return 0
    return 1 if bar.share * 2 <= scheme.thresholds.reached_above else _PARTS - 2


def _overall_row(overall: OverallResult, scheme: Scheme, texts: Texts) -> list[Text]:
    return [
        Text(texts("result.overall")),
        Text(level_text(overall, texts)),
        Text(index_text(overall, texts)),
        Text(),
        Text(""),
        Text(format_percent(overall.completeness)),
        Text(_overall_note(overall, scheme, texts)),
    ]


def _overall_note(overall: OverallResult, scheme: Scheme, texts: Texts) -> str:
    """Return what holds the whole down, or which areas are open and what is known meanwhile."""
    if overall.is_assessed:
        notes = [at_most_text(overall, texts)]
        if overall.held_down_by:
            areas = _list_areas(overall.held_down_by, scheme)
            notes.append(texts("result.held_down", areas=areas))
        return "; ".join(filter(None, notes))
    if not overall.answered:
        return ""
    open_areas = texts("result.open_areas", areas=_list_areas(overall.not_assessed, scheme))
    figures = {"low": overall.low.index, "high": overall.high.index}
    shown = {name: format_figure(index) for name, index in figures.items()}
    bounds = (
        texts("result.bounds_form", **shown)
        if overall.is_about
        else texts("result.bounds", **shown, level=overall.high.level)
    )
    return f"{open_areas}; {bounds}"


def _list_areas(codes: Iterable[str], scheme: Scheme) -> str:
    """Return areas by the names that their rows have."""
    return ", ".join(scheme.area(code).short for code in codes)


def _finding_counts(findings: Iterable[Finding], texts: Texts) -> Text:
    counts = count_severities(findings, texts)
    return Text(", ").join(
        Text(count, style=_SEVERITY_LOOK[severity]) for severity, count in counts
    )


def show_findings(console: Console, outcomes: Sequence[Assessment | Failure]) -> None:
    """Show each workbook's findings by severity and sheet, in a respondent's words."""
    for outcome in outcomes:
        if isinstance(outcome, Assessment):
            _show_findings_of(console, outcome)
    _show_failures(console, outcomes)


def _show_findings_of(console: Console, assessment: Assessment) -> None:
    texts = scheme_texts(assessment.scheme)
    source = encodable_name(assessment.response.source, console.encoding)
    console.print(Text(source, style="bold"))
    if not assessment.findings:
        console.print(indent_text(spell_text(console, texts("finding.none"), "green"), below=1))
        return
    groups = group_findings(assessment.findings, texts)
    for severity, count in count_severities(assessment.findings, texts):
        console.print(indent_text(Text(count, style=_SEVERITY_LOOK[severity])))
        for group in groups:
            if group.severity is severity:
                console.print(indent_text(_group_lines(console, group), 4))
    console.print()


def _group_lines(console: Console, group: FindingGroup) -> RenderableType:
    """Return a finding behind its place; several of one kind above the list of their places."""
    places = [spell_text(console, place, "bold") for place in group.places]
    words = spell_text(console, group.sentences)
    if len(group.findings) > 1:
        return Group(words, *(indent_text(place) for place in places))
    return Text("  ").join([*places, words])


def show_scheme(console: Console, scheme: Scheme) -> None:
    """Show a scheme: its levels and ratings, then each area with its statements by level."""
    texts = scheme_texts(scheme)
    title = f"{scheme.title}  ({scheme.id} {scheme.version})"
    console.print(spell_text(console, title, "bold"))
    for level in scheme.levels:
        console.print(spell_text(console, f"  {level.number}  {level.name}"))
    console.print(spell_text(console, "  " + ", ".join(scheme.labels), "dim"))
    console.print()
    show_tables(console, [_statements_table(area, texts) for area in scheme.areas], texts)


def _statements_table(area: Area, texts: Texts) -> ResultTable:
    columns = (
        ("id", ColumnKind.CODE),
        ("level", ColumnKind.LEVEL),
        ("topic", ColumnKind.TEXT),
        ("statement", ColumnKind.LONG),
    )
    return ResultTable(
        name=f"statements_{area.code}",
        title=f"{area.code} {area.name}",
        columns=tuple(Column(name, texts(f"scheme_table.{name}"), kind) for name, kind in columns),
        rows=tuple(
            (statement.id, statement.level, area.topics[statement.topic], statement.text)
            for statement in area.statements
        ),
    )


def show_tables(
    console: Console, tables: Sequence[ResultTable], texts: Texts | None = None
) -> None:
    """
    Show each table: its title, its rows, and the note below it.

    Args:
        console: Where to.
        tables: What to show.
        texts: The language of what is said about short headings; English by default.
    """
    explained: set[str] = set()
    shown = [(table, _spell_rows(console, table)) for table in map(select_for_people, tables)]
    alike: dict[tuple[Column, ...], list[Sequence[Text]]] = {}
    for table, rows in shown:
        alike.setdefault(table.columns, []).extend(rows)
    for table, rows in shown:
        console.print(spell_text(console, table.title, "bold"))
        if rows:
            # Tables of the same columns stand alike, whichever of them has longer texts.
            printed = TerminalTable(columns=table.columns, rows=rows, measured=alike[table.columns])
            show_table(console, printed, texts or load_texts(), explained=explained)
        if table.note:
            console.print(indent_text(spell_text(console, table.note, "dim")))
        console.print()


def _spell_rows(console: Console, table: ResultTable) -> list[Sequence[Text]]:
    """Return the cells of a table as a console can show them."""
    return [
        [
            spell_cell(console, format_value(value, column.kind), column)
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
