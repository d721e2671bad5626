"""Words the labels and headings that tables share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from iml4e_xlsx.model import AreaResult, OverallResult, RatingValue, Scheme
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    CellValue,
    Column,
    ColumnKind,
    OpenFigure,
    format_figure,
)
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.texts import Texts

_LISTED_NAMES: Final = 6
"""A cell lists up to so many names, ..."""

_FIRST_NAMES: Final = 3
"""... and of more so many, and how many follow."""

_OF_NAMES: Final = ("team", "respondent")
"""Columns that tell the rows apart by a name."""


def rating_label(rating: RatingValue | None, scheme: Scheme, texts: Texts) -> str:
    """Return a rating as people see it, also for none."""
    return texts("view.unanswered") if rating is None else scheme.label(rating)


def short_rating(rating: RatingValue | None, scheme: Scheme) -> str:
    """Return a rating's number where its label has no room, of others the label."""
    if rating is None:
        return NO_VALUE
    return str(rating) if isinstance(rating, int) else scheme.label(rating)


def level_cell(result: AreaResult | OverallResult, texts: Texts) -> CellValue:
    """Return a level for a table; a word where something is not assessed or does not apply."""
    if not _has_figures(result):
        return missing_figure(result, texts)
    if result.level is None:  # of a form with some of the statements
        return OpenFigure(texts("result.no_overall_level"))
    return result.level


def index_cell(result: AreaResult | OverallResult, texts: Texts) -> CellValue:
    """Return an index for a table; a word where something is not assessed or does not apply."""
    return result.index if _has_figures(result) else missing_figure(result, texts)


def _has_figures(result: AreaResult | OverallResult) -> bool:
    return result.is_assessed and result.applies


def missing_figure(result: AreaResult | OverallResult, texts: Texts) -> OpenFigure:
    """Return the word for figures that do not exist: nothing is answered, or nothing applies."""
    return OpenFigure(texts("result.not_applying")) if result.is_assessed else open_figure(texts)


def open_figure(texts: Texts) -> OpenFigure:
    """Return the word for a figure that does not exist since nothing is answered."""
    return OpenFigure(texts("result.not_assessed"))


def level_text(result: AreaResult | OverallResult, texts: Texts) -> str:
    """Return a level as people read it."""
    return str(level_cell(result, texts))


def index_text(result: AreaResult | OverallResult, texts: Texts) -> str:
    """Return an index as people read it."""
    if _has_figures(result):
        return format_figure(result.index)
    return str(missing_figure(result, texts))


def at_most_text(result: AreaResult | OverallResult, texts: Texts) -> str:
    """Return how far figures rise if all that is open is fully met; nothing if they cannot."""
    if not _has_figures(result) or result.high == result.low:
        return ""
    index = format_figure(result.high.index)
    if isinstance(result, OverallResult) and result.is_about:
        return texts("result.at_most_form", index=index)
    return texts("result.at_most", level=result.high.level, index=index)


def shorten_list(names: Sequence[str], texts: Texts) -> str:
    """Return names for a cell; of many, the first and how many follow."""
    return texts.render(list_names(names, _LISTED_NAMES, _FIRST_NAMES))


def label_columns(
    texts: Texts, *columns: tuple[str, ColumnKind], for_programs: Collection[str] = ()
) -> tuple[Column, ...]:
    """
    Return columns by name and kind, their headings in the language of the texts.

    Args:
        texts: The language.
        columns: Names and kinds.
        for_programs: The names of those that people do not see.
    """
    return tuple(
        Column(
            name,
            texts(f"view.{name}"),
            kind,
            is_name=name in _OF_NAMES,
            is_for_programs=name in for_programs,
        )
        for name, kind in columns
    )
