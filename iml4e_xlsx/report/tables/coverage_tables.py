"""Makes tables and data of how far the statements of a scheme cover its sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from iml4e_xlsx.model import Statement
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.scheme.coverage import SourceCoverage
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.texts import Texts

COVERAGE_COLUMNS: Final = ("source", "locus", "title", "since", "statements")
"""The columns of the table for programs; `statements` are separated by blanks."""

_SHORT_KEY: Final = 24
"""Keys of at most so many characters leave room enough for what is beside them."""

_LISTED: Final = 1000
"""Holes are named one and all: whoever looks for them must find them."""


def coverage_table(coverage: SourceCoverage, texts: Texts) -> ResultTable:
    """Return a row for each thing that a source asks for, and below it what no statement cites."""
    source = coverage.source
    columns = (
        locus_column(coverage, texts),
        Column("title", texts("coverage.title"), ColumnKind.LONG),
        Column("since", texts("coverage.since"), ColumnKind.CODE, dispensable=1),
        Column("statements", texts("coverage.statements"), ColumnKind.LONG),
    )
    has_editions = any(entry.locus.since for entry in coverage.loci)
    dropped = {
        "title": not coverage.is_listed,
        "since": not has_editions,
    }
    rows = [
        {
            "locus": entry.locus.key,
            "title": entry.locus.title,
            "since": entry.locus.since,
            "statements": ", ".join(statement.id for statement in entry.statements)
            or texts("coverage.none"),
        }
        for entry in coverage.loci
    ]
    kept = tuple(column for column in columns if not dropped.get(column.name, False))
    return ResultTable(
        name=f"coverage_{source.key}",
        title=texts("coverage.heading", title=source.title, source=source.key),
        columns=kept,
        rows=tuple(tuple(row[column.name] for column in kept) for row in rows),
        note=coverage_note(coverage, texts),
    )


def locus_column(coverage: SourceCoverage, texts: Texts) -> Column:
    """Return the column of the places in a source; short keys are never broken."""
    keys = [entry.locus.key for entry in coverage.loci]
    is_short = coverage.is_listed and max(map(len, keys)) <= _SHORT_KEY
    kind = ColumnKind.CODE if is_short else ColumnKind.TEXT
    return Column("locus", texts("coverage.locus"), kind)


def coverage_note(coverage: SourceCoverage, texts: Texts) -> str:
    """Return in words how much of a source has a statement, and what has none."""
    form = {"form": coverage.form} if coverage.form else {}
    part = "coverage.of_form" if form else "coverage"  # what it does not ask may have a statement
    if not coverage.is_listed:
        return texts(f"{part}.unlisted", count=len(coverage.statements), **form)
    count, holes = len(coverage.loci), coverage.holes
    if not holes:
        return texts(f"{part}.whole", count=count, **form)
    names = list_names([locus.key for locus in holes], _LISTED)
    return texts(f"{part}.holes", covered=coverage.covered, count=count, holes=names, **form)


def statement_list(statements: Sequence[Statement], coverage: SourceCoverage, texts: Texts) -> str:
    """Return the statements that cite a place, or why there are none."""
    missing = "coverage.of_form.none" if coverage.form else "coverage.none"
    return ", ".join(statement.id for statement in statements) or texts(missing)


def coverage_document(coverages: Sequence[SourceCoverage]) -> dict[str, Any]:
    """Return the document of `iml4e scheme coverage --format json`."""
    return {
        "sources": [
            {
                "source": coverage.source.key,
                "title": coverage.source.title,
                "listed": coverage.is_listed,
                "count": len(coverage.loci) if coverage.is_listed else None,
                "covered": coverage.covered,
                "holes": [locus.key for locus in coverage.holes],
                "loci": [
                    {
                        "locus": entry.locus.key,
                        "title": entry.locus.title,
                        "since": entry.locus.since,
                        "url": entry.locus.url,
                        "statements": [statement.id for statement in entry.statements],
                    }
                    for entry in coverage.loci
                ],
            }
            for coverage in coverages
        ]
    }


def coverage_rows(coverages: Sequence[SourceCoverage]) -> Iterator[Mapping[str, str]]:
    """Yield a row for each thing that a source asks for; without statements if none cites it."""
    for coverage in coverages:
        for entry in coverage.loci:
            yield {
                "source": coverage.source.key,
                "locus": entry.locus.key,
                "title": entry.locus.title,
                "since": entry.locus.since,
                "statements": " ".join(statement.id for statement in entry.statements),
            }
