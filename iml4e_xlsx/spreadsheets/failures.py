"""Makes the failures of files that the guard, a parser or the system refused."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.about_files import make_failure, reword_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.spreadsheets.readable_formats import ADVISED_SUFFIXES, READABLE_SUFFIXES
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.text.lists import list_alternatives
from iml4e_xlsx.text.message import Message, TextValue, message
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_IN_BYTES: Final = frozenset(
    {RefusalReason.SIZE, RefusalReason.INFLATED, RefusalReason.ARCHIVE, RefusalReason.ALL_BYTES}
)
"""The reasons whose limit is a number of bytes."""

_UNITS: Final = ((1 << 30, "gb"), (1 << 20, "mb"), (1 << 10, "kb"))


def refusal_failure(refused: FileRefusal, source: str, texts: Texts) -> Failure:
    """
    Make the failure of a verdict.

    Args:
        refused: The verdict.
        source: The file, as a person names it.
        texts: The language of the failure's message.
    """
    advice = f"advice.{refused.kind}"
    if advice not in texts:  # most kinds need no advice of their own
        advice = "advice.workbook"
    failure = make_failure(
        texts,
        refused.code,
        source,
        what=quote_value(refused.values.get("what", "")),
        reason=describe_reason(refused),
        kind=describe_kind(refused),
        advice=message(advice, suffixes=list_alternatives(ADVISED_SUFFIXES)),
    )
    # The usual text advises to read such a file again, which ends in the same way.
    if refused.reason is RefusalReason.ALL_TIME:
        return reword_failure(texts, failure, "failure.all-time")
    return failure


def describe_reason(refused: FileRefusal) -> TextValue:
    """Make the message of a verdict's reason; empty text where it has none."""
    if refused.reason is None:
        return ""
    values: dict[str, object] = {name: quote_value(value) for name, value in refused.values.items()}
    limit = refused.values.get("limit")
    if refused.reason in _IN_BYTES and isinstance(limit, int):
        values["limit"] = describe_bytes(limit)
    return message(f"reason.{refused.reason}", **values)


def describe_kind(refused: FileRefusal) -> TextValue:
    """Make the message of the kind of content of a verdict; empty text where it has none."""
    return message(f"kind.{refused.kind}") if refused.kind else ""


def empty_failure(source: str, texts: Texts) -> Failure:
    """Make the failure of a folder, zip or mail that has no workbook in it."""
    return make_failure(texts, FailureCode.NO_WORKBOOKS, source, suffixes=READABLE_SUFFIXES)


def describe_bytes(size: int) -> Message:
    """Make the message of a number of bytes, in the unit that leaves few digits."""
    for unit, name in _UNITS:
        if size >= unit:
            return message(f"size.{name}", amount=f"{round(size / unit, 1):g}")
    return message("size.bytes", count=size)


def defect_failure(error: Exception, source: str, texts: Texts) -> Failure:
    """Make the failure of a file for any error that reading it raised."""
    if isinstance(error, FileRefusal):
        return refusal_failure(error, source, texts)
    # The whole of this process ran out of memory over this file: the file is too large for it.
    if isinstance(error, MemoryError):
        stopped = FileRefusal(FailureCode.READER_STOPPED, RefusalReason.MEMORY)
        return refusal_failure(stopped, source, texts)
    return make_failure(texts, FailureCode.DEFECT, source, what=describe_error(error))


def describe_error(error: Exception) -> str:
    """Describe an error that nobody expected, on one line."""
    try:
        detail = str(error)
    except Exception:  # noqa: BLE001 - what a file's content raises may fail here as well
        detail = ""
    return quote_value(f"{type(error).__name__}: {detail}")
