"""Words and headings that views share."""

from __future__ import annotations

from collections.abc import Sequence

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.report.tables.table import NO_VALUE, Column, ColumnKind
from iml4e_xlsx.text.texts import Texts

_NAMED = 6
"""So many names stand in a cell; of more only how many there are."""


def rating_label(rating: RatingValue | None, scheme: Scheme, texts: Texts) -> str:
    """Return a rating as people see it, also for none."""
    return texts("view.unanswered") if rating is None else scheme.label(rating)


def list_short(names: Sequence[str], texts: Texts) -> str:
    """Return names for a cell; of many, the first and how many there are."""
    if len(names) <= _NAMED:
        return ", ".join(names)
    return texts("view.and_more", names=", ".join(names[:3]), count=len(names) - 3)


def label_columns(texts: Texts, *columns: tuple[str, ColumnKind]) -> tuple[Column, ...]:
    """Return columns by name and kind, their headings in the language of the texts."""
    return tuple(Column(name, texts(f"view.{name}"), kind) for name, kind in columns)


def short_rating(rating: RatingValue | None) -> str:
    """Return a rating's number or n/a, where its label has no room."""
    return NO_VALUE if rating is None else str(rating)
