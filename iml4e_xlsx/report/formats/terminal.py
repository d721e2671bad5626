"""Shows results, findings, schemes and tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.finding_groups import FindingGroup, count_severities, group_findings
from iml4e_xlsx.model import (
    AreaResult,
    Assessment,
    OverallResult,
    Scheme,
)
from iml4e_xlsx.report.formats.column_widths import fit_columns
from iml4e_xlsx.report.tables.labels import index_text, level_text
from iml4e_xlsx.report.tables.results_table import results_table
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    Column,
    ColumnKind,
    ResultTable,
    format_figure,
    format_percent,
    format_value,
)
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.spelling import printable_text
from iml4e_xlsx.text.texts import Texts

_IN_FULL = 4
"""Up to this many results each have a table of their own; more share one, a row each."""

_BAR = 12
_WIDE = 140
"""From so many characters on there is room for two columns of long texts."""
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
        for assessment in assessments:
            console.print(_result_group(assessment))
    _show_failures(console, outcomes)


def _show_failures(console: Console, outcomes: Sequence[Assessment | Failure]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            console.print(Text(printable_text(outcome.message), style="red"))


def _result_group(assessment: Assessment) -> RenderableType:
    """Return one result: who, a row for each area, the whole, and how many findings there are."""
    scheme, result = assessment.scheme, assessment.result
    texts = scheme_texts(scheme)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column(texts("result.area"), no_wrap=True)
    table.add_column(texts("result.level"), justify="center")
    table.add_column(texts("result.index"), justify="right")
    table.add_column("", no_wrap=True)
    table.add_column(texts("result.target"), justify="center")
    table.add_column(texts("result.answered"), justify="right")
    table.add_column(texts("result.remark"), overflow="fold")
    for area in result.areas:
        table.add_row(*_area_row(area, scheme, texts))
    table.add_section()
    table.add_row(*_overall_row(result.overall, scheme, texts), style="bold")
    parts: list[RenderableType] = [Text(), _title_line(assessment, texts), table]
    parts.append(_finding_counts(assessment.findings, texts))
    return Group(*parts)


def _title_line(assessment: Assessment, texts: Texts) -> Text:
    profile = assessment.response.profile
    who = [profile.organisation, profile.team, profile.respondent, profile.date]
    names = " · ".join(printable_text(part) for part in who if part)
    title = Text(names or texts("result.no_profile"), style="bold")
    title.append(f"   {printable_text(assessment.response.source)}", style="dim")
    return title


def _area_row(area: AreaResult, scheme: Scheme, texts: Texts) -> list[RenderableType]:
    style = "bold red" if area.is_below_target else "bold" if area.is_assessed else "dim"
    return [
        Text(scheme.area(area.area).name),
        Text(level_text(area, texts), style=style),
        Text(index_text(area, texts), style="" if area.is_assessed else "dim"),
        _index_bar(area.index, area.target, scheme.top),
        Text(NO_VALUE if area.target is None else str(area.target)),
        Text(format_percent(area.completeness)),
        Text(_area_note(area, texts), style="dim"),
    ]


def _index_bar(index: Fraction | None, target: int | None, top: int) -> Text:
    """Return the index as a bar, with a mark for the target; nothing where there is no index."""
    if index is None:  # an empty bar would be that of the index 0
        return Text()
    filled = round(float(index) / top * _BAR)
    cells = ["█" if i < filled else "░" for i in range(_BAR)]
    bar = Text("".join(cells), style="blue")
    if target:
        at = min(_BAR - 1, round(target / top * _BAR) - 1)
        bar.plain = bar.plain[:at] + ("┃" if at >= filled else "█") + bar.plain[at + 1 :]
    return bar


def _area_note(area: AreaResult, texts: Texts) -> str:
    notes = []
    if area.provisional:
        notes.append(texts("result.open", count=area.statements - area.answered))
        if area.is_assessed and area.high != area.low:
            most = texts(
                "result.at_most", level=area.high.level, index=format_figure(area.high.index)
            )
            notes.append(most)
    if area.unbalanced:
        listed = ", ".join(area.held_down_by)
        notes.append(texts("result.unbalanced", statements=listed))
    if area.not_applicable:
        notes.append(texts("result.not_applicable", share=format_percent(area.not_applicable)))
    if area.estimate is not None and area.estimate != area.level:
        notes.append(texts("result.estimate", level=area.estimate))
    return "; ".join(notes)


def _overall_row(overall: OverallResult, scheme: Scheme, texts: Texts) -> list[RenderableType]:
    return [
        Text(texts("result.overall")),
        Text(level_text(overall, texts)),
        Text(index_text(overall, texts)),
        _index_bar(overall.index, None, scheme.top),
        Text(""),
        Text(format_percent(overall.completeness)),
        Text(_overall_note(overall, texts)),
    ]


def _overall_note(overall: OverallResult, texts: Texts) -> str:
    """Return what holds the whole down, or which areas are open and what is known meanwhile."""
    if overall.held_down_by:
        return texts("result.held_down", areas=", ".join(overall.held_down_by))
    if overall.is_assessed or not overall.answered:
        return ""
    open_areas = texts("result.open_areas", areas=", ".join(overall.not_assessed))
    bounds = texts(
        "result.bounds",
        low=format_figure(overall.low.index),
        high=format_figure(overall.high.index),
        level=overall.high.level,
    )
    return f"{open_areas}; {bounds}"


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
    console.print(Text(printable_text(assessment.response.source), style="bold"))
    if not assessment.findings:
        console.print(Padding(Text(texts("finding.none"), style="green"), (0, 0, 1, 2)))
        return
    groups = group_findings(assessment.findings, texts)
    for severity, count in count_severities(assessment.findings, texts):
        console.print(Padding(Text(count, style=_SEVERITY_LOOK[severity]), (0, 0, 0, 2)))
        for group in groups:
            if group.severity is severity:
                console.print(Padding(_group_lines(group), (0, 0, 0, 4)))
    console.print()


def _group_lines(group: FindingGroup) -> RenderableType:
    """Return a finding behind its place; several of one kind above the list of their places."""
    places = [Text(printable_text(place), style="bold") for place in group.places]
    words = Text(printable_text(group.sentences))
    if len(group.findings) > 1:
        return Group(words, *(Padding(place, (0, 0, 0, 2)) for place in places))
    return Text("  ").join([*places, words])


def show_scheme(console: Console, scheme: Scheme) -> None:
    """Show a scheme: its levels and ratings, then each area with its statements by level."""
    texts = scheme_texts(scheme)
    console.print(Text(f"{scheme.title}  ({scheme.id} {scheme.version})", style="bold"))
    for level in scheme.levels:
        console.print(Text(f"  {level.number}  {level.name}"))
    console.print(Text("  " + ", ".join(scheme.labels), style="dim"))
    for area in scheme.areas:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, title=area.name, title_justify="left")
        for name in ("id", "level", "topic", "statement"):
            table.add_column(texts(f"scheme_table.{name}"), overflow="fold")
        for statement in area.statements:
            topic = area.topics[statement.topic]
            table.add_row(statement.id, str(statement.level), topic, statement.text)
        console.print(table)


def show_tables(
    console: Console, tables: Sequence[ResultTable], texts: Texts | None = None
) -> None:
    """
    Show each table: its title, its rows, and the note below it.

    Args:
        console: Where to.
        tables: What to show.
        texts: The language of what is said about columns without room; English by default.
    """
    for table in tables:
        console.print(Text(printable_text(table.title), style="bold"))
        if table.rows:
            _show_rows(console, table, texts or load_texts())
        if table.note:
            console.print(Padding(Text(printable_text(table.note), style="dim"), (0, 0, 1, 2)))


def _show_rows(console: Console, table: ResultTable, texts: Texts) -> None:
    """Show the rows as a table, or one below the other where there is no room for one."""
    columns = _readable_columns(table.columns, console.width)
    everything = [
        {
            column: printable_text(format_value(value, column.kind))
            for value, column in zip(row, table.columns, strict=True)
        }
        for row in table.rows
    ]
    rows = [[row[column] for column in columns] for row in everything]
    widths = fit_columns(columns, rows, console.width)
    if widths is None:
        _show_blocks(console, everything)
        return
    console.print(_rich_table(columns, rows, widths))
    remaining = [columns[at] for at in widths]
    if left_out := tuple(column.heading for column in table.columns if column not in remaining):
        hint = texts("report.columns_left_out", count=len(left_out), columns=left_out)
        console.print(Padding(Text(hint, style="dim"), (0, 0, 1, 2)))


def _rich_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], widths: Mapping[int, int]
) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, width in widths.items():
        justify: JustifyMethod = "right" if columns[at].kind.is_figure else "left"
        table.add_column(columns[at].heading, justify=justify, overflow="fold", width=width)
    for row in rows:
        table.add_row(*(Text(row[at]) for at in widths))
    return table


def _show_blocks(console: Console, rows: Sequence[Mapping[Column, str]]) -> None:
    """Show each row as lines of its own: the first column, and below it what the others say."""
    for row in rows:
        (_, first), *others = row.items()
        console.print(Text(f"\n{first}"))
        lines = Table.grid(padding=(0, 2))
        lines.add_column(style="dim", no_wrap=True)
        lines.add_column(overflow="fold")
        for column, text in others:
            if text not in ("", NO_VALUE):
                lines.add_row(Text(column.heading), Text(text))
        console.print(Padding(lines, (0, 0, 0, 2)))
    console.print()


def _readable_columns(columns: Sequence[Column], width: int) -> list[Column]:
    """Return the columns; of several with long texts only the last where there is little room."""
    long = [column for column in columns if column.kind is ColumnKind.LONG]
    left_out = long[:-1] if width < _WIDE else []
    return [column for column in columns if column not in left_out]
