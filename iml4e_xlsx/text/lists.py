"""Lists names in a sentence or a cell: all of a few, of many the first and how many follow."""

from __future__ import annotations

from collections.abc import Sequence

from iml4e_xlsx.text.message import Message, TextValue, message
from iml4e_xlsx.text.spelling import quote_value


def list_names(
    names: Sequence[TextValue], limit: int, shown: int | None = None, *, total: int = 0
) -> Message:
    """
    Make a message that lists names.

    Args:
        names: The names, in the order in which they are listed.
        limit: How many names are listed in full.
        shown: How many are listed where there are more than that; `limit` by default.
        total: How many there are, if only the first of them are at hand.
    """
    total = max(total, len(names))
    if total <= limit:
        return message("list.all", names=tuple(names))
    first = names[: limit if shown is None else shown]
    return message("list.first", names=tuple(first), count=total - len(first))


def list_quoted(values: Sequence[str], limit: int) -> Message:
    """Make a message that lists values in quotation marks: of many the first."""
    quoted = tuple(message("list.quoted", value=quote_value(value)) for value in values[:limit])
    if len(values) <= limit:
        return message("list.all", names=quoted)
    return message("list.first", names=quoted, count=len(values) - limit)


def list_alternatives(names: Sequence[str]) -> Message:
    """Make a message that lists names of which any will do."""
    if len(names) == 1:
        return message("list.all", names=tuple(names))
    return message("list.either", names=tuple(names[:-1]), last=names[-1])


def list_lines(lines: Sequence[Message], limit: int) -> Message:
    """
    Make a message of several lines: all of a few, of many the first and how many follow.

    Args:
        lines: A message for each line; at least one.
        limit: How many lines are shown where there are more.
    """
    if len(lines) > limit:
        shown = [*lines[:limit], message("list.more_lines", count=len(lines) - limit)]
    else:
        shown = list(lines)
    text = shown.pop()
    for line in reversed(shown):
        text = message("list.line", line=line, rest=text)
    return text
