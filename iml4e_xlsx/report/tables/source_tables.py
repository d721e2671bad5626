"""Makes tables and data of results by what a source asks for, such as the articles of a law."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from iml4e_xlsx.analysis.source_results import (
    LocusResult,
    SourceResult,
    find_source_result,
    group_by_source,
)
from iml4e_xlsx.model import NOT_APPLICABLE, Assessment, Scheme
from iml4e_xlsx.report.tables.coverage_tables import coverage_note, locus_column, statement_list
from iml4e_xlsx.report.tables.labels import open_figure
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    CellValue,
    Column,
    ColumnKind,
    Phrase,
    ResultTable,
    bind_figures,
    format_percent,
)
from iml4e_xlsx.scheme.coverage import cover_source
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts

_IN_FULL: Final = 4
"""Up to so many results have a table each."""

_SIDE_BY_SIDE: Final = 4
"""Up to so many results have a column each; more share those of the lowest and the mean."""


def source_entry(result: SourceResult, scheme: Scheme) -> dict[str, Any]:
    """Return a result by what a source asks for as data; a fulfilment that is not known is null."""
    coverage = result.coverage
    return {
        "source": coverage.source.key,
        "title": coverage.source.title,
        "count": len(coverage.loci) if coverage.is_listed else None,
        "covered": coverage.covered,
        "remark": scheme_texts(scheme)("by_source.remark"),
        "loci": [
            {
                "locus": entry.locus.key,
                "title": entry.locus.title,
                "since": entry.locus.since,
                "statements": [statement.id for statement in entry.statements],
                "fulfilment": None if entry.fulfilment is None else float(entry.fulfilment),
                "rated": entry.rated,
                "open": entry.open,
                "dont_know": entry.dont_know,
                "not_applicable": entry.not_applicable,
            }
            for entry in result.loci
        ],
    }


def list_source_tables(named: Sequence[tuple[str, Assessment]], key: str) -> list[ResultTable]:
    """
    Return the tables of results by what a source asks for: of a few one each, of more one for all.

    Raises:
        ReportError: If the scheme of none of the results has such a source.
    """
    tables = []
    for scheme in dict.fromkeys(assessment.scheme for _, assessment in named):
        same = [
            (name, grouped)
            for name, assessment in named
            if assessment.scheme is scheme
            and (grouped := find_source_result(assessment.response, scheme, key)) is not None
        ]
        if len(same) > _IN_FULL:
            tables.append(source_comparison(same, scheme))
        else:
            tables += [source_table(name, grouped, scheme) for name, grouped in same]
    if not tables and named:
        cover_source(named[0][1].scheme, key)  # says which sources there are
    return tables


def compare_by_source(named: Sequence[tuple[str, Assessment]], key: str) -> ResultTable:
    """Return results of one scheme by what a source asks for; a single one with all its figures."""
    scheme = named[0][1].scheme
    grouped = [(name, group_by_source(one.response, scheme, key)) for name, one in named]
    if len(grouped) == 1:
        return source_table("", grouped[0][1], scheme)
    return source_comparison(grouped, scheme)


def source_table(name: str, result: SourceResult, scheme: Scheme) -> ResultTable:
    """Return one result by what a source asks for: a row for each, with all its figures."""
    texts = scheme_texts(scheme)
    knows_none = not any(entry.dont_know for entry in result.loci)
    columns = (
        *_place_columns(result, texts),
        Column("statements", texts("by_source.statements"), ColumnKind.LONG),
        Column("fulfilment", texts("by_source.fulfilment"), ColumnKind.SHARE),
        Column("rated", texts("by_source.rated"), ColumnKind.COUNT, dispensable=1),
        Column("open", texts("by_source.open"), ColumnKind.COUNT, dispensable=1),
        Column("dont_know", texts("by_source.dont_know"), ColumnKind.COUNT, dispensable=1),
        Column("not_applicable", scheme.label(NOT_APPLICABLE), ColumnKind.COUNT, dispensable=1),
    )
    kept = [column for column in columns if not (column.name == "dont_know" and knows_none)]
    rows = [
        _place_values(entry)
        | {
            "statements": statement_list(entry.statements, result.coverage, texts),
            "fulfilment": _fulfilment_cell(entry, scheme, texts),
            "rated": entry.rated,
            "open": entry.open,
            "dont_know": entry.dont_know,
            "not_applicable": entry.not_applicable,
        }
        for entry in result.loci
    ]
    return ResultTable(
        name=f"by_source_{result.coverage.source.key}",
        title=texts("by_source.heading", source=result.coverage.source.title, name=name)
        if name
        else result.coverage.source.title,
        columns=tuple(kept),
        rows=tuple(tuple(row[column.name] for column in kept) for row in rows),
        note=_make_note(result, texts),
    )


def source_comparison(named: Sequence[tuple[str, SourceResult]], scheme: Scheme) -> ResultTable:
    """
    Return several results by what a source asks for, side by side.

    Args:
        named: The results of one scheme for one source, each with its name; at least one.
        scheme: Their scheme.
    """
    texts, first = scheme_texts(scheme), named[0][1]
    places = _place_columns(first, texts)
    if places[0].kind is not ColumnKind.CODE and len(places) > 1:
        places = places[1:]  # long keys would leave no room for the figures, and titles say more
    statements = Column("statements", texts("by_source.statements"), ColumnKind.LONG)
    if len(named) <= _SIDE_BY_SIDE:
        figures = tuple(
            Column(f"fulfilment_{number}", name, ColumnKind.SHARE, is_name=True)
            for number, (name, _) in enumerate(named, 1)
        )
    else:
        figures = (
            Column("results", texts("by_source.results"), ColumnKind.COUNT),
            Column("lowest", texts("by_source.lowest"), ColumnKind.SHARE),
            Column("mean", texts("by_source.mean"), ColumnKind.SHARE),
        )
    rows = []
    for position, entry in enumerate(first.loci):
        entries = [result.loci[position] for _, result in named]
        cells = (
            tuple(_short_cell(each, scheme, texts) for each in entries)
            if len(named) <= _SIDE_BY_SIDE
            else _spread_cells(entries, scheme, texts)
        )
        ids = statement_list(entry.statements, first.coverage, texts)
        place = _place_values(entry)
        rows.append((*(place[column.name] for column in places), ids, *cells))
    return ResultTable(
        name=f"by_source_{first.coverage.source.key}",
        title=first.coverage.source.title,
        columns=(*places, statements, *figures),
        rows=tuple(rows),
        note=_make_note(first, texts),
    )


def _make_note(result: SourceResult, texts: Texts) -> str:
    return f"{coverage_note(result.coverage, texts)} {texts('by_source.remark')}"


def _place_columns(result: SourceResult, texts: Texts) -> tuple[Column, ...]:
    locus = locus_column(result.coverage, texts)
    title = Column("title", texts("coverage.title"), ColumnKind.LONG)
    return (locus, title) if result.coverage.is_listed else (locus,)


def _place_values(entry: LocusResult) -> dict[str, CellValue]:
    return {"locus": entry.locus.key, "title": entry.locus.title}


def _fulfilment_cell(entry: LocusResult, scheme: Scheme, texts: Texts) -> CellValue:
    """Return a fulfilment, or why there is none: that is never a figure."""
    if entry.fulfilment is not None:
        return entry.fulfilment
    if entry.is_hole:
        return NO_VALUE
    return open_figure(texts) if entry.applies else scheme.label(NOT_APPLICABLE)


def _short_cell(entry: LocusResult, scheme: Scheme, texts: Texts) -> CellValue:
    """Return a fulfilment with what is open beside it."""
    if entry.fulfilment is None or not entry.open:
        return _fulfilment_cell(entry, scheme, texts)
    share = format_percent(entry.fulfilment)
    return Phrase(bind_figures(texts("by_source.partly", share=share, count=entry.open)))


def _spread_cells(
    entries: Sequence[LocusResult], scheme: Scheme, texts: Texts
) -> tuple[CellValue, ...]:
    """Return how many results have a figure, the lowest and the mean of them."""
    values = [entry.fulfilment for entry in entries if entry.fulfilment is not None]
    if not values:
        missing = _fulfilment_cell(
            next((e for e in entries if e.applies), entries[0]), scheme, texts
        )
        return (0, missing, missing)
    return (len(values), min(values), sum(values, Fraction(0)) / len(values))
